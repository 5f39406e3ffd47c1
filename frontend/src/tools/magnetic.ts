import { distance, into, type Point } from '../geometry/plane.ts';
import { t } from '../i18n.ts';
import type { JsonObject } from '../task-types/question.ts';
import type { Modifiers } from '../task-types/task-type.ts';
import { type Holding, holdingRows, taken } from './reshape.ts';
import {
  type Effect,
  hovering,
  type InHand,
  makeTool,
  type Press,
  putting,
  type Step,
  stay,
  stepped,
  type Told,
  type Tool,
  type World,
} from './tool.ts';

/** An outline that clings to edges: what is fixed so far, the last seed, and the way from there to the hand. */
interface Tracing {
  readonly at: 'tracing';
  readonly start: Point;
  /** Each from one seed to the next, both included. */
  readonly parts: readonly (readonly Point[])[];
  readonly way: readonly Point[];
  readonly to: Point;
  readonly ask: number;
  /** What is to be done with the way that has been asked for. */
  readonly want: 'show' | 'fix' | 'close';
  /** By keys: a crosshair is shown, and the hand's own moves end it. */
  readonly keys: boolean;
}

type State = { readonly at: 'idle' } | { readonly at: 'aiming'; readonly to: Point } | Tracing | Holding;

const IDLE: State = { at: 'idle' };

/** Screen px: how near the first seed closes, and how near an edge draws a seed to it. */
const CLOSE = 10;
const SNAP = 8;
/** Fewer parts than these enclose nothing. */
const LEAST = 2;

const first = ({ start, parts }: Tracing): Point => parts[0]?.[0] ?? start;
const seed = ({ start, parts }: Tracing): Point => parts.at(-1)?.at(-1) ?? start;
const closable = ({ parts }: Tracing): boolean => parts.length >= LEAST;

const closes = (world: World, state: Tracing, at: Point): boolean =>
  closable(state) && distance(first(state), at) * world.scale <= CLOSE;

const point = ({ x, y }: Point): JsonObject => ({ x, y });

const straight = (state: Tracing, to: Point): Point[] => [seed(state), to];

/** Ask for the way to a point. With Shift it is straight, and with Alt its end stays where the hand is. */
const towards = (
  world: World,
  before: Tracing,
  to: Point,
  want: Tracing['want'],
  { shift, alt }: Pick<Modifiers, 'shift' | 'alt'>,
): Step<State> => {
  const state: Tracing = { ...before, to, want, ask: before.ask + 1 };
  if (shift) return told(world, state, { ask: state.ask, points: straight(before, to) });
  const reach = SNAP / world.scale;
  const request = {
    from: point(seed(before)),
    to: point(to),
    snapFrom: before.parts.length === 0 ? reach : 0,
    snapTo: alt || want === 'close' ? 0 : reach,
  };
  return stay<State>(state, { do: 'ask', ask: state.ask, of: 'livewire', request });
};

/** The way has come. Without one the line is straight: the outline goes on. */
const told = (world: World, state: Tracing, { ask, points, problem }: Told): Step<State> => {
  if (ask !== state.ask) return stay<State>(state);
  const way = points !== undefined && points.length > 1 ? points : straight(state, state.to);
  const say: Effect[] = problem === undefined ? [] : [{ do: 'say', text: problem }];
  if (state.want === 'show') return stay<State>({ ...state, way }, ...say);
  const next: Tracing = { ...state, parts: [...state.parts, way], way: [], want: 'show' };
  return state.want === 'fix' ? stay<State>(next, ...say) : whole(world, next, state);
};

const outline = ({ parts }: Tracing): Point[] => parts.flatMap((part) => part.slice(1));

/** Closed and put; where nothing can be made of it, it stays in the hand as it was. */
const whole = (world: World, closed: Tracing, before: Tracing): Step<State> => {
  const effects = putting(world, { by: 'points', points: outline(closed).map((p) => into(world.question.media, p)) });
  if (effects.length > 0) return stay(IDLE, ...effects);
  return stay<State>({ ...before, want: 'show' }, { do: 'say', text: t('This outline encloses nothing yet.') });
};

const close = (world: World, state: Tracing): Step<State> =>
  towards(world, state, first(state), 'close', { shift: false, alt: false });

