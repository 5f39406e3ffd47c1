import { adding } from '../doc/diff.ts';
import { type Box, boxBetween, into, type Point } from '../geometry/plane.ts';
import { t } from '../i18n.ts';
import type { InstanceRecord, Json } from '../task-types/question.ts';
import type { Drawn, Modifiers } from '../task-types/task-type.ts';
import { type Holding, holdingRows, taken } from './reshape.ts';
import {
  beyondSlip,
  type Effect,
  hovering,
  type InHand,
  made,
  makeTool,
  type Press,
  type Step,
  stay,
  stepped,
  type Told,
  type Tool,
  type World,
} from './tool.ts';

/** What a helper is told of the thing that is meant, in px of the stored file. The same forms go to a model server. */
export type Prompt =
  | ({ readonly kind: 'box' } & Box)
  | { readonly kind: 'point'; readonly x: number; readonly y: number; readonly inside: boolean }
  | {
      readonly kind: 'stroke';
      readonly points: readonly (readonly [number, number])[];
      readonly width: number;
      readonly inside: boolean;
    };

/** What a helper proposes, and the record that it would be. */
interface Proposed {
  readonly drawn: Drawn;
  readonly record: InstanceRecord;
  readonly model: string;
}

interface Asking {
  readonly prompts: readonly Prompt[];
  readonly ask: number;
  /** The last answer, shown until the next one comes. */
  readonly proposed: Proposed | null;
  readonly waiting: boolean;
  /** The crosshair, where keys lead it. */
  readonly to: Point | null;
}

type State =
  | { readonly at: 'idle' }
  | { readonly at: 'aiming'; readonly to: Point }
  | { readonly at: 'spanning'; readonly from: Point; readonly to: Point }
  | { readonly at: 'pressing'; readonly from: Press }
  | { readonly at: 'sizing'; readonly from: Point; readonly to: Point; readonly clicked: boolean }
  | ({ readonly at: 'prompting' } & Asking)
  /** The button is down while there is an answer: a click hints a point, a drag a stroke. */
  | ({ readonly at: 'hinting'; readonly from: Press; readonly trail: readonly Point[] } & Asking)
  | Holding;

type Of<A extends State['at']> = Extract<State, { at: A }>;

/** How a helper is prompted. */
interface Manner {
  readonly id: string;
  /** The helper's name in what is asked. */
  readonly of: string;
  /** A click alone is a prompt; else a thing begins with a box. */
  readonly byPoint: boolean;
  /** It takes strokes; else a drag is a point. */
  readonly strokes: boolean;
}

const IDLE: State = { at: 'idle' };
/** Screen px: the width of a stroke that hints, and the least side of a box. */
const STROKE = 8;
const LEAST_BOX = 4;
const PLAIN: Modifiers = { shift: false, alt: false };

const pointAt = ({ x, y }: Point, inside: boolean): Prompt => ({ kind: 'point', x, y, inside });

const looking = (): string => t('Looking for its shape');

const ask = (manner: Manner, before: Asking, prompts: readonly Prompt[]): Step<State> => {
  const number = before.ask + 1;
  return stay<State>(
    { ...before, at: 'prompting', prompts, ask: number, waiting: true },
    { do: 'say', text: looking() },
    { do: 'ask', ask: number, of: manner.of, request: { prompts: prompts as unknown as Json } },
  );
};

const blank = (to: Point | null): Asking => ({ prompts: [], ask: 0, proposed: null, waiting: false, to });

const boxed = (manner: Manner, world: World, from: Point, to: Point, keys: boolean): Step<State> | null => {
  const [a, b] = [into(world.question.media, from), into(world.question.media, to)];
  const box = boxBetween(a, b);
  if (Math.min(box.width, box.height) * world.scale < LEAST_BOX || Math.min(box.width, box.height) < 2) return null;
  return ask(manner, blank(keys ? b : null), [{ kind: 'box', ...box }]);
};

