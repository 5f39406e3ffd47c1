/** A pause longer than this is not work, ms. */
const LONGEST_PAUSE = 15_000;

/** Seconds of work on one object: the time between inputs, long pauses cut, nothing while the page is hidden. */
export class Activity {
  #active = 0;
  #last = Date.now();
  readonly #stop = new AbortController();

  constructor() {
    const { signal } = this.#stop;
    const seen = (): void => this.#seen();
    for (const name of ['pointerdown', 'pointermove', 'keydown', 'wheel', 'input']) {
      window.addEventListener(name, seen, { signal, passive: true, capture: true });
    }
    document.addEventListener('visibilitychange', seen, { signal });
  }

  #seen(): void {
    const now = Date.now();
    if (!document.hidden) this.#active += Math.min(now - this.#last, LONGEST_PAUSE);
    this.#last = now;
  }

  /** ms since the last input. */
  get idle(): number {
    return Date.now() - this.#last;
  }

  restart(): void {
    this.#active = 0;
    this.#last = Date.now();
  }

  /** Seconds so far, to a tenth. */
  seconds(): number {
    const open = document.hidden ? 0 : Math.min(Date.now() - this.#last, LONGEST_PAUSE);
    return Math.round((this.#active + open) / 100) / 10;
  }
}
