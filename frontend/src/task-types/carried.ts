import type { TurnedBox } from '../geometry/interpolation.ts';
import { into, onGrid, type Point, type Size } from '../geometry/plane.ts';
import type { Keypoint } from './keypoint.ts';
import type { Polygon } from './polygon.ts';
import type { Polyline } from './polyline.ts';
import type { Json } from './question.ts';

/** A move with a factor of scale about the origin, px of the stored file: p goes to scale * p + (x, y). */
export interface Way extends Point {
  readonly scale: number;
}

/** A box has at least so many px each way. */
const LEAST = 1;

const goes = ({ x, y, scale }: Way, p: Point): Point => ({ x: scale * p.x + x, y: scale * p.y + y });

/** Cut to the picture; a turned one sticks out, as it may, as long as its middle does not. */
const box = (g: TurnedBox, way: Way, media: Size): TurnedBox | null => {
  const { x, y } = goes(way, { x: g.left, y: g.top });
  const [width, height] = [way.scale * g.width, way.scale * g.height];
  if (g.angle !== undefined) {
    const middle = { x: x + width / 2, y: y + height / 2 };
    const inside = middle.x >= 0 && middle.y >= 0 && middle.x <= media.width && middle.y <= media.height;
    return inside
      ? { left: onGrid(x), top: onGrid(y), width: onGrid(width), height: onGrid(height), angle: g.angle }
      : null;
  }
  const a = into(media, { x, y });
  const b = into(media, { x: x + width, y: y + height });
  const cut = { left: a.x, top: a.y, width: b.x - a.x, height: b.y - a.y };
  return cut.width < LEAST || cut.height < LEAST ? null : cut;
};

const points = (all: readonly Point[], way: Way, media: Size): Point[] => all.map((p) => into(media, goes(way, p)));

/** What leaves the picture is pushed to its edge; one that is all at one edge is gone. */
const spread = (all: readonly Point[]): boolean =>
  (['x', 'y'] as const).some((axis) => new Set(all.map((p) => p[axis])).size > 1);

const polygon = ({ vertices, holes }: Polygon, way: Way, media: Size): Polygon | null => {
  const outer = points(vertices, way, media);
  const [xs, ys] = [new Set(outer.map(({ x }) => x)), new Set(outer.map(({ y }) => y))];
  if (xs.size < 2 || ys.size < 2) return null;
  return holes === undefined
    ? { vertices: outer }
    : { vertices: outer, holes: holes.map((h) => points(h, way, media)) };
};

const polyline = ({ vertices }: Polyline, way: Way, media: Size): Polyline | null => {
  const line = points(vertices, way, media);
  return spread(line) ? { vertices: line } : null;
};

const keypoint = (g: Keypoint, way: Way, media: Size): Keypoint | null => {
  const { x, y } = goes(way, g);
  const inside = x >= 0 && y >= 0 && x <= media.width && y <= media.height;
  return inside ? { ...g, x: onGrid(x), y: onGrid(y) } : null;
};

// biome-ignore lint/suspicious/noExplicitAny: a geometry goes only to the shape that made it
const CARRYING: Readonly<Record<string, (g: any, way: Way, media: Size) => unknown>> = {
  box,
  polygon,
  polyline,
  keypoint,
};

/** A shape of a video as the way takes it, on the grid and within the picture; null where nothing of it is left. */
export const carried = (shape: string, geometry: Json, way: Way, media: Size): Json =>
  (CARRYING[shape]?.(geometry, way, media) ?? null) as Json;

/** How far two geometries of one shape are apart, px: the largest difference of two numbers. Infinite where they don't fit each other. */
export const apart = (a: Json, b: Json): number => {
  if (typeof a === 'number' && typeof b === 'number') return Math.abs(a - b);
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b ? 0 : Infinity;
  const [from, to] = [Object.entries(a), b as Readonly<Record<string, Json>>];
  if (from.length !== Object.keys(b).length) return Infinity;
  return from.reduce(
    (most, [name, value]) => Math.max(most, name in to ? apart(value, to[name] ?? null) : Infinity),
    0,
  );
};
