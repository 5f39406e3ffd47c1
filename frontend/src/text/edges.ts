/** A stretch of text in UTF-16 units: from its first to behind its last. */
export interface Extent {
  readonly from: number;
  readonly to: number;
}

export type By = 'word' | 'character';

const BLANK = /^\s+$/u;
/** Nothing to stop at when going over words. */
const PASSED_BY = /^[\s\p{P}]+$/u;
/** Lines whose segments are kept: a hand moves within a few. */
const KEPT = 8;

/** Where lines begin, each with the line break that ends it. */
export const lineStarts = (text: string): number[] => {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
};

/** The place of the last of these numbers, ascending, that is at most `value`; -1 where none is. */
export const lastUpTo = (sorted: ArrayLike<number>, value: number): number => {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
};

/**
 * The edges of words and of what people see as one character, by Unicode's rules, which also part words where no spaces stand. All
 * in UTF-16 units. Neither crosses a line's end, so that a long text is looked at line by line.
 */
export class Edges {
  readonly text: string;
  readonly lines: readonly number[];
  readonly #segmenters: Readonly<Record<By, Intl.Segmenter>> = {
    word: new Intl.Segmenter(undefined, { granularity: 'word' }),
    character: new Intl.Segmenter(undefined, { granularity: 'grapheme' }),
  };
  readonly #kept = new Map<string, Intl.Segments>();

  constructor(text: string) {
    this.text = text;
    this.lines = lineStarts(text);
  }

  lineOf(unit: number): number {
    return Math.max(0, lastUpTo(this.lines, unit));
  }

  /** A line without its break. */
  extentOfLine(line: number): Extent {
    const from = this.lines[line] ?? 0;
    const next = this.lines[line + 1];
    return { from, to: next === undefined ? this.text.length : next - 1 };
  }

  #segments(line: number, by: By): Intl.Segments {
    const key = `${by} ${line}`;
    const kept = this.#kept.get(key);
    if (kept !== undefined) return kept;
    const segments = this.#segmenters[by].segment(this.text.slice(this.lines[line], this.lines[line + 1]));
    const oldest = this.#kept.keys().next();
    if (this.#kept.size >= 2 * KEPT && oldest.done !== true) this.#kept.delete(oldest.value);
    this.#kept.set(key, segments);
    return segments;
  }

  /** The word, or what stands between words, or the character that a unit lies in; null behind the last. */
  at(unit: number, by: By): Extent | null {
    if (unit < 0 || unit >= this.text.length) return null;
    const line = this.lineOf(unit);
    const start = this.lines[line] ?? 0;
    const found = this.#segments(line, by).containing(unit - start);
    return found === undefined ? null : { from: start + found.index, to: start + found.index + found.segment.length };
  }

  /** The nearest edge at or before a unit. */
  floor(unit: number, by: By): number {
    return this.at(unit, by)?.from ?? Math.max(0, Math.min(unit, this.text.length));
  }

  /** The nearest edge at or behind a unit. */
  ceil(unit: number, by: By): number {
    const found = this.at(unit, by);
    return found === null || found.from === unit ? Math.max(0, Math.min(unit, this.text.length)) : found.to;
  }

  /** What a hand has passed over, grown to whole characters or words; by words without blanks at its ends. Null of nothing. */
  snapped(a: number, b: number, by: By): Extent | null {
    const low = Math.max(0, Math.min(a, b));
    const high = Math.min(this.text.length, Math.max(a, b));
    if (low >= high) return null;
    const grown = { from: this.floor(low, by), to: this.ceil(high, by) };
    return by === 'word' ? this.#withoutBlanks(grown) : grown;
  }

  #withoutBlanks({ from, to }: Extent): Extent | null {
    const inside = this.text.slice(from, to);
    const left = inside.trimStart();
    const right = left.trimEnd();
    if (right === '') return null;
    const start = from + inside.length - left.length;
    // Blanks that a mark is drawn on are no blanks: the character stays whole.
    return { from: this.floor(start, 'character'), to: this.ceil(start + right.length, 'character') };
  }

  /** The next character, or word, from a place on; null at the end. */
  next(unit: number, by: By): Extent | null {
    for (let found = this.at(this.ceil(unit, by), by); found !== null; found = this.at(found.to, by)) {
      if (!this.#passed(found, by)) return found;
    }
    return null;
  }

  /** The character, or word, before a place; null at the beginning. */
  previous(unit: number, by: By): Extent | null {
    for (let found = this.at(this.floor(unit, by) - 1, by); found !== null; found = this.at(found.from - 1, by)) {
      if (!this.#passed(found, by)) return found;
    }
    return null;
  }

  #passed({ from, to }: Extent, by: By): boolean {
    return by === 'word' && PASSED_BY.test(this.text.slice(from, to));
  }

  /** The word around a place, or the one that ends there; null where there is none. */
  wordAt(unit: number): Extent | null {
    for (const found of [this.at(unit, 'word'), this.at(unit - 1, 'word')]) {
      if (found !== null && !BLANK.test(this.text.slice(found.from, found.to))) return found;
    }
    return null;
  }

  /** A word begins or ends here. */
  isWordEdge(unit: number): boolean {
    return this.floor(unit, 'word') === unit;
  }

  isCharacterEdge(unit: number): boolean {
    return this.floor(unit, 'character') === unit;
  }
}
