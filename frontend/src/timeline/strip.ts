import type { Size } from '../geometry/plane.ts';
import { type Axis, leftOf, placeAt } from './axis.ts';
import { placeFrom } from './tracks.ts';

/** Which frames the small pictures of a strip show, and how they lie in it (px). */
export interface StripIndex extends Size {
  readonly columns: number;
  readonly frames: readonly number[];
}

/** One small picture on the ruler: where it lies there and in the strip, px. */
export interface Tile {
  readonly x: number;
  readonly width: number;
  readonly sx: number;
  readonly sy: number;
}

/** The place of the picture whose frame is nearest. */
const nearest = (frames: readonly number[], frame: number): number => {
  const after = placeFrom(frames, (each) => each, frame);
  const before = after - 1;
  if (before < 0) return 0;
  if (after >= frames.length) return frames.length - 1;
  return (frames[after] ?? 0) - frame < frame - (frames[before] ?? 0) ? after : before;
};

/**
 * Pictures side by side along the axis, `height` px high, in their own form. They hang on the frames and not on the window, so that
 * they go along with the axis.
 */
export const tiles = (axis: Axis, strip: StripIndex, height: number): Tile[] => {
  if (strip.frames.length === 0 || strip.height <= 0) return [];
  const width = Math.max(1, (strip.width / strip.height) * height);
  const step = width / axis.scale;
  const to = Math.min(axis.last + 1, placeAt(axis, axis.width));
  const begin = Math.max(0, Math.floor((placeAt(axis, 0) - axis.first) / step));
  const made: Tile[] = [];
  for (let i = begin; axis.first + i * step < to; i += 1) {
    const frame = axis.first + i * step;
    const place = nearest(strip.frames, Math.min(axis.last, frame + step / 2));
    // The last one is cut where the film ends.
    const end = leftOf(axis, Math.min(axis.last + 1, frame + step));
    const x = leftOf(axis, frame);
    made.push({
      x,
      width: end - x,
      sx: (place % strip.columns) * strip.width,
      sy: Math.floor(place / strip.columns) * strip.height,
    });
  }
  return made;
};

/** What the server sends, as far as it makes sense; null for anything else. */
export const stripFrom = (json: unknown): StripIndex | null => {
  if (typeof json !== 'object' || json === null) return null;
  const { width, height, columns, frames } = json as Partial<Record<keyof StripIndex, unknown>>;
  const numbers = [width, height, columns].every((each) => typeof each === 'number' && each > 0);
  if (!numbers || !Array.isArray(frames)) return null;
  return json as StripIndex;
};
