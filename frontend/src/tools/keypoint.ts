import { into, type Point } from '../geometry/plane.ts';
import { t } from '../i18n.ts';
import { type Modifiers, type NamedPoint, NO_MODIFIERS } from '../task-types/task-type.ts';
import { type Holding, holdingRows, taken } from './reshape.ts';
import {
  beyondSlip,
  type Effect,
  hovering,
  type InHand,
  made,
  makeTool,
  type Press,
  putting,
  type Step,
  stay,
  stepped,
  type Tool,
  type World,
} from './tool.ts';

/** The points of one class that are asked for, one after the other; null for one that was skipped. */
interface Asking {
  readonly category: number;
  readonly names: readonly string[];
  readonly points: readonly (NamedPoint | null)[];
  readonly to: Point | null;
  /** The next one is put as hidden. */
  readonly hidden: boolean;
}

type State =
  | { readonly at: 'idle'; readonly to: Point | null }
  | { readonly at: 'pressing'; readonly from: Press; readonly asking: Asking | null }
  /** A drag: a guess of the whole skeleton in a box. */
  | { readonly at: 'sizing'; readonly from: Point; readonly to: Point; readonly how: Modifiers }
  | ({ readonly at: 'asking' } & Asking)
  /** By keys: for a single point `names` is empty. */
  | ({ readonly at: 'aiming' } & Asking & { readonly to: Point })
  | Holding;

/** Those in which points are asked for. */
type Open = Extract<State, Asking>;

const IDLE: State = { at: 'idle', to: null };

const begun = (world: World, to: Point | null): Asking => ({
  category: world.category,
  names: world.located.names(world.question, world.category) ?? [],
  points: [],
  to,
  hidden: false,
});

const placedOf = ({ points }: Asking): NamedPoint[] => points.filter((point) => point !== null);

const asked = ({ names, points }: Asking): string | null => names[points.length] ?? null;

const say = (asking: Asking): readonly Effect[] => {
  const name = asked(asking);
  return name === null ? [] : [{ do: 'say', text: name }];
};

/** All were asked for, or the person is done: what was placed is the shape. */
const finished = (world: World, asking: Open): Step<State> => {
  const effects = putting(world, { by: 'named', points: placedOf(asking) }, asking.category);
  return effects.length === 0 ? stay<State>(asking) : stay(IDLE, ...effects);
};

const withAnswer = (world: World, asking: Open, point: NamedPoint | null): Step<State> => {
  const next = { ...asking, points: [...asking.points, point], hidden: false };
  if (next.points.length < next.names.length) return stay<State>(next, ...say(next));
  return placedOf(next).length === 0 ? stay(IDLE) : finished(world, next);
};

/** The asked point put here; of a class without names, the one point. */
const putAt = (world: World, asking: Open, at: Point): Step<State> => {
  const name = asked(asking);
  if (name === null) return stay(IDLE, ...putting(world, { by: 'point', at }, asking.category));
  return withAnswer(world, asking, { ...into(world.question.media, at), name, hidden: asking.hidden });
};

const back = (asking: Open): Step<State> => {
  const before = { ...asking, points: asking.points.slice(0, -1), hidden: false };
  return before.points.length === 0 && before.at !== 'aiming' ? stay(IDLE) : stay<State>(before, ...say(before));
};

const veiled = (asking: Open): Step<State> => stay<State>({ ...asking, hidden: !asking.hidden });

const skipped = (world: World, asking: Open): Step<State> =>
  asked(asking) === null ? stay<State>(asking) : withAnswer(world, asking, null);

/** Whatever the button held falls; what was put stays. */
const kept = (asking: Asking | null): Step<State> =>
  stay<State>(asking === null || asking.points.length === 0 ? IDLE : { ...asking, at: 'asking' });

const noted = (asking: Asking): Partial<InHand> => {
  const name = asked(asking);
  const place = `${asking.points.length + 1}/${asking.names.length}`;
  return name === null
    ? {}
    : {
        note: { text: `${asking.hidden ? t('%(name)s, hidden', { name }) : name} ${place}`, at: asking.to },
        naming: true,
      };
};

