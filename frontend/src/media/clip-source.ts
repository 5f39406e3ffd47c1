import { type Signal, signal } from '@preact/signals-core';
import type { MediaFacts } from '../task-types/question.ts';
import type { MediaUrls } from './source.ts';

export const SPEEDS = [0.25, 0.5, 1, 2, 4] as const;

/**
 * A clip played by the browser's own element, over range requests. A `<video>` can't promise exact frames, so steps are as near
 * as its clock goes: enough to judge a clip as a whole, not to mark a frame.
 */
export class ClipSource {
  readonly kind = 'video';
  readonly video = document.createElement('video');
  readonly ready: Promise<HTMLVideoElement>;
  readonly playing: Signal<boolean> = signal(false);
  /** Seconds. */
  readonly time: Signal<number> = signal(0);
  readonly length: Signal<number>;
  readonly rate: Signal<number> = signal(1);
  readonly #frame: number;

  constructor(facts: MediaFacts, { proxy, view, original }: MediaUrls) {
    const { video } = this;
    this.length = signal(facts.duration);
    this.#frame = facts.frames > 0 && facts.duration > 0 ? facts.duration / facts.frames : 1 / 25;
    video.preload = 'auto';
    video.playsInline = true;
    video.muted = false;
    video.tabIndex = -1;
    this.ready = this.#load([proxy, view, original].filter((url) => url !== null && url !== undefined));
    this.ready.catch(() => undefined);
    this.#listen();
  }

  async #load(urls: readonly string[]): Promise<HTMLVideoElement> {
    const [url, ...others] = [...new Set(urls)];
    if (url === undefined) throw new Error('no clip');
    try {
      await new Promise((resolve, fail) => {
        this.video.addEventListener('loadeddata', resolve, { once: true });
        this.video.addEventListener('error', fail, { once: true });
        this.video.src = url;
      });
      return this.video;
    } catch (fault) {
      if (others.length === 0) throw fault;
      return this.#load(others);
    }
  }

  #listen(): void {
    const { video } = this;
    const tick = (): void => {
      this.time.value = video.currentTime;
      this.playing.value = !video.paused && !video.ended;
      if (Number.isFinite(video.duration)) this.length.value = video.duration;
    };
    for (const name of ['timeupdate', 'seeked', 'play', 'pause', 'ended', 'durationchange', 'loadeddata']) {
      video.addEventListener(name, tick);
    }
    video.addEventListener('ratechange', () => {
      this.rate.value = video.playbackRate;
    });
  }

  toggle(): void {
    const { video } = this;
    if (video.paused || video.ended) video.play().catch(() => undefined);
    else video.pause();
  }

  seek(seconds: number): void {
    this.video.currentTime = Math.min(Math.max(0, seconds), Math.max(0, this.length.value - this.#frame / 2));
  }

  /** Whole frames on or back, stopped. */
  step(frames: number): void {
    this.video.pause();
    const here = Math.floor(this.video.currentTime / this.#frame + 1e-6);
    // The middle of the frame: at its very start rounding may show the one before.
    this.seek((here + frames + 0.5) * this.#frame);
  }

  /** Slower (0.5) or faster (2), within what the element plays well. */
  speed(factor: number): void {
    this.play(this.video.playbackRate * factor);
  }

  play(rate: number): void {
    this.video.playbackRate = Math.min(Math.max(rate, SPEEDS[0]), SPEEDS[SPEEDS.length - 1] ?? 4);
  }

  close(): void {
    this.video.pause();
    this.video.removeAttribute('src');
    this.video.load();
  }
}
