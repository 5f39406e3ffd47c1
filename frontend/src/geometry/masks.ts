import type { Box, Point, Size } from './plane.ts';
import { bordersUpTo, boundsOf, eachStretch, NO_RUNS, RunBuilder, type Runs, union } from './runs.ts';

/** Pixels of the stored file: `data` holds width x height bytes row by row, 1 inside and 0 outside. */
export interface Bitmap extends Box {
  readonly data: Uint8Array;
}

/** The pixels laid out, within the box around them. */
export const bitmapOf = (runs: Runs, height: number): Bitmap => {
  const box = boundsOf(runs, height);
  const data = new Uint8Array(box.width * box.height);
  eachStretch(runs, height, (x, from, to) => {
    let at = (from - box.top) * box.width + x - box.left;
    for (let y = from; y < to; y += 1) {
      data[at] = 1;
      at += box.width;
    }
  });
  return { ...box, data };
};

/** The set stretches of one column, `at` being the first px in `data` and `step` the way to the next. */
const stretchesIn = (
  data: Uint8Array,
  at: number,
  step: number,
  rows: number,
  tell: (from: number, to: number) => void,
): void => {
  let from = -1;
  for (let y = 0, i = at; y < rows; y += 1, i += step) {
    if ((data[i] !== 0) === from >= 0) continue;
    if (from >= 0) tell(from, y);
    from = from >= 0 ? -1 : y;
  }
  if (from >= 0) tell(from, rows);
};

/** The set pixels of a bitmap that lies on a picture of this size; what sticks out is cut off. */
export const runsOfBitmap = ({ left, top, width, height, data }: Bitmap, size: Size): Runs => {
  const out = new RunBuilder(size.height);
  const upper = Math.max(0, -top);
  const rows = Math.min(height, size.height - top) - upper;
  const last = Math.min(width, size.width - left);
  for (let x = Math.max(0, -left); x < last; x += 1) {
    stretchesIn(data, upper * width + x, width, rows, (from, to) => {
      out.add(x + left, from + top + upper, to + top + upper);
    });
  }
  return out.done();
};

/** The rows of a capsule in the column whose centre is at cx, as y from and to; null where it does not reach. */
const chord = (a: Point, b: Point, radius: number, cx: number): readonly [number, number] | null => {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const put = (y: number): void => {
    low = Math.min(low, y);
    high = Math.max(high, y);
  };
  for (const end of [a, b]) {
    const off = radius * radius - (cx - end.x) ** 2;
    if (off < 0) continue;
    put(end.y - Math.sqrt(off));
    put(end.y + Math.sqrt(off));
  }
  const length = Math.hypot(b.x - a.x, b.y - a.y);
  if (length > 0 && a.x !== b.x) {
    const [nx, ny] = [(-(b.y - a.y) / length) * radius, ((b.x - a.x) / length) * radius];
    for (const side of [1, -1]) {
      const t = (cx - (a.x + side * nx)) / (b.x - a.x);
      if (t >= 0 && t <= 1) put(a.y + side * ny + t * (b.y - a.y));
    }
  }
  return low > high ? null : [low, high];
};

/** The pixels whose centres lie within `radius` of the line from a to b: what a round brush covers on its way. */
export const capsule = (a: Point, b: Point, radius: number, { width, height }: Size): Runs => {
  const out = new RunBuilder(height);
  const first = Math.max(0, Math.ceil(Math.min(a.x, b.x) - radius - 0.5));
  const last = Math.min(width - 1, Math.floor(Math.max(a.x, b.x) + radius - 0.5));
  for (let x = first; x <= last; x += 1) {
    const rows = chord(a, b, radius, x + 0.5);
    if (rows === null) continue;
    out.add(x, Math.max(0, Math.ceil(rows[0] - 0.5)), Math.min(height, Math.floor(rows[1] - 0.5) + 1));
  }
  return out.done();
};

