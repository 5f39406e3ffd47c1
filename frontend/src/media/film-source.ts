import { type Signal, signal } from '@preact/signals-core';
import type { MediaFacts } from '../task-types/question.ts';
import { DecodedFrames, NotDecoded } from './decoded-frames.ts';
import { openDecoder } from './film-decoder.ts';
import { type Film, FilmPlayer } from './film-player.ts';
import { FrameTable, type FrameTableJson } from './frame-table.ts';
import { Closed, type Frames, type Pace } from './frames.ts';
import { fetchFrame, ServerFrames } from './server-frames.ts';
import type { MediaUrls } from './source.ts';

/** Bytes of decoded pictures at once: of 1280 x 720 px more than 30 frames either way. */
const DECODED = 256 * 2 ** 20;
const FETCHED = 96 * 2 ** 20;
/** More is not decoded ahead of small pictures either: a few seconds, or a short film would be decoded whole when it opens. */
const MOST = 121;
/** A machine with this much memory, GB, or less gets half. */
const SMALL = 4;

const tableAt = async (url: string): Promise<FrameTable> => {
  const reply = await fetch(url, { credentials: 'same-origin' });
  if (!reply.ok) throw new Error(`${reply.status}`);
  return new FrameTable((await reply.json()) as FrameTableJson);
};

/** How many pictures of this size go into so many bytes; two at least, or no step would find the one before. */
const picturesIn = (bytes: number, { width, height }: MediaFacts): number => {
  const { deviceMemory = SMALL + 1 } = navigator as Navigator & { readonly deviceMemory?: number };
  const budget = deviceMemory <= SMALL ? bytes / 2 : bytes;
  return Math.min(MOST, Math.max(2, Math.floor(budget / (4 * width * height))));
};

/** A film frame by frame: frame i is the picture that its table names, decoded here or, where that can't be done exactly, by the server. */
export class FilmSource {
  readonly kind = 'film';
  readonly ready: Promise<FrameTable>;
  /** Null until it has come. */
  table: FrameTable | null = null;
  readonly how: Signal<'decoder' | 'server'> = signal('server');
  /** Of its strip, too. */
  readonly urls: MediaUrls;
  readonly #facts: MediaFacts;
  readonly #bounds: readonly [number, number];
  #frames: Frames | null = null;
  #player: FilmPlayer | null = null;
  #closed = false;

  /** bounds: the first and the last frame that are asked for. */
  constructor(facts: MediaFacts, urls: MediaUrls, bounds: readonly [number, number]) {
    [this.#facts, this.urls, this.#bounds] = [facts, urls, bounds];
    this.ready = this.#open();
    // Whoever shows it hears of a failure; the first frame is begun for the sake of who opens it next.
    this.ready.then(() => this.frame(bounds[0])).catch(() => undefined);
  }

  async #open(): Promise<FrameTable> {
    const { 'frame-table': url, frame } = this.urls;
    if (url === undefined || frame === undefined) throw new Error('no frame table');
    const table = await tableAt(url);
    this.#frames = (await this.#decoded(table)) ?? this.#fromServer();
    if (this.#closed) this.#frames.close();
    this.table = table;
    return table;
  }

  async #decoded(table: FrameTable): Promise<Frames | null> {
    const { proxy } = this.urls;
    if (table.proxy !== 'ready' || proxy === null || proxy === undefined || !('VideoDecoder' in window)) return null;
    try {
      const decoder = await openDecoder(proxy, table, this.#facts);
      this.how.value = 'decoder';
      return new DecodedFrames(decoder, this.#bounds, picturesIn(DECODED, this.#facts), () => this.#fallBack());
    } catch {
      return null;
    }
  }

  #fromServer(): Frames {
    this.how.value = 'server';
    const fetched = fetchFrame(this.urls.frame ?? '', this.#facts);
    return new ServerFrames(fetched, this.#bounds, picturesIn(FETCHED, this.#facts));
  }

  /** Never a wrong frame: what can't be decoded exactly comes from the server from now on. */
  #fallBack(): void {
    if (!this.#closed) this.#frames = this.#fromServer();
  }

  /** The picture stays the source's own: draw it at once, and do not close it. */
  async frame(number: number, signal?: AbortSignal): Promise<ImageBitmap> {
    await this.ready;
    if (this.#frames === null || this.#closed) throw new Closed();
    try {
      return await this.#frames.frame(number, signal);
    } catch (fault) {
      if (!(fault instanceof NotDecoded) || this.#closed) throw fault;
      return this.#frames.frame(number, signal);
    }
  }

  peek(number: number): ImageBitmap | null {
    return this.#frames?.peek(number) ?? null;
  }

  prefetch(at: number, direction: 1 | -1, pace: Pace = 'step'): void {
    this.#frames?.prefetch(at, direction, pace);
  }

  /** Who shows it: one for each desk, the same for all who ask. */
  player(film: Film): FilmPlayer {
    this.#player ??= new FilmPlayer(film, this);
    return this.#player;
  }

  close(): void {
    this.#closed = true;
    this.#player?.end();
    this.#frames?.close();
  }
}
