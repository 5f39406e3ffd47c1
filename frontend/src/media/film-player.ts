import { effect, type Signal, signal, untracked } from '@preact/signals-core';
import type { Player } from '../commands/registry.ts';
import type { FrameTable } from './frame-table.ts';
import type { Pace } from './frames.ts';

/** Speeds, ascending. The pictures of a sequence stand for a second each: there they are pictures a second. */
export const RATES: Readonly<Record<FrameTable['kind'], readonly number[]>> = {
  film: [0.25, 0.5, 1, 2, 4],
  sequence: [1, 2, 5, 10],
};

/** What the desk knows of its film: the frame that is wanted, and the first and the last of those in question. */
export interface Film {
  readonly wanted: Signal<number>;
  readonly first: number;
  readonly last: number;
}

/** Shows a picture and says which frame it is, both at once. */
export interface Screen<Picture> {
  show(picture: Picture, frame: number): void;
}

/** Time in ms, and the moment before the next picture of the screen. */
export interface Clock {
  now(): number;
  /** Returns how to call it off. */
  soon(act: () => void): () => void;
}

export const SCREEN_CLOCK: Clock = {
  now: () => performance.now(),
  soon: (act) => {
    const handle = requestAnimationFrame(act);
    return () => cancelAnimationFrame(handle);
  },
};

/** Frames as the player takes them. */
export interface Reel<Picture> {
  prefetch(at: number, direction: 1 | -1, pace?: Pace): void;
  readonly ready: Promise<FrameTable>;
  readonly table: FrameTable | null;
  frame(number: number, signal?: AbortSignal): Promise<Picture>;
  peek(number: number): Picture | null;
}

/** While somebody scrubs, a picture on the way is let go for the next one; not for longer than this, ms, or none would ever be seen. */
const PATIENCE = 120;
/** Playing, and nothing came for this long, ms: what is wrong is found by asking for the frame. */
const STALLED = 3000;
/** The page did not paint for this long, ms: it was out of sight, and the film has waited. */
const ASLEEP = 1000;

interface OnItsWay {
  readonly number: number;
  readonly stop: AbortController;
}

/** Steps, jumps and plays. The frame that is asked for last is the one that is shown; one on the way there may be seen, never another after it. */
export class FilmPlayer<Picture = ImageBitmap> implements Player {
  /** The frame that is asked for. Whoever sets it is followed; which one is on screen the film knows. */
  readonly wanted: Signal<number>;
  readonly playing: Signal<boolean> = signal(false);
  readonly rate: Signal<number> = signal(1);
  /** A film until its table has come, and told. */
  readonly kind: Signal<FrameTable['kind']> = signal('film');
  /** A frame that was asked for and can't be had. */
  readonly failed: Signal<number | null> = signal(null);
  readonly #film: Film;
  readonly #reel: Reel<Picture>;
  readonly #clock: Clock;
  #screen: Screen<Picture> | null = null;
  #shown: number | null = null;
  /** When a picture was shown last, or a search for one began after rest. */
  #lively = 0;
  #asking: OnItsWay | null = null;
  #unsaid: (() => void) | null = null;
  #unfollow: (() => void) | null = null;
  /** What it has wished for itself. */
  #own: number | null = null;
  /** Where the clock stood when playing began, or was set anew: ms, and seconds of the film. */
  #since = { now: 0, seconds: 0 };
  #ticked = 0;

  constructor(film: Film, reel: Reel<Picture>, clock: Clock = SCREEN_CLOCK) {
    this.#film = film;
    this.#reel = reel;
    this.#clock = clock;
    this.wanted = film.wanted;
  }

