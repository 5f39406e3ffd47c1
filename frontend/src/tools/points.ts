import { updating } from '../doc/diff.ts';
import { run, type Snap, snapped } from '../geometry/borders.ts';
import { distance, into, type Point } from '../geometry/plane.ts';
import { isInside, nearestOn, type Ring } from '../geometry/polygons.ts';
import { t } from '../i18n.ts';
import type { Modifiers } from '../task-types/task-type.ts';
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
  type Table,
  type Tool,
  type World,
} from './tool.ts';

/** One thing put: a vertex, and before it the run of a neighbour's border that leads to it. */
interface Put {
  readonly at: Point;
  readonly run: readonly Point[];
  readonly on: Snap | null;
}

/** What has been put so far, and where the hand is. */
interface Making {
  readonly puts: readonly Put[];
  readonly to: Point;
  readonly how: Modifiers;
}

type State =
  | { readonly at: 'idle' }
  /** The button is down: a click puts a vertex, a drag draws freely. */
  | ({ readonly at: 'pressing'; readonly from: Press } & Making)
  | ({ readonly at: 'drawing'; readonly last: Point } & Making)
  /** The hand goes to the next vertex. */
  | ({ readonly at: 'laying' } & Making)
  /** The same by keys: a crosshair. */
  | ({ readonly at: 'aiming' } & Making)
  | Holding;

/** Those in which points are being put. */
type Open = Extract<State, Making>;
type Of<A extends State['at']> = Extract<State, { at: A }>;

/** What a tool of many points makes of them. */
interface Plan {
  readonly id: string;
  /** Fewer points than this make nothing; with `most` it is finished by itself. */
  readonly least: number;
  readonly most?: number;
  /** The first vertex closes it; it may share its border with its neighbours. */
  readonly ring: boolean;
  /** For the selected shape: it is what the tool works on, and no press may take hold of it. */
  readonly onSelected?: boolean;
  finish(world: World, points: readonly Point[]): readonly Effect[];
  /** Why nothing came of enough points. */
  wrong?(): string;
  /** What it would be if it were finished here. */
  shown?(world: World, points: readonly Point[]): Partial<InHand>;
}

const IDLE: State = { at: 'idle' };
/** Screen px: how near the first vertex closes, how near a border draws a point to it, and how far apart a free line has vertices. */
const CLOSE = 10;
const SNAP = 12;
const SPACING = 9;
const PLAIN: Modifiers = { shift: false, alt: false };

const pointsOf = (puts: readonly Put[]): Point[] => puts.flatMap(({ at, run: before }) => [...before, at]);

const snapping = (world: World, { ctrl = false }: Modifiers): boolean => world.snapping !== ctrl;

/** Near the first vertex a ring closes: the point is that vertex again. */
const closes = ({ ring, least }: Plan, world: World, puts: readonly Put[], at: Point): boolean => {
  const [first] = puts;
  return ring && first !== undefined && pointsOf(puts).length >= least && distance(first.at, at) * world.scale <= CLOSE;
};

/** What a click at this place puts. */
const putAt = (plan: Plan, world: World, puts: readonly Put[], at: Point, how: Modifiers): Put => {
  const [first] = puts;
  const closing = first !== undefined && closes(plan, world, puts, at);
  const reach = SNAP / world.scale;
  const free = plan.ring && snapping(world, how) ? snapped(world.borders(at, reach), at, reach) : null;
  const on = closing ? first.on : free;
  const from = puts.at(-1)?.on ?? null;
  return {
    at: closing ? first.at : into(world.question.media, on?.at ?? at),
    run: on !== null && from?.key === on.key ? run(from, on, how.shift) : [],
    on,
  };
};

/** Whole, or, where nothing can be made of it, still in the hand. */
const finished = (plan: Plan, world: World, making: Open): Step<State> => {
  const points = pointsOf(making.puts);
  const effects = points.length < plan.least ? [] : plan.finish(world, points);
  if (effects.length > 0) return stay(IDLE, ...effects);
  return stay<State>(making, { do: 'say', text: plan.wrong?.() ?? t('Not enough points yet.') });
};

