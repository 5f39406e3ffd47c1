import { compose, type Matrix } from '../geometry/matrix.ts';
import type { Point, Size } from '../geometry/plane.ts';

/** Side of the magnifier and its distance from the hand, CSS px; as the stylesheet has it. */
const SIDE = 176;
const AWAY = 28;
/** How much larger it shows than the stage does, and the least px of the screen for one of the picture. */
const TIMES = 4;
const LEAST = 8;

/** The media px round the hand, enlarged, with a cross on the one under it. */
export class Loupe {
  readonly element = document.createElement('div');
  readonly #picture: HTMLImageElement;

  constructor(image: HTMLImageElement) {
    this.element.className = 'loupe';
    this.element.setAttribute('aria-hidden', 'true');
    this.element.hidden = true;
    this.#picture = image.cloneNode() as HTMLImageElement;
    this.#picture.className = 'picture';
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
    this.#picture.style.transform = `matrix(${inside.join(',')})`;
    this.#picture.style.filter = filter;
    const left = at.x + AWAY + SIDE > stage.width ? at.x - AWAY - SIDE : at.x + AWAY;
    const top = at.y - AWAY - SIDE < 0 ? at.y + AWAY : at.y - AWAY - SIDE;
    this.element.style.transform = `translate(${Math.max(0, left)}px, ${Math.min(top, stage.height - SIDE)}px)`;
    this.element.hidden = false;
  }
}
