import { computed, effect, type ReadonlySignal, untracked } from '@preact/signals-core';
import { cursorOf } from '../commands/cursors.ts';
import type { Desk } from '../commands/desk.ts';
import { filterOf, type Looks } from '../commands/looking.ts';
import type { Diff } from '../doc/diff.ts';
import { apply, applyToBox, compose, IDENTITY, invert, type Matrix } from '../geometry/matrix.ts';
import { type Box, boxBetween } from '../geometry/plane.ts';
import { type InstanceRecord, isInstance } from '../task-types/question.ts';
import { Loupe, type Picture } from './loupe.ts';
import { Overlay } from './overlay.ts';
import { manySelected, paint, TAG_REACH } from './paint.ts';
import { Pointers } from './pointer.ts';

/** A gesture has come to rest when the view stands still this long, ms. */
const REST = 120;

/** From this zoom on a px of the picture is a square to the eye, and is shown as one. */
const ENLARGED = 3;

/** More changed shapes than this, and one whole redraw is cheaper. */
const MOST_RECTANGLES = 8;

/** Where frames come slowly the sharp picture must not be painted between two of them. `gap`: ms since the move before. */
const restAfter = (gap: number): number => (gap > 1000 ? REST : Math.min(4 * REST, Math.max(REST, 2 * gap)));

const css = (m: Matrix): string => `matrix(${m.join(',')})`;

/**
 * The picture with what is drawn on it. Three layers: the image, moved by CSS alone; the canvas of resting shapes, painted when the
 * document changes and, after a pan or zoom, once when it rests (meanwhile CSS moves it too); and the overlay of what is in the hand.
 */
export class ImageStage {
  readonly #desk: Desk;
  readonly #host: HTMLElement;
  readonly #image: Picture;
  readonly #canvas = document.createElement('canvas');
  readonly #overlay = new Overlay();
  readonly #pointers: Pointers;
  readonly #looks: ReadonlySignal<Looks>;
  readonly #loupe: Loupe;
  readonly #resizer: ResizeObserver;
  readonly #ends: (() => void)[] = [];
  /** What the canvas was painted with. */
  #painted: Matrix = IDENTITY;
  readonly #lifted: ReadonlySignal<string | null>;
  #without: string | null = null;
  #frame = 0;
  #rest = 0;
  /** When the view moved last. */
  #last = 0;
  #stale = true;
  #ratio = 0;
  #many = false;

