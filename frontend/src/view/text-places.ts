import { type Edges, type Extent, lastUpTo } from '../text/edges.ts';

/** Where places of a text, in UTF-16 units, are in the page: a paragraph a line, and one text node in each. */
export class TextPlaces {
  readonly article: HTMLElement;
  readonly paragraphs: readonly HTMLElement[];
  readonly #edges: Edges;
  readonly #line = new WeakMap<Node, number>();
  /** For measuring alone: one range, moved. */
  readonly #range = document.createRange();

  constructor(article: HTMLElement, edges: Edges) {
    this.article = article;
    this.#edges = edges;
    this.paragraphs = edges.lines.map((_, line) => this.#paragraph(line));
    article.append(...this.paragraphs);
  }

  #paragraph(line: number): HTMLElement {
    const { from, to } = this.#edges.extentOfLine(line);
    const paragraph = document.createElement('p');
    paragraph.dir = 'auto';
    const node = document.createTextNode(this.#edges.text.slice(from, to));
    paragraph.append(node);
    this.#line.set(paragraph, line).set(node, line);
    return paragraph;
  }

  lineOf(node: Node): number | undefined {
    return this.#line.get(node);
  }

  /** The extent of the lines from one to another, both with all that is in them. */
  extentOf(first: number, last: number): Extent {
    return { from: this.#edges.lines[first] ?? 0, to: this.#edges.extentOfLine(last).to };
  }

  /** The text node and the offset in it of a place; a line break counts as the end of its line. */
  #at(unit: number): readonly [Node, number] {
    const line = Math.max(0, lastUpTo(this.#edges.lines, unit));
    const node = this.paragraphs[line]?.firstChild ?? this.article;
    return [node, Math.min(unit - (this.#edges.lines[line] ?? 0), node.nodeValue?.length ?? 0)];
  }

  static({ from, to }: Extent): StaticRange {
    const [startContainer, startOffset] = this.#at(from);
    const [endContainer, endOffset] = this.#at(to);
    return new StaticRange({ startContainer, startOffset, endContainer, endOffset });
  }

  /** Of the stretch, in px of the window. */
  rects({ from, to }: Extent): DOMRect[] {
    this.#range.setStart(...this.#at(from));
    this.#range.setEnd(...this.#at(to));
    const all = [...this.#range.getClientRects()];
    // A range over several paragraphs tells of the paragraphs as well as of the words.
    return from === to || this.#edges.lineOf(from) === this.#edges.lineOf(Math.max(from, to - 1))
      ? all
      : all.filter((rect) => !this.#isParagraph(rect));
  }

  #isParagraph({ top, bottom }: DOMRect): boolean {
    const { lineHeight } = getComputedStyle(this.article);
    return bottom - top > Number.parseFloat(lineHeight) * 0.9;
  }

  /** The rectangle of the character at a place, or a thin one at the end of a line. */
  caretRect(unit: number): DOMRect | undefined {
    const { to } = this.#edges.extentOfLine(this.#edges.lineOf(unit));
    if (unit < to) return this.rects({ from: unit, to: this.#edges.ceil(unit + 1, 'character') })[0];
    return (
      this.rects({ from: unit, to: unit })[0] ?? this.paragraphs[this.#edges.lineOf(unit)]?.getBoundingClientRect()
    );
  }

  /** The place of a node and an offset in it, as a selection tells; null beside the text. */
  unitOf(node: Node, offset: number): number | null {
    if (node === this.article) return offset === 0 ? 0 : this.#startOf(offset);
    const line = this.#line.get(node);
    if (line === undefined) return null;
    const start = this.#edges.lines[line] ?? 0;
    if (node.nodeType === Node.TEXT_NODE) return start + offset;
    return offset === 0 ? start : this.#edges.extentOfLine(line).to;
  }

  #startOf(line: number): number {
    return this.#edges.lines[line] ?? this.#edges.text.length;
  }

  /** The place nearest to a point of the window; null beside the text. */
  unitAt(x: number, y: number): number | null {
    const found = caretAt(x, y);
    return found === null ? null : this.unitOf(found.node, found.offset);
  }

  /** Whether the stretch is under a point. */
  covers(extent: Extent, x: number, y: number): boolean {
    return this.rects(extent).some(
      ({ left, right, top, bottom }) => x >= left - 1 && x <= right + 1 && y >= top - 6 && y <= bottom + 10,
    );
  }
}

interface Place {
  readonly node: Node;
  readonly offset: number;
}

interface OlderDocument {
  caretRangeFromPoint?(x: number, y: number): Range | null;
}

const caretAt = (x: number, y: number): Place | null => {
  if ('caretPositionFromPoint' in document) {
    const found = document.caretPositionFromPoint(x, y);
    return found === null ? null : { node: found.offsetNode, offset: found.offset };
  }
  const range = (document as OlderDocument).caretRangeFromPoint?.(x, y) ?? null;
  return range === null ? null : { node: range.startContainer, offset: range.startOffset };
};
