import type { Point } from './plane.ts';

/**
 * The cheapest way along edges between two points of a picture ("intelligent scissors": Mortensen and Barrett, SIGGRAPH 1995):
 * Sobel gradients make the cost of each px, Dijkstra with buckets (Dial 1969) the ways from one seed to every px.
 * Units are px of the window that is looked at; a px (i, j) stands for its centre (i + 0.5, j + 0.5).
 */

/** What a step onto each px costs, 1 (on a strong edge) to 255, row by row. */
export interface Costs {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** For each px the direction of its next px towards the seed (an index of STEPS), or SEED. */
export interface Ways {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** x and y of the eight neighbours; the odd ones are diagonal. */
const STEPS: readonly (readonly [number, number])[] = [
  [1, 0],
  [1, 1],
  [0, 1],
  [-1, 1],
  [-1, 0],
  [-1, -1],
  [0, -1],
  [1, -1],
];

const SEED = 8;

/** Gradients below this share of the strongest are noise. */
const NOISE = 0.05;
/** Of what is not noise, this share is weaker than what counts as a full edge: one glaring edge must not hide the others. */
const FULL = 0.8;
/** A px of a way costs at least this much, so that a way does not wander inside an edge. */
const LEAST = 1;
const MOST = 255;

/**
 * The Sobel gradient of each px, the strongest of the three channels (red on grey of the same lightness is an edge too).
 * `rgba`: width * height * 4. Borders repeat their neighbours. Returns width * height.
 */
export const gradients = (rgba: ArrayLike<number>, width: number, height: number): Float32Array => {
  const found = new Float32Array(width * height);
  for (let y = 0; y < height; y += 1) {
    const up = Math.max(0, y - 1) * width;
    const here = y * width;
    const down = Math.min(height - 1, y + 1) * width;
    for (let x = 0; x < width; x += 1) {
      const left = Math.max(0, x - 1);
      const right = Math.min(width - 1, x + 1);
      let strongest = 0;
      for (let c = 0; c < 3; c += 1) {
        const a = rgba[(up + left) * 4 + c] as number;
        const b = rgba[(up + x) * 4 + c] as number;
        const d = rgba[(up + right) * 4 + c] as number;
        const e = rgba[(here + left) * 4 + c] as number;
        const f = rgba[(here + right) * 4 + c] as number;
        const g = rgba[(down + left) * 4 + c] as number;
        const h = rgba[(down + x) * 4 + c] as number;
        const i = rgba[(down + right) * 4 + c] as number;
        const across = d + 2 * f + i - a - 2 * e - g;
        const along = g + 2 * h + i - a - 2 * b - d;
        const square = across * across + along * along;
        if (square > strongest) strongest = square;
      }
      found[here + x] = Math.sqrt(strongest);
    }
  }
  return found;
};

/** The gradient that counts as a full edge in this window; 0 when there is no edge at all. */
const fullEdge = (gradient: Float32Array): number => {
  let strongest = 0;
  for (const value of gradient) if (value > strongest) strongest = value;
  if (strongest === 0) return 0;
  const counts = new Uint32Array(256);
  let edges = 0;
  for (const value of gradient) {
    if (value < strongest * NOISE) continue;
    const bin = Math.min(255, Math.floor((value / strongest) * 256));
    counts[bin] = (counts[bin] as number) + 1;
    edges += 1;
  }
  let below = 0;
  for (let bin = 0; bin < 256; bin += 1) {
    below += counts[bin] as number;
    if (below >= edges * FULL) return ((bin + 1) / 256) * strongest;
  }
  return strongest;
};

/** The costs of a window from its colours (width * height * 4, as ImageData has them). */
export const edgeCosts = (rgba: ArrayLike<number>, width: number, height: number): Costs => {
  const gradient = gradients(rgba, width, height);
  const full = fullEdge(gradient);
  const data = new Uint8Array(width * height).fill(MOST);
  if (full === 0) return { width, height, data };
  for (let i = 0; i < data.length; i += 1) {
    const short = 1 - Math.min(1, (gradient[i] as number) / full);
    data[i] = LEAST + Math.round((MOST - LEAST) * short * short);
  }
  return { width, height, data };
};

/** A diagonal step is longer. In tenths, so that whole numbers stay near the truth. */
const STRAIGHT = 5;
const DIAGONAL = 7;
const LONGEST = (MOST * DIAGONAL) / STRAIGHT;

const inside = (at: Point, width: number, height: number): number => {
  const x = Math.min(width - 1, Math.max(0, Math.floor(at.x)));
  const y = Math.min(height - 1, Math.max(0, Math.floor(at.y)));
  return y * width + x;
};

/** The px that wait for their turn, in a ring of lists: one list a cost, no px in two. */
class Buckets {
  readonly #heads: Int32Array;
  readonly #next: Int32Array;
  readonly #before: Int32Array;
  /** The list that a px is in, or -1. */
  readonly #of: Int16Array;
  count = 0;