  constructor(host: HTMLElement, desk: Desk, looks: ReadonlySignal<Looks>, image: Picture) {
    this.#host = host;
    this.#desk = desk;
    this.#image = image;
    this.#looks = looks;
    this.#lifted = computed(() => {
      const record = desk.hand.value.record;
      return record !== null && desk.seen.get(record.id) !== undefined ? record.id : null;
    });
    image.className = 'picture';
    // In px of the stored file, whatever copy is shown. Its natural size is no measure: Chromium gives it as the EXIF turn would have it.
    const { width, height } = desk.question.media;
    image.style.width = `${width}px`;
    image.style.height = `${height}px`;
    this.#canvas.className = 'resting';
    this.#canvas.setAttribute('aria-hidden', 'true');
    host.prepend(image, this.#canvas, this.#overlay.pixels.canvas, this.#overlay.element, this.#overlay.tags);
    this.#loupe = new Loupe(image);
    host.append(this.#loupe.element);
    this.#pointers = new Pointers(host, desk);
    this.#resizer = new ResizeObserver(() => this.#measure());
    this.#resizer.observe(host);
    this.#measure();
    this.#watch();
  }

  close(): void {
    for (const end of this.#ends) end();
    this.#loupe.element.remove();
    this.#pointers.close();
    this.#resizer.disconnect();
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#rest);
    const { element, tags, pixels } = this.#overlay;
    for (const layer of [this.#image, this.#canvas, pixels.canvas, element, tags]) layer.remove();
  }

  #measure(): void {
    const { clientWidth: width, clientHeight: height } = this.#host;
    const before = this.#desk.stage.value;
    const ratio = window.devicePixelRatio;
    // The observer speaks up once at the beginning too: what has been painted then need not be painted again.
    if (!this.#stale && before.width === width && before.height === height && this.#ratio === ratio) return;
    this.#ratio = ratio;
    this.#desk.resize({ width, height });
    this.#repaintSoon();
  }

  #watch(): void {
    const desk = this.#desk;
    this.#ends.push(
      desk.seen.listen(({ diff, size }) => this.#changed(diff, size)),
      // A change of a track may show in its lines or in the names of others alone.
      ...(desk.film === null ? [] : [desk.doc.listen(() => this.#repaintSoon())]),
      effect(() => this.#moved(desk.viewport.value)),
      effect(() => {
        // These change what the whole canvas shows.
        desk.hidden.value;
        desk.sight.value;
        desk.least.value;
        desk.paint.opacity.value;
        untracked(() => this.#repaintSoon());
      }),
      effect(() => this.#liftedChanged(this.#lifted.value)),
      effect(() => {
        desk.selection.value;
        untracked(() => this.#selectionChanged(manySelected(desk)));
      }),
      effect(() => {
        desk.version.value;
        desk.selection.value;
        desk.hover.value;
        desk.hand.value;
        desk.point.value;
        desk.stage.value;
        if (this.#looks.value.loupe) this.#pointers.at.value;
        untracked(() => this.#soon());
      }),
      effect(() => {
        this.#host.style.cursor = this.#cursor();
      }),
    );
  }

  #cursor(): string {
    if (this.#desk.type.located === undefined) return 'grab';
    const { gripped, last, tool } = this.#desk.machine.value;
    if (gripped) return last === null ? 'grab' : 'grabbing';
    const over = cursorOf(this.#desk);
    if (over !== null) return over;
    if (this.#desk.hover.value !== null) return 'move';
    return tool === 'select' ? 'default' : 'crosshair';
  }

  /** A shape in the hand is on the overlay: the canvas is painted without it, once, and with it again when it is let go. */
  #liftedChanged(id: string | null): void {
    for (const each of [this.#without, id]) {
      const record = each === null ? undefined : this.#desk.seen.get(each);
      if (isInstance(record)) this.#paintAround(record);
    }
    this.#without = id;
  }

  /** Many selected shapes are drawn by the canvas, a few by the overlay. */
  #selectionChanged(many: boolean): void {
    if (many || this.#many) this.#repaintSoon();
    this.#many = many;
  }

  #moved(_viewport: unknown): void {
    this.#soon();
    clearTimeout(this.#rest);
    this.#rest = window.setTimeout(() => this.#rested(), restAfter(performance.now() - this.#last));
    this.#last = performance.now();
  }

  /** Sharp again, unless what was painted is what is seen: a picture that has just opened. */
  #rested(): void {
    const now = this.#desk.screen();
    if (this.#painted.some((value, i) => value !== now[i])) this.#repaintSoon();
  }

  #repaintSoon(): void {
    this.#stale = true;
    this.#soon();
  }

  #soon(): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#draw());
  }

  /** With this frame of the screen, and not with the next: another picture has been put in, and what lies on it goes with it. */
  drawNow(): void {
    // What is hidden here, and what a model proposes, is of another frame too, and nothing tells of it.
    if (this.#desk.film !== null) this.#stale = true;
    cancelAnimationFrame(this.#frame);
    this.#draw();
  }

  #draw(): void {
    this.#frame = 0;
    const m = this.#desk.screen();
    this.#image.style.transform = css(m);
    this.#drawLooks(m);
    if (this.#stale) this.#paintAll(m);
    else this.#canvas.style.transform = css(compose(m, invert(this.#painted)));
    this.#overlay.draw(this.#desk);
  }

  #drawLooks(m: Matrix): void {
    const looks = this.#looks.value;
    const { scale } = this.#desk.viewport.value;
    this.#image.style.imageRendering = scale > ENLARGED && !looks.smooth ? 'pixelated' : 'auto';
    this.#image.style.filter = filterOf(looks);
    const { crosshair } = this.#desk.hand.value;
    const at = crosshair === null ? this.#pointers.at.value : apply(m, crosshair);
    if (looks.loupe && at !== null) this.#loupe.show(m, at, this.#desk.stage.value, scale, filterOf(looks));
    else this.#loupe.hide();
  }

  #context(): CanvasRenderingContext2D | null {
    const context = this.#canvas.getContext('2d');
    const ratio = window.devicePixelRatio;
    context?.setTransform(ratio, 0, 0, ratio, 0, 0);
    return context;
  }

  #paintAll(m: Matrix): void {
    const { width, height } = this.#desk.stage.value;
    const ratio = window.devicePixelRatio;
    const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (this.#canvas.width !== w || this.#canvas.height !== h) {
      this.#canvas.width = w;
      this.#canvas.height = h;
      this.#canvas.style.width = `${width}px`;
      this.#canvas.style.height = `${height}px`;
    }
    this.#stale = false;
    this.#painted = m;
    this.#canvas.style.transform = 'none';
    const context = this.#context();
    if (context === null) return;
    context.clearRect(0, 0, width, height);
    paint(context, this.#desk, m, this.#seen(m, { left: 0, top: 0, width, height }), this.#lifted.peek());
  }

  /** Media box of a screen box, with room for the tags of what lies beside it. */
  #seen(m: Matrix, screen: Box): Box {
    const back = invert(m);
    const { x, y } = TAG_REACH;
    return boxBetween(
      apply(back, { x: screen.left - x, y: screen.top - y }),
      apply(back, { x: screen.left + screen.width + x, y: screen.top + screen.height + y }),
    );
  }

  /** After a small change only the rectangles of what changed are painted anew. */
  #changed({ added, updated, removed }: Diff, size: number): void {
    if (size > MOST_RECTANGLES) {
      this.#repaintSoon();
      return;
    }
    const records = [...Object.values(added), ...Object.values(removed), ...Object.values(updated).flat()];
    const shapes = records.filter(isInstance);
    if (shapes.length !== records.length || shapes.length > MOST_RECTANGLES) this.#repaintSoon();
    else for (const shape of shapes) this.#paintAround(shape);
    this.#soon();
  }

  #paintAround(record: InstanceRecord): void {
    const context = this.#context();
    const bounds = this.#desk.type.located?.bounds(record);
    if (context === null || this.#stale || bounds === undefined) return;
    const m = this.#painted;
    const shape = applyToBox(m, bounds);
    const area = {
      left: shape.left - 8,
      top: shape.top - TAG_REACH.y,
      width: shape.width + TAG_REACH.x,
      height: shape.height + TAG_REACH.y + 6,
    };
    context.save();
    context.beginPath();
    context.rect(area.left, area.top, area.width, area.height);
    context.clip();
    context.clearRect(area.left, area.top, area.width, area.height);
    paint(context, this.#desk, m, this.#seen(m, area), this.#lifted.peek());
    context.restore();
  }
}
