/** A note of the count is kept every so many UTF-16 units; a look-up walks at most that far. */
const BLOCK = 1024;

const isLow = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;
const isHigh = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;

/**
 * Between the two ways of counting a text: browsers count UTF-16 units, the document, the API and Python count code points. Both
 * count from 0. A unit in the middle of a pair counts as the place behind the pair.
 */
export class CodePoints {
  readonly text: string;
  /** Code points of the whole. */
  readonly length: number;
  /** How many pairs end before each block's first unit. */
  readonly #pairs: Uint32Array;

  constructor(text: string) {
    this.text = text;
    const blocks = Math.floor(text.length / BLOCK) + 1;
    this.#pairs = new Uint32Array(blocks + 1);
    let pairs = 0;
    for (let block = 0; block < blocks; block += 1) {
      this.#pairs[block] = pairs;
      pairs += this.#pairsIn(block * BLOCK, Math.min(text.length, (block + 1) * BLOCK));
    }
    this.#pairs[blocks] = pairs;
    this.length = text.length - pairs;
  }

  #isSecond(unit: number): boolean {
    const { text } = this;
    return unit > 0 && isLow(text.charCodeAt(unit)) && isHigh(text.charCodeAt(unit - 1));
  }

  #pairsIn(from: number, to: number): number {
    let pairs = 0;
    for (let unit = from; unit < to; unit += 1) {
      if (this.#isSecond(unit)) pairs += 1;
    }
    return pairs;
  }

  /** The code points before a unit; beyond the text, as at its end. */
  ofUnit(unit: number): number {
    const at = Math.max(0, Math.min(unit, this.text.length));
    if (this.length === this.text.length) return at;
    const block = Math.floor(at / BLOCK);
    return at - (this.#pairs[block] ?? 0) - this.#pairsIn(block * BLOCK, at);
  }

  /** The unit where a code point begins; beyond the text, its end. */
  toUnit(point: number): number {
    const wanted = Math.max(0, Math.min(point, this.length));
    if (this.length === this.text.length) return wanted;
    const block = this.#blockOf(wanted);
    let unit = block * BLOCK;
    let at = unit - (this.#pairs[block] ?? 0);
    if (this.#isSecond(unit)) unit += 1;
    for (; at < wanted; at += 1) unit += this.#isSecond(unit + 1) ? 2 : 1;
    return unit;
  }

  /** The last block that begins at or before a code point. */
  #blockOf(point: number): number {
    let [low, high] = [0, this.#pairs.length - 2];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (middle * BLOCK - (this.#pairs[middle] ?? 0) <= point) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** What Python's `text[start:end]` is. */
  slice(start: number, end: number): string {
    return this.text.slice(this.toUnit(start), this.toUnit(end));
  }
}

/** One text is asked for again and again: its count is kept. */
let counted = new CodePoints('');

/** The counts of a text, made once. */
export const pointsOf = (text: string): CodePoints => {
  if (counted.text !== text) counted = new CodePoints(text);
  return counted;
};

/** How long a text is, as people and Python count. */
export const codePointsOf = (text: string): number => pointsOf(text).length;
