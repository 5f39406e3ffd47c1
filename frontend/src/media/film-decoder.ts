import { Post } from '../assist/post.ts';
import type { Size } from '../geometry/plane.ts';
import { type Decoded, type Decoder, NotDecoded, type Run } from './decoded-frames.ts';
import type { FilmAnswer, FilmAsked } from './film.worker.ts';
import type { FrameTable } from './frame-table.ts';

type Worker = Pick<Post<FilmAsked, FilmAnswer>, 'ask' | 'close'>;

/** The number that a moment of the file's clock has in the table. */
const numbered = (table: FrameTable, at: number): number => {
  const number = table.numberOf(at);
  if (number === null) throw new NotDecoded(`No frame of the table is shown at ${at} s.`);
  return number;
};

/** Runs of a film, told apart: the worker begins anew when it hears of another. */
let runs = 0;

const runFrom = (worker: Worker, table: FrameTable, key: number): Run<ImageBitmap> => {
  runs += 1;
  const run = { do: 'next', run: runs, at: table.within(key) } as const;
  return {
    next: async (take): Promise<Decoded<ImageBitmap> | null> => {
      const { at, picture } = await worker.ask({ ...run, take });
      if (at === null) return null;
      const number = table.numberOf(at);
      if (number === null) picture?.close();
      return { number: number ?? numbered(table, at), picture };
    },
    end: () => {
      worker.ask({ do: 'end' }).catch(() => undefined);
    },
  };
};

/**
 * The film at `url`, decoded by the browser, in a worker: pictures are made of frames there, and the page stays quick. Raises when it
 * can't be. size: px as stored. The frames' times are matched with the table here, one by one.
 */
export const openDecoder = async (
  url: string,
  table: FrameTable,
  size: Size,
  worker: Worker = new Post<FilmAsked, FilmAnswer>('film.worker.js'),
): Promise<Decoder<ImageBitmap>> => {
  try {
    const { width, height } = size;
    await worker.ask({ do: 'open', url: new URL(url, document.baseURI).href, size: { width, height } });
  } catch (fault) {
    worker.close();
    throw fault;
  }
  return {
    keyBefore: async (number) => {
      const { at } = await worker.ask({ do: 'key', at: table.within(number) });
      if (at === null) throw new NotDecoded(`There is nothing to decode frame ${number} from.`);
      return numbered(table, at);
    },
    from: (key) => runFrom(worker, table, key),
    close: () => worker.close(),
  };
};
