import { effect, type Signal, signal } from '@preact/signals-core';
import { fitted, middleOf, panned, span, zoomed } from '../timeline/axis.ts';
import { ROW } from '../timeline/rows.ts';
import { colourOf } from './colours.ts';
import { paintOverview, paintRows, paintRuler, type Scene, type Strip } from './timeline-canvas.ts';
import { type Palette, paletteOf, watchTheme } from './timeline-colours.ts';
import { TimelineHand } from './timeline-hand.ts';
import type { TimelineModel } from './timeline-model.ts';
import { OverviewHand } from './timeline-overview.ts';
import { TimelinePinch } from './timeline-pinch.ts';

/** The elements of a timeline; those of the rows are there only while it stands open. */
export interface Parts {
  readonly root: HTMLElement;
  readonly ruler: HTMLCanvasElement;
  readonly playhead: HTMLElement;
  /** Tells the frame of what is dragged. */
  readonly bubble: HTMLElement;
  readonly rows: HTMLCanvasElement | null;
  readonly scroller: HTMLElement | null;
  readonly overview: HTMLCanvasElement | null;
}

/** How much closer for one notch of a wheel, of 100 px. */
const NOTCH = 1.25;

/** px that an event of a wheel is worth, whatever unit it counts in. */
const pixels = ({ deltaMode }: WheelEvent, delta: number): number =>
  delta * (deltaMode === 1 ? 30 : deltaMode === 2 ? 300 : 1);

/** How far along the film: sideways, or with Shift. */
const alongOf = ({ shiftKey }: WheelEvent, x: number, y: number): number =>
  shiftKey ? x || y : Math.abs(x) > Math.abs(y) ? x : 0;

/** Paints a timeline when something of it changes, at most once a frame of the screen, and hears the mouse. */
export class TimelineView {
  /** Undefined: not known yet, or still being made. */
  readonly strip: Signal<Strip | null | undefined> = signal(undefined);
  readonly #model: TimelineModel;
  readonly #parts: Parts;
  readonly #hand: TimelineHand;
  readonly #overview: OverviewHand | null;
  readonly #pinch: TimelinePinch;
  readonly #theme: Signal<number> = signal(0);
  readonly #resizer: ResizeObserver;
  readonly #ends: (() => void)[] = [];
  readonly #waiting = new Set<() => void>();
  #frame = 0;
  #palette: Palette;

