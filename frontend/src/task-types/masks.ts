import { ringsOf, simplified, twiceArea } from '../geometry/contour.ts';
import { filled, runsOfBitmap } from '../geometry/masks.ts';
import { type Box, boxBetween, clamp, type Point, type Size } from '../geometry/plane.ts';
import { countsOfRuns, runsOfCounts } from '../geometry/rle.ts';
import {
  areaOf,
  boundsOf,
  covers,
  eachStretch,
  grownRuns,
  RunBuilder,
  type Runs,
  shiftedRuns,
  shrunkRuns,
} from '../geometry/runs.ts';
import { t } from '../i18n.ts';
import type { Shape } from './located.ts';
import type { InstanceRecord, Json, JsonObject, Question } from './question.ts';
import type { Drawn, Path } from './task-type.ts';
import { asList, Fault, onlyKeys, under } from './validation.ts';

/** As it travels: COCO's run lengths of the whole picture, [height, width] as stored. */
export interface Mask {
  readonly size: readonly [number, number];
  readonly counts: string;
}

/** What is worked out of a mask once and kept as long as the mask is. */
interface Known {
  readonly runs: Runs;
  readonly bounds: Box;
  readonly area: number;
  readonly outlines: Map<number, readonly Path[]>;
}

const known = new WeakMap<Mask, Known>();

const sizeOf = ({ size: [height, width] }: Mask): Size => ({ width, height });

const remember = (mask: Mask, runs: Runs): Mask => {
  known.set(mask, { runs, bounds: boundsOf(runs, mask.size[0]), area: areaOf(runs), outlines: new Map() });
  return mask;
};

const about = (mask: Mask): Known => {
  const found = known.get(mask);
  if (found !== undefined) return found;
  remember(mask, runsOfCounts(mask.counts, sizeOf(mask)));
  return known.get(mask) as Known;
};

export const runsOfMask = (mask: Mask): Runs => about(mask).runs;

/** The mask of these pixels; null of none. */
export const maskOf = (runs: Runs, size: Size): Mask | null =>
  runs.length === 0 ? null : remember({ size: [size.height, size.width], counts: countsOfRuns(runs, size) }, runs);

const checkSize = (raw: Json | undefined, { width, height }: Size, pointer: string): void => {
  const sides = asList(raw, pointer);
  if (sides.length !== 2) throw new Fault(pointer, 'This must be height and width.');
  sides.forEach((side, i) => {
    if (!Number.isInteger(side)) throw new Fault(under(pointer, i), 'This must be a whole number.');
  });
  if (sides[0] !== height || sides[1] !== width) throw new Fault(pointer, 'The mask is of a picture of another size.');
};

const parse = (raw: JsonObject, { media }: Question, pointer: string): Mask => {
  onlyKeys(raw, ['size', 'counts'], pointer);
  checkSize(raw.size, media, under(pointer, 'size'));
  const at = under(pointer, 'counts');
  if (typeof raw.counts !== 'string') throw new Fault(at, 'This must be text.');
  let runs: Runs;
  try {
    runs = runsOfCounts(raw.counts, media);
  } catch (error) {
    throw new Fault(at, error instanceof Error ? error.message : String(error));
  }
  const mask = maskOf(runs, media);
  if (mask === null) throw new Fault(at, t('The mask is empty. Paint something, or remove it.'));
  return mask;
};

/** More corners or rings than this say no more about where a selected mask lies, and cost a frame. */
const MOST_CORNERS = 4000;
const MOST_RINGS = 400;

