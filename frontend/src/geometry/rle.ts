import type { Size } from './plane.ts';
import { NO_RUNS, type Runs } from './runs.ts';

/**
 * COCO's compressed run lengths: a string of numbers, each in characters of five bits from `0` on, low bits first, the sixth bit
 * saying that more follow, the highest bit of the last one being the sign. From the fourth run on the difference from the run two before
 * stands there. Source: the format of cocodataset/cocoapi, common/maskApi.c.
 */

const MORE = 32;
const SIGN = 16;
/** More characters than this make no number that a picture could need. */
const LONGEST = 7;

/** The numbers as written. Raises RangeError at a character that can't stand there. */
const numbersOf = (counts: string): number[] => {
  const found: number[] = [];
  let [value, weight, length] = [0, 1, 0];
  for (let i = 0; i < counts.length; i += 1) {
    const bits = counts.charCodeAt(i) - 48;
    if (bits < 0 || bits > 63) throw new RangeError(`Character ${i + 1} is not one of run lengths.`);
    value += (bits & 31) * weight;
    weight *= 32;
    length += 1;
    if (length > LONGEST) throw new RangeError(`The number that ends at character ${i + 1} is too long.`);
    if ((bits & MORE) !== 0) continue;
    found.push((bits & SIGN) === 0 ? value : value - weight);
    [value, weight, length] = [0, 1, 0];
  }
  if (length > 0) throw new RangeError('The run lengths end in the middle of a number.');
  return found;
};

/** The lengths of the runs, clear and set in turn, beginning with a clear one. Raises RangeError as `numbersOf`, and below 0. */
export const lengthsOf = (counts: string): number[] => {
  const lengths = numbersOf(counts);
  for (let i = 0; i < lengths.length; i += 1) {
    if (i > 2) lengths[i] = (lengths[i] as number) + (lengths[i - 2] as number);
    if ((lengths[i] as number) < 0) throw new RangeError(`Run ${i + 1} is shorter than nothing.`);
  }
  return lengths;
};

/** The set pixels. Raises RangeError where the string is none of a picture of this size. */
export const runsOfCounts = (counts: string, { width, height }: Size): Runs => {
  const lengths = lengthsOf(counts);
  const out = new Uint32Array(lengths.length + 1);
  let [at, n] = [0, 0];
  lengths.forEach((length, i) => {
    if (i % 2 === 1 && length > 0) {
      // A clear run of no length joins its neighbours.
      if (n > 0 && out[n - 1] === at) n -= 1;
      else out[n++] = at;
      out[n++] = at + length;
    }
    at += length;
  });
  if (at !== width * height) throw new RangeError(`The runs hold ${at} pixels, the picture ${width * height}.`);
  return n === 0 ? NO_RUNS : out.slice(0, n);
};

/** Characters are collected in bytes: a string that grows by single characters costs several times as much. */
class Writer {
  #bytes = new Uint8Array(1024);
  #n = 0;

  put(number: number): void {
    if (this.#n + LONGEST > this.#bytes.length) {
      const more = new Uint8Array(this.#bytes.length * 2);
      more.set(this.#bytes);
      this.#bytes = more;
    }
    let rest = number;
    for (;;) {
      const bits = rest & 31;
      rest >>= 5;
      const last = (bits & SIGN) === 0 ? rest === 0 : rest === -1;
      this.#bytes[this.#n++] = (last ? bits : bits | MORE) + 48;
      if (last) return;
    }
  }

  done(): string {
    let text = '';
    // A call takes only so many arguments.
    for (let i = 0; i < this.#n; i += 4096) {
      text += String.fromCharCode(...this.#bytes.subarray(i, Math.min(this.#n, i + 4096)));
    }
    return text;
  }
}

/** The string of a picture's set pixels, as pycocotools writes it. */
export const countsOfRuns = (runs: Runs, { width, height }: Size): string => {
  const total = width * height;
  const out = new Writer();
  const ends = runs.at(-1) === total ? runs.length : runs.length + 1;
  let [before, one, two] = [0, 0, 0];
  for (let i = 0; i < ends; i += 1) {
    const at = i < runs.length ? (runs[i] as number) : total;
    const length = at - before;
    out.put(i > 2 ? length - two : length);
    [before, two, one] = [at, one, length];
  }
  return out.done();
};