/** All that a brush covers along these points. */
export const brushed = (points: readonly Point[], radius: number, size: Size): Runs => {
  let all = NO_RUNS;
  points.forEach((point, i) => {
    if (i > 0 || points.length === 1) all = union(all, capsule(points[i - 1] ?? point, point, radius, size));
  });
  return all;
};

interface Edge {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
  /** The rows whose centres it crosses: from here on, up to but without there. */
  readonly first: number;
  readonly last: number;
}

/** The edges that cross a row's centre, turned downwards, by their first row. */
const edgesOf = (rings: readonly (readonly Point[])[], height: number): Edge[] => {
  const edges: Edge[] = [];
  for (const ring of rings) {
    ring.forEach((p, i) => {
      const q = ring[(i + 1) % ring.length] as Point;
      const [a, b] = p.y < q.y ? [p, q] : [q, p];
      // Row j counts where a.y <= j + 0.5 < b.y.
      const [first, last] = [Math.max(0, Math.ceil(a.y - 0.5)), Math.min(height, Math.ceil(b.y - 0.5))];
      if (first < last) edges.push({ x0: a.x, y0: a.y, x1: b.x, y1: b.y, first, last });
    });
  }
  return edges.sort((a, b) => a.first - b.first);
};

/** Columns at which the inside of row j changes, rising; those that cancel each other are left out. */
const changesOf = (edges: readonly Edge[], j: number, width: number): number[] => {
  const cy = j + 0.5;
  const all = edges
    .map(({ x0, y0, x1, y1 }) => {
      const x = x0 + ((cy - y0) * (x1 - x0)) / (y1 - y0);
      return Math.min(width, Math.max(0, Math.ceil(x - 0.5)));
    })
    .sort((a, b) => a - b);
  return oddOnes(all);
};

/** Those of a sorted list that stand in it an odd number of times. */
const oddOnes = (sorted: readonly number[]): number[] => {
  const out: number[] = [];
  for (const each of sorted) {
    if (out.at(-1) === each) out.pop();
    else out.push(each);
  }
  return out;
};

/**
 * The pixels whose centres lie inside the rings by even-odd. A centre on an edge: a crossing counts for min(y) <= cy < max(y), and the
 * pixel is inside where the number of crossings with x <= cx is odd. Both languages run the vectors of tests/geometry/vectors/pixels.json.
 * Rows are walked downwards, and where a column changes from one row to the next stands a border of its runs.
 */
export const filled = (rings: readonly (readonly Point[])[], { width, height }: Size): Runs => {
  const edges = edgesOf(rings, height);
  const borders: number[] = [];
  const note = (columns: readonly number[], row: number): void => {
    for (let i = 0; i + 1 < columns.length; i += 2) {
      for (let x = columns[i] as number; x < (columns[i + 1] as number); x += 1) borders.push(x * height + row);
    }
  };
  let active: Edge[] = [];
  let above: readonly number[] = [];
  let next = 0;
  for (let j = edges[0]?.first ?? height; j < height && (active.length > 0 || next < edges.length); j += 1) {
    active = active.filter(({ last }) => last > j);
    for (; next < edges.length && (edges[next] as Edge).first === j; next += 1) active.push(edges[next] as Edge);
    const now = changesOf(active, j, width);
    note(oddOnes([...above, ...now].sort((a, b) => a - b)), j);
    above = now;
  }
  // What is still open ends with the picture.
  note(above, height);
  return Uint32Array.from(oddOnes([...Uint32Array.from(borders).sort()]));
};

/** Calls with the set stretches of column x only. */
export const stretchesAt = (runs: Runs, height: number, x: number, tell: (from: number, to: number) => void): void => {
  const [begin, end] = [x * height, (x + 1) * height];
  let i = bordersUpTo(runs, begin);
  let from = (i & 1) === 1 ? begin : -1;
  for (; from >= 0 || (i < runs.length && (runs[i] as number) < end); i += 1) {
    const at = Math.min(end, runs[i] as number);
    if (from < 0) from = at;
    else {
      tell(from - begin, at - begin);
      from = -1;
      if (at === end) return;
    }
  }
};
