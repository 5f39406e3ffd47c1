import { digitOf } from '../commands/labeling.ts';
import type { Proposal } from '../commands/proposals.ts';
import type { Placed, Reading } from '../commands/reading.ts';
import { percent } from '../i18n.ts';
import type { InstanceRecord, RelationRecord } from '../task-types/question.ts';
import type { Extent } from '../text/edges.ts';
import { colourClass } from './colours.ts';
import { signsIn } from './span-looks.ts';
import type { TextPlaces } from './text-places.ts';

const SVG = 'http://www.w3.org/2000/svg';

/** Tags of one place stand side by side, this many px apart. */
const GAP = 2;
/** How far above the words a tag stands, px. */
const ABOVE = 11;

interface Spot {
  readonly x: number;
  readonly y: number;
}

/** What stands over the text and not in it: tags, handles, the caret, arcs and signs of unseen characters; only near what is seen. */
export class SpanLayer {
  readonly #reading: Reading;
  readonly #places: TextPlaces;
  readonly #host: HTMLElement;
  readonly #tags = document.createElement('div');
  readonly #arcs = document.createElementNS(SVG, 'svg');
  readonly #handles = new Map<'start' | 'end', HTMLElement>();
  readonly #caret = document.createElement('span');
  #origin: Spot = { x: 0, y: 0 };

  constructor(host: HTMLElement, reading: Reading, places: TextPlaces) {
    this.#reading = reading;
    this.#places = places;
    this.#host = document.createElement('div');
    this.#host.className = 'span-layer';
    this.#host.setAttribute('aria-hidden', 'true');
    this.#arcs.setAttribute('class', 'span-arcs');
    this.#arcs.append(arrowHead());
    this.#caret.className = 'span-caret';
    for (const edge of ['start', 'end'] as const) {
      const handle = document.createElement('span');
      handle.className = 'span-handle';
      // Under the words, so that words may be taken up to the very end of a span.
      const knob = document.createElement('span');
      knob.dataset.edge = edge;
      handle.append(knob);
      this.#handles.set(edge, handle);
    }
    this.#host.append(this.#arcs, this.#tags, this.#caret, ...this.#handles.values());
    host.append(this.#host);
  }

  close(): void {
    this.#host.remove();
  }

  #spot({ left, top }: { readonly left: number; readonly top: number }): Spot {
    return { x: left - this.#origin.x, y: top - this.#origin.y };
  }

  draw(near: readonly Placed[], within: Extent): void {
    const { left, top } = this.#host.getBoundingClientRect();
    this.#origin = { x: left, y: top };
    const { desk, range, caret } = this.#reading;
    const shown = desk.hidden.value ? [] : near;
    this.#tags.replaceChildren(...this.#tagsOf(shown), ...this.#ghosts(within), ...this.#signs(within));
    this.#drawHandles();
    const at =
      range === null || range.from > within.to || range.to < within.from
        ? undefined
        : this.#places.caretRect(caret.value);
    this.#caret.hidden = at === undefined;
    if (at !== undefined) place(this.#caret, this.#spot(at), at.height);
    this.#drawArcs(shown);
  }

  /** A digit at the beginning of each span; the name too of what the hand is at. */
  #tagsOf(near: readonly Placed[]): HTMLElement[] {
    const taken = new Map<string, number>();
    return near.flatMap(({ record }) => {
      const first = this.#firstRect(record);
      if (first === undefined) return [];
      const tag = this.#tag(record);
      const spot = this.#spot({
        left: rtl(this.#places, this.#reading, record) ? first.right : first.left,
        top: first.top,
      });
      const key = `${Math.round(spot.x / 4)} ${Math.round(spot.y)}`;
      const before = taken.get(key) ?? 0;
      taken.set(key, before + tag.textContent.length * 7 + 6 + GAP);
      place(tag, { x: spot.x + before, y: spot.y - ABOVE });
      return [tag];
    });
  }

