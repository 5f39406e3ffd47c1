import { type Costs, edgeCosts, waysTo } from '../geometry/livewire.ts';
import type { Point } from '../geometry/plane.ts';

/** `look` at a part of the picture: its costs; then the `ways` to a seed in it. */
export type LivewireAsked =
  | { readonly do: 'look'; readonly bitmap: ImageBitmap }
  | { readonly do: 'ways'; readonly seed: Point };

export interface LivewireAnswer {
  readonly id: number;
  readonly data: Uint8Array;
  readonly trouble?: string;
}

let costs: Costs | null = null;

const pixelsOf = (bitmap: ImageBitmap): ImageData => {
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) throw new Error('no canvas');
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return context.getImageData(0, 0, canvas.width, canvas.height);
};

const answer = (asked: LivewireAsked): Uint8Array => {
  if (asked.do === 'look') {
    const { data, width, height } = pixelsOf(asked.bitmap);
    costs = edgeCosts(data, width, height);
    return costs.data.slice();
  }
  if (costs === null) throw new Error('nothing was looked at');
  return waysTo(costs, asked.seed).data;
};

self.addEventListener('message', ({ data: asked }: MessageEvent<LivewireAsked & { id: number }>) => {
  try {
    const data = answer(asked);
    self.postMessage({ id: asked.id, data }, { transfer: [data.buffer] });
  } catch (fault) {
    self.postMessage({ id: asked.id, data: new Uint8Array(), trouble: String(fault) });
  }
});