/** One more, and where it closes or there are enough, the whole. */
const withPut = (plan: Plan, world: World, making: Open, at: Point, how: Modifiers): Step<State> => {
  const next = { ...making, puts: [...making.puts, putAt(plan, world, making.puts, at, how)] };
  const enough = plan.most !== undefined && pointsOf(next.puts).length >= plan.most;
  return enough || closes(plan, world, making.puts, at) ? finished(plan, world, next) : stay<State>(next);
};

const back = (making: Open): Step<State> => {
  const puts = making.puts.slice(0, -1);
  return puts.length === 0 && making.at !== 'aiming' ? stay(IDLE) : stay<State>({ ...making, puts });
};

/** What was put stays, what the button held falls. */
const letGo = ({ puts, to, how }: Making): Step<State> =>
  stay<State>(puts.length === 0 ? IDLE : { at: 'laying', puts, to, how });

const press = (from: Press, puts: readonly Put[]): Step<State> =>
  stay<State>({ at: 'pressing', from, puts, to: from.at, how: from.how });

const drawnOn = (plan: Plan, world: World, state: Of<'drawing'>, to: Press): Step<State> => {
  let { puts, last } = state;
  for (const at of to.trail ?? [to.at]) {
    if (distance(last, at) * world.scale < SPACING) continue;
    puts = [...puts, putAt(plan, world, puts, at, to.how)];
    last = at;
  }
  return stay<State>({ ...state, puts, last, to: to.at, how: to.how });
};

const rows = (plan: Plan): Table<State> => ({
  idle: {
    down: (world, _state, from) => {
      const free = plan.onSelected === true || (plan.ring && snapping(world, from.how));
      return (free ? null : taken<State>(world, from, IDLE)) ?? press(from, []);
    },
    move: (world, state, { at }) =>
      stay<State>(state, plan.onSelected === true ? { do: 'hover', id: null } : hovering(world, at, world.body)),
    aim: (world) =>
      stay<State>(
        { at: 'aiming', puts: [], to: into(world.question.media, world.centre), how: PLAIN },
        ...(plan.onSelected === true ? [] : ([{ do: 'select', ids: [] }] as const)),
      ),
  },
  pressing: {
    move: (world, state, to) => {
      if (!beyondSlip(state.from.screen, to.screen)) return stay<State>(state);
      const { from, puts } = state;
      const first = putAt(plan, world, puts, from.at, from.how);
      return drawnOn(plan, world, { at: 'drawing', last: from.at, puts: [...puts, first], to: to.at, how: to.how }, to);
    },
    up: (world, { puts, from }, { how }) => {
      const making: Of<'laying'> = { at: 'laying', puts, to: from.at, how };
      // The first click of two has put this vertex already.
      if ((from.clicks ?? 1) > 1 && puts.length > 0) return finished(plan, world, making);
      return withPut(plan, world, making, from.at, how);
    },
    interrupt: (_world, state) => letGo(state),
    cancel: () => stay(IDLE),
  },
  drawing: {
    move: (world, state, to) => drawnOn(plan, world, state, to),
    up: (world, { puts, to, how }, { at }) => {
      const making: Of<'laying'> = { at: 'laying', puts, to, how };
      return closes(plan, world, puts, at) ? withPut(plan, world, making, at, how) : stay<State>(making);
    },
    interrupt: (_world, state) => letGo(state),
    cancel: () => stay(IDLE),
  },
  laying: {
    move: (_world, state, { at, how }) => stay<State>({ ...state, to: at, how }),
    down: (_world, { puts }, from) => press(from, puts),
    finish: (world, state) => finished(plan, world, state),
    back: (_world, state) => back(state),
    interrupt: (_world, state) => stay<State>(state),
    cancel: () => stay(IDLE),
  },
  aiming: {
    step: (world, state, { by }) => stay<State>({ ...state, to: stepped(world, state.to, by) }),
    place: (world, state) => withPut(plan, world, state, state.to, state.how),
    finish: (world, state) =>
      pointsOf(state.puts).length < plan.least
        ? withPut(plan, world, state, state.to, state.how)
        : finished(plan, world, state),
    back: (_world, state) => back(state),
    move: (_world, state) => letGo(state),
    down: (_world, { puts }, from) => press(from, puts),
    interrupt: (_world, state) => stay<State>(state),
    cancel: () => stay(IDLE),
  },
  ...holdingRows<State>(IDLE),
});