  constructor(ring: number, size: number) {
    this.#heads = new Int32Array(ring).fill(-1);
    this.#next = new Int32Array(size);
    this.#before = new Int32Array(size);
    this.#of = new Int16Array(size).fill(-1);
  }

  put(px: number, cost: number): void {
    if ((this.#of[px] as number) >= 0) this.#takeOut(px);
    const bucket = cost % this.#heads.length;
    const head = this.#heads[bucket] as number;
    this.#next[px] = head;
    this.#before[px] = -1;
    if (head >= 0) this.#before[head] = px;
    this.#heads[bucket] = px;
    this.#of[px] = bucket;
    this.count += 1;
  }

  /** The first px that waits at this cost, taken out; -1 when there is none. */
  take(cost: number): number {
    const px = this.#heads[cost % this.#heads.length] as number;
    if (px >= 0) this.#takeOut(px);
    return px;
  }

  #takeOut(px: number): void {
    const next = this.#next[px] as number;
    const before = this.#before[px] as number;
    if (before >= 0) this.#next[before] = next;
    else this.#heads[this.#of[px] as number] = next;
    if (next >= 0) this.#before[next] = before;
    this.#of[px] = -1;
    this.count -= 1;
  }
}

/** The cheapest way from every px of the window to the px under `seed`. */
export const waysTo = (costs: Costs, seed: Point): Ways => {
  const { width, height } = costs;
  // With a frame of px that are cheaper than any way could be: no step leads onto them, and none asks where the border is.
  const stride = width + 2;
  const total = new Int32Array(stride * (height + 2)).fill(-1);
  const steps = new Uint8Array(total.length);
  for (let y = 0; y < height; y += 1) {
    const row = (y + 1) * stride + 1;
    total.fill(FAR, row, row + width);
    steps.set(costs.data.subarray(y * width, (y + 1) * width), row);
  }
  const start = inside(seed, width, height);
  const framed = spread(total, steps, stride, (Math.floor(start / width) + 1) * stride + (start % width) + 1);
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y += 1) {
    const row = (y + 1) * stride + 1;
    data.set(framed.subarray(row, row + width), y * width);
  }
  return { width, height, data };
};

const FAR = 0x7fffffff;

/** Dijkstra from `start`: fills `total`, and returns for each px the direction back. */
const spread = (total: Int32Array, steps: Uint8Array, stride: number, start: number): Uint8Array => {
  const ways = new Uint8Array(total.length);
  const offsets = Int32Array.from(STEPS, ([dx, dy]) => dy * stride + dx);
  const diagonal = Int32Array.from({ length: MOST + 1 }, (_, step) => Math.round((step * DIAGONAL) / STRAIGHT));
  const waiting = new Buckets(Math.ceil(LONGEST) + 2, total.length);
  total[start] = 0;
  ways[start] = SEED;
  waiting.put(start, 0);
  const visit = (px: number, cost: number): void => {
    for (let k = 0; k < 8; k += 1) {
      const to = px + (offsets[k] as number);
      const step = steps[to] as number;
      const sum = cost + ((k & 1) === 0 ? step : (diagonal[step] as number));
      if (sum >= (total[to] as number)) continue;
      total[to] = sum;
      ways[to] = (k + 4) & 7;
      waiting.put(to, sum);
    }
  };
  for (let cost = 0; waiting.count > 0; cost += 1) {
    for (let px = waiting.take(cost); px >= 0; px = waiting.take(cost)) visit(px, cost);
  }
  return ways;
};

/** The way from the seed to the px under `to`, as centres of px; both ends included. */
export const wayFrom = ({ width, height, data }: Ways, to: Point): Point[] => {
  const found: Point[] = [];
  let px = inside(to, width, height);
  for (let steps = 0; steps <= data.length; steps += 1) {
    const x = px % width;
    const y = (px - x) / width;
    found.push({ x: x + 0.5, y: y + 0.5 });
    const [dx, dy] = STEPS[data[px] as number] ?? [0, 0];
    if (dx === 0 && dy === 0) break;
    px += dy * width + dx;
  }
  return found.reverse();
};

/** The centre of the cheapest px within `reach` of `at`, the nearest of equals: where a click near an edge was meant. */
export const snapped = ({ width, height, data }: Costs, at: Point, reach: number): Point => {
  let best = { x: at.x, y: at.y };
  let bestScore = Number.POSITIVE_INFINITY;
  const far = Math.ceil(reach);
  const [cx, cy] = [Math.floor(at.x), Math.floor(at.y)];
  for (let y = Math.max(0, cy - far); y <= Math.min(height - 1, cy + far); y += 1) {
    for (let x = Math.max(0, cx - far); x <= Math.min(width - 1, cx + far); x += 1) {
      const off = Math.hypot(x + 0.5 - at.x, y + 0.5 - at.y);
      const score = (data[y * width + x] as number) + off * 4;
      if (off <= reach && score < bestScore) {
        bestScore = score;
        best = { x: x + 0.5, y: y + 0.5 };
      }
    }
  }
  return best;
};
