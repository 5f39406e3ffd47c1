import { outlinesOf, ringsOf as ringsOfRuns, simplified } from '../geometry/contour.ts';
import { runsOfBitmap } from '../geometry/masks.ts';
import { into, type Point, type Size } from '../geometry/plane.ts';
import { areaOf, boundsOf, flat, hasArea, isInside, nearestOn, type Ring, withoutTwins } from '../geometry/polygons.ts';
import { located, type Shape } from './located.ts';
import {
  boundsFields,
  grownRings,
  insertedAfter,
  movedRings,
  notTooMany,
  parseVertices,
  type Rings,
  ringHandles,
  sizeWords,
  withBoundsField,
  withoutVertex,
  withVertex,
} from './rings.ts';
import type { Bitmap } from './task-type.ts';
import { asList, Fault, onlyKeys, under } from './validation.ts';

/** One outline, and what is cut out of it. Filled by even-odd. */
export interface Polygon {
  readonly vertices: Ring;
  readonly holes?: Rings;
}

const ringsOf = ({ vertices, holes = [] }: Polygon): Rings => [vertices, ...holes];

const ofRings = ([vertices = [], ...holes]: Rings): Polygon =>
  holes.length === 0 ? { vertices } : { vertices, holes };

/** The change, or the polygon as it was where nothing would be left of it. */
const keptWhole = (before: Polygon, rings: Rings): Polygon => (hasArea(rings) ? ofRings(rings) : before);

/** A drawing smaller than this both ways, px, is a slip of the hand. */
const LEAST = 1;

const made = (points: Ring, limits: Size): Polygon | null => {
  const ring = notTooMany(
    withoutTwins(
      points.map((p) => into(limits, p)),
      true,
    ),
  );
  const { width, height } = boundsOf(ring);
  return ring.length >= 3 && Math.max(width, height) >= LEAST && hasArea([ring]) ? { vertices: ring } : null;
};

/** Of pixels, the largest piece: its outline within a px, with its holes. */
const ofBitmap = (bitmap: Bitmap, media: Size): Polygon | null => {
  const rings = ringsOfRuns(runsOfBitmap(bitmap, media), media.height).map((ring) => simplified(ring, 1));
  const [largest] = outlinesOf(rings.filter((ring) => ring.length >= 3));
  return largest === undefined ? null : ofRings([largest.ring, ...largest.holes].map(notTooMany));
};

export const polygon: Shape<Polygon> = {
  shape: 'polygon',
  parse: (raw, { media }, pointer) => {
    onlyKeys(raw, ['vertices', 'holes'], pointer);
    const vertices = parseVertices(raw.vertices, 3, media, under(pointer, 'vertices'));
    const at = under(pointer, 'holes');
    const holes =
      raw.holes === undefined
        ? []
        : asList(raw.holes, at).map((each, i) => parseVertices(each, 3, media, under(at, i)));
    if (!hasArea([vertices, ...holes])) throw new Fault(under(pointer, 'vertices'), 'This outline encloses nothing.');
    return ofRings([vertices, ...holes]);
  },
  bounds: ({ vertices }) => boundsOf(vertices),
  draw: (g) => ({ paths: ringsOf(g).map((ring) => ({ points: flat(ring), closed: true })), boxes: [] }),
  hit: (g, at, reach) => {
    const rings = ringsOf(g);
    const near = (): boolean => rings.some((ring) => (nearestOn(ring, true, at)?.far ?? Infinity) <= reach);
    return isInside(rings, at) || near() ? areaOf(g.vertices) : null;
  },
  handles: (g) => ringHandles(ringsOf(g), true),
  withHandle: (g, name, to, _how, limits) => keptWhole(g, withVertex(ringsOf(g), name, to, limits)),
  moved: (g, by, limits) => ofRings(movedRings(ringsOf(g), by, limits)),
  grown: (g, by, limits) => keptWhole(g, grownRings(ringsOf(g), by, limits)),
  create: (drawn, { media }) => {
    if (drawn.by === 'bitmap') return ofBitmap(drawn.bitmap, media);
    return drawn.by === 'points' ? made(drawn.points, media) : null;
  },
  without: (g, name) => {
    const rings = withoutVertex(ringsOf(g), name, 3);
    return rings !== null && hasArea(rings) ? ofRings(rings) : null;
  },
  after: (g, name, { media }) => {
    const inserted = insertedAfter(ringsOf(g), name, true, media);
    return inserted === null ? null : [ofRings(inserted[0]), inserted[1]];
  },
  rings: ringsOf,
  ofRings: (rings, { media }) => {
    const kept = rings.map((ring) => made(ring, media)?.vertices).filter((ring): ring is Point[] => ring !== undefined);
    return kept.length > 0 && hasArea(kept) ? ofRings(kept) : null;
  },
  fields: ({ vertices }) => boundsFields(vertices),
  withField: (g, name, value, limits) => keptWhole(g, withBoundsField(ringsOf(g), name, value, limits)),
  measure: ({ vertices }) => sizeWords(vertices),
};

export const polygonType = located('polygon', 'image', [polygon], ['polygon', 'brush', 'magnetic', 'grabcut', 'model']);
