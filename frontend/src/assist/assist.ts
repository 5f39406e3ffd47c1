import type { Box, Point, Size } from '../geometry/plane.ts';
import type { Bitmap } from '../task-types/task-type.ts';
import type { Prompt } from '../tools/prompting.ts';

/** What helps to outline a thing: in a worker of this page, or on a server. Loaded when it is first used. */
export interface Assist {
  readonly id: string;
  readonly prompts: readonly ('box' | 'point+' | 'point-' | 'stroke')[];
  open(media: AssistMedia): AssistSession;
}

/** One picture, as far as a helper needs it. */
export interface AssistMedia {
  readonly size: Size;
  /** The part of the stored file that is seen, and the px of the screen for one of its px. */
  sight(): { readonly area: Box; readonly scale: number };
  /** A part of the stored file, whole px, scaled to `to`; EXIF is not applied. */
  pixels(area: Box, to: Size): Promise<ImageBitmap>;
}

/** `bitmap` or `points` (an outline, or a way) in px of the stored file. */
export interface Suggestion {
  readonly bitmap?: Bitmap;
  readonly points?: readonly Point[];
  /** With its version; goes into the origin of what is accepted. */
  readonly model?: string;
  readonly score?: number;
}

/** What has been computed of one picture is kept until `close`. */
export interface AssistSession {
  /** All prompts so far, oldest first. Rejects with a Trouble, or with the reason of an aborted `signal`. */
  suggest(prompts: readonly Prompt[], signal: AbortSignal): Promise<Suggestion>;
  close(): void;
}

/** A sentence for the person; they go on by hand. */
export class Trouble extends Error {}

/** The area cut to the picture, grown to whole px. */
export const wholePx = ({ left, top, width, height }: Box, limits: Size): Box => {
  const [x, y] = [Math.max(0, Math.floor(left)), Math.max(0, Math.floor(top))];
  const right = Math.min(limits.width, Math.ceil(left + width));
  const bottom = Math.min(limits.height, Math.ceil(top + height));
  return { left: x, top: y, width: Math.max(1, right - x), height: Math.max(1, bottom - y) };
};

/** The size that an area is looked at in: never enlarged, and no more than fits `most`. */
export const scaledTo = ({ width, height }: Size, scale: number): Size => ({
  width: Math.max(1, Math.round(width * Math.min(1, scale))),
  height: Math.max(1, Math.round(height * Math.min(1, scale))),
});
