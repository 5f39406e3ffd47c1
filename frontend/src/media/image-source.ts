import type { MediaUrls } from './source.ts';

const decoded = async (url: string): Promise<HTMLImageElement> => {
  const image = new Image();
  image.decoding = 'async';
  image.draggable = false;
  image.alt = '';
  // The view turns the picture by its own matrix; the browser must not turn it as well.
  image.style.imageOrientation = 'none';
  image.src = url;
  await image.decode();
  return image;
};

/** A picture, decoded before it is shown. */
export class ImageSource {
  readonly kind = 'image';
  readonly ready: Promise<HTMLImageElement>;

  constructor({ view, original }: MediaUrls) {
    this.ready = view === null || view === original ? decoded(original) : decoded(view).catch(() => decoded(original));
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