const fix = (world: World, state: Tracing, at: Point, how: Pick<Modifiers, 'shift' | 'alt'>): Step<State> =>
  closes(world, state, at) ? close(world, state) : towards(world, state, at, 'fix', how);

const begun = (world: World, start: Point, keys: boolean): Step<State> =>
  towards(
    world,
    { at: 'tracing', start, parts: [], way: [], to: start, ask: 0, want: 'show', keys },
    start,
    'show',
    PLAIN,
  );

const begunBy = (world: World, { at }: Press): Step<State> => begun(world, into(world.question.media, at), false);

/** A finger fixes when it is lifted: the first of two that pinch puts nothing. */
const clicked = (world: World, state: Tracing, { at, how, clicks = 1 }: Press): Step<State> => {
  if (state.want !== 'show') return stay<State>(state);
  if (clicks > 1 && closable(state)) return close(world, state);
  return fix(world, { ...state, keys: false }, into(world.question.media, at), how);
};

const PLAIN = { shift: false, alt: false };

const back = (world: World, state: Tracing): Step<State> => {
  if (state.parts.length === 0) return stay<State>(state.keys ? { at: 'aiming', to: state.to } : IDLE);
  return towards(world, { ...state, parts: state.parts.slice(0, -1), way: [] }, state.to, 'show', PLAIN);
};

const shown = (world: World, state: Tracing): Partial<InHand> => {
  const line = [...state.parts.flat(), ...(state.way.length > 1 ? state.way : straight(state, state.to))];
  const closing = closes(world, state, state.to);
  return {
    line,
    seeds: [first(state), ...state.parts.flatMap((part) => part.slice(-1))],
    tip: closing ? { at: first(state), radius: 7 / world.scale } : null,
    crosshair: state.keys ? state.to : null,
    open: true,
  };
};

/** A click puts a seed, the line follows edges to the hand; a click on the first seed, Enter or a double click closes it. */
export const magnetic: Tool = makeTool<State>(
  'magnetic',
  IDLE,
  {
    idle: {
      down: (world, state, press) =>
        taken<State>(world, press, IDLE) ?? (press.touch ? stay<State>(state) : begunBy(world, press)),
      up: (world, state, press) => (press.touch ? begunBy(world, press) : stay<State>(state)),
      move: (world, state, { at }) => stay<State>(state, hovering(world, at, world.body)),
      aim: (world) =>
        stay<State>({ at: 'aiming', to: into(world.question.media, world.centre) }, { do: 'select', ids: [] }),
    },
    aiming: {
      step: (world, { to }, { by }) => stay<State>({ at: 'aiming', to: stepped(world, to, by) }),
      place: (world, { to }) => begun(world, to, true),
      move: () => stay(IDLE),
      down: (world, state, press) => (press.touch ? stay<State>(state) : begunBy(world, press)),
      up: (world, state, press) => (press.touch ? begunBy(world, press) : stay<State>(state)),
      cancel: () => stay(IDLE),
    },
    tracing: {
      move: (world, state, { at, how }) => {
        const to = into(world.question.media, at);
        const next = { ...state, to, keys: false };
        return state.want === 'show' ? towards(world, next, to, 'show', how) : stay<State>(next);
      },
      down: (world, state, press) => (press.touch ? stay<State>(state) : clicked(world, state, press)),
      up: (world, state, press) => (press.touch ? clicked(world, state, press) : stay<State>(state)),
      step: (world, state, { by }) => {
        const to = stepped(world, state.to, by);
        // A seed that waits for its way is not overtaken.
        if (state.want !== 'show') return stay<State>({ ...state, to, keys: true });
        return towards(world, { ...state, keys: true }, to, 'show', PLAIN);
      },
      place: (world, state) => fix(world, state, state.to, PLAIN),
      finish: (world, state) => (closable(state) ? close(world, state) : fix(world, state, state.to, PLAIN)),
      back: (world, state) => back(world, state),
      told: (world, state, event) => told(world, state, event),
      interrupt: (_world, state) => stay<State>(state),
      cancel: () => stay(IDLE),
    },
    ...holdingRows<State>(IDLE),
  },
  (world, state) => {
    switch (state.at) {
      case 'changing':
        return { record: state.now };
      case 'aiming':
        return { crosshair: state.to };
      case 'tracing':
        return shown(world, state);
      default:
        return {};
    }
  },
);
