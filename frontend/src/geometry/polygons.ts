import { type Box, clamp, distance, into, onGrid, type Point, type Size } from './plane.ts';

/** Lines and rings of points, in media px. A ring is closed without repeating its first point. */
export type Ring = readonly Point[];

/** The upright box around points; without any, a box of nothing at 0, 0. */
export const boundsOf = (points: Iterable<Point>): Box => {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y } of points) {
    if (x < left) left = x;
    if (x > right) right = x;
    if (y < top) top = y;
    if (y > bottom) bottom = y;
  }
  return left > right
    ? { left: 0, top: 0, width: 0, height: 0 }
    : { left, top, width: right - left, height: bottom - top };
};

/** Twice the area within a ring, positive clockwise on the screen. */
const twice = (ring: Ring): number => {
  let sum = 0;
  let before = ring.at(-1);
  for (const p of ring) {
    if (before !== undefined) sum += before.x * p.y - p.x * before.y;
    before = p;
  }
  return sum;
};

export const areaOf = (ring: Ring): number => Math.abs(twice(ring)) / 2;

/** Where a level line crosses the rings, ascending: inside lies between the first and the second, the third and the fourth ... */
const crossings = (rings: readonly Ring[], y: number): number[] => {
  const xs: number[] = [];
  for (const ring of rings) {
    let a = ring.at(-1);
    for (const b of ring) {
      if (a !== undefined && a.y <= y !== b.y <= y) xs.push(a.x + ((y - a.y) * (b.x - a.x)) / (b.y - a.y));
      a = b;
    }
  }
  return xs.sort((a, b) => a - b);
};

/** By even-odd over all rings. */
export const isInside = (rings: readonly Ring[], { x, y }: Point): boolean =>
  crossings(rings, y).filter((each) => each <= x).length % 2 === 1;

/** Less than this, in square px, is no area. */
const NOTHING = 1e-6;

/**
 * Whether the rings enclose more than nothing by even-odd. Levels between the vertices are looked at one after the other until
 * enough has been found, which is nearly always the first: a ring that runs twice round, or there and back, takes them all.
 */
export const hasArea = (rings: readonly Ring[]): boolean => {
  const levels = [...new Set(rings.flat().map(({ y }) => y))].sort((a, b) => a - b);
  let sum = 0;
  for (let i = 0; i + 1 < levels.length && sum <= NOTHING; i += 1) {
    const [low = 0, high = 0] = [levels[i], levels[i + 1]];
    const xs = crossings(rings, (low + high) / 2);
    for (let k = 0; k + 1 < xs.length; k += 2) sum += ((xs[k + 1] ?? 0) - (xs[k] ?? 0)) * (high - low);
  }
  return sum > NOTHING;
};

/** A place on a line or ring: the edge it lies on and how far along it, [0, 1). A ring's edge i goes from point i to the next. */
export interface OnLine {
  readonly at: Point;
  readonly edge: number;
  readonly along: number;
  readonly far: number;
}

/** The nearest place of a segment, as a fraction of it. */
const along = (p: Point, a: Point, b: Point): number => {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const length = dx * dx + dy * dy;
  return length === 0 ? 0 : clamp(((p.x - a.x) * dx + (p.y - a.y) * dy) / length, 0, 1);
};

/** The place of the line that is nearest to a point; null without any point. */
export const nearestOn = (line: Ring, closed: boolean, p: Point): OnLine | null => {
  let best: OnLine | null = null;
  const edges = closed ? line.length : Math.max(1, line.length - 1);
  for (let edge = 0; edge < edges; edge += 1) {
    const a = line[edge];
    const b = line[(edge + 1) % line.length] ?? a;
    if (a === undefined || b === undefined) continue;
    const s = along(p, a, b);
    const at = { x: a.x + s * (b.x - a.x), y: a.y + s * (b.y - a.y) };
    const far = distance(p, at);
    if (best === null || far < best.far) best = { at, edge, along: s, far };
  }
  return best;
};

export const lengthOf = (line: Ring): number =>
  line.reduce((sum, p, i) => sum + (i === 0 ? 0 : distance(p, line[i - 1] ?? p)), 0);

/** Without points that lie where the one before them does; of a ring, also the last where the first is. */
export const withoutTwins = (line: Ring, closed: boolean): Point[] => {
  const kept = line.filter((p, i) => {
    const before = line[i - 1];
    return before === undefined || before.x !== p.x || before.y !== p.y;
  });
  const [first, last] = [kept[0], kept.at(-1)];
  if (closed && kept.length > 1 && first?.x === last?.x && first?.y === last?.y) kept.pop();
  return kept;
};

/** The part of a shift, on the grid, that keeps a box in the picture; what sticks out already may stay so. */
export const shiftWithin = ({ left, top, width, height }: Box, by: Point, limits: Size): Point => ({
  x: clamp(onGrid(by.x), Math.min(0, -left), Math.max(0, limits.width - left - width)),
  y: clamp(onGrid(by.y), Math.min(0, -top), Math.max(0, limits.height - top - height)),
});

/** How a point goes when the box around its shape becomes another one. */
export const mapped = (from: Box, to: Box, limits: Size): ((p: Point) => Point) => {
  const fx = from.width > 0 ? to.width / from.width : 1;
  const fy = from.height > 0 ? to.height / from.height : 1;
  return ({ x, y }) => into(limits, { x: to.left + (x - from.left) * fx, y: to.top + (y - from.top) * fy });
};

/** A box with its right and bottom edges moved, at least `least` px each way where it had any, and within the picture. */
export const stretchedBy = (box: Box, by: Point, limits: Size, least = 1): Box => {
  const side = (length: number, more: number, room: number): number =>
    length === 0 ? 0 : clamp(length + more, Math.min(least, length), Math.max(length, room));
  return {
    ...box,
    width: side(box.width, by.x, limits.width - box.left),
    height: side(box.height, by.y, limits.height - box.top),
  };
};

export const flat = (points: Ring): number[] => points.flatMap(({ x, y }) => [x, y]);
