import { type Axis, pinched } from '../timeline/axis.ts';
import type { TimelineModel } from './timeline-model.ts';

interface Finger {
  readonly id: number;
  readonly x: number;
  readonly y: number;
}

/** px between two fingers, below which a hair's breadth would be a leap. */
const LEAST = 20;

const apart = (a: Finger, b: Finger): number => Math.max(LEAST, Math.hypot(a.x - b.x, a.y - b.y));

const middle = (a: Finger, b: Finger): number => (a.x + b.x) / 2;

/** Two fingers on a timeline: farther apart is nearer, and what lies between them goes along with them. */
export class TimelinePinch {
  readonly #model: TimelineModel;
  readonly #root: HTMLElement;
  readonly #ruler: HTMLElement;
  /** What the first finger does by itself is called off. */
  readonly #drop: () => void;
  readonly #stop = new AbortController();
  #fingers: readonly Finger[] = [];
  #before: { readonly frame: number; readonly selection: readonly string[]; readonly axis: Axis } | null = null;
  /** Until the last finger is up, none of them does anything else. */
  #pinches = false;

  constructor(model: TimelineModel, root: HTMLElement, ruler: HTMLElement, drop: () => void) {
    [this.#model, this.#root, this.#ruler, this.#drop] = [model, root, ruler, drop];
    this.#on('pointerdown', (event) => this.#down(event));
    this.#on('pointermove', (event) => this.#moved(event));
    for (const name of ['pointerup', 'pointercancel'] as const) this.#on(name, (event) => this.#up(event));
  }

  close(): void {
    this.#stop.abort();
  }

  /** Before what a single finger does. */
  #on(name: 'pointerdown' | 'pointermove' | 'pointerup' | 'pointercancel', act: (event: PointerEvent) => void): void {
    const { signal } = this.#stop;
    const hear = (event: PointerEvent): void => {
      if (event.pointerType === 'touch') act(event);
    };
    this.#root.addEventListener(name, hear, { signal, capture: true });
  }

  #at({ pointerId, clientX, clientY }: PointerEvent): Finger {
    return { id: pointerId, x: clientX - this.#ruler.getBoundingClientRect().left, y: clientY };
  }

  #down(event: PointerEvent): void {
    const { film, desk, axis } = this.#model;
    if (event.isPrimary) {
      this.#fingers = [];
      this.#pinches = false;
      this.#before = { frame: film.wanted.peek(), selection: desk.selection.peek(), axis: axis.peek() };
    }
    if (!(event.target instanceof HTMLCanvasElement)) return;
    this.#fingers = [...this.#fingers, this.#at(event)];
    if (this.#fingers.length < 2) return;
    event.stopPropagation();
    if (!this.#pinches) this.#begin();
  }

  /** The first finger has already gone to its frame, and chosen its row: neither was meant. */
  #begin(): void {
    const { desk, film } = this.#model;
    this.#pinches = true;
    this.#drop();
    if (this.#before === null) return;
    const { frame, selection, axis } = this.#before;
    if (film.wanted.peek() !== frame) this.#model.seek(frame);
    // The axis follows the playhead, which may be out of sight: here it stays under the fingers.
    this.#model.axis.value = axis;
    if (desk.selection.peek() !== selection) desk.select([...selection]);
  }

  #moved(event: PointerEvent): void {
    if (!this.#pinches) {
      this.#fingers = this.#fingers.map((finger) => (finger.id === event.pointerId ? this.#at(event) : finger));
      return;
    }
    event.stopPropagation();
    const [a, b] = this.#fingers;
    this.#fingers = this.#fingers.map((finger) => (finger.id === event.pointerId ? this.#at(event) : finger));
    const [c, d] = this.#fingers;
    if (a === undefined || b === undefined || c === undefined || d === undefined) return;
    const { axis } = this.#model;
    axis.value = pinched(axis.value, apart(c, d) / apart(a, b), middle(a, b), middle(c, d));
  }

  #up(event: PointerEvent): void {
    this.#fingers = this.#fingers.filter(({ id }) => id !== event.pointerId);
    if (!this.#pinches) return;
    event.stopPropagation();
    if (this.#fingers.length === 0) this.#pinches = false;
  }
}
