import { adding, type Diff } from '../doc/diff.ts';
import type { Border } from '../geometry/borders.ts';
import { type Box, into, type Point } from '../geometry/plane.ts';
import type { Runs } from '../geometry/runs.ts';
import type { InstanceRecord, Json, Question } from '../task-types/question.ts';
import type { Bitmap, Drawn, Located, Modifiers } from '../task-types/task-type.ts';

/** A hand on the picture. `at` is in media px, `screen` in px of the stage. */
export interface Press {
  readonly at: Point;
  readonly screen: Point;
  readonly how: Modifiers;
  readonly touch: boolean;
  /** Which click of a double click this is; 1 where nobody counted. */
  readonly clicks?: number;
  /** Where the hand was since the last move, oldest first and this one last, where the browser tells: a brush needs them all. */
  readonly trail?: readonly Point[];
}

/** A helper's answer to a tool that asked (see the effect `ask`), or null with the reason. */
export interface Told {
  readonly ask: number;
  readonly points?: readonly Point[];
  readonly bitmap?: Bitmap;
  readonly model?: string;
  readonly score?: number;
  readonly problem?: string;
}

export type ToolEvent =
  | ({ readonly type: 'down' } & Press)
  | ({ readonly type: 'move' } & Press)
  | ({ readonly type: 'up' } & Press)
  /** Keys: show the crosshair, move it by a vector in media px, put a corner where it is. */
  | { readonly type: 'aim' }
  | { readonly type: 'step'; readonly by: Point }
  /** `outside`: of a hint, that this place does not belong to the thing. */
  | { readonly type: 'place'; readonly outside?: boolean }
  /** A thing of many points is whole (Enter, a double click), or its last point is taken back. */
  | { readonly type: 'finish' }
  | { readonly type: 'back' }
  /** Of a named point that is asked for: it is not there, or it is there and hidden. */
  | { readonly type: 'skip' }
  | { readonly type: 'veil' }
  /** A second finger, or the window lost the focus: what the hand holds falls, what was put before stays. */
  | { readonly type: 'interrupt' }
  | ({ readonly type: 'told' } & Told)
  | { readonly type: 'cancel' };

/** What a tool may know. It asks; it changes nothing. */
export interface World {
  readonly question: Question;
  readonly located: Located;
  /** Class of the next shape. */
  readonly category: number;
  readonly selection: readonly string[];
  /** Screen px for one media px. */
  readonly scale: number;
  /** The media point in the middle of what is seen. */
  readonly centre: Point;
  record(id: string): InstanceRecord | undefined;
  /** Points stick to the borders of the neighbours; Ctrl held turns it round for once. */
  readonly snapping: boolean;
  /** The closed outlines within reach of a point. */
  borders(at: Point, reach: number): readonly Border[];
  pick(at: Point): string | null;
  handle(at: Point): { readonly id: string; readonly handle: string } | null;
  /** The selected shape, where it is too small to draw another one in it and `at` lies on it. */
  body(at: Point): string | null;
  inside(box: Box): string[];
  /** Radius of the brush. */
  readonly radius: number;
  /** All shapes, and those of them that are seen and free to be changed, in their order. */
  shapes(): readonly InstanceRecord[];
  inReach(): readonly InstanceRecord[];
  newId(): string;
  nextOrder(): number;
}

/** What a tool asks to be done, as data. */
export type Effect =
  | { readonly do: 'select'; readonly ids: readonly string[] }
  | { readonly do: 'hover'; readonly id: string | null; readonly handle?: string | null }
  /** The point of the selected shape that keys and numbers are for. */
  | { readonly do: 'point'; readonly handle: string | null }
  /** A tool that was taken for one thing only is put back. */
  | { readonly do: 'return' }
  /** Divide the selected outlines along a line. */
  | { readonly do: 'cut'; readonly line: readonly Point[] }
  | { readonly do: 'commit'; readonly diff: Diff; readonly after: readonly string[] }
  | { readonly do: 'pan'; readonly by: Point }
  | { readonly do: 'zoom'; readonly factor: number; readonly at: Point }
  /** Something that takes time, of a helper beside the desk: it comes back as the event `told` with the same number. */
  | { readonly do: 'ask'; readonly ask: number; readonly of: string; readonly request: Json }
  | { readonly do: 'say'; readonly text: string };

