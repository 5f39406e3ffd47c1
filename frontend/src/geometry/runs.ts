import type { Box, Point, Size } from './plane.ts';

/**
 * Pixels of a picture that is read column by column (the pixel in column x and row y of a picture `height` px high stands at place
 * x * height + y): the places where a run of set pixels begins and where it ends, in turn, strictly rising. Sets of a hundred million
 * pixels stay as small as their outline, so masks are joined, cut and asked without ever laying out their pixels.
 */
export type Runs = Uint32Array;

export const NO_RUNS: Runs = new Uint32Array(0);

type Keep = (inA: boolean, inB: boolean) => boolean;

/** One walk along both; a place where the outcome changes is a border of it. */
const combined = (a: Runs, b: Runs, keep: Keep): Runs => {
  const out = new Uint32Array(a.length + b.length);
  let [i, j, n] = [0, 0, 0];
  let inside = false;
  while (i < a.length || j < b.length) {
    const nextA = i < a.length ? (a[i] as number) : Number.POSITIVE_INFINITY;
    const nextB = j < b.length ? (b[j] as number) : Number.POSITIVE_INFINITY;
    const at = Math.min(nextA, nextB);
    if (nextA === at) i += 1;
    if (nextB === at) j += 1;
    const now = keep((i & 1) === 1, (j & 1) === 1);
    if (now !== inside) out[n++] = at;
    inside = now;
  }
  return out.slice(0, n);
};

export const union = (a: Runs, b: Runs): Runs => {
  if (a.length === 0) return b;
  return b.length === 0 ? a : combined(a, b, (inA, inB) => inA || inB);
};

/** Of many at once: all ends in order, and what lies under one of them at least. */
export const unionOf = (all: readonly Runs[]): Runs => {
  const length = all.reduce((sum, runs) => sum + runs.length, 0);
  const [starts, ends] = [new Uint32Array(length / 2), new Uint32Array(length / 2)];
  let n = 0;
  for (const runs of all) {
    for (let i = 0; i < runs.length; i += 2) {
      starts[n] = runs[i] as number;
      ends[n++] = runs[i + 1] as number;
    }
  }
  starts.sort();
  ends.sort();
  const out = new RunBuilder(0);
  for (let i = 0, first = 0; i < n; i += 1) {
    if (i + 1 < n && (starts[i + 1] as number) <= (ends[i] as number)) continue;
    out.add(0, starts[first] as number, ends[i] as number);
    first = i + 1;
  }
  return out.done();
};

export const without = (a: Runs, b: Runs): Runs =>
  a.length === 0 || b.length === 0 ? a : combined(a, b, (inA, inB) => inA && !inB);
export const common = (a: Runs, b: Runs): Runs => combined(a, b, (inA, inB) => inA && inB);

/** Every pixel of the picture that is not set. */
export const others = (a: Runs, { width, height }: Size): Runs =>
  combined(a, Uint32Array.of(0, width * height), (inA, all) => all && !inA);

export const sameRuns = (a: Runs, b: Runs): boolean => a.length === b.length && a.every((at, i) => at === b[i]);

/** How many pixels are set. */
export const areaOf = (runs: Runs): number => {
  let sum = 0;
  for (let i = 0; i < runs.length; i += 2) sum += (runs[i + 1] as number) - (runs[i] as number);
  return sum;
};

/** The smallest box of whole pixels around what is set; of nothing, an empty one at the corner. */
export const boundsOf = (runs: Runs, height: number): Box => {
  if (runs.length === 0) return { left: 0, top: 0, width: 0, height: 0 };
  let [top, bottom] = [height, 0];
  for (let i = 0; i < runs.length; i += 2) {
    const [from, last] = [runs[i] as number, (runs[i + 1] as number) - 1];
    const across = Math.floor(from / height) !== Math.floor(last / height);
    top = across ? 0 : Math.min(top, from % height);
    bottom = across ? height : Math.max(bottom, (last % height) + 1);
  }
  const left = Math.floor((runs[0] as number) / height);
  const right = Math.floor(((runs.at(-1) as number) - 1) / height) + 1;
  return { left, top, width: right - left, height: bottom - top };
};

