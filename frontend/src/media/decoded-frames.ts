import { type Closable, FrameCache, type Stretch, stretchAround } from './frame-cache.ts';
import { type Asked, Closed, type Frames, type Pace } from './frames.ts';

/** One decoded frame, with its picture if that was asked for: to make one costs more than to decode. */
export interface Decoded<Picture> {
  readonly number: number;
  readonly picture: Picture | null;
}

/** Frames one after the other from a key frame on. */
export interface Run<Picture> {
  /** Null after the last frame of the film. `take`: with its picture. */
  next(take: boolean): Promise<Decoded<Picture> | null>;
  end(): void;
}

export interface Decoder<Picture> {
  /** The nearest frame, not after this one, that can be decoded by itself. */
  keyBefore(number: number): Promise<number>;
  /** From such a frame on. */
  from(key: number): Run<Picture>;
  close(): void;
}

/** The film can't be decoded here, or not exactly: the server's frames must do. */
export class NotDecoded extends Error {}

/** So many frames of a detour are cheaper than a decoder that begins anew. */
const DETOUR = 8;
/** Against the direction of travel so many frames are decoded at once, or none: one for each step would cost a whole run each. */
const BATCH = 10;
/** While somebody waits for a frame, of those on the way to it only so many before it become pictures: the others come later. */
const SHORTLY = 8;
/** While playing, of the frames that the clock has passed only every so many are shown. */
const PASSED = 4;

interface Aim extends Stretch {
  readonly direction: 1 | -1;
  readonly pace: Pace;
}

/**
 * Decodes forward only, and never twice what lies near: a run from a key frame on fills a ring of pictures round the frame that is
 * looked at. After each frame it is asked anew which one is wanted next, so that nobody waits for frames that they have left.
 */
export class DecodedFrames<Picture extends Closable> implements Frames<Picture> {
  readonly #decoder: Decoder<Picture>;
  readonly #bounds: readonly [number, number];
  readonly #cache: FrameCache<Picture>;
  readonly #failed: (reason: NotDecoded) => void;
  #asked: Asked<Picture>[] = [];
  #aim: Aim | null = null;
  #run: Run<Picture> | null = null;
  /** The frame that the run has given last, or the one before its key frame. */
  #last = -1;
  /** The key frame that was asked for last: the same one is asked for before each frame on the way. */
  #key = { of: -1, at: -1 };
  #busy = false;
  #end: Error | null = null;

  /** bounds: the first and the last frame that are asked for; most: pictures at once; failed: told once, when decoding is given up. */
  constructor(
    decoder: Decoder<Picture>,
    bounds: readonly [number, number],
    most: number,
    failed: (reason: NotDecoded) => void,
  ) {
    this.#decoder = decoder;
    this.#bounds = bounds;
    this.#cache = new FrameCache(most);
    this.#failed = failed;
  }

