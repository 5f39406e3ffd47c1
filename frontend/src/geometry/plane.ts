/** Points, sizes and upright boxes. Units are px of the stored file unless a name says otherwise. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Box extends Size {
  readonly left: number;
  readonly top: number;
}

/**
 * Coordinates are kept on a grid of 1/16 px: fine enough for any picture, and as a binary fraction exact, so that
 * left + width is never a hair beyond the picture's edge.
 */
export const GRID = 1 / 16;

export const onGrid = (value: number): number => Math.round(value / GRID) * GRID;

export const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);

export const distance = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y);

/** The box with these two corners, whatever their order. */
export const boxBetween = (a: Point, b: Point): Box => ({
  left: Math.min(a.x, b.x),
  top: Math.min(a.y, b.y),
  width: Math.abs(a.x - b.x),
  height: Math.abs(a.y - b.y),
});

/** True inside the box grown by `margin` on each side; borders count. */
export const contains = (box: Box, p: Point, margin = 0): boolean =>
  p.x >= box.left - margin &&
  p.x <= box.left + box.width + margin &&
  p.y >= box.top - margin &&
  p.y <= box.top + box.height + margin;

/** True where two boxes share a place; borders do not count. */
export const boxesTouch = (a: Box, b: Box): boolean =>
  a.left < b.left + b.width && b.left < a.left + a.width && a.top < b.top + b.height && b.top < a.top + a.height;

export const area = (size: Size): number => size.width * size.height;

export const centre = (box: Box): Point => ({ x: box.left + box.width / 2, y: box.top + box.height / 2 });

/** The point moved into [0, width] x [0, height], on the grid. */
export const into = (limits: Size, p: Point): Point => ({
  x: onGrid(clamp(p.x, 0, limits.width)),
  y: onGrid(clamp(p.y, 0, limits.height)),
});

/** The box shifted by a vector, stopped at the picture's edges with its size kept. */
export const shifted = (box: Box, by: Point, limits: Size): Box => ({
  left: clamp(onGrid(box.left + by.x), 0, Math.max(0, limits.width - box.width)),
  top: clamp(onGrid(box.top + by.y), 0, Math.max(0, limits.height - box.height)),
  width: box.width,
  height: box.height,
});
