import type { Box } from '../geometry/plane.ts';

/** A hint in px of the crop: what lies within `radius` of the points is of the thing, or is not. */
export interface Mark {
  readonly points: readonly (readonly [number, number])[];
  readonly radius: number;
  readonly inside: boolean;
}

/** `look` at the crop; then `cut` with the box and all hints so far, for a mask of `to.width` x `to.height`. */
export type CutAsked =
  | { readonly do: 'look'; readonly bitmap: ImageBitmap }
  | {
      readonly do: 'cut';
      readonly box: Box;
      readonly marks: readonly Mark[];
      readonly to: { readonly width: number; readonly height: number };
    };

export interface CutAnswer {
  readonly id: number;
  /** 1 inside, 0 outside, row by row. */
  readonly data: Uint8Array;
  readonly trouble?: string;
}

/** Of OpenCV, what is used here; its own types are those of another build. */
interface Mat {
  readonly data: Uint8Array;
  readonly rows: number;
  readonly cols: number;
  delete(): void;
}
interface Cv {
  readonly Mat: new (rows?: number, cols?: number, type?: number, scalar?: unknown) => Mat;
  readonly Size: new (width: number, height: number) => object;
  readonly Rect: new (x: number, y: number, width: number, height: number) => object;
  readonly CV_8UC1: number;
  readonly CV_8UC3: number;
  readonly COLOR_RGBA2RGB: number;
  readonly GC_INIT_WITH_MASK: number;
  readonly GC_EVAL: number;
  readonly INTER_LINEAR: number;
  matFromImageData(image: ImageData): Mat;
  cvtColor(from: Mat, to: Mat, code: number): void;
  grabCut(image: Mat, mask: Mat, box: object, ground: Mat, thing: Mat, rounds: number, mode: number): void;
  medianBlur(from: Mat, to: Mat, size: number): void;
  resize(from: Mat, to: Mat, size: object, fx: number, fy: number, how: number): void;
}

const GROUND = 0;
const THING = 1;
const PERHAPS_GROUND = 2;
const PERHAPS_THING = 3;
const ROUNDS = 5;
/** Once both kinds of px are known. */
const ROUNDS_MORE = 2;

declare function importScripts(...urls: string[]): void;

let loading: Promise<Cv> | null = null;
const opencv = (): Promise<Cv> => {
  loading ??= (async () => {
    importScripts('opencv.js');
    return await (self as unknown as { cv: Cv | Promise<Cv> }).cv;
  })();
  // It did not arrive: the next try loads it again.
  loading.catch(() => {
    loading = null;
  });
  return loading;
};

/** What is known of the crop that is looked at; refined as long as hints are only added. */
interface Work {
  readonly image: Mat;
  readonly ground: Mat;
  readonly thing: Mat;
  mask: Mat | null;
  box: Box | null;
  marks: readonly Mark[];
}

let work: Work | null = null;

const look = async (bitmap: ImageBitmap): Promise<void> => {
  const cv = await opencv();
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) throw new Error('no canvas');
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const colours = cv.matFromImageData(context.getImageData(0, 0, canvas.width, canvas.height));
  const image = new cv.Mat();
  cv.cvtColor(colours, image, cv.COLOR_RGBA2RGB);
  colours.delete();
  for (const mat of [work?.image, work?.ground, work?.thing, work?.mask]) mat?.delete();
  work = { image, ground: new cv.Mat(), thing: new cv.Mat(), mask: null, box: null, marks: [] };
};

/** Outside the box is ground, inside perhaps the thing. At least one px is ground, or there would be nothing to learn. */
const begun = (mask: Mat, box: Box): void => {
  const { rows, cols, data } = mask;
  data.fill(GROUND);
  const [left, right] = [Math.max(0, Math.floor(box.left)), Math.min(cols, Math.ceil(box.left + box.width))];
  const [top, bottom] = [Math.max(0, Math.floor(box.top)), Math.min(rows, Math.ceil(box.top + box.height))];
  for (let y = top; y < bottom; y += 1) data.fill(PERHAPS_THING, y * cols + left, y * cols + right);
  if (data.includes(GROUND)) return;
  data.fill(GROUND, 0, cols);
  data.fill(GROUND, (rows - 1) * cols);
};

/** How far a place lies from the line between two points. */
const off = (
  x: number,
  y: number,
  [ax, ay]: readonly [number, number],
  [bx, by]: readonly [number, number],
): number => {
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / length));
  return Math.hypot(x - ax - along * dx, y - ay - along * dy);
};

