import type { Point } from '../geometry/plane.ts';

/** Moved and scaled about the origin: p becomes scale * p + (x, y). */
export interface Similarity extends Point {
  readonly scale: number;
}

/** Where a point was, where it is now, and how much it counts. */
export interface Pair {
  readonly from: Point;
  readonly to: Point;
  readonly weight: number;
}

export interface Fit extends Similarity {
  /** Of all weights, the share that agrees. */
  readonly share: number;
  readonly agreeing: readonly Pair[];
}

export const movedBy = ({ x, y, scale }: Similarity, p: Point): Point => ({ x: scale * p.x + x, y: scale * p.y + y });

const offBy = (way: Similarity, { from, to }: Pair): number =>
  Math.hypot(way.scale * from.x + way.x - to.x, way.scale * from.y + way.y - to.y);

/** Through a pair with a known scale. */
const through = ({ from, to }: Pair, scale: number): Similarity => ({
  scale,
  x: to.x - scale * from.x,
  y: to.y - scale * from.y,
});

/** The scale that two pairs tell; null when they lie too near each other to tell any. */
const scaleOf = (a: Pair, b: Pair, apart: number): number | null => {
  const before = { x: b.from.x - a.from.x, y: b.from.y - a.from.y };
  const length = Math.hypot(before.x, before.y);
  if (length < apart) return null;
  return ((b.to.x - a.to.x) * before.x + (b.to.y - a.to.y) * before.y) / (length * length);
};

/** Weighted least squares. The scale is drawn towards `expected` as by a thing of `still` px (weighted square) more. */
const leastSquares = (pairs: readonly Pair[], expected: number, still: number): Similarity => {
  let [w, fx, fy, tx, ty] = [0, 0, 0, 0, 0];
  for (const { from, to, weight } of pairs) {
    w += weight;
    fx += weight * from.x;
    fy += weight * from.y;
    tx += weight * to.x;
    ty += weight * to.y;
  }
  [fx, fy, tx, ty] = [fx / w, fy / w, tx / w, ty / w];
  let [up, down] = [expected * still, still];
  for (const { from, to, weight } of pairs) {
    up += weight * ((from.x - fx) * (to.x - tx) + (from.y - fy) * (to.y - ty));
    down += weight * ((from.x - fx) ** 2 + (from.y - fy) ** 2);
  }
  const scale = down > 0 ? up / down : expected;
  return { scale, x: tx - scale * fx, y: ty - scale * fy };
};

/** How far pairs agree with a way: each by 1 - (off / tolerance)^2, in weights. */
const support = (way: Similarity, pairs: readonly Pair[], tolerance: number): number => {
  let sum = 0;
  for (const pair of pairs) {
    const off = offBy(way, pair) / tolerance;
    if (off < 1) sum += pair.weight * (1 - off * off);
  }
  return sum;
};

export interface Expected {
  readonly scale: number;
  /** A factor: the scale changes no more than this at once. */
  readonly most: number;
  /** px: pairs that are off by less agree. */
  readonly tolerance: number;
  /** px of the thing. */
  readonly size: number;
}

/**
 * The way that most pairs agree with, as by RANSAC (Fischler & Bolles 1981), but each pair, alone and with some others, is tried once
 * instead of any by chance; then least squares of those that agree. Null of no pairs.
 */
export const fitted = (pairs: readonly Pair[], expected: Expected): Fit | null => {
  const { tolerance, size, most } = expected;
  let best: Similarity | null = null;
  let agreed = 0;
  const tried = (way: Similarity): void => {
    const sum = support(way, pairs, tolerance);
    if (sum > agreed) [best, agreed] = [way, sum];
  };
  pairs.forEach((pair, place) => {
    tried(through(pair, expected.scale));
    for (const skip of [1, 5, 11, 17, 23]) {
      const other = pairs[(place + skip) % pairs.length] as Pair;
      const scale = scaleOf(pair, other, size / 4);
      if (scale === null || scale > expected.scale * most || scale < expected.scale / most) continue;
      tried(through({ ...pair, from: middle(pair.from, other.from), to: middle(pair.to, other.to) }, scale));
    }
  });
  if (best === null) return null;
  return refined(best, pairs, expected);
};

const middle = (a: Point, b: Point): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });

const refined = (first: Similarity, pairs: readonly Pair[], { scale, tolerance, size }: Expected): Fit => {
  let way = first;
  let agreeing = pairs;
  for (let round = 0; round < 3; round += 1) {
    agreeing = pairs.filter((pair) => offBy(way, pair) < tolerance);
    if (agreeing.length === 0) break;
    way = leastSquares(agreeing, scale, (size / 4) ** 2);
  }
  const sum = (some: readonly Pair[]): number => some.reduce((total, { weight }) => total + weight, 0);
  return { ...way, agreeing, share: sum(agreeing) / sum(pairs) };
};
