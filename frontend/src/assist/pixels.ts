import { compose, invert, type Matrix, oriented, orientedSize } from '../geometry/matrix.ts';
import type { Box, Size } from '../geometry/plane.ts';
import { exifOrientation } from './exif.ts';

/** Cuts px out of a picture as it is stored. */
export type Pixels = (area: Box, to: Size) => Promise<ImageBitmap>;

const cut = (image: ImageBitmapSource, { left, top, width, height }: Box, to: Size): Promise<ImageBitmap> =>
  createImageBitmap(image, left, top, width, height, {
    resizeWidth: to.width,
    resizeHeight: to.height,
    resizeQuality: 'medium',
  });

/** Drawn from the upright picture, turned back. Not by createImageBitmap: it cuts pictures that lie on their side elsewhere. */
const drawnBack = (image: HTMLImageElement, orientation: number, size: Size, area: Box, to: Size): ImageBitmap => {
  const canvas = new OffscreenCanvas(to.width, to.height);
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('no canvas');
  const { left, top, width, height } = area;
  const scaled: Matrix = [to.width / width, 0, 0, to.height / height, 0, 0];
  const moved: Matrix = [1, 0, 0, 1, -left, -top];
  context.imageSmoothingQuality = 'medium';
  context.setTransform(...compose(compose(scaled, moved), invert(oriented(orientation, size))));
  const upright = orientedSize(orientation, size);
  context.drawImage(image, 0, 0, upright.width, upright.height);
  return canvas.transferToImageBitmap();
};

/** The same picture out of the document: one that is shown is drawn as its style has it turned. */
const apart = async (image: HTMLImageElement): Promise<HTMLImageElement> => {
  const copy = new Image();
  copy.src = image.currentSrc;
  await copy.decode();
  return copy;
};

/** Whether the file that the element shows says how it is to be turned; the copy of one that browsers can't show does not. */
const turns = async (image: HTMLImageElement, orientation: number, size: Size): Promise<boolean> => {
  const upright = orientedSize(orientation, size);
  // A quarter turn shows in the size; for the others the file itself is asked.
  if (size.width !== upright.width) return image.naturalWidth === upright.width;
  const reply = await fetch(image.currentSrc, { credentials: 'same-origin' });
  return exifOrientation(new Uint8Array(await reply.arrayBuffer())) !== 1;
};

/**
 * Of an element browsers hand out what its EXIF orientation makes of it, and no option forbids that. So where there is one, px are
 * cut from the upright picture and turned back. `size`: of the stored file.
 */
export const pixelsOf = (image: Promise<HTMLImageElement>, orientation: number, size: Size): Pixels => {
  let turned: Promise<HTMLImageElement | null> | null = null;
  return async (area, to) => {
    const shown = await image;
    if (orientation === 1) return cut(shown, area, to);
    turned ??= turns(shown, orientation, size).then((does) => (does ? apart(shown) : null));
    // It did not arrive: the next time it is asked again.
    turned.catch(() => {
      turned = null;
    });
    const upright = await turned;
    return upright === null ? cut(shown, area, to) : drawnBack(upright, orientation, size, area, to);
  };
};