/** What is in the hand and not yet in the document. */
export interface InHand {
  readonly record: InstanceRecord | null;
  readonly crosshair: Point | null;
  readonly brush: Box | null;
  /** The line or outline that is being put, up to the hand. */
  readonly line: readonly Point[] | null;
  /** The places on that line which the person has put themselves. */
  readonly seeds: readonly Point[];
  /** Pixels in the hand: a stroke, or what a helper proposes. */
  readonly bitmap: Bitmap | null;
  /** A brush's stroke: what each of its moves covered, and the class that it is for; `erase` takes pixels away. */
  readonly stroke: {
    readonly pieces: readonly Runs[];
    readonly height: number;
    readonly erase: boolean;
    readonly category: number;
  } | null;
  /** The round tip of a brush, in media px. */
  readonly tip: { readonly at: Point; readonly radius: number } | null;
  /** Marks that hint a helper, by what they say. */
  readonly hints: readonly { readonly at: Point; readonly inside: boolean }[];
  /** What is asked for, in words: the name of the next point; beside the hand, where there is one. */
  readonly note: { readonly text: string; readonly at: Point | null } | null;
  /** Named points are asked for: one may be skipped or put as hidden. */
  readonly naming: boolean;
  /** A thing of many points is being made: Enter finishes it, Backspace takes the last one back. */
  readonly open: boolean;
  /** A gesture runs: Escape ends it, and nothing was written. */
  readonly busy: boolean;
}

export const EMPTY_HAND: InHand = {
  record: null,
  crosshair: null,
  brush: null,
  line: null,
  seeds: [],
  bitmap: null,
  stroke: null,
  tip: null,
  hints: [],
  note: null,
  naming: false,
  open: false,
  busy: false,
};

const HELD = 'in-hand';

/** What has been drawn, as a record that is not in the document yet; `id` is given when it is. */
export const made = (
  world: World,
  drawn: Drawn,
  id: string = HELD,
  category: number = world.category,
): InstanceRecord | null => {
  const shape = world.located.create(drawn, world.question, category);
  if (shape === null) return null;
  return {
    kind: 'instance',
    id,
    order: id === HELD ? 0 : world.nextOrder(),
    ...shape,
    category,
    attributes: {},
    group: null,
    origin: null,
  };
};

/** The record that was drawn put into the document and selected; nothing where it is too small to be meant. */
export const putting = (world: World, drawn: Drawn, category?: number): readonly Effect[] => {
  const record = made(world, drawn, world.newId(), category);
  return record === null ? [] : [{ do: 'commit', diff: adding(record), after: [record.id] }];
};

export interface Step<S> {
  readonly state: S;
  readonly effects: readonly Effect[];
}

export const stay = <S>(state: S, ...effects: readonly Effect[]): Step<S> => ({ state, effects });

type EventOf<T extends ToolEvent['type']> = Extract<ToolEvent, { type: T }>;
type Row<S, State> = {
  readonly [T in ToolEvent['type']]?: (world: World, state: State, event: EventOf<T>) => Step<S>;
};

/** For each state, what each event leads to. An event that has no entry changes nothing. */
export type Table<S extends { readonly at: string }> = {
  readonly [A in S['at']]: Row<S, Extract<S, { readonly at: A }>>;
};

/** A tool whose states are nobody else's business. */
export interface Tool {
  readonly id: string;
  readonly idle: unknown;
  step(world: World, state: unknown, event: ToolEvent): Step<unknown>;
  inHand(world: World, state: unknown): InHand;
}

export const makeTool = <S extends { readonly at: string }>(
  id: string,
  idle: S,
  table: Table<S>,
  inHand: (world: World, state: S) => Partial<InHand>,
): Tool => ({
  id,
  idle,
  step: (world, state, event) => {
    const row = table[(state as S).at as S['at']] as Row<S, S>;
    const next = (row[event.type] ?? (event.type === 'interrupt' ? row.cancel : undefined)) as
      | ((world: World, state: S, event: ToolEvent) => Step<S>)
      | undefined;
    return next === undefined ? stay(state as S) : next(world, state as S, event);
  },
  inHand: (world, state) => ({
    ...EMPTY_HAND,
    busy: (state as S).at !== idle.at,
    ...inHand(world, state as S),
  }),
});

/** What lies under the hand: a handle of the selected shape before all else. */
export const hovering = (world: World, at: Point, id: (at: Point) => string | null): Effect => {
  const handle = world.handle(at)?.handle ?? null;
  return { do: 'hover', id: handle === null ? id(at) : null, handle };
};

/** A step by keys, stopped at the picture's edge. */
export const stepped = (world: World, from: Point, by: Point): Point =>
  into(world.question.media, { x: from.x + by.x, y: from.y + by.y });

/** A hand that moved less than this many screen px has not moved. */
const SLIP = 3;

export const beyondSlip = (from: Point, to: Point): boolean => Math.hypot(from.x - to.x, from.y - to.y) > SLIP;
