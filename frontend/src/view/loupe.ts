import { compose, type Matrix } from '../geometry/matrix.ts';
import type { Point, Size } from '../geometry/plane.ts';

/** Side of the magnifier and its distance from the hand, CSS px; as the stylesheet has it. */
const SIDE = 176;
const AWAY = 28;
/** How much larger it shows than the stage does, and the least px of the screen for one of the picture. */
const TIMES = 4;
const LEAST = 8;

/** What a stage shows: a picture that stays, or a canvas whose picture changes. */
export type Picture = HTMLImageElement | HTMLCanvasElement;

/** The media px round the hand, enlarged, with a cross on the one under it. */
export class Loupe {
  readonly element = document.createElement('div');
  readonly #picture: Picture;
  /** What a canvas is copied from, each time that it is shown. */
  readonly #original: HTMLCanvasElement | null;

  constructor(picture: Picture) {
    this.element.className = 'loupe';
    this.element.setAttribute('aria-hidden', 'true');
    this.element.hidden = true;
    this.#picture = picture.cloneNode() as Picture;
    this.#original = picture instanceof HTMLCanvasElement ? picture : null;
    this.#picture.className = 'picture';
    this.#picture.hidden = false;
    this.#picture.style.imageOrientation = 'none';
    this.#picture.style.imageRendering = 'pixelated';
    this.element.append(this.#picture);
  }

  hide(): void {
    this.element.hidden = true;
  }

  /** `m` maps media px to the stage, `at` is the hand's place on the stage. */
  show(m: Matrix, at: Point, stage: Size, scale: number, filter: string): void {
    const k = Math.max(TIMES, LEAST / scale);
    const half = SIDE / 2;
    const inside = compose([k, 0, 0, k, half - k * at.x, half - k * at.y], m);
    if (this.#original === null) this.#picture.style.transform = `matrix(${inside.join(',')})`;
    else this.#copy(this.#original, inside);
    this.#picture.style.filter = filter;
    const left = at.x + AWAY + SIDE > stage.width ? at.x - AWAY - SIDE : at.x + AWAY;
    const top = at.y - AWAY - SIDE < 0 ? at.y + AWAY : at.y - AWAY - SIDE;
    this.element.style.transform = `translate(${Math.max(0, left)}px, ${Math.min(top, stage.height - SIDE)}px)`;
    this.element.hidden = false;
  }

  /** The part that is seen, and no more: a copy of every frame would cost as much as the frame itself. */
  #copy(original: HTMLCanvasElement, inside: Matrix): void {
    const canvas = this.#picture as HTMLCanvasElement;
    const ratio = window.devicePixelRatio;
    const side = Math.round(SIDE * ratio);
    canvas.style.width = canvas.style.height = `${SIDE}px`;
    if (canvas.width !== side) canvas.width = canvas.height = side;
    const context = canvas.getContext('2d');
    if (context === null) return;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, side, side);
    context.imageSmoothingEnabled = false;
    context.setTransform(...compose([ratio, 0, 0, ratio, 0, 0], inside));
    context.drawImage(original, 0, 0);
  }
}