  frame(number: number, signal?: AbortSignal): Promise<Picture> {
    const there = this.#cache.get(number);
    if (there !== undefined) return Promise.resolve(there);
    return new Promise((resolve, reject) => {
      if (this.#end !== null) throw this.#end;
      signal?.throwIfAborted();
      const asked = { number, resolve, reject };
      this.#asked.push(asked);
      signal?.addEventListener('abort', () => {
        this.#asked = this.#asked.filter((each) => each !== asked);
        reject(signal.reason);
      });
      void this.#work();
    });
  }

  peek(number: number): Picture | null {
    return this.#cache.get(number) ?? null;
  }

  prefetch(at: number, direction: 1 | -1, pace: Pace = 'step'): void {
    this.#aim = { ...stretchAround(at, direction, this.#cache.most, this.#bounds), direction, pace };
    this.#cache.aim(this.#aim);
    void this.#work();
  }

  close(): void {
    this.#stop(new Closed());
  }

  #stop(reason: Error): void {
    if (this.#end !== null) return;
    this.#end = reason;
    this.#endRun();
    for (const { reject } of this.#asked) reject(reason);
    this.#asked = [];
    this.#cache.clear();
    this.#decoder.close();
  }

  #endRun(): void {
    this.#run?.end();
    this.#run = null;
  }

  async #work(): Promise<void> {
    if (this.#busy || this.#end !== null) return;
    this.#busy = true;
    try {
      for (let next = this.#wanted(); next !== null; next = this.#wanted()) await this.#towards(next);
      // One that was opened ahead keeps its first frame and no decoder.
      if (this.#aim === null) this.#endRun();
    } catch (fault) {
      if (this.#end === null) this.#giveUp(fault);
    }
    this.#busy = false;
  }

  #giveUp(fault: unknown): void {
    const reason = fault instanceof NotDecoded ? fault : new NotDecoded(String(fault), { cause: fault });
    this.#stop(reason);
    this.#failed(reason);
  }

  /** The frame to decode next: what somebody waits for, then what will be wanted; null for now, or for ever. */
  #wanted(): number | null {
    if (this.#end !== null) return null;
    return this.#asked[0]?.number ?? (this.#aim === null ? null : this.#ahead(this.#aim));
  }

  #ahead(aim: Aim): number | null {
    const { from, at, to, direction, pace } = aim;
    const [on, back] = [this.#missing(at, to, 1), this.#missing(at, from, -1)];
    if (pace === 'play') return on;
    return direction === 1 ? (on ?? this.#due(back, at, from)) : (this.#due(back, at, from) ?? this.#due(on, at, to));
  }

  /** A missing frame on the way from `at` to `end`, unless it is too early to begin a run for it. */
  #due(missing: number | null, at: number, end: number): number | null {
    if (missing === null || missing === this.#last + 1) return missing;
    const soon = Math.abs(missing - at) <= Math.abs(end - at) / 2;
    return soon || Math.abs(end - missing) >= BATCH ? missing : null;
  }

  /** The first frame from `at` to `end` that is not here. */
  #missing(at: number, end: number, step: 1 | -1): number | null {
    for (let frame = at; step * (end - frame) >= 0; frame += step) if (!this.#cache.has(frame)) return frame;
    return null;
  }

  async #towards(wanted: number): Promise<void> {
    const run = await this.#runTo(wanted);
    const due = this.#last + 1;
    const decoded = await run.next(this.#isOfUse(due));
    if (this.#end !== null || decoded?.number !== due) decoded?.picture?.close();
    if (this.#end !== null) return;
    // A hole, a repetition or an end: the file is not the film of the table.
    if (decoded?.number !== due) throw new NotDecoded(`Frame ${decoded?.number} came where ${due} was due.`);
    this.#last = due;
    if (decoded.picture !== null) this.#keep(due, decoded.picture);
  }

  async #runTo(wanted: number): Promise<Run<Picture>> {
    const onTheWay = this.#run !== null && wanted > this.#last;
    if (this.#run !== null && onTheWay && wanted - this.#last <= DETOUR) return this.#run;
    const key = await this.#keyBefore(wanted);
    if (this.#run !== null && onTheWay && key - this.#last <= DETOUR) return this.#run;
    this.#endRun();
    if (this.#end !== null) throw this.#end;
    this.#run = this.#decoder.from(key);
    this.#last = key - 1;
    return this.#run;
  }

  async #keyBefore(wanted: number): Promise<number> {
    if (this.#key.of !== wanted) this.#key = { of: wanted, at: await this.#decoder.keyBefore(wanted) };
    return this.#key.at;
  }

  #isOfUse(number: number): boolean {
    if (this.#cache.has(number)) return false;
    const [asked] = this.#asked;
    if (this.#asked.some((each) => each.number === number)) return true;
    if (this.#aim === null || number < this.#aim.from || number > this.#aim.to) return false;
    if (asked !== undefined && number < asked.number - SHORTLY) return false;
    return this.#aim.pace === 'step' || number >= this.#aim.at || number % PASSED === 0;
  }

  #keep(number: number, picture: Picture): void {
    this.#cache.put(number, picture);
    for (const each of this.#asked.filter((one) => one.number === number)) each.resolve(picture);
    this.#asked = this.#asked.filter((one) => one.number !== number);
  }
}