/** Outlines no finer than what is seen at `scale` screen px a media px, in steps of two. */
const outline = (mask: Mask, scale: number): readonly Path[] => {
  const { runs, outlines } = about(mask);
  const step = scale >= 3 ? 0 : 0.75 * 2 ** Math.floor(Math.log2(1 / scale));
  const before = outlines.get(step);
  if (before !== undefined) return before;
  const all = ringsOf(runs, mask.size[0]);
  const size = (ring: readonly Point[]): number => Math.abs(twiceArea(ring));
  const rings = all.length > MOST_RINGS ? all.sort((a, b) => size(b) - size(a)).slice(0, MOST_RINGS) : all;
  let tolerance = step;
  let kept = rings.map((ring) => simplified(ring, tolerance));
  while (kept.reduce((sum, ring) => sum + ring.length, 0) > MOST_CORNERS) {
    tolerance = Math.max(1, tolerance * 2);
    kept = rings.map((ring) => simplified(ring, tolerance));
  }
  const paths = kept
    .filter((ring) => ring.length > 2)
    .map((ring): Path => ({ points: ring.flatMap(({ x, y }) => [x, y]), closed: true }));
  outlines.set(step, paths);
  return paths;
};

const pixelsOf = (drawn: Drawn, media: Size): Runs | null => {
  switch (drawn.by) {
    case 'bitmap':
      return runsOfBitmap(drawn.bitmap, media);
    case 'points':
      return filled([drawn.points], media);
    case 'corners': {
      const { left, top, width, height } = boxBetween(drawn.from, drawn.to);
      const [right, bottom] = [left + width, top + height];
      return filled(
        [
          [
            [left, top],
            [right, top],
            [right, bottom],
            [left, bottom],
          ].map(([x = 0, y = 0]) => ({ x, y })),
        ],
        media,
      );
    }
    default:
      return null;
  }
};

/** The pixels of a mask as they lie in a picture of this size: it may have been made in another. */
const cutTo = (mask: Mask, { width, height }: Size): Mask => {
  const [own, across] = mask.size;
  if (own === height && across === width) return mask;
  const out = new RunBuilder(height);
  eachStretch(about(mask).runs, own, (x, from, to) => {
    if (x < width) out.add(x, from, Math.min(to, height));
  });
  return maskOf(out.done(), { width, height }) ?? mask;
};

/** Moved by whole px, as far as the picture goes. */
const moved = (before: Mask, by: Point, limits: Size): Mask => {
  const mask = cutTo(before, limits);
  if (mask === before && (mask.size[0] !== limits.height || mask.size[1] !== limits.width)) return mask;
  const { runs, bounds } = about(mask);
  const dx = clamp(Math.round(by.x), -bounds.left, limits.width - bounds.left - bounds.width);
  const dy = clamp(Math.round(by.y), -bounds.top, limits.height - bounds.top - bounds.height);
  return dx === 0 && dy === 0 ? mask : (maskOf(shiftedRuns(runs, limits, dx, dy), limits) ?? mask);
};

/** A step of ten grows by ten px, one px at a time. */
const MOST_STEPS = 10;

const grown = (mask: Mask, by: Point, limits: Size): Mask => {
  const steps = Math.min(MOST_STEPS, Math.round(Math.abs(by.x) + Math.abs(by.y)));
  const change = by.x + by.y > 0 ? grownRuns : shrunkRuns;
  return maskOf(change(about(mask).runs, limits, steps), limits) ?? mask;
};

/** Pixels of the whole picture, one by one. */
export const mask: Shape<Mask> = {
  shape: 'mask',
  parse,
  bounds: (geometry) => about(geometry).bounds,
  draw: (geometry, _question, _category, scale = 1) => ({
    // Where the pixels themselves are drawn nobody asks for the outline, which costs more.
    get paths() {
      return outline(geometry, scale);
    },
    boxes: [],
    pixels: { runs: about(geometry).runs, height: geometry.size[0] },
  }),
  hit: (geometry, at) => (covers(about(geometry).runs, sizeOf(geometry), at) ? about(geometry).area : null),
  handles: () => [],
  withHandle: (geometry) => geometry,
  moved,
  grown,
  create: (drawn, { media }) => {
    const runs = pixelsOf(drawn, media);
    return runs === null ? null : maskOf(runs, media);
  },
  fields: () => [],
  withField: (geometry) => geometry,
  measure: (geometry) => t('%(n)s px', { n: about(geometry).area }),
};

export const maskIn = (record: InstanceRecord): Mask => record.geometry as unknown as Mask;
