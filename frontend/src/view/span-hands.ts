import type { Placed, Reading } from '../commands/reading.ts';
import { linkTo, makeAtOnce, reach } from '../commands/spans.ts';
import type { InstanceRecord } from '../task-types/question.ts';
import type { By, Extent } from '../text/edges.ts';
import { quietlyFocus } from './focus.ts';
import type { TextPlaces } from './text-places.ts';

interface Holding {
  readonly record: InstanceRecord;
  readonly edge: 'start' | 'end';
  readonly extent: Extent;
}

/**
 * Mouse and fingers on the text. What is passed over is the browser's own selection, which knows every script, long presses and
 * scrolling at the edges; here it is snapped to words or characters.
 */
export class SpanHands {
  readonly #host: HTMLElement;
  readonly #reading: Reading;
  readonly #places: TextPlaces;
  readonly #stop = new AbortController();
  #alt = false;
  #down = false;
  #holding: Holding | null = null;
  #hover: PointerEvent | null = null;
  #frame = 0;

  constructor(host: HTMLElement, reading: Reading, places: TextPlaces) {
    this.#host = host;
    this.#reading = reading;
    this.#places = places;
    const { signal } = this.#stop;
    host.addEventListener('pointerdown', (event) => this.#press(event), { signal });
    host.addEventListener('pointermove', (event) => this.#move(event), { signal });
    window.addEventListener('pointerup', (event) => this.#up(event), { signal });
    window.addEventListener('pointercancel', () => this.#cancel(), { signal });
    host.addEventListener('pointerleave', () => this.#leave(), { signal });
    host.addEventListener('click', (event) => this.#click(event), { signal });
    window.addEventListener('keydown', (event) => this.#key(event), { signal, capture: true });
    document.addEventListener('selectionchange', () => this.#selected(), { signal });
  }

  close(): void {
    this.#stop.abort();
    cancelAnimationFrame(this.#frame);
  }

  /** The browser's selection in the text taken away, when what it stood for is done with. */
  letGo(): void {
    const selection = document.getSelection();
    if (!this.#down && selection !== null && this.#inText(selection)) selection.removeAllRanges();
  }

  #inText({ anchorNode, isCollapsed }: Selection): boolean {
    return !isCollapsed && anchorNode !== null && this.#places.article.contains(anchorNode);
  }

  get #by(): By {
    const by = this.#reading.by.value;
    if (!this.#alt) return by;
    return by === 'word' ? 'character' : 'word';
  }

  #press(event: PointerEvent): void {
    this.#alt = event.altKey;
    const edge = event.target instanceof HTMLElement ? event.target.dataset.edge : undefined;
    const [record] = this.#reading.desk.changeable();
    if ((edge === 'start' || edge === 'end') && record !== undefined) {
      event.preventDefault();
      this.#host.setPointerCapture(event.pointerId);
      this.#host.classList.add('holding');
      this.#holding = { record, edge, extent: this.#reading.extentOf(record) };
      return;
    }
    if (event.button === 0) this.#down = true;
    quietlyFocus(this.#host);
  }

  #move(event: PointerEvent): void {
    this.#alt = event.altKey;
    if (this.#holding !== null) this.#hold(this.#holding, event);
    else if (event.buttons === 0 && event.pointerType === 'mouse') {
      this.#hover = event;
      if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#look());
    }
  }

  #hold({ record, edge }: Holding, { clientX, clientY }: PointerEvent): void {
    const unit = this.#places.unitAt(clientX, clientY);
    if (unit === null) return;
    const extent = this.#pulled(this.#reading.extentOf(record), edge, unit);
    this.#holding = { record, edge, extent };
    this.#reading.held.value = this.#reading.spanned.withSpan(record, this.#reading.spanOf(extent));
  }

  /** An end goes as far as the other end and no further: a word or a character stays. */
  #pulled({ from, to }: Extent, edge: 'start' | 'end', unit: number): Extent {
    const { edges } = this.#reading;
    const by = this.#by;
    if (edge === 'end') {
      const last = unit > from ? edges.snapped(from, unit, by)?.to : edges.next(from, by)?.to;
      return { from, to: Math.max(last ?? to, edges.ceil(from + 1, 'character')) };
    }
    const first = unit < to ? edges.snapped(unit, to, by)?.from : edges.previous(to, by)?.from;
    return { from: Math.min(first ?? from, edges.floor(to - 1, 'character')), to };
  }

  #up({ pointerType }: PointerEvent): void {
    // The browser tells of its selection later than of the button.
    const wasDown = this.#down;
    if (wasDown) this.#selected();
    this.#down = false;
    const holding = this.#holding;
    this.#drop();
    if (holding !== null) {
      reach(this.#reading, holding.record, holding.extent);
      return;
    }
    // A finger has handles to go on with: it labels by the class bar.
    if (this.#reading.atOnce.value && pointerType === 'mouse' && wasDown) makeAtOnce(this.#reading);
  }

  #drop(): void {
    this.#holding = null;
    this.#reading.held.value = null;
    this.#host.classList.remove('holding');
  }

  #cancel(): void {
    this.#down = false;
    this.#drop();
  }

  #key(event: KeyboardEvent): void {
    this.#alt = event.altKey;
    if (event.key !== 'Escape' || this.#holding === null) return;
    event.stopPropagation();
    this.#drop();
  }

  #leave(): void {
    this.#hover = null;
    this.#reading.desk.hover.value = null;
  }

  #look(): void {
    this.#frame = 0;
    const at = this.#hover;
    if (at !== null) this.#reading.desk.hover.value = this.#under(at.clientX, at.clientY)[0]?.id ?? null;
  }

  /** The spans under a point, what lies inside first. */
  #under(x: number, y: number): Placed[] {
    const unit = this.#places.unitAt(x, y);
    if (unit === null) return [];
    const found = new Map([...this.#reading.at(unit), ...this.#reading.at(unit - 1)].map((one) => [one.id, one]));
    return [...found.values()]
      .filter(({ record }) => this.#places.covers(this.#reading.extentOf(record), x, y))
      .sort((a, b) => a.end - a.start - (b.end - b.start));
  }

  /** What the browser has selected, snapped. A place alone is the caret's, and no stretch. */
  #selected(): void {
    const selection = document.getSelection();
    if (selection === null || !this.#inText(selection)) {
      if (this.#down && selection?.isCollapsed === true) this.#reading.draw(null);
      return;
    }
    const { anchorNode, anchorOffset, focusNode, focusOffset } = selection;
    const a = anchorNode === null ? null : this.#places.unitOf(anchorNode, anchorOffset);
    const b = focusNode === null ? null : this.#places.unitOf(focusNode, focusOffset);
    if (a !== null && b !== null) this.#pass(a, b);
  }

  #pass(a: number, b: number): void {
    const { edges } = this.#reading;
    const extent = edges.snapped(a, b, this.#by);
    if (extent === null) {
      this.#reading.draw(null);
      return;
    }
    const { from, to } = extent;
    // The keys extend it from the end that the hand is at.
    const draft =
      b >= a
        ? {
            anchor: { from, to: from },
            focus: { from: Math.max(from, edges.previous(to, this.#by)?.from ?? from), to },
          }
        : { anchor: { from: to, to }, focus: { from, to: Math.min(to, edges.next(from, this.#by)?.to ?? to) } };
    this.#reading.draw(draft);
  }

  /** A click takes the span under it, and again the one around that. */
  #click(event: MouseEvent): void {
    const selection = document.getSelection();
    if (event.detail > 1) this.#selected();
    if (event.detail > 1 || (selection !== null && this.#inText(selection))) return;
    if (event.target instanceof HTMLElement && event.target.dataset.edge !== undefined) return;
    const { clientX, clientY } = event;
    const unit = this.#places.unitAt(clientX, clientY);
    if (unit !== null) this.#reading.caret.value = unit;
    this.#reading.draw(null);
    this.#ask(clientX, clientY);
    this.#pick(this.#under(clientX, clientY), event.ctrlKey || event.metaKey);
  }

  #ask(x: number, y: number): void {
    const { proposals, asked } = this.#reading;
    // Only those of the line are worth asking where they are.
    const line = this.#lineAt(x, y);
    if (line === null) return;
    const hit = proposals.value.find(
      ({ record }) =>
        record !== null &&
        touches(this.#reading.extentOf(record), line) &&
        this.#places.covers(this.#reading.extentOf(record), x, y),
    );
    if (hit !== undefined) asked.value = hit.id;
  }

  #lineAt(x: number, y: number): Extent | null {
    const unit = this.#places.unitAt(x, y);
    const { edges } = this.#reading;
    return unit === null ? null : edges.extentOfLine(edges.lineOf(unit));
  }

  #pick(under: readonly Placed[], more: boolean): void {
    const { desk, linking } = this.#reading;
    if (linking.value !== null) {
      const to = under.find(({ id }) => id !== linking.value?.from);
      if (to !== undefined) linkTo(this.#reading, to.id);
      return;
    }
    const now = desk.selection.value;
    const at = under.findIndex(({ id }) => id === now[0]);
    const next = under[(at + 1) % Math.max(1, under.length)];
    if (next === undefined) desk.select([]);
    else desk.select(more ? [...now.filter((id) => id !== next.id), next.id] : [next.id]);
  }
}

const touches = (a: Extent, b: Extent): boolean => a.from < b.to && a.to > b.from;