const drawnOf = ({ bitmap, points }: Told): Drawn | null => {
  if (bitmap !== undefined) return { by: 'bitmap', bitmap };
  return points === undefined ? null : { by: 'points', points };
};

/** Without an answer the prompts stay, so that the person may hint again. */
const told = (world: World, state: (Of<'prompting'> | Of<'hinting'>) & State, event: Told): Step<State> => {
  if (event.ask !== state.ask) return stay<State>(state);
  const drawn = drawnOf(event);
  const record = drawn === null ? null : made(world, drawn);
  const nothing = event.problem ?? t('Nothing was found there. Hint again, or draw it by hand.');
  if (drawn === null || record === null) return stay<State>({ ...state, waiting: false }, { do: 'say', text: nothing });
  return stay<State>(
    { ...state, waiting: false, proposed: { drawn, record, model: event.model ?? '' } },
    { do: 'say', text: t('A shape is proposed. Enter takes it, Escape drops it, a click hints.') },
  );
};

/** The proposal becomes a thing like any other, and says where it comes from. */
const accepted = (world: World, { proposed, waiting }: Asking): readonly Effect[] => {
  if (proposed === null || waiting) return [];
  const record = made(world, proposed.drawn, world.newId());
  if (record === null) return [];
  const origin = proposed.model === '' ? null : ({ model: proposed.model, how: 'accepted' } as const);
  return [{ do: 'commit', diff: adding({ ...record, origin }), after: [record.id] }];
};

const finish = (world: World, state: Of<'prompting'>): Step<State> => {
  const effects = accepted(world, state);
  if (effects.length > 0) return stay(IDLE, ...effects);
  return stay<State>(state, { do: 'say', text: state.waiting ? t('Not ready yet.') : t('There is nothing to take.') });
};

const back = (manner: Manner, state: Of<'prompting'>): Step<State> => {
  const prompts = state.prompts.slice(0, -1);
  return prompts.length === 0 ? stay(IDLE) : ask(manner, state, prompts);
};

const hinted = (manner: Manner, world: World, state: Of<'hinting'>, to: Press): Step<State> => {
  const { from, trail, at: _at, ...asking } = state;
  const inside = !from.how.alt;
  const drag = beyondSlip(from.screen, to.screen);
  const limits = world.question.media;
  if (!drag || !manner.strokes) {
    return ask(manner, asking, [...asking.prompts, pointAt(into(limits, drag ? to.at : from.at), inside)]);
  }
  const points = [from.at, ...trail].map((p) => into(limits, p)).map(({ x, y }) => [x, y] as const);
  const width = Math.min(STROKE / world.scale, Math.max(limits.width, limits.height));
  return ask(manner, asking, [...asking.prompts, { kind: 'stroke', points, width, inside }]);
};

const start = (manner: Manner, world: World, at: Point, how: Modifiers, keys: boolean): Step<State> => {
  const point = into(world.question.media, at);
  return ask(manner, blank(keys ? point : null), [pointAt(point, !how.alt)]);
};

const hintsOf = (prompts: readonly Prompt[]): InHand['hints'] =>
  prompts.flatMap((prompt) => {
    if (prompt.kind === 'point') return [{ at: { x: prompt.x, y: prompt.y }, inside: prompt.inside }];
    if (prompt.kind === 'box') return [];
    const middle = prompt.points[Math.floor(prompt.points.length / 2)];
    return middle === undefined ? [] : [{ at: { x: middle[0], y: middle[1] }, inside: prompt.inside }];
  });

const shown = (world: World, { prompts, proposed, to, waiting }: Asking): Partial<InHand> => {
  const box = prompts.find((prompt) => prompt.kind === 'box');
  return {
    record: proposed === null ? null : { ...proposed.record, category: world.category },
    brush: proposed === null && box !== undefined ? box : null,
    hints: hintsOf(prompts),
    note: waiting ? { text: looking(), at: null } : null,
    crosshair: to,
    open: true,
  };
};

