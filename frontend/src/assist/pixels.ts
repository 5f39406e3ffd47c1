import { apply, applyToBox, compose, invert, type Matrix, oriented, orientedSize } from '../geometry/matrix.ts';
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

const scaling = (from: Size, to: Size): Matrix => [to.width / from.width, 0, 0, to.height / from.height, 0, 0];
const moving = ({ left, top }: Box, sign: 1 | -1): Matrix => [1, 0, 0, 1, sign * left, sign * top];

/** Cut from the upright picture and turned back. */
const cutTurned = async (image: ImageBitmapSource, turned: Matrix, area: Box, to: Size): Promise<ImageBitmap> => {
  const upright = applyToBox(turned, area);
  const across = apply([turned[0], turned[1], turned[2], turned[3], 0, 0], { x: 1, y: 0 }).x === 0;
  const size = across ? { width: to.height, height: to.width } : to;
  const bitmap = await cut(image, upright, size);
  const canvas = new OffscreenCanvas(to.width, to.height);
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('no canvas');
  const whole = compose(moving(upright, 1), scaling(size, upright));
  const back = compose(compose(scaling(area, to), moving(area, -1)), compose(invert(turned), whole));
  context.setTransform(...back);
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return canvas.transferToImageBitmap();
};

/** Whether the file that the element shows says how it is to be turned; the copy of one that browsers can't show does not. */
const turns = async (image: HTMLImageElement): Promise<boolean> => {
  const reply = await fetch(image.currentSrc, { credentials: 'same-origin' });
  return exifOrientation(new Uint8Array(await reply.arrayBuffer())) !== 1;
};

/**
 * Of an element browsers hand out what its EXIF orientation makes of it, and no option forbids that. So where there is one, px are
 * cut from the upright picture and turned back. `size`: of the stored file.
 */
export const pixelsOf = (image: Promise<HTMLImageElement>, orientation: number, size: Size): Pixels => {
  let turning: Promise<boolean> | null = null;
  const upright = orientedSize(orientation, size);
  return async (area, to) => {
    const shown = await image;
    if (orientation === 1) return cut(shown, area, to);
    // A quarter turn shows in the size; for the others the file itself is asked.
    if (shown.naturalWidth !== shown.naturalHeight && size.width !== upright.width) {
      turning ??= Promise.resolve(shown.naturalWidth === upright.width);
    }
    turning ??= turns(shown);
    return (await turning) ? cutTurned(shown, oriented(orientation, size), area, to) : cut(shown, area, to);
  };
};