type Place = readonly [number, number];

const capsule = ({ rows, cols, data }: Mat, a: Place, b: Place, radius: number, kind: number): void => {
  const [left, right] = [Math.max(0, Math.floor(Math.min(a[0], b[0]) - radius)), Math.max(a[0], b[0]) + radius];
  const [top, bottom] = [Math.max(0, Math.floor(Math.min(a[1], b[1]) - radius)), Math.max(a[1], b[1]) + radius];
  for (let y = top; y < Math.min(rows, bottom); y += 1) {
    for (let x = left; x < Math.min(cols, right); x += 1) {
      if (off(x + 0.5, y + 0.5, a, b) <= radius) data[y * cols + x] = kind;
    }
  }
};

const paint = (mask: Mat, { points, radius, inside }: Mark): void => {
  points.forEach((b, i) => {
    capsule(mask, points[Math.max(0, i - 1)] ?? b, b, radius, inside ? THING : GROUND);
  });
};

const startsWith = (all: readonly Mark[], first: readonly Mark[]): boolean =>
  first.length <= all.length && JSON.stringify(all.slice(0, first.length)) === JSON.stringify(first);

const sameBox = (a: Box | null, b: Box): boolean => JSON.stringify(a) === JSON.stringify(b);

const known = (mask: Mat, kinds: readonly number[]): boolean => kinds.some((kind) => mask.data.includes(kind));

/** It can't learn from nothing: all ground, or all thing, is the answer as it stands. */
const learnable = (mask: Mat): boolean => known(mask, [GROUND, PERHAPS_GROUND]) && known(mask, [THING, PERHAPS_THING]);

const cut = async ({ box, marks, to }: Extract<CutAsked, { do: 'cut' }>): Promise<Uint8Array> => {
  const cv = await opencv();
  if (work === null) throw new Error('nothing was looked at');
  const more = work.mask !== null && sameBox(work.box, box) && startsWith(marks, work.marks);
  const mask = more ? (work.mask as Mat) : fresh(cv, work, box);
  for (const mark of marks.slice(more ? work.marks.length : 0)) paint(mask, mark);
  Object.assign(work, { mask, box, marks });
  const { image, ground, thing } = work;
  const [rounds, mode] = more ? [ROUNDS_MORE, cv.GC_EVAL] : [ROUNDS, cv.GC_INIT_WITH_MASK];
  if (learnable(mask)) cv.grabCut(image, mask, new cv.Rect(0, 0, 1, 1), ground, thing, rounds, mode);
  return enlarged(cv, mask, to);
};

const fresh = (cv: Cv, { image, mask: before }: Work, box: Box): Mat => {
  before?.delete();
  const mask = new cv.Mat(image.rows, image.cols, cv.CV_8UC1);
  begun(mask, box);
  return mask;
};

/** The mask in px of the stored file: specks smoothed away, and edges between px rather than stairs. */
const enlarged = (cv: Cv, mask: Mat, to: { width: number; height: number }): Uint8Array => {
  const grey = new cv.Mat(mask.rows, mask.cols, cv.CV_8UC1);
  const large = new cv.Mat();
  try {
    grey.data.set(mask.data.map((kind) => (kind === THING || kind === PERHAPS_THING ? 255 : 0)));
    cv.medianBlur(grey, grey, 3);
    if (to.width === mask.cols && to.height === mask.rows) return grey.data.map((value) => (value > 127 ? 1 : 0));
    cv.resize(grey, large, new cv.Size(to.width, to.height), 0, 0, cv.INTER_LINEAR);
    return large.data.map((value) => (value > 127 ? 1 : 0));
  } finally {
    grey.delete();
    large.delete();
  }
};

const answer = async (asked: CutAsked): Promise<Uint8Array> => {
  if (asked.do === 'cut') return cut(asked);
  await look(asked.bitmap);
  return new Uint8Array();
};

/** One after the other, in the order of the messages. */
let last: Promise<unknown> = Promise.resolve();

self.addEventListener('message', ({ data: asked }: MessageEvent<CutAsked & { id: number }>) => {
  last = last.then(async () => {
    try {
      const data = await answer(asked);
      self.postMessage({ id: asked.id, data }, { transfer: [data.buffer] });
    } catch (fault) {
      self.postMessage({ id: asked.id, data: new Uint8Array(), trouble: String(fault) });
    }
  });
});