/** Up to the hand, as it would be put. */
const shown = (plan: Plan, world: World, state: Open): Partial<InHand> => {
  const { puts, to, how } = state;
  const next = putAt(plan, world, puts, to, how);
  const points = state.at === 'drawing' ? pointsOf(puts) : [...pointsOf(puts), ...next.run, next.at];
  const closing = closes(plan, world, puts, to);
  const sticks = state.at !== 'drawing' && (closing || next.on !== null);
  return {
    line: state.at === 'aiming' && puts.length === 0 ? null : points,
    seeds: puts.map(({ at }) => at),
    tip: sticks ? { at: next.at, radius: 7 / world.scale } : null,
    crosshair: state.at === 'aiming' ? to : null,
    open: puts.length > 0,
    ...(plan.shown?.(world, points) ?? {}),
  };
};

const tool = (plan: Plan): Tool =>
  makeTool<State>(plan.id, IDLE, rows(plan), (world, state) => {
    if (state.at === 'changing') return { record: state.now };
    return 'puts' in state ? shown(plan, world, state) : {};
  });

/** A line or an outline, vertex by vertex or drawn freely, by mouse, finger or keys. */
const pointsTool = (id: string, least: 2 | 3): Tool =>
  tool({
    id,
    least,
    ring: least === 3,
    finish: (world, points) => putting(world, { by: 'points', points, tool: id }),
    shown: (world, points) => ({ record: made(world, { by: 'points', points, tool: id }) }),
  });

/** A box by the four outermost points of a thing, in any order: quicker and closer than two corners in the air. */
const extremeTool: Tool = tool({
  id: 'extreme',
  least: 4,
  most: 4,
  ring: false,
  finish: (world, points) => putting(world, { by: 'points', points, tool: 'extreme' }),
  shown: (world, points) => ({ record: made(world, { by: 'points', points, tool: 'extreme' }) }),
});

const onlySelected = (world: World) => world.record(world.selection[0] ?? '');

/** Inside, or on the border: a hole may share a piece of it. */
const within = (rings: readonly Ring[], p: Point): boolean =>
  isInside(rings, p) || rings.some((ring) => (nearestOn(ring, true, p)?.far ?? 1) < 1);

/** A ring drawn inside the selected outline is cut out of it. */
const holeTool: Tool = tool({
  id: 'hole',
  wrong: () => t('A hole lies inside the selected outline.'),
  least: 3,
  ring: true,
  onSelected: true,
  finish: (world, points) => {
    const before = onlySelected(world);
    const rings = before === undefined ? null : world.located.rings(before);
    if (before === undefined || rings === null || !points.every((p) => within(rings, p))) return [];
    const after = world.located.withRings(before, [...rings, points], world.question);
    if (after === null) return [];
    return [{ do: 'commit', diff: updating(before, after), after: [before.id] }, { do: 'return' }];
  },
});

/** A line across the selected outlines divides them. */
const cutTool: Tool = tool({
  id: 'cut',
  least: 2,
  ring: false,
  onSelected: true,
  finish: (_world, line) => [{ do: 'cut', line }, { do: 'return' }],
});

export const POINTS_TOOLS: readonly Tool[] = [
  extremeTool,
  pointsTool('polygon', 3),
  pointsTool('polyline', 2),
  holeTool,
  cutTool,
];
