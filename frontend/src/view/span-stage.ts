import { effect } from '@preact/signals-core';
import type { Reading } from '../commands/reading.ts';
import type { Extent } from '../text/edges.ts';
import { SpanHands } from './span-hands.ts';
import { SpanLayer } from './span-layer.ts';
import { looksOf } from './span-looks.ts';
import { type Marks, marksOn } from './span-marks.ts';
import { TextPlaces } from './text-places.ts';

/** Letters in a row of text and the height of one in px, roughly: what is not laid out yet takes about its place. */
const ROW = { letters: 78, height: 35 };
/** Marks are put as far as a screen beyond what is seen, above and below. */
const AROUND = '100% 0px';

/**
 * A text with its spans: one text node a paragraph, which nothing is ever put into; the browser's highlights for the marks, and over
 * it a layer for what they can't be. Only what is near the window is marked and laid out, however long the text is.
 */
export class SpanStage {
  readonly #host: HTMLElement;
  readonly #page = document.createElement('div');
  readonly #reading: Reading;
  readonly #places: TextPlaces;
  readonly #marks: Marks;
  readonly #layer: SpanLayer;
  readonly #hands: SpanHands;
  readonly #near = new Set<number>();
  readonly #watch: IntersectionObserver;
  readonly #grows: ResizeObserver;
  readonly #stops: (() => void)[] = [];
  #frame = 0;
  #moved = false;

  constructor(host: HTMLElement, reading: Reading) {
    this.#host = host;
    this.#reading = reading;
    const article = document.createElement('article');
    this.#page.className = 'span-page';
    this.#page.append(article);
    this.#places = new TextPlaces(article, reading.edges);
    this.#foresee();
    host.append(this.#page);
    this.#marks = marksOn(this.#places, this.#page);
    this.#layer = new SpanLayer(this.#page, reading, this.#places);
    this.#hands = new SpanHands(host, reading, this.#places);
    this.#watch = new IntersectionObserver((all) => this.#seen(all), { root: host, rootMargin: AROUND });
    for (const paragraph of this.#places.paragraphs) this.#watch.observe(paragraph);
    this.#grows = new ResizeObserver(() => {
      this.#moved = true;
      this.#soon();
    });
    this.#grows.observe(article);
    this.#grows.observe(this.#page); // a panel beside it moves a text that stays as wide as it was
    reading.lineStep = (unit, by) => this.#lineStep(unit, by);
    this.#stops.push(
      effect(() => this.#follow()),
      effect(() => this.#seek()),
      effect(() => this.#letGo()),
    );
  }

  close(): void {
    for (const stop of this.#stops) stop();
    cancelAnimationFrame(this.#frame);
    this.#watch.disconnect();
    this.#grows.disconnect();
    this.#hands.close();
    this.#layer.close();
    this.#marks.close();
    this.#page.remove();
    this.#reading.lineStep = null;
  }

  /** The first line that is seen, to come back to. */
  get line(): number {
    const { top } = this.#host.getBoundingClientRect();
    const near = [...this.#near].sort((a, b) => a - b);
    return near.find((line) => (this.#places.paragraphs[line]?.getBoundingClientRect().bottom ?? 0) > top) ?? 0;
  }

  showLine(line: number): void {
    if (line > 0) this.#places.paragraphs[line]?.scrollIntoView({ block: 'start' });
  }

  /** How high a paragraph will be about, so that the length of the page is right before it is laid out. */
  #foresee(): void {
    for (const paragraph of this.#places.paragraphs) {
      const rows = Math.max(1, Math.ceil((paragraph.firstChild?.nodeValue?.length ?? 0) / ROW.letters));
      if (rows > 1) paragraph.style.containIntrinsicBlockSize = `auto ${rows * ROW.height}px`;
    }
  }

  #seen(all: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of all) {
      const line = this.#places.lineOf(target);
      if (line === undefined) continue;
      if (isIntersecting) this.#near.add(line);
      else this.#near.delete(line);
    }
    this.#soon();
  }

  /** Whatever the marks depend on. */
  #follow(): void {
    const { desk, draft, caret, held, linking, found, proposals, asked, relations, lanes } = this.#reading;
    for (const one of [desk.version, desk.selection, desk.hover, desk.hidden, desk.sight]) one.value;
    for (const one of [draft, caret, held, linking, found, proposals, asked, relations, lanes]) one.value;
    this.#soon();
  }

  #soon(): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#draw());
  }

  #within(): Extent | null {
    if (this.#near.size === 0) return null;
    const lines = [...this.#near];
    return this.#places.extentOf(Math.min(...lines), Math.max(...lines));
  }

  #draw(): void {
    this.#frame = 0;
    const within = this.#within();
    if (within === null) return;
    const { points } = this.#reading;
    const near = this.#reading.near(points.ofUnit(within.from), points.ofUnit(within.to));
    this.#marks.show(looksOf(this.#reading, near, within));
    if (this.#moved) this.#marks.moved();
    this.#moved = false;
    this.#layer.draw(near, within);
  }

  #seek(): void {
    const sought = this.#reading.sought.value;
    if (sought === null) return;
    this.#reveal(sought);
    // What came into sight was laid out meanwhile, and is as high as it is.
    requestAnimationFrame(() => this.#reveal(sought));
  }

  #reveal({ from }: Extent): void {
    const line = this.#reading.edges.lineOf(from);
    if (!this.#near.has(line)) this.#places.paragraphs[line]?.scrollIntoView({ block: 'center' });
    const rect = this.#places.caretRect(from);
    const view = this.#host.getBoundingClientRect();
    if (rect === undefined) return;
    const room = Math.min(80, view.height / 4);
    if (rect.top < view.top + room || rect.bottom > view.bottom - room) {
      this.#host.scrollTop += rect.top - view.top - view.height / 2;
    }
  }

  #letGo(): void {
    if (this.#reading.draft.value === null) this.#hands.letGo();
  }

  /** What stands over or under a place, whatever line the window breaks there. */
  #lineStep(unit: number, by: 1 | -1): number | null {
    this.#reveal({ from: unit, to: unit });
    const rect = this.#places.caretRect(unit);
    if (rect === undefined) return null;
    for (let rows = 1; rows <= 3; rows += 1) {
      const y = (rect.top + rect.bottom) / 2 + by * rows * ROW.height;
      const found = this.#places.unitAt(rect.left + 1, y);
      if (found !== null && (found - unit) * by > 0) return found;
    }
    return null;
  }
}
