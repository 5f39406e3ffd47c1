import type { MediaFacts } from '../task-types/question.ts';
import { ClipSource } from './clip-source.ts';
import { ImageSource } from './image-source.ts';
import { TextSource } from './text-source.ts';

/** Where the bytes of a data object are; signed for this lease. */
export interface MediaUrls {
  readonly original: string;
  readonly view: string | null;
  readonly thumbnail: string | null;
  readonly proxy?: string | null;
}

export type Source = ImageSource | TextSource | ClipSource;

/** Begin to fetch and decode; `ready` tells when it can be shown. One made early is what makes the next object instant. */
export const openSource = (facts: MediaFacts, urls: MediaUrls): Source => {
  switch (facts.kind) {
    case 'image':
      return new ImageSource(urls, facts);
    case 'text':
      return new TextSource(facts.text, urls);
    case 'video':
      return new ClipSource(facts, urls);
  }
};
