import { type Box, distance, type Point } from './plane.ts';
import { wrapped } from './rotation.ts';

/**
 * Between two key frames (EDITOR.md, Interpolation): what costs is done once an interval, by the functions here; what they return
 * gives the shape at t = (f - a) / (b - a). Nothing is rounded. The server's twin is labeling/geometry/interpolation.py; both hold
 * tests/task_types/examples/interpolation.json.
 */

export interface TurnedBox extends Box {
  readonly angle?: number;
}

export interface Oval {
  readonly cx: number;
  readonly cy: number;
  readonly rx: number;
  readonly ry: number;
  readonly angle: number;
}

/** The shape at t in [0, 1]; a at 0, b at 1. */
export type Between<G> = (t: number) => G;

/** Of a cost, within which two are the same. */
const TIE = 1e-12;

/** What stands still is not moved by rounding. */
const mixed = (a: number, b: number, t: number): number => (a === b ? a : a * (1 - t) + b * t);

/** Angles by the shorter way; exactly half a turn: clockwise, which is growing. */
const turning = (a: number, b: number, half: number): Between<number> => {
  const way = wrapped(b - a, half);
  return (t) => wrapped(mixed(a, a + way, t), half);
};

export const boxesBetween = (a: TurnedBox, b: TurnedBox): Between<TurnedBox> => {
  const angle = turning(a.angle ?? 0, b.angle ?? 0, 180);
  return (t) => {
    const turn = angle(t);
    const box = {
      left: mixed(a.left, b.left, t),
      top: mixed(a.top, b.top, t),
      width: mixed(a.width, b.width, t),
      height: mixed(a.height, b.height, t),
    };
    return turn === 0 ? box : { ...box, angle: turn };
  };
};

export const ellipsesBetween = (a: Oval, b: Oval): Between<Oval> => {
  const angle = turning(a.angle, b.angle, 90);
  return (t) => ({
    cx: mixed(a.cx, b.cx, t),
    cy: mixed(a.cy, b.cy, t),
    rx: mixed(a.rx, b.rx, t),
    ry: mixed(a.ry, b.ry, t),
    angle: angle(t),
  });
};

/** Rings of any counts of vertices: both filled up to the larger one, b begun and run as it fits a best. */
export const ringsBetween = (a: readonly Point[], b: readonly Point[]): Between<Point[]> => {
  const count = Math.max(a.length, b.length);
  const start = filledUp(a, count, true);
  return pointsBetween(start, fittedRing(start, filledUp(b, count, true)));
};

/** The same for open lines, which can only be reversed. */
export const linesBetween = (a: readonly Point[], b: readonly Point[]): Between<Point[]> => {
  const count = Math.max(a.length, b.length);
  const start = filledUp(a, count, false);
  const end = filledUp(b, count, false);
  const back = [...end].reverse();
  return pointsBetween(start, apart(start, back) < apart(start, end) * (1 - TIE) ? back : end);
};

/** Points by name, in the order of a. What only a has stays where it is; what only b has begins with b. */
export const namedBetween = <P extends Point & { readonly name: string }>(
  a: readonly P[],
  b: readonly P[],
): Between<P[]> => {
  const ends = new Map(b.map((each) => [each.name, each]));
  return (t) =>
    a.map((each) => {
      const end = ends.get(each.name) ?? each;
      return { ...each, x: mixed(each.x, end.x, t), y: mixed(each.y, end.y, t) };
    });
};

/** Points that fit each other, place by place. */
export const pointsBetween =
  (a: readonly Point[], b: readonly Point[]): Between<Point[]> =>
  (t) =>
    a.map((each, place) => {
      return pointMixed(each, b[place] ?? each, t);
    });

/**
 * The same line with more points, at equal arc lengths: k of them at (i + 1/2) / k of the length, counted from the first vertex.
 * Nothing moves.
 */
export const filledUp = (points: readonly Point[], count: number, closed: boolean): readonly Point[] => {
  const more = count - points.length;
  if (more <= 0) return points;
  const ends = closed ? [...points, ...points.slice(0, 1)] : points;
  const at = [0];
  for (const [place, each] of ends.slice(1).entries()) at.push((at[place] ?? 0) + distance(ends[place] ?? each, each));
  const whole = at.at(-1) ?? 0;
  const added = Array.from({ length: more }, (_, place) => ((place + 0.5) * whole) / more);
  const made = points.map((point, place) => ({ point, at: at[place] ?? 0 }));
  for (const wanted of added) made.push({ point: along(ends, at, wanted), at: wanted });
  return made.sort((a, b) => a.at - b.at).map(({ point }) => point);
};

/** The point at a length from the first; `at` holds each vertex' own. */
const along = (ends: readonly Point[], at: readonly number[], wanted: number): Point => {
  const after = at.findIndex((each) => each > wanted);
  const to = ends[after] ?? ends[ends.length - 1] ?? { x: 0, y: 0 };
  const from = ends[after - 1] ?? to;
  const start = at[after - 1] ?? 0;
  const length = (at[after] ?? start) - start;
  return length > 0 ? pointMixed(from, to, (wanted - start) / length) : to;
};

const pointMixed = (a: Point, b: Point, t: number): Point => ({ x: mixed(a.x, b.x, t), y: mixed(a.y, b.y, t) });

/**
 * b begun at the vertex, and run in the direction, with the least sum of squared distances from a. Ties: the smallest shift, b's own
 * direction. Reversed, vertex 0 stays the first before it is shifted.
 */
export const fittedRing = (a: readonly Point[], b: readonly Point[]): readonly Point[] => {
  const ways = [b, [...b.slice(0, 1), ...b.slice(1).reverse()]];
  const costs = ways.map((way) => way.map((_, shift) => apart(a, way, shift)));
  const least = Math.min(...costs.map((each) => each.reduce((low, cost) => Math.min(low, cost), Infinity)));
  for (const [place, each] of costs.entries()) {
    const shift = each.findIndex((cost) => cost <= least * (1 + TIE));
    const way = ways[place];
    if (shift >= 0 && way) return [...way.slice(shift), ...way.slice(0, shift)];
  }
  return b;
};

/** Sum of squared distances, b begun at its vertex `shift`. */
const apart = (a: readonly Point[], b: readonly Point[], shift = 0): number => {
  let sum = 0;
  for (const [place, p] of a.entries()) {
    const q = b[(place + shift) % b.length] ?? p;
    sum += (p.x - q.x) ** 2 + (p.y - q.y) ** 2;
  }
  return sum;
};
