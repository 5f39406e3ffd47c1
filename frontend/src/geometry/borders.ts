import { distance, type Point } from './plane.ts';
import { nearestOn, type Ring } from './polygons.ts';

/** Borders that two shapes share: places on a neighbour's ring, and the run of the ring between two of them. */

/** A ring to snap to; `key` tells which, so that two places on the same one are known as such. */
export interface Border {
  readonly key: string;
  readonly ring: Ring;
}

/** A place on a border: `place` is the number of its edge and how far along, so that 3 is vertex 3 and 3.5 half-way to the next. */
export interface Snap extends Border {
  readonly at: Point;
  readonly place: number;
}

const nearestVertex = (ring: Ring, p: Point, reach: number): number => {
  let best = -1;
  let far = reach;
  ring.forEach((vertex, i) => {
    const d = distance(vertex, p);
    if (d <= far) {
      best = i;
      far = d;
    }
  });
  return best;
};

interface Near {
  readonly snap: Snap;
  readonly far: number;
}

const onVertex = (border: Border, p: Point, reach: number): Near | null => {
  const place = nearestVertex(border.ring, p, reach);
  const at = border.ring[place];
  return at === undefined ? null : { snap: { ...border, at, place }, far: distance(at, p) };
};

/** Farther than any vertex within reach: a vertex wins over an edge of another border that is a little nearer. */
const onEdge = (border: Border, p: Point, reach: number): Near | null => {
  const on = nearestOn(border.ring, true, p);
  if (on === null || on.far > reach) return null;
  const place = (on.edge + on.along) % border.ring.length;
  return { snap: { ...border, at: on.at, place }, far: reach + on.far };
};

/** Where a point within reach of a border goes: to its nearest vertex, else to its nearest edge; null where none is near. */
export const snapped = (borders: readonly Border[], p: Point, reach: number): Snap | null => {
  const nearest = borders
    .flatMap((border) => onVertex(border, p, reach) ?? onEdge(border, p, reach) ?? [])
    .sort((a, b) => a.far - b.far)[0];
  return nearest?.snap ?? null;
};

/** The vertices strictly between two places, walking the ring forward. */
const forward = (ring: Ring, from: number, to: number): Point[] => {
  const end = to <= from ? to + ring.length : to;
  const found: Point[] = [];
  for (let i = Math.floor(from) + 1; i < end; i += 1) {
    const vertex = ring[i % ring.length];
    if (vertex !== undefined) found.push(vertex);
  }
  return found;
};

const long = (points: readonly Point[]): number =>
  points.reduce((sum, p, i) => sum + distance(p, points[i - 1] ?? p), 0);

/** The neighbour's vertices between two places on its border, the shorter way round or, with `longer`, the other way. */
export const run = (from: Snap, to: Snap, longer: boolean): Point[] => {
  if (from.place === to.place) return [];
  const one = forward(from.ring, from.place, to.place);
  const other = forward(from.ring, to.place, from.place).reverse();
  const first = long([from.at, ...one, to.at]) <= long([from.at, ...other, to.at]);
  return first === longer ? other : one;
};
