import type { MediaFacts } from '../task-types/question.ts';
import type { MediaUrls } from './source.ts';

/** Larger pictures are fetched ahead and not decoded ahead: three of 100 megapixels would fill more than a gigabyte. */
const MOST_DECODED = 24_000_000;

const loaded = (image: HTMLImageElement): Promise<void> =>
  new Promise((resolve, fail) => {
    image.addEventListener('load', () => resolve(), { once: true });
    image.addEventListener('error', () => fail(new Error('The picture did not arrive.')), { once: true });
  });

const opened = async (url: string, { width, height }: MediaFacts): Promise<HTMLImageElement> => {
  const image = new Image();
  image.decoding = 'async';
  image.draggable = false;
  image.alt = '';
  // The view turns the picture by its own matrix; the browser must not turn it as well.
  image.style.imageOrientation = 'none';
  const arrived = width * height > MOST_DECODED ? loaded(image) : null;
  image.src = url;
  await (arrived ?? image.decode());
  return image;
};

/** A picture, decoded before it is shown; a very large one arrives, and the browser decodes it as it paints. */
export class ImageSource {
  readonly kind = 'image';
  readonly ready: Promise<HTMLImageElement>;

  constructor({ view, original }: MediaUrls, facts: MediaFacts) {
    const whole = (): Promise<HTMLImageElement> => opened(original, facts);
    this.ready = view === null || view === original ? whole() : opened(view, facts).catch(whole);
    // Whoever shows it hears of a failure; a prefetched one that is never shown must not shout.
    this.ready.catch(() => undefined);
  }

  close(): void {
    this.ready.then(
      (image) => {
        image.removeAttribute('src');
      },
      () => undefined,
    );
  }
}
