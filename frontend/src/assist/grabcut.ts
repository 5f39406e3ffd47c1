import { type Box, clamp } from '../geometry/plane.ts';
import { t } from '../i18n.ts';
import type { Prompt } from '../tools/prompting.ts';
import {
  type Assist,
  type AssistMedia,
  type AssistSession,
  type Suggestion,
  scaledTo,
  Trouble,
  wholePx,
} from './assist.ts';
import type { CutAnswer, CutAsked, Mark } from './grabcut.worker.ts';
import { Post } from './post.ts';

/** The longer side of what is looked at: more costs seconds and gains little. */
const MOST_SIDE = 640;
/** Around the box, so that there is ground to learn from: a share of its sides, and at least so many px. */
const MARGIN = 0.3;
const LEAST_MARGIN = 12;
/** Screen px: how far a point hints. */
const POINT = 5;

/** The part of the picture around the box, scaled. */
interface Crop {
  readonly box: Box;
  readonly area: Box;
  readonly scale: number;
}

const same = (a: Box, b: Box): boolean =>
  a.left === b.left && a.top === b.top && a.width === b.width && a.height === b.height;

const around = (box: Box): Box => {
  const [x, y] = [Math.max(LEAST_MARGIN, box.width * MARGIN), Math.max(LEAST_MARGIN, box.height * MARGIN)];
  return { left: box.left - x, top: box.top - y, width: box.width + 2 * x, height: box.height + 2 * y };
};

/** One worker for all pictures: starting it costs half a second. */
let post: Post<CutAsked, CutAnswer> | null = null;
const worker = (): Post<CutAsked, CutAnswer> => {
  post ??= new Post('grabcut.worker.js');
  return post;
};

class GrabcutSession implements AssistSession {
  readonly #media: AssistMedia;
  #crop: Crop | null = null;

  constructor(media: AssistMedia) {
    this.#media = media;
  }

  async suggest(prompts: readonly Prompt[], signal: AbortSignal): Promise<Suggestion> {
    const box = prompts.find((prompt) => prompt.kind === 'box');
    if (box === undefined) throw new Trouble(t('Draw a box around the thing first.'));
    const crop = await this.#cropped(box);
    signal.throwIfAborted();
    const marks = prompts.flatMap((prompt) => this.#mark(crop, prompt));
    let answer: CutAnswer;
    try {
      answer = await worker().ask({ do: 'cut', marks, box: this.#inCrop(crop, box), to: crop.area });
    } catch (cause) {
      // It may have been another picture's, or it could not be loaded: the next time begins anew.
      this.#crop = null;
      throw new Trouble(t('GrabCut can’t be used here. Draw the shape by hand.'), { cause });
    }
    signal.throwIfAborted();
    if (!answer.data.includes(1)) return {};
    const { left, top, width, height } = crop.area;
    return { bitmap: { left, top, width, height, data: answer.data }, model: 'grabcut' };
  }

  async #cropped({ left, top, width, height }: Box): Promise<Crop> {
    const box = { left, top, width, height };
    if (this.#crop !== null && same(this.#crop.box, box) && latest === this) return this.#crop;
    const area = wholePx(around(box), this.#media.size);
    const size = scaledTo(area, MOST_SIDE / Math.max(area.width, area.height));
    const bitmap = await this.#media.pixels(area, size);
    latest = this;
    this.#crop = { box, area, scale: size.width / area.width };
    // No answer is waited for: messages keep their order.
    worker()
      .ask({ do: 'look', bitmap }, [bitmap])
      .catch(() => {
        this.#crop = null;
      });
    return this.#crop;
  }

  #inCrop({ area, scale }: Crop, box: Box): Box {
    return {
      left: (box.left - area.left) * scale,
      top: (box.top - area.top) * scale,
      width: box.width * scale,
      height: box.height * scale,
    };
  }

  #mark({ area, scale }: Crop, prompt: Prompt): Mark[] {
    if (prompt.kind === 'box') return [];
    const points = prompt.kind === 'point' ? [[prompt.x, prompt.y] as const] : prompt.points;
    const px = prompt.kind === 'point' ? (2 * POINT) / this.#media.sight().scale : prompt.width;
    return [
      {
        points: points.map(([x, y]) => [(x - area.left) * scale, (y - area.top) * scale] as const),
        radius: clamp((px * scale) / 2, 1, MOST_SIDE / 20),
        inside: prompt.inside,
      },
    ];
  }

  close(): void {
    if (latest === this) latest = null;
  }
}

/** Whose picture the worker looks at. */
let latest: GrabcutSession | null = null;

/** Pixels that look alike within a box: OpenCV's GrabCut, in a worker. */
export const grabcut: Assist = {
  id: 'grabcut',
  prompts: ['box', 'point+', 'point-', 'stroke'],
  open: (media) => new GrabcutSession(media),
};
