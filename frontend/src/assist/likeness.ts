import type { Box, Point } from '../geometry/plane.ts';
import { atLevel, type Grey, type Pyramid, sampledWhereSeen } from './pyramid.ts';
import { movedBy, type Similarity } from './similarity.ts';

/** How a thing looks as a whole: grey levels on a grid of points over it, each with how much it counts. */

/** Points along the root of the thing's area. */
const FINENESS = 14;
/** Grid steps to every side in which a thing is looked for. */
const REACH = 10;
/** What a place at the border of the search loses against one in its middle. */
const FAR = 0.12;

/** Of all weights: less than this in both pictures can't be compared. */
const LEAST_COMMON = 0.25;

/** The grid over a thing: places in px of the picture where it was drawn. */
export interface Grid {
  readonly first: Point;
  readonly step: number;
  readonly columns: number;
  readonly rows: number;
  readonly weights: Float32Array;
}

/** `weight`: how much a place counts, 0 where it is not of the thing. */
export const gridOver = ({ left, top, width, height }: Box, weight: (p: Point) => number): Grid => {
  const step = Math.sqrt(width * height) / FINENESS;
  const columns = Math.max(3, Math.round(width / step));
  const rows = Math.max(3, Math.round(height / step));
  const first = { x: left + (width - (columns - 1) * step) / 2, y: top + (height - (rows - 1) * step) / 2 };
  const weights = Float32Array.from({ length: columns * rows }, (_, at) =>
    weight({ x: first.x + (at % columns) * step, y: first.y + Math.floor(at / columns) * step }),
  );
  return { first, step, columns, rows, weights };
};

/** The level whose px are about as far apart as the points of the grid. */
const levelFor = (pyramid: Pyramid, step: number): number =>
  Math.min(pyramid.length - 1, Math.max(0, Math.round(Math.log2(Math.max(step, 1)))));

/** The thing where the similarity puts it, with `margin` points more to every side; NaN outside the picture. */
const looked = (pyramid: Pyramid, grid: Grid, way: Similarity, margin = 0): Float32Array => {
  const level = levelFor(pyramid, grid.step * way.scale);
  const first = movedBy(way, { x: grid.first.x - margin * grid.step, y: grid.first.y - margin * grid.step });
  const at = { x: atLevel(first.x, level), y: atLevel(first.y, level) };
  const step = (grid.step * way.scale) / 2 ** level;
  return sampledWhereSeen(pyramid[level] as Grey, at, step, grid.columns + 2 * margin, grid.rows + 2 * margin);
};

export const appearance = (pyramid: Pyramid, grid: Grid, way: Similarity): Float32Array => looked(pyramid, grid, way);

/**
 * Weighted normalised cross-correlation in [-1, 1] of a look with a part of another, `wide` points a row, begun at `from`. What is
 * outside the picture in either is left out; 0 when that is nearly all.
 */
const correlation = (grid: Grid, look: Float32Array, other: Float32Array, wide: number, from: number): number => {
  let [w, all, a, b, aa, bb, ab] = [0, 0, 0, 0, 0, 0, 0];
  for (let row = 0, at = 0; row < grid.rows; row += 1) {
    for (let column = 0; column < grid.columns; column += 1, at += 1) {
      const weight = grid.weights[at] as number;
      all += weight;
      const [p, q] = [look[at] as number, other[from + row * wide + column] as number];
      const both = p * q;
      if (Number.isNaN(both)) continue;
      w += weight;
      a += weight * p;
      b += weight * q;
      aa += weight * p * p;
      bb += weight * q * q;
      ab += weight * both;
    }
  }
  if (w < all * LEAST_COMMON) return 0;
  // The floor is a spread of about one grey level: a plain thing is like every other plain one, and like none.
  const spread = Math.sqrt((aa - (a * a) / w + w) * (bb - (b * b) / w + w));
  return (ab - (a * b) / w) / spread;
};

export const alike = (grid: Grid, a: Float32Array, b: Float32Array): number => correlation(grid, a, b, grid.columns, 0);

/**
 * The way moved to where the thing looks most like the `looks`, taken together; places further off must look better. How alike it is
 * there: the mean over the looks.
 */
export const lookedFor = (
  pyramid: Pyramid,
  grid: Grid,
  looks: readonly Float32Array[],
  way: Similarity,
): Similarity & { readonly alike: number } => {
  const wide = grid.columns + 2 * REACH;
  const around = looked(pyramid, grid, way, REACH);
  let best = { dx: 0, dy: 0, score: Number.NEGATIVE_INFINITY, alike: 0 };
  for (let dy = -REACH; dy <= REACH; dy += 1) {
    for (let dx = -REACH; dx <= REACH; dx += 1) {
      const from = (dy + REACH) * wide + dx + REACH;
      const sum = looks.reduce((total, look) => total + correlation(grid, look, around, wide, from), 0);
      const score = sum / looks.length - (FAR * Math.hypot(dx, dy)) / REACH;
      if (score > best.score) best = { dx, dy, score, alike: sum / looks.length };
    }
  }
  const step = grid.step * way.scale;
  return { scale: way.scale, x: way.x + best.dx * step, y: way.y + best.dy * step, alike: best.alike };
};
