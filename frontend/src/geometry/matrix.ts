import { type Box, boxBetween, type Point, type Size } from './plane.ts';

/** An affine map [a, b, c, d, e, f]: x' = a x + c y + e, y' = b x + d y + f (the order of CSS and canvas). */
export type Matrix = readonly [number, number, number, number, number, number];

export const IDENTITY: Matrix = [1, 0, 0, 1, 0, 0];

/** First `inner`, then `outer`. */
export const compose = (outer: Matrix, inner: Matrix): Matrix => [
  outer[0] * inner[0] + outer[2] * inner[1],
  outer[1] * inner[0] + outer[3] * inner[1],
  outer[0] * inner[2] + outer[2] * inner[3],
  outer[1] * inner[2] + outer[3] * inner[3],
  outer[0] * inner[4] + outer[2] * inner[5] + outer[4],
  outer[1] * inner[4] + outer[3] * inner[5] + outer[5],
];

/** The inverse. Raises RangeError where there is none. */
export const invert = (m: Matrix): Matrix => {
  const [a, b, c, d, e, f] = m;
  const det = a * d - b * c;
  if (det === 0 || !Number.isFinite(det)) throw new RangeError('This map has no inverse.');
  return [d / det, -b / det, -c / det, a / det, (c * f - d * e) / det, (b * e - a * f) / det];
};

export const apply = (m: Matrix, p: Point): Point => ({
  x: m[0] * p.x + m[2] * p.y + m[4],
  y: m[1] * p.x + m[3] * p.y + m[5],
});

/** A direction: like `apply`, without the shift. */
export const turn = (m: Matrix, v: Point): Point => ({ x: m[0] * v.x + m[2] * v.y, y: m[1] * v.x + m[3] * v.y });

/**
 * From px of the stored file to px of the picture as a person sees it, for EXIF orientation 1..8 (Exif 2.32, tag 0x0112).
 * `size` is that of the stored file. Unknown values leave the picture as it is.
 */
export const oriented = (orientation: number, { width: w, height: h }: Size): Matrix => {
  const maps: Record<number, Matrix> = {
    2: [-1, 0, 0, 1, w, 0],
    3: [-1, 0, 0, -1, w, h],
    4: [1, 0, 0, -1, 0, h],
    5: [0, 1, 1, 0, 0, 0],
    6: [0, 1, -1, 0, h, 0],
    7: [0, -1, -1, 0, h, w],
    8: [0, -1, 1, 0, 0, w],
  };
  return maps[orientation] ?? IDENTITY;
};

/** The size of the picture as a person sees it. */
export const orientedSize = (orientation: number, size: Size): Size =>
  orientation >= 5 && orientation <= 8 ? { width: size.height, height: size.width } : size;

/** The upright box around a mapped box; exact for maps that only scale, mirror and turn by quarters. */
export const applyToBox = (m: Matrix, { left, top, width, height }: Box): Box =>
  boxBetween(apply(m, { x: left, y: top }), apply(m, { x: left + width, y: top + height }));