/** What is there so far, with the asked point at the hand. */
const shown = (world: World, asking: Asking): Partial<InHand> => {
  const name = asked(asking);
  const next = name === null || asking.to === null ? [] : [{ ...asking.to, name, hidden: asking.hidden }];
  const points = [...placedOf(asking), ...next];
  return {
    ...noted(asking),
    record: points.length === 0 ? null : made(world, { by: 'named', points }, undefined, asking.category),
    open: asking.points.length > 0,
  };
};

/**
 * Points: a single one by a click; the named ones of a skeleton asked for one after the other, or all at once by a drag over the
 * thing, to be moved to their places.
 */
export const keypointTool: Tool = makeTool<State>(
  'keypoint',
  IDLE,
  {
    idle: {
      down: (world, _state, from) =>
        taken<State>(world, from, IDLE) ?? stay<State>({ at: 'pressing', from, asking: null }),
      move: (world, _state, { at }) => stay<State>({ at: 'idle', to: at }, hovering(world, at, world.body)),
      aim: (world) => {
        const to = into(world.question.media, world.centre);
        const asking = begun(world, to);
        return stay<State>({ ...asking, at: 'aiming', to }, { do: 'select', ids: [] }, ...say(asking));
      },
    },
    pressing: {
      move: (world, { from, asking }, { at, screen, how }) => {
        const named = world.located.names(world.question, world.category) !== null;
        const drags = asking === null && named && beyondSlip(from.screen, screen);
        return stay<State>(drags ? { at: 'sizing', from: from.at, to: at, how } : { at: 'pressing', from, asking });
      },
      up: (world, { asking }, { at }) => putAt(world, { ...(asking ?? begun(world, at)), at: 'asking', to: at }, at),
      interrupt: (_world, { asking }) => kept(asking),
      cancel: () => stay(IDLE),
    },
    sizing: {
      move: (_world, { from }, { at, how }) => stay<State>({ at: 'sizing', from, to: at, how }),
      up: (world, { from }, { at, how }) => stay(IDLE, ...putting(world, { by: 'corners', from, to: at, how })),
      cancel: () => stay(IDLE),
    },
    asking: {
      move: (_world, state, { at }) => stay<State>({ ...state, to: at }),
      down: (_world, { at: _at, ...asking }, from) => stay<State>({ at: 'pressing', from, asking }),
      skip: (world, state) => skipped(world, state),
      veil: (_world, state) => veiled(state),
      finish: (world, state) => finished(world, state),
      back: (_world, state) => back(state),
      interrupt: (_world, state) => stay<State>(state),
      cancel: () => stay(IDLE),
    },
    aiming: {
      step: (world, state, { by }) => stay<State>({ ...state, to: stepped(world, state.to, by) }),
      place: (world, state) => putAt(world, state, state.to),
      skip: (world, state) => skipped(world, state),
      veil: (_world, state) => veiled(state),
      finish: (world, state) => finished(world, state),
      back: (_world, state) => back(state),
      move: (_world, state) => kept(state),
      down: (world, { at: _at, ...asking }, from) =>
        asking.points.length === 0
          ? (taken<State>(world, from, IDLE) ?? stay<State>({ at: 'pressing', from, asking: null }))
          : stay<State>({ at: 'pressing', from, asking }),
      interrupt: (_world, state) => stay<State>(state),
      cancel: () => stay(IDLE),
    },
    ...holdingRows<State>(IDLE),
  },
  (world, state) => {
    switch (state.at) {
      case 'idle':
        return { ...noted(begun(world, state.to)), naming: false };
      case 'changing':
        return { record: state.now };
      case 'sizing':
        return { record: made(world, { by: 'corners', from: state.from, to: state.to, how: NO_MODIFIERS }) };
      case 'pressing':
        return state.asking === null
          ? noted(begun(world, state.from.at))
          : shown(world, { ...state.asking, to: state.from.at });
      case 'asking':
        return shown(world, state);
      case 'aiming':
        return { ...shown(world, state), crosshair: state.to };
      default:
        return {};
    }
  },
);
