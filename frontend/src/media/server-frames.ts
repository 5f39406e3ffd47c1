import { exifOrientation } from '../assist/exif.ts';
import { invert, oriented } from '../geometry/matrix.ts';
import type { Size } from '../geometry/plane.ts';
import { type Closable, FrameCache, stretchAround } from './frame-cache.ts';
import { Closed, type Frames, type Pace } from './frames.ts';

/** Frames fetched ahead of the one that is looked at, and how many of them at once. */
const AHEAD: Readonly<Record<Pace, number>> = { step: 8, play: 16 };
const AT_ONCE = 3;
/** Until the second and last try, ms. */
const AGAIN = 400;

export type Fetch<Picture> = (number: number, signal: AbortSignal) => Promise<Picture>;

/** One frame on its way. */
interface Coming<Picture> {
  readonly picture: Promise<Picture>;
  readonly stop: AbortController;
  /** Who waits for it; nobody does for one that is fetched ahead. */
  waiting: number;
}

const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Frame by frame from the server. What is far from the frame that is looked at is no longer waited for. */
export class ServerFrames<Picture extends Closable> implements Frames<Picture> {
  readonly #fetch: Fetch<Picture>;
  readonly #bounds: readonly [number, number];
  readonly #cache: FrameCache<Picture>;
  readonly #coming = new Map<number, Coming<Picture>>();
  /** To be fetched ahead, the next one first. */
  #ahead: readonly number[] = [];
  #closed = false;

  constructor(fetch: Fetch<Picture>, bounds: readonly [number, number], most: number) {
    this.#fetch = fetch;
    this.#bounds = bounds;
    this.#cache = new FrameCache(most);
  }

  async frame(number: number, signal?: AbortSignal): Promise<Picture> {
    const there = this.#cache.get(number);
    if (there !== undefined) return there;
    signal?.throwIfAborted();
    const coming = this.#coming.get(number) ?? this.#begin(number);
    coming.waiting += 1;
    const left = new Promise<never>((_, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason));
    });
    try {
      return await Promise.race([coming.picture, left]);
    } finally {
      coming.waiting -= 1;
      this.#tidy();
    }
  }

  peek(number: number): Picture | null {
    return this.#cache.get(number) ?? null;
  }

  prefetch(at: number, direction: 1 | -1, pace: Pace = 'step'): void {
    const [first, last] = this.#bounds;
    this.#cache.aim(stretchAround(at, direction, this.#cache.most, this.#bounds));
    const places = Array.from(
      { length: Math.min(AHEAD[pace], this.#cache.most - 1) },
      (_, i) => at + direction * (i + 1),
    );
    this.#ahead = places.filter((place) => place >= first && place <= last);
    this.#tidy();
    this.#fill();
  }

  close(): void {
    this.#closed = true;
    this.#ahead = [];
    for (const { stop } of this.#coming.values()) stop.abort(new Closed());
    this.#cache.clear();
  }

  /** What nobody waits for and nobody will want is let go. */
  #tidy(): void {
    for (const [number, { waiting, stop }] of this.#coming) {
      if (waiting > 0 || this.#ahead.includes(number)) continue;
      this.#coming.delete(number);
      stop.abort(new Closed());
    }
  }

  #fill(): void {
    for (const number of this.#ahead) {
      if (this.#coming.size >= AT_ONCE) return;
      if (!this.#cache.has(number) && !this.#coming.has(number)) this.#begin(number);
    }
  }

  #begin(number: number): Coming<Picture> {
    const stop = new AbortController();
    const picture = this.#load(number, stop.signal);
    const coming = { picture, stop, waiting: 0 };
    this.#coming.set(number, coming);
    const done = (): void => {
      if (this.#coming.get(number) === coming) this.#coming.delete(number);
      // One that failed ahead of time is tried again when somebody wants to see it.
      this.#ahead = this.#ahead.filter((each) => each !== number);
      if (!this.#closed) this.#fill();
    };
    picture.then(done, done);
    return coming;
  }

  async #load(number: number, signal: AbortSignal): Promise<Picture> {
    const picture = await this.#twice(number, signal);
    if (this.#closed) {
      picture.close();
      throw new Closed();
    }
    this.#cache.put(number, picture);
    return picture;
  }

  async #twice(number: number, signal: AbortSignal): Promise<Picture> {
    try {
      return await this.#fetch(number, signal);
    } catch {
      signal.throwIfAborted();
    }
    await later(AGAIN);
    signal.throwIfAborted();
    return this.#fetch(number, signal);
  }
}

/** px as stored, whatever the file says of how it is to be turned. */
const asStored = async (content: Blob, { width, height }: Size): Promise<ImageBitmap> => {
  const upright = await createImageBitmap(content);
  const orientation = exifOrientation(new Uint8Array(await content.arrayBuffer()));
  if (orientation === 1) return upright;
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('no canvas');
  context.setTransform(...invert(oriented(orientation, { width, height })));
  context.drawImage(upright, 0, 0);
  upright.close();
  return canvas.transferToImageBitmap();
};

/** url: of a frame, with {n} for its number; size: px as stored. */
export const fetchFrame =
  (url: string, size: Size): Fetch<ImageBitmap> =>
  async (number, signal) => {
    const reply = await fetch(url.replace('{n}', `${number}`), { credentials: 'same-origin', signal });
    if (!reply.ok) throw new Error(`Frame ${number} answered ${reply.status}.`);
    return asStored(await reply.blob(), size);
  };
