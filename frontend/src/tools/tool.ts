import type { Diff } from '../doc/diff.ts';
import type { Box, Point } from '../geometry/plane.ts';
import type { InstanceRecord, Question } from '../task-types/question.ts';
import type { Located, Modifiers } from '../task-types/task-type.ts';

/** A hand on the picture. `at` is in media px, `screen` in px of the stage. */
export interface Press {
  readonly at: Point;
  readonly screen: Point;
  readonly how: Modifiers;
  readonly touch: boolean;
}

export type ToolEvent =
  | ({ readonly type: 'down' } & Press)
  | ({ readonly type: 'move' } & Press)
  | ({ readonly type: 'up' } & Press)
  /** Keys: show the crosshair, move it by a vector in media px, put a corner where it is. */
  | { readonly type: 'aim' }
  | { readonly type: 'step'; readonly by: Point }
  | { readonly type: 'place' }
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
  pick(at: Point): string | null;
  handle(at: Point): { readonly id: string; readonly handle: string } | null;
  /** The selected shape, where it is too small to draw another one in it and `at` lies on it. */
  body(at: Point): string | null;
  inside(box: Box): string[];
  newId(): string;
  nextOrder(): number;
}

/** What a tool asks to be done, as data. */
export type Effect =
  | { readonly do: 'select'; readonly ids: readonly string[] }
  | { readonly do: 'hover'; readonly id: string | null }
  | { readonly do: 'commit'; readonly diff: Diff; readonly after: readonly string[] }
  | { readonly do: 'pan'; readonly by: Point }
  | { readonly do: 'zoom'; readonly factor: number; readonly at: Point };

/** What is in the hand and not yet in the document. */
export interface InHand {
  readonly record: InstanceRecord | null;
  readonly crosshair: Point | null;
  readonly brush: Box | null;
  /** A gesture runs: Escape ends it, and nothing was written. */
  readonly busy: boolean;
}

export const EMPTY_HAND: InHand = { record: null, crosshair: null, brush: null, busy: false };

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
    const next = row[event.type] as ((world: World, state: S, event: ToolEvent) => Step<S>) | undefined;
    return next === undefined ? stay(state as S) : next(world, state as S, event);
  },
  inHand: (world, state) => ({
    ...EMPTY_HAND,
    busy: (state as S).at !== idle.at,
    ...inHand(world, state as S),
  }),
});

/** A hand that moved less than this many screen px has not moved. */
const SLIP = 3;

export const beyondSlip = (from: Point, to: Point): boolean => Math.hypot(from.x - to.x, from.y - to.y) > SLIP;
