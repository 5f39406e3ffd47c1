import { effect, type ReadonlySignal } from '@preact/signals-core';
import type { Desk } from '../commands/desk.ts';
import type { Looks } from '../commands/looking.ts';
import { t } from '../i18n.ts';
import type { FilmPlayer, Screen } from '../media/film-player.ts';
import type { FilmSource } from '../media/film-source.ts';
import { keepRate } from './film-rate.ts';
import { ImageStage } from './image-stage.ts';
import { ourHabits } from './timeline-habits.ts';

/** Says over the picture which frame can't be had, and asks for it again on wish. */
const complaint = (player: FilmPlayer): { readonly element: HTMLElement; end(): void } => {
  const element = document.createElement('div');
  element.className = 'floating film-trouble';
  element.setAttribute('role', 'alert');
  const [words, again] = [document.createElement('span'), document.createElement('button')];
  again.type = 'button';
  again.className = 'btn sm';
  again.textContent = t('Try again');
  again.addEventListener('click', () => player.retry());
  const end = effect(() => {
    const { value: frame } = player.failed;
    element.hidden = frame === null;
    element.replaceChildren();
    if (frame === null) return;
    words.textContent = t('Frame %(n)s did not arrive or can’t be read.', { n: frame });
    element.append(words, again);
  });
  return { element, end };
};

/** A film with what is drawn on it: a picture's stage whose picture is a canvas, and changes. */
export class FilmStage implements Screen<ImageBitmap> {
  readonly #desk: Desk;
  readonly #player: FilmPlayer;
  readonly #stage: ImageStage;
  readonly #canvas = document.createElement('canvas');
  readonly #context: CanvasRenderingContext2D | null;
  readonly #complaint: ReturnType<typeof complaint>;
  readonly #endRate: () => void;

  constructor(host: HTMLElement, desk: Desk, looks: ReadonlySignal<Looks>, player: FilmPlayer) {
    this.#desk = desk;
    this.#player = player;
    const { width, height } = desk.question.media;
    this.#canvas.width = width;
    this.#canvas.height = height;
    this.#canvas.hidden = true;
    this.#canvas.setAttribute('aria-hidden', 'true');
    this.#context = this.#canvas.getContext('2d', { alpha: false });
    this.#stage = new ImageStage(host, desk, looks, this.#canvas);
    this.#complaint = complaint(player);
    host.append(this.#complaint.element);
    this.#endRate = keepRate(player, ourHabits());
  }

  /** Picture and labels in one go: they are never of two frames. */
  show(picture: ImageBitmap, frame: number): void {
    this.#context?.drawImage(picture, 0, 0);
    this.#canvas.hidden = false;
    this.#canvas.dataset.frame = `${frame}`;
    this.#desk.film?.show(frame);
    this.#stage.drawNow();
  }

  close(): void {
    this.#player.end();
    this.#complaint.end();
    this.#endRate();
    this.#complaint.element.remove();
    this.#stage.close();
  }
}

/** The stage of a film, once its first frame is shown. Raises when there is no film to be had. */
export const mountFilm = async (
  host: HTMLElement,
  desk: Desk,
  looks: ReadonlySignal<Looks>,
  source: FilmSource,
): Promise<FilmStage> => {
  if (desk.film === null) throw new Error('This kind of question has no use for frames.');
  await source.ready;
  const player = source.player(desk.film);
  const stage = new FilmStage(host, desk, looks, player);
  await player.begin(stage);
  return stage;
};