  #firstRect(record: InstanceRecord): DOMRect | undefined {
    return this.#places.rects(this.#reading.extentOf(record))[0];
  }

  #tag(record: InstanceRecord): HTMLElement {
    const { desk } = this.#reading;
    const category = desk.question.categories[record.category];
    const digit = category === undefined ? '' : digitOf(category, desk.question.categories);
    const on = desk.selection.value.includes(record.id);
    const name = on || desk.hover.value === record.id || digit === '' ? (category?.name ?? '') : '';
    const tag = document.createElement('span');
    tag.className = `span-tag ${on ? 'on' : ''} ${colourClass(category)}`;
    tag.textContent = `${digit} ${name}`.trim();
    return tag;
  }

  /** A proposal's digit and how sure it is. */
  #ghosts(within: Extent): HTMLElement[] {
    if (this.#reading.desk.hidden.value) return [];
    return this.#reading.proposals.value.flatMap((one) => this.#ghost(one, within) ?? []);
  }

  #ghost({ id, record, category, confidence }: Proposal, { from, to }: Extent): HTMLElement | null {
    const extent = record === null ? null : this.#reading.extentOf(record);
    const inside = extent !== null && extent.from < to && extent.to > from;
    const rect = inside ? this.#places.rects(extent)[0] : undefined;
    if (rect === undefined) return null;
    const on = this.#reading.proposal()?.id === id;
    const { categories } = this.#reading.desk.question;
    const known = categories[category];
    const tag = document.createElement('span');
    tag.className = `span-tag ghost ${on ? 'on' : ''}`;
    const words = [known === undefined ? '' : digitOf(known, categories), on ? known?.name : '', percent(confidence)];
    tag.textContent = words.filter(Boolean).join(' ');
    place(tag, this.#spot({ left: rect.left, top: rect.top - ABOVE }));
    return tag;
  }

  #signs(within: Extent): HTMLElement[] {
    return signsIn(this.#reading.text, within).flatMap(({ unit, name }) => {
      // Some take no room at all: they stand where the next one begins.
      const rect = this.#places.rects({ from: unit, to: unit + 1 })[0] ?? this.#places.caretRect(unit + 1);
      if (rect === undefined) return [];
      const sign = document.createElement('span');
      sign.className = 'span-sign';
      sign.textContent = name;
      place(sign, this.#spot({ left: rect.left, top: rect.top - ABOVE }));
      return [sign];
    });
  }

  /** One of the selected span alone has ends to hold. */
  #drawHandles(): void {
    const { desk, held } = this.#reading;
    const [only, ...others] = desk.hidden.value ? [] : desk.changeable();
    const record = held.value ?? (others.length === 0 ? only : undefined);
    const rects = record === undefined ? [] : this.#places.rects(this.#reading.extentOf(record));
    const backwards = record !== undefined && rtl(this.#places, this.#reading, record);
    for (const [edge, handle] of this.#handles) {
      const rect = edge === 'start' ? rects[0] : rects.at(-1);
      handle.hidden = rect === undefined;
      if (rect === undefined) continue;
      const left = (edge === 'start') !== backwards ? rect.left : rect.right;
      handle.classList.toggle('left', (edge === 'start') !== backwards);
      place(handle, this.#spot({ left, top: rect.top }), rect.height);
    }
  }

  #drawArcs(near: readonly Placed[]): void {
    const seen = new Set(near.map(({ id }) => id));
    const { relations, desk } = this.#reading;
    const shown = desk.hidden.value ? [] : relations.value.filter(({ from, to }) => seen.has(from) || seen.has(to));
    const drawn = shown.flatMap((relation) => this.#arc(relation));
    const link = this.#reading.linking.value;
    const begun = link === null ? [] : this.#begun(link.from);
    this.#arcs.replaceChildren(arrowHead(), ...drawn, ...begun);
  }

  #top(id: string): Spot | null {
    const record = this.#reading.span(id);
    const rects = record === undefined ? [] : this.#places.rects(this.#reading.extentOf(record));
    const [rect] = rects;
    return rect === undefined ? null : this.#spot({ left: rect.left + rect.width / 2, top: rect.top });
  }

  #arc({ id, from, to, type }: RelationRecord): SVGElement[] {
    const [a, b] = [this.#top(from), this.#top(to)];
    if (a === null || b === null) return [];
    const start = { x: a.x, y: a.y - ABOVE + 2 };
    const end = { x: b.x, y: b.y - ABOVE + 2 };
    const lift = 14 + Math.min(26, Math.abs(b.x - a.x) / 12);
    const path = document.createElementNS(SVG, 'path');
    const on = this.#reading.desk.selection.value.includes(id) ? ' on' : '';
    path.setAttribute('class', `arc${on}`);
    path.setAttribute(
      'd',
      `M${start.x} ${start.y}C${start.x} ${start.y - lift} ${end.x} ${end.y - lift} ${end.x} ${end.y}`,
    );
    path.setAttribute('marker-end', 'url(#span-arrow)');
    const words = document.createElementNS(SVG, 'text');
    words.setAttribute('class', `arc-name${on}`);
    // In the gap between two lines, where the arc has one: over the words of others nobody could read either.
    const at = alongArc(start, end, lift, Math.abs(start.y - end.y) < lift ? 0.5 : 0.86);
    words.setAttribute('x', String(at.x));
    words.setAttribute('y', String(at.y + 3));
    words.textContent = type;
    return [path, words];
  }

  /** Of a relation in the making only its beginning is known. */
  #begun(from: string): SVGElement[] {
    const at = this.#top(from);
    if (at === null) return [];
    const ring = document.createElementNS(SVG, 'circle');
    ring.setAttribute('class', 'arc on');
    ring.setAttribute('cx', String(at.x));
    ring.setAttribute('cy', String(at.y - ABOVE));
    ring.setAttribute('r', '5');
    return [ring];
  }
}

/** Whether the line in which a span begins is written from right to left. */
const rtl = ({ paragraphs }: TextPlaces, reading: Reading, record: InstanceRecord): boolean =>
  paragraphs[reading.edges.lineOf(reading.extentOf(record).from)]?.matches(':dir(rtl)') === true;

/** A point of the arc from one spot to another, `t` of the way. */
const alongArc = (a: Spot, b: Spot, lift: number, t: number): Spot => {
  const [u, v, w, z] = [(1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t ** 2, t ** 3];
  return { x: (u + v) * a.x + (w + z) * b.x, y: u * a.y + v * (a.y - lift) + w * (b.y - lift) + z * b.y };
};

const place = (element: HTMLElement, { x, y }: Spot, height?: number): void => {
  element.style.left = `${x}px`;
  element.style.top = `${y}px`;
  if (height !== undefined) element.style.height = `${height}px`;
};

const arrowHead = (): SVGElement => {
  const marker = document.createElementNS(SVG, 'marker');
  for (const [name, value] of Object.entries({
    id: 'span-arrow',
    viewBox: '0 0 8 8',
    refX: '6',
    refY: '4',
    markerUnits: 'userSpaceOnUse',
    markerWidth: '9',
    markerHeight: '9',
    orient: 'auto-start-reverse',
  })) {
    marker.setAttribute(name, value);
  }
  const head = document.createElementNS(SVG, 'path');
  head.setAttribute('d', 'M0 1 L7 4 L0 7 Z');
  marker.append(head);
  return marker;
};
