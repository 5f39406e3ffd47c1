import { type Box, contains, type Point } from './plane.ts';
import { eachStretch, type Runs } from './runs.ts';

/**
 * The outline of a set of pixels, exactly along the pixels' edges: closed rings of corners, the set to the right of the way (outer rings
 * clockwise as seen, holes the other way round). Pixels that touch by a corner only lie in rings of their own.
 * Every stretch has an edge above and one below; where neighbouring columns differ there are edges down and up. So the cost goes
 * with the outline, not with the picture.
 */
export const ringsOf = (runs: Runs, height: number): Point[][] => {
  const edges = new Edges(height + 1);
  let column = -2;
  let before: number[] = [];
  let now: number[] = [];
  const turnOver = (x: number): void => {
    if (column >= 0) {
      edges.sides(column, before, now);
      if (x > column + 1) edges.sides(column + 1, now, []);
    }
    before = x === column + 1 ? now : [];
    now = [];
    column = x;
  };
  eachStretch(runs, height, (x, from, to) => {
    if (x !== column) turnOver(x);
    now.push(from, to);
    edges.add(x, from, x + 1, from);
    edges.add(x + 1, to, x, to);
  });
  turnOver(Number.POSITIVE_INFINITY);
  return edges.rings();
};

/** Directed edges by the corner where they begin. At most two begin at one corner. */
class Edges {
  readonly #stride: number;
  readonly #from: number[] = [];
  readonly #to: number[] = [];

  constructor(stride: number) {
    this.#stride = stride;
  }

  add(x0: number, y0: number, x1: number, y1: number): void {
    this.#from.push(x0 * this.#stride + y0);
    this.#to.push(x1 * this.#stride + y1);
  }

  /** The edges on the line at x, between a column's stretches to the left and another's to the right. */
  sides(x: number, left: readonly number[], right: readonly number[]): void {
    let [i, j] = [0, 0];
    let last = 0;
    while (i < left.length || j < right.length) {
      const a = left[i] ?? Number.POSITIVE_INFINITY;
      const b = right[j] ?? Number.POSITIVE_INFINITY;
      const at = Math.min(a, b);
      if (at > last && (i & 1) !== (j & 1)) this.#side(x, last, at, (i & 1) === 1);
      i += Number(a === at);
      j += Number(b === at);
      last = at;
    }
  }

