import { fitted, movedTo, placeAt, span } from '../timeline/axis.ts';
import type { TimelineModel } from './timeline-model.ts';

/** A drag on the overview moves the window; a press beside it takes the window there. */
export class OverviewHand {
  readonly #model: TimelineModel;
  readonly #overview: HTMLElement;
  readonly #stop = new AbortController();
  /** Frames from the left edge of the window to where it is held. */
  #held: number | null = null;

  constructor(model: TimelineModel, overview: HTMLElement) {
    [this.#model, this.#overview] = [model, overview];
    const { signal } = this.#stop;
    overview.addEventListener('pointerdown', (event) => this.#down(event), { signal });
    overview.addEventListener('pointermove', (event) => this.#move(event), { signal });
    for (const name of ['pointerup', 'pointercancel', 'lostpointercapture'] as const) {
      overview.addEventListener(name, () => this.drop(), { signal });
    }
  }

  close(): void {
    this.#stop.abort();
  }

  /** A second finger has come: from here on the window is not held, whatever is heard of the first. */
  drop(): void {
    this.#held = null;
  }

  #placeOf(event: PointerEvent): number {
    const { first, last } = this.#model.axis.value;
    const { left, width } = this.#overview.getBoundingClientRect();
    return placeAt(fitted(first, last, width), event.clientX - left);
  }

  #down(event: PointerEvent): void {
    const axis = this.#model.axis.value;
    const off = this.#placeOf(event) - axis.from;
    this.#held = off >= 0 && off <= span(axis) ? off : span(axis) / 2;
    this.#overview.setPointerCapture(event.pointerId);
    this.#move(event);
  }

  #move(event: PointerEvent): void {
    if (this.#held !== null)
      this.#model.axis.value = movedTo(this.#model.axis.value, this.#placeOf(event) - this.#held);
  }
}