  constructor(model: TimelineModel, parts: Parts) {
    this.#model = model;
    this.#parts = parts;
    this.#palette = paletteOf(parts.root);
    this.#hand = new TimelineHand(model);
    this.#hand.onRuler(parts.ruler);
    if (parts.rows !== null) this.#hand.onRows(parts.rows);
    this.#overview = parts.overview === null ? null : new OverviewHand(model, parts.overview);
    this.#pinch = new TimelinePinch(model, parts.root, parts.ruler, () => {
      this.#hand.drop();
      this.#overview?.drop();
    });
    this.#resizer = new ResizeObserver(() => this.#measure());
    for (const each of [parts.root, parts.ruler, parts.scroller]) if (each !== null) this.#resizer.observe(each);
    this.#measure();
    const narrow = matchMedia('(max-width: 48rem)');
    const fold = (): void => {
      model.narrow.value = narrow.matches;
    };
    narrow.addEventListener('change', fold);
    fold();
    this.#ends.push(
      () => narrow.removeEventListener('change', fold),
      watchTheme(() => {
        this.#palette = paletteOf(parts.root);
        this.#theme.value += 1;
      }),
      effect(() => this.#rulerChanged()),
      effect(() => this.#rowsChanged()),
      effect(() => this.#overviewChanged()),
      effect(() => this.#headMoved()),
      effect(() => this.#bubbleMoved()),
      ...this.#wheels(),
    );
  }

  close(): void {
    for (const end of this.#ends) end();
    this.#hand.close();
    this.#overview?.close();
    this.#pinch.close();
    this.#resizer.disconnect();
    cancelAnimationFrame(this.#frame);
    // A film's pictures take megabytes, and the next film brings its own.
    const image = this.strip.peek()?.image;
    if (image instanceof ImageBitmap) image.close();
  }

  #measure(): void {
    const { ruler, scroller } = this.#parts;
    const bar = scroller === null ? 0 : scroller.offsetWidth - scroller.clientWidth;
    const width = ruler.parentElement?.clientWidth ?? 0;
    if (width > bar) this.#model.measured(width - bar, scroller?.clientHeight ?? 0);
  }

  /** In the next frame of the screen, once. */
  #soon(paint: () => void): void {
    this.#waiting.add(paint);
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      const all = [...this.#waiting];
      this.#waiting.clear();
      for (const each of all) each();
    });
  }

  #rulerChanged(): void {
    this.#theme.value;
    this.#model.axis.value;
    this.#parts.root.classList.toggle('no-strip', this.strip.value === null);
    this.#soon(this.#paintRuler);
  }

  readonly #paintRuler = (): void => {
    const { ruler } = this.#parts;
    paintRuler(ruler, ruler.clientHeight, this.#model.axis.peek(), this.strip.peek() ?? null, this.#palette);
  };

  #rowsChanged(): void {
    const { axis, rows, top, height, selected, pointed, film } = this.#model;
    for (const each of [this.#theme, axis, rows, top, height, selected, pointed, film.frame]) each.value;
    this.#soon(this.#paintRows);
  }

  readonly #paintRows = (): void => {
    const { axis, rows, top, height, selected, pointed, film } = this.#model;
    if (this.#parts.rows === null) return;
    const scene: Scene = {
      axis: axis.peek(),
      rows: rows.peek(),
      top: top.peek(),
      frame: film.frame.peek(),
      selected: selected.peek(),
      over: pointed.peek(),
      colourOf: this.#colourOf,
    };
    paintRows(this.#parts.rows, height.peek(), scene, this.#palette);
  };

  readonly #colourOf = (category: number): string => {
    const found = this.#model.desk.question.categories[category];
    return found === undefined ? this.#palette.strong : colourOf(found);
  };

  #overviewChanged(): void {
    const { axis, tracks, selected } = this.#model;
    for (const each of [this.#theme, axis, tracks, selected]) each.value;
    this.#soon(this.#paintOverview);
  }

  readonly #paintOverview = (): void => {
    const { overview } = this.#parts;
    const axis = this.#model.axis.peek();
    if (overview === null) return;
    const tracks = this.#model.tracks.peek();
    const some = tracks.filter(({ id }) => this.#model.selected.peek().has(id));
    const whole = fitted(axis.first, axis.last, overview.clientWidth);
    const now = [axis.from, axis.from + span(axis)] as const;
    const [one] = some;
    const ink = one === undefined ? this.#palette.faint : this.#colourOf(one.category);
    const shown = one === undefined ? tracks : some;
    paintOverview(overview, overview.clientHeight, whole, now, shown, ink, this.#palette);
  };

  /** The playhead is an element of its own: while a film plays nothing else needs painting. */
  #headMoved(): void {
    // Where the hand wants it, at once; the picture comes as soon as it can.
    this.#stand(this.#parts.playhead, this.#model.film.wanted.value, '');
  }

  /** Where what the hand holds would come to lie. */
  #bubbleMoved(): void {
    const { bubble } = this.#parts;
    const held = this.#model.inHand.value;
    if (held === null) bubble.hidden = true;
    else {
      const { grip, to, track } = held;
      const by = to - grip.frame;
      const place = this.#model.rows.value.findIndex(({ id }) => id === track.id);
      bubble.style.top = `${this.#parts.ruler.clientHeight + place * ROW - this.#model.top.value}px`;
      this.#stand(bubble, to, `  ${by < 0 ? '−' : '+'}${Math.abs(by)}`);
    }
  }

  #stand(element: HTMLElement, frame: number, more: string): void {
    const axis = this.#model.axis.value;
    const x = middleOf(axis, frame);
    element.hidden = x < 0 || x > axis.width;
    element.style.transform = `translateX(${Math.round(x) - 1}px)`;
    element.dataset.f = `${frame}${more}`;
    element.classList.toggle('turned', x > axis.width - 80);
  }

  /** A wheel scrolls the rows; with Ctrl it zooms around the pointer, with Shift or sideways it moves along the film. */
  #wheels(): (() => void)[] {
    const { root } = this.#parts;
    const wheel = (event: WheelEvent): void => {
      if (this.#rolled(event)) event.preventDefault();
    };
    root.addEventListener('wheel', wheel, { passive: false });
    return [() => root.removeEventListener('wheel', wheel)];
  }

  /** False: the page does with it what it always does. */
  #rolled(event: WheelEvent): boolean {
    const { ruler, scroller } = this.#parts;
    const { axis } = this.#model;
    const [x, y] = [pixels(event, event.deltaX), pixels(event, event.deltaY)];
    if (event.ctrlKey || event.metaKey) {
      const at = event.clientX - ruler.getBoundingClientRect().left;
      axis.value = zoomed(axis.value, NOTCH ** (-y / 100), Math.max(0, at));
      return true;
    }
    const along = alongOf(event, x, y);
    if (along !== 0) axis.value = panned(axis.value, along);
    else if (scroller === null || scroller.contains(event.target as Node)) return false;
    else scroller.scrollTop += y;
    return true;
  }
}
