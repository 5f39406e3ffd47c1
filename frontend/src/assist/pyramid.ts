import type { Point } from '../geometry/plane.ts';

/** Grey levels 0..255, row by row. */
export interface Grey {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/** A picture at full size, at half of it, and so on: level l has 1 px where the first has 2^l. */
export type Pyramid = readonly Grey[];

/** A level below this side tells nothing any more. */
const LEAST_SIDE = 12;
const MOST_LEVELS = 6;

/** From RGBA as a canvas hands it out. Weights: Rec. 601 luma. */
export const greyOf = (pixels: Uint8ClampedArray, width: number, height: number): Grey => {
  const data = new Float32Array(width * height);
  for (let i = 0, at = 0; i < data.length; i += 1, at += 4) {
    data[i] = 0.299 * (pixels[at] ?? 0) + 0.587 * (pixels[at + 1] ?? 0) + 0.114 * (pixels[at + 2] ?? 0);
  }
  return { width, height, data };
};

/** Each px the mean of four; an odd last row or column is left out. */
const halved = ({ width, height, data }: Grey): Grey => {
  const [w, h] = [width >> 1, height >> 1];
  const half = new Float32Array(w * h);
  for (let y = 0; y < h; y += 1) {
    let at = 2 * y * width;
    for (let x = 0; x < w; x += 1, at += 2) {
      const above = (data[at] as number) + (data[at + 1] as number);
      half[y * w + x] = (above + (data[at + width] as number) + (data[at + width + 1] as number)) / 4;
    }
  }
  return { width: w, height: h, data: half };
};

export const pyramidOf = (grey: Grey): Pyramid => {
  const levels = [grey];
  for (let last = grey; levels.length < MOST_LEVELS; levels.push(last)) {
    if (Math.min(last.width, last.height) < 2 * LEAST_SIDE) break;
    last = halved(last);
  }
  return levels;
};

/** The place of a point at another level; whole numbers are the middles of px at each. */
export const atLevel = (value: number, level: number): number => (value + 0.5) / 2 ** level - 0.5;

/**
 * Grey levels on a grid of columns x rows points, `step` px apart, the first at `first`; between px they are mixed. Returns false, and
 * leaves `out` unfinished, when any of them lies outside.
 */
export const sampled = (
  grey: Grey,
  first: Point,
  step: number,
  columns: number,
  rows: number,
  out: Float32Array,
): boolean => {
  const { width, height, data } = grey;
  const right = first.x + (columns - 1) * step;
  const bottom = first.y + (rows - 1) * step;
  if (!(first.x >= 0 && first.y >= 0 && right < width - 1 && bottom < height - 1)) return false;
  let at = 0;
  for (let row = 0; row < rows; row += 1) {
    const y = first.y + row * step;
    const top = Math.floor(y);
    const fy = y - top;
    for (let column = 0; column < columns; column += 1, at += 1) {
      const x = first.x + column * step;
      const left = Math.floor(x);
      const fx = x - left;
      const i = top * width + left;
      const above = (data[i] as number) * (1 - fx) + (data[i + 1] as number) * fx;
      const below = (data[i + width] as number) * (1 - fx) + (data[i + width + 1] as number) * fx;
      out[at] = above * (1 - fy) + below * fy;
    }
  }
  return true;
};

/** The same, where the grid may reach outside: NaN there. */
export const sampledWhereSeen = (
  grey: Grey,
  first: Point,
  step: number,
  columns: number,
  rows: number,
): Float32Array => {
  const out = new Float32Array(columns * rows);
  const one = new Float32Array(1);
  if (sampled(grey, first, step, columns, rows, out)) return out;
  for (let at = 0; at < out.length; at += 1) {
    const x = first.x + (at % columns) * step;
    const y = first.y + Math.floor(at / columns) * step;
    out[at] = sampled(grey, { x, y }, 1, 1, 1, one) ? (one[0] as number) : Number.NaN;
  }
  return out;
};
