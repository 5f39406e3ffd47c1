/** What a cache holds: an ImageBitmap, whose memory is freed by hand. */
export interface Closable {
  close(): void;
}

/** Frames from `from` to `to`, both of them, round the one that is looked at. */
export interface Stretch {
  readonly from: number;
  readonly at: number;
  readonly to: number;
}

/** Frames from one key frame to the next of a proxy: whoever turns round is to find as many. */
const BOTH_WAYS = 30;

/** The frames to hold round `at`: two thirds of `most` lie in the direction of travel, within first..last. */
export const stretchAround = (
  at: number,
  direction: 1 | -1,
  most: number,
  [first, last]: readonly [number, number],
): Stretch => {
  const others = Math.max(0, most - 1);
  const behind = Math.max(Math.floor(others / 3), Math.min(BOTH_WAYS, Math.floor(others / 2)));
  const [before, after] = direction === 1 ? [behind, others - behind] : [others - behind, behind];
  // What one side has no use for, the other may have.
  const from = Math.max(first, at - before - Math.max(0, at + after - last));
  const to = Math.min(last, at + after + Math.max(0, first - (at - before)));
  return { from, at, to };
};

/** Decoded frames near the one that is looked at; what lies farthest from it goes first, and is closed. */
export class FrameCache<Picture extends Closable> {
  readonly most: number;
  readonly #pictures = new Map<number, Picture>();
  #stretch: Stretch = { from: 0, at: 0, to: 0 };

  /** `most`: pictures. */
  constructor(most: number) {
    this.most = most;
  }

  get size(): number {
    return this.#pictures.size;
  }

  has(number: number): boolean {
    return this.#pictures.has(number);
  }

  get(number: number): Picture | undefined {
    return this.#pictures.get(number);
  }

  /** Where the next picture that is too many is looked for. */
  aim(stretch: Stretch): void {
    this.#stretch = stretch;
  }

  /** The newest is never the one that goes: somebody asked for it. */
  put(number: number, picture: Picture): void {
    this.#pictures.get(number)?.close();
    this.#pictures.set(number, picture);
    while (this.#pictures.size > Math.max(1, this.most)) this.#drop(number);
  }

  #drop(newest: number): void {
    const rank = (number: number): number => {
      const { from, at, to } = this.#stretch;
      // All that lies outside goes before anything that lies inside.
      const outside = number < from || number > to ? Number.MAX_SAFE_INTEGER / 2 : 0;
      return outside + Math.abs(number - at);
    };
    let [farthest, most] = [newest, -1];
    for (const number of this.#pictures.keys()) {
      if (number !== newest && rank(number) > most) [farthest, most] = [number, rank(number)];
    }
    this.#pictures.get(farthest)?.close();
    this.#pictures.delete(farthest);
  }

  clear(): void {
    for (const picture of this.#pictures.values()) picture.close();
    this.#pictures.clear();
  }
}
