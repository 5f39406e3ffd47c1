import type { Lost, Region } from '../commands/predicting.ts';
import type { Way } from '../task-types/carried.ts';
import { Follower } from './follow.ts';
import { greyOf, type Pyramid, pyramidOf } from './pyramid.ts';
import type { Similarity } from './similarity.ts';

/** `begin` with the frame that the things were drawn in; then the `next` frames, one after the other. */
export type FollowAsked =
  | {
      readonly do: 'begin';
      readonly bitmap: ImageBitmap;
      /** Px of the bitmap for one of the stored file. */
      readonly scale: number;
      readonly regions: readonly Region[];
    }
  | { readonly do: 'next'; readonly bitmap: ImageBitmap };

/** Where a thing is now, from where it was drawn; px of the stored file. */
export interface Seen {
  readonly way: Way;
  readonly lost: Lost | null;
  readonly leaving: readonly Way[];
}

export interface FollowAnswer {
  readonly id: number;
  /** Of each thing; of one that was lost before, null. */
  readonly seen: readonly (Seen | null)[];
  readonly trouble?: string;
}

let things: { readonly follower: Follower; lost: boolean }[] = [];
let scale = 1;

const look = (bitmap: ImageBitmap): Pyramid => {
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (context === null) throw new Error('no canvas');
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return pyramidOf(greyOf(context.getImageData(0, 0, width, height).data, width, height));
};

/** The middle of the first px lies at 0 in what is looked at, and at half a px in the file. */
const inLook = (value: number): number => value * scale - 0.5;

const regionInLook = ({ bounds, outline }: Region): Region => ({
  bounds: {
    left: inLook(bounds.left),
    top: inLook(bounds.top),
    width: bounds.width * scale,
    height: bounds.height * scale,
  },
  outline: outline?.map(({ x, y }) => ({ x: inLook(x), y: inLook(y) })) ?? null,
});

const inMedia = (way: Similarity): Way => {
  const moved = (by: number): number => (by + 0.5 - 0.5 * way.scale) / scale;
  return { x: moved(way.x), y: moved(way.y), scale: way.scale };
};

const answer = (asked: FollowAsked): (Seen | null)[] => {
  const picture = look(asked.bitmap);
  if (asked.do === 'begin') {
    scale = asked.scale;
    things = asked.regions.map((region) => ({ follower: new Follower(picture, regionInLook(region)), lost: false }));
    return [];
  }
  return things.map((thing) => {
    if (thing.lost) return null;
    const { way, lost, leaving } = thing.follower.step(picture);
    thing.lost = lost !== null;
    return { way: inMedia(way), lost, leaving: leaving.map(inMedia) };
  });
};

self.addEventListener('message', ({ data: asked }: MessageEvent<FollowAsked & { id: number }>) => {
  try {
    self.postMessage({ id: asked.id, seen: answer(asked) });
  } catch (fault) {
    self.postMessage({ id: asked.id, seen: [], trouble: String(fault) });
  }
});