  /** Show frames here, from the one that is wanted on. Raises when there is no film to be had at all. */
  async begin(screen: Screen<Picture>): Promise<void> {
    this.#screen = screen;
    this.#shown = null;
    this.#own = this.wanted.value;
    this.#unfollow = effect(() => this.#followed(this.wanted.value));
    this.kind.value = (await this.#reel.ready).kind;
    const number = this.wanted.value;
    this.#reel.prefetch(number, 1);
    try {
      await this.#reel.frame(number);
    } catch {
      // Others may be there: it is for the person to say.
      if (this.#screen === screen && this.wanted.value === number) this.failed.value = number;
    }
    if (this.#screen === screen && this.failed.value === null) this.#settle();
  }

  #followed(number: number): void {
    if (number !== this.#own) untracked(() => this.seek(number));
  }

  end(): void {
    this.#unfollow?.();
    this.playing.value = false;
    this.#unsaid?.();
    this.#unsaid = null;
    this.#asking?.stop.abort();
    this.#asking = null;
    this.#screen = null;
  }

  /** To a frame, stopped. */
  seek(frame: number): void {
    this.playing.value = false;
    const number = this.#within(frame);
    this.#wish(number, number < (this.#own ?? number) ? -1 : 1, 'step');
    this.#ask(number);
  }

  step(frames: number): void {
    this.seek((this.playing.value ? (this.#shown ?? this.wanted.value) : this.wanted.value) + frames);
  }

  /** Ask again for what failed. */
  retry(): void {
    this.seek(this.wanted.value);
  }

  toggle(): void {
    if (this.playing.value) {
      // What is seen is what was meant.
      this.seek(this.#shown ?? this.wanted.value);
      return;
    }
    if (this.#reel.table === null) return;
    this.#asking?.stop.abort();
    this.#asking = null;
    this.failed.value = null;
    if (this.wanted.value >= this.#film.last) {
      this.#shown = null;
      this.#wish(this.#film.first, 1, 'play');
    }
    this.playing.value = true;
    this.#lively = this.#clock.now();
    this.#from(this.wanted.value);
    this.#soon();
  }

  /** The speeds that there are. */
  get rates(): readonly number[] {
    return RATES[this.kind.value];
  }

  /** Slower (under 1) or faster: the next speed that there is. */
  speed(factor: number): void {
    const { rates, rate } = this;
    const now = rate.value;
    const next = factor < 1 ? rates.filter((one) => one < now).at(-1) : rates.find((one) => one > now);
    if (next !== undefined) this.play(next);
  }

  play(rate: number): void {
    if (this.playing.value) this.#from(this.wanted.value);
    this.rate.value = rate;
  }

  #within(frame: number): number {
    return Math.min(Math.max(Math.round(frame), this.#film.first), this.#film.last);
  }

  #wish(number: number, direction: 1 | -1, pace: Pace): void {
    this.#own = number;
    this.wanted.value = number;
    this.#reel.prefetch(number, direction, pace);
  }

  #from(number: number): void {
    this.#ticked = this.#clock.now();
    this.#since = { now: this.#ticked, seconds: this.#reel.table?.seconds(number) ?? 0 };
  }

  /** One frame at most is on its way, and after it the last one that was asked for. */
  #ask(number: number): void {
    this.failed.value = null;
    if (this.#reel.peek(number) !== null) {
      this.#asking?.stop.abort();
      this.#asking = null;
      this.#soon();
      return;
    }
    const now = this.#clock.now();
    if (this.#asking === null) this.#lively = now;
    else if (this.#asking.number === number || now - this.#lively > PATIENCE) return;
    this.#fetch(number);
  }

  #fetch(number: number): void {
    this.#asking?.stop.abort();
    const asking = { number, stop: new AbortController() };
    this.#asking = asking;
    this.#reel.frame(number, asking.stop.signal).then(
      () => this.#arrived(asking),
      () => this.#missed(asking),
    );
  }

  #arrived(asking: OnItsWay): void {
    if (this.#asking !== asking) return;
    this.#asking = null;
    const picture = this.#reel.peek(asking.number);
    // Drawn now, while it is certain to be there; it is seen with the next picture of the screen, and so is what lies on it.
    if (picture !== null) this.#show(picture, asking.number);
    if (this.wanted.value !== asking.number) this.#ask(this.wanted.value);
  }

  #missed(asking: OnItsWay): void {
    if (this.#asking !== asking) return;
    this.#asking = null;
    if (this.wanted.value === asking.number) this.failed.value = asking.number;
    else this.#ask(this.wanted.value);
  }

  #soon(): void {
    this.#unsaid ??= this.#clock.soon(() => {
      this.#unsaid = null;
      if (this.playing.value) this.#tick();
      else this.#settle();
    });
  }

  #settle(): void {
    const picture = this.#reel.peek(this.wanted.value);
    if (picture !== null) this.#show(picture, this.wanted.value);
    else this.#ask(this.wanted.value);
  }

  #show(picture: Picture, number: number): void {
    if (this.#screen === null) return;
    this.#lively = this.#clock.now();
    this.#shown = number;
    this.#screen.show(picture, number);
  }

  /** By the film's own times; what the decoder has no time for is left out. */
  #tick(): void {
    const { table } = this.#reel;
    const now = this.#clock.now();
    if (table === null || this.#screen === null) return;
    if (now - this.#ticked > ASLEEP) this.#from(this.wanted.value);
    this.#ticked = now;
    const seconds = this.#since.seconds + ((now - this.#since.now) / 1000) * this.rate.value;
    const due = this.#within(table.at(seconds));
    if (due !== this.wanted.value) this.#wish(due, 1, 'play');
    if (this.#shown === due) this.#lively = now;
    else this.#showUpTo(due);
    if (this.#shown === this.#film.last || now - this.#lively > STALLED) this.seek(due);
    else this.#soon();
  }

  #showUpTo(due: number): void {
    const before = this.#shown !== null && this.#shown <= due ? this.#shown : this.#film.first - 1;
    for (let number = due; number > before; number -= 1) {
      const picture = this.#reel.peek(number);
      if (picture === null) continue;
      this.#show(picture, number);
      return;
    }
  }
}
