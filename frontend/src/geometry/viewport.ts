import { compose, type Matrix } from './matrix.ts';
import { type Box, centre, clamp, type Point, type Size } from './plane.ts';

/** Where the picture stands in the stage: screen px = scale * picture px + (x, y). The picture never mirrors. */
export interface Viewport {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

export const MOST_ZOOM = 64;

/** The picture whole, in the middle of the stage, never enlarged beyond `most`. */
export const fitted = (stage: Size, picture: Size, margin = 0, most = 8): Viewport => {
  const room = { width: Math.max(1, stage.width - 2 * margin), height: Math.max(1, stage.height - 2 * margin) };
  const scale = Math.min(room.width / Math.max(1, picture.width), room.height / Math.max(1, picture.height), most);
  return {
    scale,
    x: (stage.width - scale * picture.width) / 2,
    y: (stage.height - scale * picture.height) / 2,
  };
};

/** A box of the picture as large as the stage allows, with a margin about it, in the middle. */
export const around = (stage: Size, box: Box, margin: number): Viewport => {
  const { scale } = fitted(stage, box, margin, MOST_ZOOM / 4);
  const middle = centre(box);
  return { scale, x: stage.width / 2 - scale * middle.x, y: stage.height / 2 - scale * middle.y };
};

/** Zoom by a factor with the screen point `at` standing still. */
export const zoomed = (v: Viewport, factor: number, at: Point, least: number): Viewport => {
  const scale = clamp(v.scale * factor, Math.min(least, v.scale), MOST_ZOOM);
  const k = scale / v.scale;
  return { scale, x: at.x - k * (at.x - v.x), y: at.y - k * (at.y - v.y) };
};

export const panned = (v: Viewport, by: Point): Viewport => ({ scale: v.scale, x: v.x + by.x, y: v.y + by.y });

/** At least `keep` screen px of the picture stay in the stage, so that nobody loses it. */
export const keptInSight = (v: Viewport, stage: Size, picture: Size, keep = 48): Viewport => ({
  scale: v.scale,
  x: clamp(v.x, keep - v.scale * picture.width, stage.width - keep),
  y: clamp(v.y, keep - v.scale * picture.height, stage.height - keep),
});

/** From px of the stored file to screen px; `turned` is the map of `oriented`. */
export const screenMatrix = (v: Viewport, turned: Matrix): Matrix =>
  compose([v.scale, 0, 0, v.scale, v.x, v.y], turned);
