// A bare page with a film source and a canvas, for films as they are: the product itself would make proxies of most of them.
import { FilmSource } from '../../frontend/src/media/film-source.ts';
import { SCREEN_CLOCK } from '../../frontend/src/media/film-player.ts';

const BLOCKS = 14;
const BAR = 16;
const HEIGHT = 128;

/** The number in the barcode of a picture; -1 when there is none. */
const readNumber = (picture: ImageBitmap): number => {
  const canvas = new OffscreenCanvas(picture.width, picture.height);
  const context = canvas.getContext('2d');
  if (context === null) return -1;
  context.drawImage(picture, 0, 0);
  const row = Math.floor((picture.height * BAR) / HEIGHT / 2);
  const { data } = context.getImageData(0, row, picture.width, 1);
  const bits = Array.from({ length: BLOCKS }, (_, i) => {
    const at = 4 * Math.floor(((i + 0.5) * picture.width) / BLOCKS);
    return (data[at] ?? 0) > 128 ? 1 : 0;
  });
  return bits[0] !== 1 || bits[BLOCKS - 1] !== 0 ? -1 : Number.parseInt(bits.slice(1, -1).join(''), 2);
};

interface Answers {
  readonly how: string;
  readonly read: readonly number[];
  readonly ms: readonly number[];
}

/** Ask for these frames one after the other, as a person who steps and jumps does; what was read in each. */
const walk = async (name: string, frames: readonly number[], size: { width: number; height: number }): Promise<Answers> => {
  const facts = { kind: 'video', orientation: 1, text: '', frames: 0, duration: 0, ...size } as const;
  const urls = { original: '', view: null, thumbnail: null, proxy: `/film/${name}`, 'frame-table': `/table/${name}`, frame: '/frame/{n}' };
  const table = await (await fetch(urls['frame-table'])).json();
  const source = new FilmSource(facts, urls, [0, table.pts.length - 1]);
  await source.ready;
  const [read, ms]: [number[], number[]] = [[], []];
  let before = 0;
  for (const frame of frames) {
    source.prefetch(frame, frame < before ? -1 : 1);
    const begun = SCREEN_CLOCK.now();
    const picture = await source.frame(frame);
    ms.push(SCREEN_CLOCK.now() - begun);
    read.push(readNumber(picture));
    before = frame;
  }
  const how = source.how.value;
  source.close();
  return { how, read, ms };
};

Object.assign(window, { walk });
