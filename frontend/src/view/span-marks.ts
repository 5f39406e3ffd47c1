import type { Extent } from '../text/edges.ts';
import type { TextPlaces } from './text-places.ts';

/** Words that look alike: a name that the style sheet knows (`ui/spans.css`), and where they stand. */
export type Looks = ReadonlyMap<string, readonly Extent[]>;

export interface Marks {
  show(looks: Looks): void;
  /** The same places stand elsewhere: the window has another width. */
  moved(): void;
  close(): void;
}

/** By the browser's own highlights: nothing is put into the text, and they may overlap as they like. */
class Highlights implements Marks {
  readonly #places: TextPlaces;
  readonly #shown = new Map<string, readonly Extent[]>();

  constructor(places: TextPlaces) {
    this.#places = places;
  }

  show(looks: Looks): void {
    for (const name of this.#shown.keys()) {
      if (!looks.has(name)) this.#drop(name);
    }
    for (const [name, extents] of looks) {
      if (sameExtents(this.#shown.get(name), extents)) continue;
      const highlight = new Highlight(...extents.map((extent) => this.#places.static(extent)));
      highlight.priority = priorityOf(name);
      CSS.highlights.set(name, highlight);
      this.#shown.set(name, extents);
    }
  }

  #drop(name: string): void {
    CSS.highlights.delete(name);
    this.#shown.delete(name);
  }

  moved(): void {}

  close(): void {
    for (const name of this.#shown.keys()) this.#drop(name);
  }
}

const sameExtents = (a: readonly Extent[] | undefined, b: readonly Extent[]): boolean =>
  a !== undefined && a.length === b.length && a.every(({ from, to }, i) => from === b[i]?.from && to === b[i]?.to);

/** What the hand is at lies over what rests. */
const priorityOf = (name: string): number => (name.startsWith('span-') ? 0 : name === 'ghost' ? 1 : 2);

/** Where the browser has no highlights: bars behind the words, put where the words are. */
class Bars implements Marks {
  readonly #places: TextPlaces;
  readonly #layer: HTMLElement;
  #looks: Looks = new Map();

  constructor(places: TextPlaces, host: HTMLElement) {
    this.#places = places;
    this.#layer = document.createElement('div');
    this.#layer.className = 'span-bars';
    this.#layer.setAttribute('aria-hidden', 'true');
    host.prepend(this.#layer);
  }

  show(looks: Looks): void {
    this.#looks = looks;
    this.moved();
  }

  moved(): void {
    const origin = this.#layer.getBoundingClientRect();
    this.#layer.replaceChildren(
      ...[...this.#looks].flatMap(([name, extents]) =>
        extents.flatMap((extent) => this.#places.rects(extent).map((rect) => barOf(name, rect, origin))),
      ),
    );
  }

  close(): void {
    this.#layer.remove();
  }
}

const barOf = (name: string, rect: DOMRect, origin: DOMRect): HTMLElement => {
  const bar = document.createElement('span');
  bar.className = `bar-${name}`;
  bar.style.left = `${rect.left - origin.left}px`;
  bar.style.top = `${rect.top - origin.top}px`;
  bar.style.width = `${rect.width}px`;
  bar.style.height = `${rect.height}px`;
  return bar;
};

export const marksOn = (places: TextPlaces, host: HTMLElement): Marks =>
  typeof Highlight === 'function' && 'highlights' in CSS ? new Highlights(places) : new Bars(places, host);
