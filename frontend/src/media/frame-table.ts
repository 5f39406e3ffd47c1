/** The frame table as the server sends it: when each frame of a film is shown, in whole ticks. */
export interface FrameTableJson {
  readonly kind: 'film' | 'sequence';
  /** Seconds a tick, as a fraction. */
  readonly time_base: readonly [number, number];
  readonly pts: readonly number[];
  readonly end: number;
  /** Whether there is a file whose frames can be decoded here: of a sequence there never is. */
  readonly proxy: 'ready' | 'waiting' | 'none';
}

/** Below which place of ascending numbers `value` belongs: how many of them are not greater. */
const countUpTo = (ascending: Float64Array, value: number): number => {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] as number) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** What a frame's number means: its place among the times at which frames are shown. Twenty thousand of them are a search of 15 steps. */
export class FrameTable {
  readonly proxy: FrameTableJson['proxy'];
  /** The frames of a sequence are pictures without times: each stands for a second. */
  readonly kind: FrameTableJson['kind'];
  readonly #pts: Float64Array;
  readonly #ticks: number;
  readonly #of: number;
  readonly #end: number;

  /** Raises TypeError when times are missing or do not ascend: no frame of such a film could be named. */
  constructor({ kind, time_base: [ticks, of], pts, end, proxy }: FrameTableJson) {
    this.#pts = Float64Array.from(pts);
    if (pts.length === 0 || !this.#pts.every((tick, i) => i === 0 || tick > (this.#pts[i - 1] as number))) {
      throw new TypeError('The times of the frames do not ascend.');
    }
    this.kind = kind;
    [this.#ticks, this.#of, this.#end, this.proxy] = [ticks, of, end, proxy];
  }

  get length(): number {
    return this.#pts.length;
  }

  /** Seconds from the first frame to the end of the last. */
  get duration(): number {
    return this.seconds(this.length);
  }

  /** Seconds from the first frame to frame `number`; of one past the last, to the end. */
  seconds(number: number): number {
    return (((this.#pts[number] ?? this.#end) - (this.#pts[0] as number)) * this.#ticks) / this.#of;
  }

  /** The frame on screen so many seconds after the first has appeared. */
  at(seconds: number): number {
    // A frame's own time, there and back, may come out a hair too early.
    const tick = (this.#pts[0] as number) + (seconds * this.#of) / this.#ticks + 1e-6;
    return Math.max(0, countUpTo(this.#pts, tick) - 1);
  }

  /** The moment of a file's own clock, in seconds, that lies in the middle of a frame's first tick: it means this frame and no other. */
  within(number: number): number {
    return (((this.#pts[number] as number) + 0.5) * this.#ticks) / this.#of;
  }

  /** The frame whose tick this is, in seconds of the file's own clock; null when it is no frame's. */
  numberOf(timestamp: number): number | null {
    const tick = Math.round((timestamp * this.#of) / this.#ticks);
    const place = countUpTo(this.#pts, tick) - 1;
    return this.#pts[place] === tick ? place : null;
  }
}
