import { into } from '../geometry/plane.ts';
import { boundsOf, flat, lengthOf, nearestOn, type Ring, withoutTwins } from '../geometry/polygons.ts';
import { t } from '../i18n.ts';
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
  withBoundsField,
  withoutVertex,
  withVertex,
} from './rings.ts';
import { Fault, onlyKeys, under } from './validation.ts';

export interface Polyline {
  readonly vertices: Ring;
}

/** The change, or the line as it was where all its points would lie in one place. */
const keptLong = (before: Polyline, [vertices = []]: Rings): Polyline =>
  lengthOf(vertices) > 0 ? { vertices } : before;

export const polyline: Shape<Polyline> = {
  shape: 'polyline',
  parse: (raw, { media }, pointer) => {
    onlyKeys(raw, ['vertices'], pointer);
    const vertices = parseVertices(raw.vertices, 2, media, under(pointer, 'vertices'));
    if (lengthOf(vertices) === 0) throw new Fault(under(pointer, 'vertices'), 'This line has no length.');
    return { vertices };
  },
  bounds: ({ vertices }) => boundsOf(vertices),
  draw: ({ vertices }) => ({ paths: [{ points: flat(vertices), closed: false }], boxes: [] }),
  // A line has no inside: it is hit from beside, and wins over the shapes that it crosses.
  hit: ({ vertices }, at, reach) => {
    const far = nearestOn(vertices, false, at)?.far ?? Infinity;
    return far <= 2 * reach ? far : null;
  },
  handles: ({ vertices }) => ringHandles([vertices], false),
  withHandle: (g, name, to, _how, limits) => keptLong(g, withVertex([g.vertices], name, to, limits)),
  moved: (g, by, limits) => keptLong(g, movedRings([g.vertices], by, limits)),
  grown: (g, by, limits) => keptLong(g, grownRings([g.vertices], by, limits)),
  create: (drawn, { media }) => {
    if (drawn.by !== 'points') return null;
    const vertices = notTooMany(
      withoutTwins(
        drawn.points.map((p) => into(media, p)),
        false,
      ),
    );
    return vertices.length >= 2 && lengthOf(vertices) >= 1 ? { vertices } : null;
  },
  without: ({ vertices }, name) => {
    const [rest] = withoutVertex([vertices], name, 2) ?? [];
    return rest !== undefined && lengthOf(rest) > 0 ? { vertices: rest } : null;
  },
  after: ({ vertices }, name, { media }) => {
    const inserted = insertedAfter([vertices], name, false, media);
    return inserted === null ? null : [{ vertices: inserted[0][0] ?? vertices }, inserted[1]];
  },
  fields: ({ vertices }) => boundsFields(vertices),
  withField: (g, name, value, limits) => keptLong(g, withBoundsField([g.vertices], name, value, limits)),
  measure: ({ vertices }) => t('%(n)s px', { n: Math.round(lengthOf(vertices)) }),
};

export const polylineType = located('polyline', 'image', [polyline], ['polyline']);