  /** Downwards where the set lies to the left. */
  #side(x: number, top: number, bottom: number, toTheLeft: boolean): void {
    if (toTheLeft) this.add(x, top, x, bottom);
    else this.add(x, bottom, x, top);
  }

  /** Edges chained head to tail; where two go on, the one that turns right, so that corners do not join pixels. */
  rings(): Point[][] {
    const after = this.#starts();
    const used = new Uint8Array(this.#from.length);
    const rings: Point[][] = [];
    for (let first = 0; first < used.length; first += 1) {
      if (used[first] === 1) continue;
      const corners: number[] = [];
      let edge = first;
      while (used[edge] === 0) {
        used[edge] = 1;
        corners.push(this.#from[edge] as number);
        edge = this.#next(edge, after);
      }
      rings.push(this.#turns(corners));
    }
    return rings;
  }

  /** The edges sorted by where they begin: their numbers, to be searched. */
  #starts(): { readonly keys: Float64Array; readonly edges: Uint32Array } {
    const n = this.#from.length;
    // The corner and the edge in one number: sorting numbers is many times faster than sorting by a function.
    const packed = new Float64Array(n);
    for (let i = 0; i < n; i += 1) packed[i] = (this.#from[i] as number) * n + i;
    packed.sort();
    const edges = new Uint32Array(n);
    for (let i = 0; i < n; i += 1) {
      const number = packed[i] as number;
      const key = Math.floor(number / n);
      edges[i] = number - key * n;
      packed[i] = key;
    }
    return { keys: packed, edges };
  }

  #next(edge: number, { keys, edges }: { readonly keys: Float64Array; readonly edges: Uint32Array }): number {
    const corner = this.#to[edge] as number;
    let [low, high] = [0, keys.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((keys[middle] as number) < corner) low = middle + 1;
      else high = middle;
    }
    const one = edges[low] as number;
    if (keys[low + 1] !== corner) return one;
    const two = edges[low + 1] as number;
    return this.#turn(edge, one) > this.#turn(edge, two) ? one : two;
  }

  #point(corner: number): Point {
    const x = Math.floor(corner / this.#stride);
    return { x, y: corner - x * this.#stride };
  }

  /** Positive to the right, with y down. */
  #turn(a: number, b: number): number {
    const [p, q, r] = [this.#from[a], this.#to[a], this.#to[b]].map((each) => this.#point(each as number)) as [
      Point,
      Point,
      Point,
    ];
    return (q.x - p.x) * (r.y - q.y) - (q.y - p.y) * (r.x - q.x);
  }

  /** The corners where the way turns. */
  #turns(corners: readonly number[]): Point[] {
    const points = corners.map((corner) => this.#point(corner));
    return points.filter((p, i) => {
      const a = points.at(i - 1) as Point;
      const b = points[(i + 1) % points.length] as Point;
      return (a.x !== p.x || p.x !== b.x) && (a.y !== p.y || p.y !== b.y);
    });
  }
}

/** Twice the area inside a ring, positive when it runs clockwise as seen (y down). */
export const twiceArea = (ring: readonly Point[]): number =>
  ring.reduce((sum, p, i) => {
    const q = ring[(i + 1) % ring.length] as Point;
    return sum + p.x * q.y - q.x * p.y;
  }, 0);

const offLine = (p: Point, a: Point, b: Point): number => {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const length = dx * dx + dy * dy;
  const t = length === 0 ? 0 : Math.min(1, Math.max(0, ((p.x - a.x) * dx + (p.y - a.y) * dy) / length));
  return Math.hypot(p.x - a.x - t * dx, p.y - a.y - t * dy);
};

/** Marks in `keep` what must stay between the places of each span; places beyond the end begin anew. Douglas & Peucker 1973. */
const keepBetween = (
  points: readonly Point[],
  waiting: [number, number][],
  tolerance: number,
  keep: Uint8Array,
): void => {
  for (let span = waiting.pop(); span !== undefined; span = waiting.pop()) {
    const [from, to] = span;
    const [a, b] = [points[from] as Point, points[to % points.length] as Point];
    let [most, at] = [tolerance, -1];
    for (let i = from + 1; i < to; i += 1) {
      const off = offLine(points[i] as Point, a, b);
      if (off > most) [most, at] = [off, i];
    }
    if (at < 0) continue;
    keep[at] = 1;
    waiting.push([from, at], [at, to]);
  }
};

/**
 * Fewer corners, none of the left out ones further than `tolerance` px from the line that takes its place.
 * Source: Douglas & Peucker 1973, from two corners that lie far apart. A ring of fewer than three corners is empty.
 */
export const simplified = (ring: readonly Point[], tolerance: number): Point[] => {
  const [start] = ring;
  if (start === undefined || tolerance <= 0) return [...ring];
  let far = 0;
  ring.forEach((p, i) => {
    const q = ring[far] as Point;
    if (Math.hypot(p.x - start.x, p.y - start.y) > Math.hypot(q.x - start.x, q.y - start.y)) far = i;
  });
  const keep = new Uint8Array(ring.length + 1);
  keep[0] = 1;
  keep[far] = 1;
  const spans: [number, number][] = [
    [0, far],
    [far, ring.length],
  ];
  keepBetween(ring, spans, tolerance, keep);
  const kept = ring.filter((_, i) => keep[i] === 1);
  return kept.length < 3 ? [] : kept;
};

/** The same of a line: both ends stay. */
export const thinned = (line: readonly Point[], tolerance: number): Point[] => {
  if (line.length < 3) return [...line];
  const keep = new Uint8Array(line.length);
  keep[0] = 1;
  keep[line.length - 1] = 1;
  keepBetween(line, [[0, line.length - 1]], tolerance, keep);
  return line.filter((_, i) => keep[i] === 1);
};

/** An outer ring and the holes in it. */
export interface Outline {
  readonly ring: readonly Point[];
  readonly holes: readonly (readonly Point[])[];
}

interface Reach {
  readonly ring: readonly Point[];
  readonly box: Box;
}

const reachOf = (ring: readonly Point[]): Reach => {
  let [left, top, right, bottom] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 0, 0];
  for (const { x, y } of ring) {
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return { ring, box: { left, top, width: right - left, height: bottom - top } };
};

const inRing = ({ ring, box }: Reach, at: Point): boolean => {
  if (!contains(box, at)) return false;
  let inside = false;
  ring.forEach((p, i) => {
    const q = ring[(i + 1) % ring.length] as Point;
    if (p.y > at.y !== q.y > at.y && at.x < p.x + ((at.y - p.y) * (q.x - p.x)) / (q.y - p.y)) inside = !inside;
  });
  return inside;
};

/** Rings as outlines with their holes, the largest outline first. A hole belongs to the smallest outline around it. */
export const outlinesOf = (rings: readonly (readonly Point[])[]): Outline[] => {
  const sized = rings.map((ring) => ({ ring, size: twiceArea(ring) }));
  const outer = sized.filter(({ size }) => size > 0).sort((a, b) => b.size - a.size);
  const reaches = outer.map(({ ring }) => reachOf(ring));
  const inside = new Map<number, (readonly Point[])[]>();
  for (const { ring, size } of sized) {
    if (size >= 0) continue;
    const at = besideFirst(ring);
    const place = reaches.findLastIndex((reach) => inRing(reach, at));
    inside.set(place, [...(inside.get(place) ?? []), ring]);
  }
  return outer.map(({ ring }, i) => ({ ring, holes: inside.get(i) ?? [] }));
};

/** A place in a hole: beside the middle of its first edge, away from every other edge. */
const besideFirst = (hole: readonly Point[]): Point => {
  const [a, b] = [hole[0] as Point, hole[1] as Point];
  const length = Math.hypot(b.x - a.x, b.y - a.y);
  return {
    x: (a.x + b.x) / 2 + ((b.y - a.y) / length) * 0.25,
    y: (a.y + b.y) / 2 - ((b.x - a.x) / length) * 0.25,
  };
};
