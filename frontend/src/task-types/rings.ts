import { distance, into, type Point, type Size } from '../geometry/plane.ts';
import { boundsOf, mapped, type Ring, shiftWithin, stretchedBy } from '../geometry/polygons.ts';
import { t, tn } from '../i18n.ts';
import type { Json } from './question.ts';
import type { Handle, NumberField } from './task-type.ts';
import { asList, asNumber, asObject, Fault, onlyKeys, under } from './validation.ts';

/** What shapes of several points have in common: rings and lines of vertices, read, moved, stretched and held alike. */

/** A point may stick out by rounding, as the server allows it too. */
const SLACK = 0.5;
const MOST = 10_000;
const NO_PULL: Point = { x: 0, y: 0 };

export const outside = ({ x, y }: Point, { width, height }: Size): boolean =>
  x < -SLACK || y < -SLACK || x > width + SLACK || y > height + SLACK;

const parsePoint = (raw: Json, media: Size, pointer: string): Point => {
  const fields = asObject(raw, pointer);
  onlyKeys(fields, ['x', 'y'], pointer);
  const point = { x: asNumber(fields.x, under(pointer, 'x')), y: asNumber(fields.y, under(pointer, 'y')) };
  if (outside(point, media)) throw new Fault(pointer, t('This point lies beyond the picture.'));
  return point;
};

/** `least` vertices at least: 3 of a ring, 2 of a line. */
export const parseVertices = (raw: Json | undefined, least: number, media: Size, pointer: string): Point[] => {
  const list = asList(raw, pointer);
  if (list.length < least) {
    throw new Fault(pointer, tn('It has %(n)s point at least.', 'It has %(n)s points at least.', least));
  }
  if (list.length > MOST) throw new Fault(pointer, t('It has %(n)s points at most.', { n: MOST }));
  return list.map((each, i) => parsePoint(each, media, under(pointer, i)));
};

/** A line with too many points keeps every second, third ... */
export const notTooMany = (line: Ring): Ring => {
  const step = Math.ceil(line.length / MOST);
  return step <= 1 ? line : line.filter((_, i) => i % step === 0);
};

export const isFull = (line: Ring): boolean => line.length >= MOST;

export type Rings = readonly Ring[];

export const movedRings = (rings: Rings, by: Point, limits: Size): Rings => {
  const { x, y } = shiftWithin(boundsOf(rings.flat()), by, limits);
  return rings.map((ring) => ring.map((p) => ({ x: p.x + x, y: p.y + y })));
};

export const grownRings = (rings: Rings, by: Point, limits: Size): Rings => {
  const box = boundsOf(rings.flat());
  const to = mapped(box, stretchedBy(box, by, limits), limits);
  return rings.map((ring) => ring.map(to));
};

/** "v0.3" is vertex 3 of ring 0, "m0.3" the middle of the edge after it. */
const nameOf = (kind: 'v' | 'm', ring: number, i: number): string => `${kind}${ring}.${i}`;

export const vertexOf = (name: string): { readonly middle: boolean; readonly ring: number; readonly i: number } => {
  const [ring = 0, i = 0] = name.slice(1).split('.').map(Number);
  return { middle: name.startsWith('m'), ring, i };
};

/** Every vertex, and where a hand may put one in. */
export const ringHandles = (rings: Rings, closed: boolean): Handle[] =>
  rings.flatMap((ring, r) =>
    ring.flatMap((at, i): Handle[] => {
      const vertex: Handle = { name: nameOf('v', r, i), at, pull: NO_PULL, look: 'vertex' };
      const next = ring[i + 1] ?? (closed ? ring[0] : undefined);
      if (next === undefined) return [vertex];
      const middle = { x: (at.x + next.x) / 2, y: (at.y + next.y) / 2 };
      const room = distance(at, next) / 2;
      return [vertex, { name: nameOf('m', r, i), at: middle, pull: NO_PULL, look: 'middle', room }];
    }),
  );

const replaced = <T>(list: readonly T[], i: number, ...by: readonly T[]): T[] => [
  ...list.slice(0, i),
  ...by,
  ...list.slice(i + 1),
];

/** The rings with the vertex of this handle at another place; of a middle, with a new vertex there. */
export const withVertex = (rings: Rings, name: string, to: Point, limits: Size): Rings => {
  const { middle, ring: r, i } = vertexOf(name);
  const ring = rings[r];
  const vertex = ring?.[i];
  if (ring === undefined || vertex === undefined || (middle && isFull(ring))) return rings;
  const at = into(limits, to);
  return replaced(rings, r, middle ? replaced(ring, i, vertex, at) : replaced(ring, i, at));
};

/** Without the vertex of this handle. A ring of `least` goes whole, if it is not the first; null where nothing may go. */
export const withoutVertex = (rings: Rings, name: string, least: number): Rings | null => {
  const { middle, ring: r, i } = vertexOf(name);
  const ring = rings[r];
  if (middle || ring?.[i] === undefined) return null;
  if (ring.length > least) return replaced(rings, r, replaced(ring, i));
  return r === 0 ? null : replaced(rings, r);
};

/** With a vertex in the middle of the edge after this one (before it, at the end of a line), and its handle. */
export const insertedAfter = (
  rings: Rings,
  name: string,
  closed: boolean,
  limits: Size,
): readonly [Rings, string] | null => {
  const { ring: r, i } = vertexOf(name);
  const ring = rings[r];
  if (ring === undefined || ring.length < 2 || isFull(ring)) return null;
  const from = !closed && i === ring.length - 1 ? i - 1 : i;
  const [a, b] = [ring[from], ring[(from + 1) % ring.length]];
  if (a === undefined || b === undefined) return null;
  const middle = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
  return [withVertex(rings, nameOf('m', r, from), middle, limits), nameOf('v', r, from + 1)];
};

/** Place and size of the whole, by typing. */
export const boundsFields = (points: Ring): readonly NumberField[] => {
  const { left, top, width, height } = boundsOf(points);
  return [
    { name: 'left', label: t('Left'), value: left },
    { name: 'top', label: t('Top'), value: top },
    { name: 'width', label: t('Width'), value: width },
    { name: 'height', label: t('Height'), value: height },
  ];
};

export const withBoundsField = (rings: Rings, name: string, value: number, limits: Size): Rings => {
  const box = boundsOf(rings.flat());
  if (name === 'left') return movedRings(rings, { x: value - box.left, y: 0 }, limits);
  if (name === 'top') return movedRings(rings, { x: 0, y: value - box.top }, limits);
  return grownRings(rings, name === 'width' ? { x: value - box.width, y: 0 } : { x: 0, y: value - box.height }, limits);
};

export const sizeWords = (points: Ring): string => {
  const { width, height } = boundsOf(points);
  return `${Math.round(width)} × ${Math.round(height)}`;
};
