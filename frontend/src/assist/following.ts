import type { Follow, Followed, Lost, Region } from '../commands/predicting.ts';
import type { Size } from '../geometry/plane.ts';
import type { Way } from '../task-types/carried.ts';
import type { FollowAnswer, FollowAsked } from './follow.worker.ts';
import { Post } from './post.ts';

/** Pictures of a film, one by one. They stay its own. */
export interface Pictures {
  frame(number: number, signal?: AbortSignal): Promise<ImageBitmap>;
}

/** Px of the longer side of what is looked at; where a thing is small, up to so many. */
const SIDE = 960;
const MOST_SIDE = 1920;
/** Px that a thing should measure in what is looked at, the root of its area. */
const FINE = 40;

/** Px to look at for one of the stored file. */
export const lookScale = ({ width, height }: Size, regions: readonly Region[]): number => {
  const longer = Math.max(width, height);
  const sizes = regions.map(({ bounds }) => Math.sqrt(bounds.width * bounds.height));
  const wanted = Math.max(SIDE / longer, FINE / Math.max(1, Math.min(...sizes)));
  return Math.min(1, wanted, MOST_SIDE / longer);
};

type Posted = Post<FollowAsked, FollowAnswer>;

interface Looking {
  readonly post: Posted;
  readonly scale: number;
  look(frame: number): Promise<ImageBitmap>;
}

/** What one more frame tells. */
const tell = (found: readonly Found[], seen: FollowAnswer['seen']): void => {
  for (const [i, one] of seen.entries()) {
    const thing = found[i];
    if (one === null || thing === undefined) continue;
    if (one.lost === null) thing.ways.push(one.way);
    [thing.lost, thing.leaving] = [one.lost, one.leaving];
  }
};

interface Found extends Followed {
  readonly ways: Way[];
  lost: Lost | null;
  leaving: readonly Way[];
}

const followed = async ({ post, scale, look }: Looking, ...[regions, from, last, told]: Parameters<Follow>) => {
  const first = await look(from);
  await post.ask({ do: 'begin', bitmap: first, scale, regions }, [first]);
  const found = regions.map((): Found => ({ ways: [], lost: null, leaving: [] }));
  for (let frame = from + 1; frame <= last && found.some(({ lost }) => lost === null); frame += 1) {
    told(frame);
    const bitmap = await look(frame);
    tell(found, (await post.ask({ do: 'next', bitmap }, [bitmap])).seen);
  }
  return found;
};

/** Follows what is seen in a film, in a worker of its own that ends with it, or with the signal. */
export const following =
  (film: Pictures, media: Size, signal: AbortSignal): Follow =>
  async (regions, ...others) => {
    const post: Posted = new Post('follow.worker.js');
    const scale = lookScale(media, regions);
    const size = {
      resizeWidth: Math.max(1, Math.round(media.width * scale)),
      resizeHeight: Math.max(1, Math.round(media.height * scale)),
      resizeQuality: 'medium' as const,
    };
    const look = async (frame: number): Promise<ImageBitmap> => {
      signal.throwIfAborted();
      const bitmap = await createImageBitmap(await film.frame(frame, signal), size);
      if (!signal.aborted) return bitmap;
      bitmap.close();
      throw signal.reason;
    };
    const ended = (): void => post.close();
    signal.addEventListener('abort', ended);
    try {
      const found = await followed({ post, scale, look }, regions, ...others);
      signal.throwIfAborted();
      return found;
    } finally {
      signal.removeEventListener('abort', ended);
      post.close();
    }
  };
