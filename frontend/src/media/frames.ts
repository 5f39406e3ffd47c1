import type { Closable } from './frame-cache.ts';

/** How the frames near the one on screen will be asked for next: by the step, or one after the other by the clock. */
export type Pace = 'step' | 'play';

/** Where frames come from. */
export interface Frames<Picture extends Closable = ImageBitmap> {
  /** Frame `number`. The picture stays the cache's: draw it at once, and never close it. Raises the signal's reason when nobody waits any more. */
  frame(number: number, signal?: AbortSignal): Promise<Picture>;
  /** The same, if it is here already. */
  peek(number: number): Picture | null;
  /** `at` is looked at, on the way on (1) or back (-1): have what comes next ready. */
  prefetch(at: number, direction: 1 | -1, pace?: Pace): void;
  close(): void;
}

/** One who waits for a frame. */
export interface Asked<Picture> {
  readonly number: number;
  resolve(picture: Picture): void;
  reject(reason: unknown): void;
}

/** Nobody is left to wait for it. */
export class Closed extends Error {}
