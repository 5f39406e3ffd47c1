import { apply, invert } from '../geometry/matrix.ts';
import { type Box, boxBetween, contains, type Point, type Size } from '../geometry/plane.ts';
import { turned } from '../geometry/rotation.ts';
import type { InstanceRecord } from '../task-types/question.ts';
import type { Handle, Located } from '../task-types/task-type.ts';
import type { Desk } from './desk.ts';

/** A handle and how far a hand reaches it, along each of its axes, in screen px. */
export interface Grip extends Handle {
  readonly reach: Point;
}

/** Screen px: how far a handle reaches where there is room. */
const REACH = 12;
/** A side shorter than this on the screen has no handle in its middle. */
const SMALL = 40;
/** A shape smaller than this both ways is reshaped by its last corner alone, and one smaller than `TINY` by keys and numbers. */
const LITTLE = 20;
const TINY = 8;
/** Handles of vertices stand at least so far apart, screen px; where there are more of them, one zooms in. */
const APART = 14;
/** How far a handle stands off from its shape, screen px. */
const OFF = 28;

const onScreen = ({ width, height }: Size, scale: number): Size => ({ width: width * scale, height: height * scale });

export const isSmall = (size: Size, scale: number): boolean => {
  const { width, height } = onScreen(size, scale);
  return width < SMALL && height < SMALL;
};

/** Along a side of `length` no handle covers more than a third: a corner lies at its end, a middle one to both sides. */
const reachAlong = (length: number, pull: number): number => Math.min(REACH, length / (pull === 0 ? 6 : 3));

const hasRoom = ({ width, height }: Size, { x, y }: Point): boolean => {
  if ((x === 0 && width < SMALL) || (y === 0 && height < SMALL)) return false;
  const longer = Math.max(width, height);
  return longer >= LITTLE || (longer >= TINY && x > 0 && y > 0);
};

/** Takes of points those that lie apart from all that were taken before: one a cell of a grid. */
const sparse = (scale: number): ((at: Point) => boolean) => {
  const taken = new Set<number>();
  return ({ x, y }) => {
    const [column, row] = [Math.floor((x * scale) / APART), Math.floor((y * scale) / APART)];
    const cell = column * 1_000_003 + row;
    if (taken.has(cell)) return false;
    taken.add(cell);
    return true;
  };
};

/** Of vertices and of the middles between them: those in sight and far enough apart, vertices first; `always` the one in use. */
const thinned = (handles: readonly Handle[], scale: number, seen: Box | null, always: string | null): Handle[] => {
  const free = sparse(scale);
  const near = seen === null ? handles : handles.filter(({ at }) => contains(seen, at));
  const inUse = handles.filter(({ name }) => name === always);
  for (const { at } of inUse) free(at);
  const of = (look: Handle['look']): Handle[] =>
    near.filter(
      (handle) =>
        handle.look === look &&
        handle.name !== always &&
        (handle.room ?? Number.POSITIVE_INFINITY) * scale >= APART &&
        free(handle.at),
    );
  return [...inUse, ...of('vertex'), ...of('middle')];
};

/**
 * The handles that a shape has room for: those that are shown are those that can be held. `seen` is what is in sight, media px,
 * null for everything.
 */
export const gripsOf = (
  located: Located,
  record: InstanceRecord,
  all: readonly Handle[],
  scale: number,
  seen: Box | null = null,
  always: string | null = null,
): Grip[] => {
  const bounds = located.bounds(record);
  const pulls = all.flatMap((handle): Grip[] => {
    if (handle.look !== undefined) return [];
    const size = onScreen(handle.axes ?? bounds, scale);
    const { pull } = handle;
    const reach = { x: reachAlong(size.width, pull.x), y: reachAlong(size.height, pull.y) };
    return hasRoom(size, pull) ? [{ ...handle, reach }] : [];
  });
  const points = thinned(
    all.filter(({ look }) => look === 'vertex' || look === 'middle'),
    scale,
    seen,
    always,
  );
  const turns = all.filter(({ look }) => look === 'turn' && !isSmall(bounds, scale));
  return [...pulls, ...[...points, ...turns].map((handle) => ({ ...handle, ...standing(handle, scale) }))];
};

const standing = ({ at, off }: Handle, scale: number): { readonly at: Point; readonly reach: Point } => ({
  at: off === undefined ? at : { x: at.x + (off.x * OFF) / scale, y: at.y + (off.y * OFF) / scale },
  reach: { x: REACH, y: REACH },
});

/** Media box of what the stage shows. */
const seenOn = (desk: Desk): Box => {
  const back = invert(desk.screen());
  const { width, height } = desk.stage.value;
  return boxBetween(apply(back, { x: 0, y: 0 }), apply(back, { x: width, y: height }));
};

/** The grips of a shape as it lies on the desk now; the point that the keys walk on is always one of them. */
export const gripsOn = (desk: Desk, located: Located, record: InstanceRecord): Grip[] =>
  gripsOf(
    located,
    record,
    located.handles(record, desk.question),
    desk.viewport.value.scale,
    seenOn(desk),
    desk.point.value,
  );

/** The nearest grip within reach. */
export const gripAt = (grips: readonly Grip[], at: Point, scale: number): Grip | undefined =>
  grips
    .map((grip) => {
      const d = turned({ x: (at.x - grip.at.x) * scale, y: (at.y - grip.at.y) * scale }, -(grip.axes?.angle ?? 0));
      return { grip, far: Math.hypot(d.x / grip.reach.x, d.y / grip.reach.y) };
    })
    .filter(({ far }) => far <= 1)
    .sort((a, b) => a.far - b.far)[0]?.grip;
