import { type Signal, signal } from '@preact/signals-core';

/** The prediction that is under way: how it is stopped. */
export const running: Signal<AbortController | null> = signal(null);

/** ms within which nobody has read what a button says now. */
const UNREAD = 500;

/** A button that comes to mean something else under the finger: a tap that was meant for what it was is no tap on what it is. */
export class ChangingButton {
  #meaning: string | null = null;
  #since = Number.NEGATIVE_INFINITY;

  /** `now`: ms. */
  means(meaning: string, now: number): void {
    if (this.#meaning !== null && this.#meaning !== meaning) this.#since = now;
    this.#meaning = meaning;
  }

  takes(now: number): boolean {
    return now - this.#since >= UNREAD;
  }
}
