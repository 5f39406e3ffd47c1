import { thinned } from '../geometry/contour.ts';
import { type Costs, snapped, type Ways, wayFrom } from '../geometry/livewire.ts';
import { type Box, contains, type Point, type Size } from '../geometry/plane.ts';
import type { Prompt } from '../tools/prompting.ts';
import {
  type Assist,
  type AssistMedia,
  type AssistSession,
  type Suggestion,
  scaledTo,
  Trouble,
  wholePx,
} from './assist.ts';
import type { LivewireAnswer, LivewireAsked } from './livewire.worker.ts';
import { Post } from './post.ts';

/** Px that are looked at: about 960 x 540, so that a click costs the same on any picture. */
const MOST_PX = 960 * 540;
/** A window is kept while it is at least this fine compared with a new one. */
const FINE_ENOUGH = 0.7;
/** In px of the window: what a thinned way may be off. */
const TOLERANCE = 0.75;

/** A way from one point to another; reaches in px of the stored file within which an end is drawn to an edge. */
export interface WayAsked {
  readonly from: Point;
  readonly to: Point;
  readonly snapFrom: number;
  readonly snapTo: number;
}

/** The part of the picture that is looked at, and its costs. */
interface Window {
  readonly number: number;
  readonly area: Box;
  readonly costs: Costs;
}

interface Rooted {
  readonly window: number;
  readonly from: Point;
  /** The seed in px of the window, after it was drawn to an edge. */
  readonly seed: Point;
  readonly ways: Ways;
}

const around = (area: Box, points: readonly Point[]): Box => {
  const xs = [area.left, area.left + area.width, ...points.map(({ x }) => x)];
  const ys = [area.top, area.top + area.height, ...points.map(({ y }) => y)];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return { left, top, width: Math.max(...xs) - left, height: Math.max(...ys) - top };
};

export class LivewireSession implements AssistSession {
  readonly #media: AssistMedia;
  readonly #post = new Post<LivewireAsked, LivewireAnswer>('livewire.worker.js');
  #window: Window | null = null;
  #rooted: Rooted | null = null;
  #busy: Promise<void> | null = null;

  constructor(media: AssistMedia) {
    this.#media = media;
  }

  /** The way at once, where the ways from this seed are known; else null, and `prepare` makes them known. */
  wayNow(asked: WayAsked): Point[] | null {
    const [window, rooted] = [this.#window, this.#rooted];
    if (window === null || rooted === null || rooted.window !== window.number || !this.#fits(window, asked))
      return null;
    if (rooted.from.x !== asked.from.x || rooted.from.y !== asked.from.y) return null;
    const { costs } = window;
    const scale = costs.width / window.area.width;
    const at = this.#inWindow(window, asked.to);
    const end = asked.snapTo > 0 ? snapped(costs, at, asked.snapTo * scale) : at;
    const inner = thinned(wayFrom(rooted.ways, end), TOLERANCE).map((p) => this.#inMedia(window, p));
    const from = asked.snapFrom > 0 ? this.#inMedia(window, rooted.seed) : asked.from;
    const to = asked.snapTo > 0 ? this.#inMedia(window, end) : asked.to;
    return [from, ...inner.slice(1, -1), to];
  }

  /** Looks at the picture around, and finds the ways from the seed. One at a time. */
  async prepare(asked: WayAsked): Promise<void> {
    while (this.#busy !== null) await this.#busy;
    if (this.wayNow(asked) !== null) return;
    this.#busy = this.#prepared(asked).finally(() => {
      this.#busy = null;
    });
    await this.#busy;
  }

  async #prepared(asked: WayAsked): Promise<void> {
    let window = this.#window;
    if (window === null || !this.#fits(window, asked)) window = await this.#look(asked);
    const scale = window.costs.width / window.area.width;
    const at = this.#inWindow(window, asked.from);
    const seed = asked.snapFrom > 0 ? snapped(window.costs, at, asked.snapFrom * scale) : at;
    const { data } = await this.#post.ask({ do: 'ways', seed });
    const { width, height } = window.costs;
    this.#rooted = { window: window.number, from: asked.from, seed, ways: { width, height, data } };
  }

  /** What is seen, grown by both ends. */
  async #look({ from, to }: WayAsked): Promise<Window> {
    const area = wholePx(around(this.#media.sight().area, [from, to]), this.#media.size);
    const size = this.#sizeFor(area);
    const bitmap = await this.#media.pixels(area, size);
    const { data } = await this.#post.ask({ do: 'look', bitmap }, [bitmap]);
    const window = { number: (this.#window?.number ?? 0) + 1, area, costs: { ...size, data } };
    this.#window = window;
    return window;
  }

  #sizeFor(area: Box): Size {
    const { scale } = this.#media.sight();
    return scaledTo(area, Math.min(scale, Math.sqrt(MOST_PX / (area.width * area.height))));
  }

  /** It holds both ends, and is not much coarser than a new window would be. */
  #fits(window: Window, { from, to }: WayAsked): boolean {
    if (!contains(window.area, from) || !contains(window.area, to)) return false;
    const { area } = this.#media.sight();
    const seen = wholePx(around(area, [from, to]), this.#media.size);
    const wanted = this.#sizeFor(seen).width / seen.width;
    return window.costs.width / window.area.width >= wanted * FINE_ENOUGH;
  }

  #inWindow({ area, costs }: Window, { x, y }: Point): Point {
    return {
      x: ((x - area.left) * costs.width) / area.width,
      y: ((y - area.top) * costs.height) / area.height,
    };
  }

  #inMedia({ area, costs }: Window, { x, y }: Point): Point {
    return {
      x: area.left + (x * area.width) / costs.width,
      y: area.top + (y * area.height) / costs.height,
    };
  }

  /** From the last but one point to the last. */
  async suggest(prompts: readonly Prompt[], signal: AbortSignal): Promise<Suggestion> {
    const points = prompts.flatMap((prompt) => (prompt.kind === 'point' ? [{ x: prompt.x, y: prompt.y }] : []));
    const [from, to] = points.slice(-2);
    if (from === undefined || to === undefined) throw new Trouble('');
    const asked = { from, to, snapFrom: 0, snapTo: 0 };
    await this.prepare(asked);
    signal.throwIfAborted();
    return { points: this.wayNow(asked) ?? [from, to] };
  }

  close(): void {
    this.#post.close();
  }
}

/** The line that clings to edges: our own, in a worker. */
export const livewire = {
  id: 'livewire',
  prompts: ['point+'],
  open: (media: AssistMedia) => new LivewireSession(media),
} satisfies Assist;