/** How many borders stand at or before the place; an odd count means that its pixel is set. */
export const bordersUpTo = (runs: Runs, place: number): number => {
  let [low, high] = [0, runs.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((runs[middle] as number) <= place) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** True where the pixel under the point is set. */
export const covers = (runs: Runs, { width, height }: Size, at: Point): boolean => {
  const [x, y] = [Math.floor(at.x), Math.floor(at.y)];
  if (x < 0 || y < 0 || x >= width || y >= height) return false;
  return (bordersUpTo(runs, x * height + y) & 1) === 1;
};

/** Calls with every column's stretch [from, to) of set rows, column by column, downwards. */
export const eachStretch = (runs: Runs, height: number, tell: (x: number, from: number, to: number) => void): void => {
  for (let i = 0; i < runs.length; i += 2) {
    let at = runs[i] as number;
    const end = runs[i + 1] as number;
    while (at < end) {
      const x = Math.floor(at / height);
      const stop = Math.min(end, (x + 1) * height);
      tell(x, at - x * height, stop - x * height);
      at = stop;
    }
  }
};

/** Puts stretches together that come in order, column by column and downwards; those that touch become one run. */
export class RunBuilder {
  readonly #height: number;
  #out = new Uint32Array(256);
  #n = 0;

  constructor(height: number) {
    this.#height = height;
  }

  add(x: number, from: number, to: number): void {
    if (to <= from) return;
    const [begin, end] = [x * this.#height + from, x * this.#height + to];
    if (this.#n > 0 && this.#out[this.#n - 1] === begin) {
      this.#out[this.#n - 1] = end;
      return;
    }
    if (this.#n + 2 > this.#out.length) {
      const more = new Uint32Array(this.#out.length * 2);
      more.set(this.#out);
      this.#out = more;
    }
    this.#out[this.#n++] = begin;
    this.#out[this.#n++] = end;
  }

  done(): Runs {
    return this.#out.slice(0, this.#n);
  }
}

/** Shifted by whole px; what leaves the picture is cut off. */
export const shiftedRuns = (runs: Runs, { width, height }: Size, dx: number, dy: number): Runs => {
  const out = new RunBuilder(height);
  eachStretch(runs, height, (x, from, to) => {
    const column = x + dx;
    if (column >= 0 && column < width) out.add(column, Math.max(0, from + dy), Math.min(height, to + dy));
  });
  return out.done();
};

const WAYS = [
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
] as const;

/** Grown by a pixel to its four sides, `times` over. */
export const grownRuns = (runs: Runs, size: Size, times: number): Runs => {
  let all = runs;
  for (let i = 0; i < times; i += 1) {
    all = WAYS.reduce((sum, [dx, dy]) => union(sum, shiftedRuns(all, size, dx, dy)), all);
  }
  return all;
};

/** Eaten away by a pixel from its four sides, `times` over. The picture's own edge eats nothing. */
export const shrunkRuns = (runs: Runs, size: Size, times: number): Runs =>
  others(grownRuns(others(runs, size), size, times), size);

/** The stretches of a set, numbered, with the number of the first of each column. */
interface Stretches {
  readonly from: number[];
  readonly to: number[];
  readonly first: Map<number, number>;
  readonly column: number[];
}

const stretchesOf = (runs: Runs, height: number): Stretches => {
  const found: Stretches = { from: [], to: [], first: new Map(), column: [] };
  eachStretch(runs, height, (x, from, to) => {
    if (!found.first.has(x)) found.first.set(x, found.from.length);
    found.from.push(from);
    found.to.push(to);
    found.column.push(x);
  });
  return found;
};

/** Numbers of the stretches in column x that share an edge with [from, to). */
const touching = ({ first, from, to, column }: Stretches, x: number, low: number, high: number): number[] => {
  const found: number[] = [];
  for (let i = first.get(x) ?? column.length; column[i] === x && (from[i] as number) < high; i += 1) {
    if ((to[i] as number) > low) found.push(i);
  }
  return found;
};

/** The pixels that hang together with the one at the point by their edges; none where it is not set. */
export const pieceAt = (runs: Runs, size: Size, at: Point): Runs => {
  if (!covers(runs, size, at)) return NO_RUNS;
  const all = stretchesOf(runs, size.height);
  const y = Math.floor(at.y);
  const waiting = touching(all, Math.floor(at.x), y, y + 1);
  const seen = new Uint8Array(all.from.length);
  for (const i of waiting) seen[i] = 1;
  for (let i = waiting.pop(); i !== undefined; i = waiting.pop()) {
    const [x, low, high] = [all.column[i] as number, all.from[i] as number, all.to[i] as number];
    for (const next of [...touching(all, x - 1, low, high), ...touching(all, x + 1, low, high)]) {
      if (seen[next] === 1) continue;
      seen[next] = 1;
      waiting.push(next);
    }
  }
  const out = new RunBuilder(size.height);
  seen.forEach((in_, i) => {
    if (in_ === 1) out.add(all.column[i] as number, all.from[i] as number, all.to[i] as number);
  });
  return out.done();
};