/** A thing is hinted by a box and points, a helper proposes its shape, Enter takes it. */
export const promptingTool = (manner: Manner): Tool =>
  makeTool<State>(
    manner.id,
    IDLE,
    {
      idle: {
        down: (world, _state, from) => taken<State>(world, from, IDLE) ?? stay<State>({ at: 'pressing', from }),
        move: (world, state, { at }) => stay<State>(state, hovering(world, at, world.body)),
        aim: (world) =>
          stay<State>({ at: 'aiming', to: into(world.question.media, world.centre) }, { do: 'select', ids: [] }),
      },
      aiming: {
        step: (world, { to }, { by }) => stay<State>({ at: 'aiming', to: stepped(world, to, by) }),
        place: (world, { to }) =>
          manner.byPoint ? start(manner, world, to, PLAIN, true) : stay<State>({ at: 'spanning', from: to, to }),
        move: () => stay(IDLE),
        down: (_world, _state, from) => stay<State>({ at: 'pressing', from }),
        cancel: () => stay(IDLE),
      },
      spanning: {
        step: (world, state, { by }) => stay<State>({ ...state, to: stepped(world, state.to, by) }),
        place: (world, state) => boxed(manner, world, state.from, state.to, true) ?? stay<State>(state),
        cancel: () => stay(IDLE),
      },
      pressing: {
        move: (_world, { from }, { at, screen }) =>
          stay<State>(
            beyondSlip(from.screen, screen)
              ? { at: 'sizing', from: from.at, to: at, clicked: false }
              : { at: 'pressing', from },
          ),
        up: (world, { from }, { at, how }) =>
          manner.byPoint
            ? start(manner, world, at, how, false)
            : stay<State>({ at: 'sizing', from: from.at, to: at, clicked: true }),
        cancel: () => stay(IDLE),
      },
      sizing: {
        move: (_world, state, { at }) => stay<State>({ ...state, to: at }),
        up: (world, { from }, { at }) => boxed(manner, world, from, at, false) ?? stay(IDLE),
        cancel: () => stay(IDLE),
      },
      prompting: {
        down: (_world, state, from) => stay<State>({ ...state, at: 'hinting', from, trail: [], to: null }),
        step: (world, state, { by }) =>
          stay<State>({ ...state, to: stepped(world, state.to ?? into(world.question.media, world.centre), by) }),
        place: (_world, state, { outside = false }) =>
          state.to === null ? stay<State>(state) : ask(manner, state, [...state.prompts, pointAt(state.to, !outside)]),
        finish: (world, state) => finish(world, state),
        back: (_world, state) => back(manner, state),
        told: (world, state, event) => told(world, state, event),
        interrupt: (_world, state) => stay<State>(state),
        cancel: () => stay(IDLE),
      },
      hinting: {
        move: (_world, state, { at, trail = [at] }) => stay<State>({ ...state, trail: [...state.trail, ...trail] }),
        up: (world, state, to) => hinted(manner, world, state, to),
        told: (world, state, event) => told(world, state, event),
        interrupt: (_world, { from: _from, trail: _trail, ...state }) => stay<State>({ ...state, at: 'prompting' }),
        cancel: (_world, { from: _from, trail: _trail, ...state }) => stay<State>({ ...state, at: 'prompting' }),
      },
      ...holdingRows<State>(IDLE),
    },
    (world, state) => {
      switch (state.at) {
        case 'changing':
          return { record: state.now };
        case 'aiming':
          return { crosshair: state.to };
        case 'spanning':
          return { crosshair: state.to, brush: boxBetween(state.from, state.to) };
        case 'sizing':
          return { brush: boxBetween(state.from, state.to) };
        case 'prompting':
        case 'hinting':
          return shown(world, state);
        default:
          return {};
      }
    },
  );

/** A box around a thing, then hints: its pixels by GrabCut. */
export const grabcut: Tool = promptingTool({ id: 'grabcut', of: 'grabcut', byPoint: false, strokes: true });

/** A click on a thing or a box around it: its shape by a model server. */
export const model: Tool = promptingTool({ id: 'model', of: 'model', byPoint: true, strokes: false });
