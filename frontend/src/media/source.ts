import type { MediaFacts } from '../task-types/question.ts';
import type { ClipSource } from './clip-source.ts';
import type { FilmSource } from './film-source.ts';
import { ImageSource } from './image-source.ts';
import { TextSource } from './text-source.ts';

/** Where the bytes of a data object are, as the lease names them; signed for it. */
export interface MediaUrls {
  readonly original: string;
  readonly view: string | null;
  readonly thumbnail: string | null;
  readonly proxy?: string | null;
  /** Of a video: when its frames are shown; one frame, with {n} for its number; small frames in rows, and which ones they are. */
  readonly 'frame-table'?: string;
  readonly frame?: string;
  readonly strip?: string;
  readonly 'strip-index'?: string;
}

export type Source = ImageSource | TextSource | ClipSource | FilmSource;

/**
 * Opens a video. frames: where its frames are labeled one by one, the first and the last that are asked for; without them it is a clip,
 * as a whole and with its sound.
 */
export type OpenVideo = (
  facts: MediaFacts,
  urls: MediaUrls,
  frames: readonly [number, number] | null,
) => ClipSource | FilmSource;

let openVideo: OpenVideo | null = null;

/** Only pages about videos fetch what opens them. */
export const useVideos = (open: OpenVideo): void => {
  openVideo = open;
};

/** Begin to fetch and decode; `ready` tells when it can be shown. One made early is what makes the next object instant. */
export const openSource = (
  facts: MediaFacts,
  urls: MediaUrls,
  frames: readonly [number, number] | null = null,
): Source => {
  switch (facts.kind) {
    case 'image':
      return new ImageSource(urls, facts);
    case 'text':
      return new TextSource(facts.text, urls);
    case 'video':
      if (openVideo === null) throw new Error('Nothing was fetched that opens videos.');
      return openVideo(facts, urls, frames);
  }
};
