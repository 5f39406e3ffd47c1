import { type Box, distance, into, type Point } from '../geometry/plane.ts';
import { boundsOf, flat, mapped, nearestOn, shiftWithin, stretchedBy } from '../geometry/polygons.ts';
import { t } from '../i18n.ts';
import { located, type Shape } from './located.ts';
import type { Json, JsonObject, Skeleton as Named, Question } from './question.ts';
import { boundsFields, outside } from './rings.ts';
import type { Dot, Handle, NamedPoint } from './task-type.ts';
import { asList, asNumber, asObject, Fault, onlyKeys, under } from './validation.ts';

/** 0 not placed, 1 placed though hidden, 2 seen: as the COCO data set writes them. */
type Visibility = 0 | 1 | 2;

const NO_PULL: Point = { x: 0, y: 0 };

const skeletonOf = ({ categories }: Question, category: number): Named | null => categories[category]?.skeleton ?? null;

/** ---- single points, of classes without a skeleton ---- */

export interface Keypoint extends Point {
  /** Left out where it is 2. */
  readonly visibility?: 1;
}

const asVisibility = (raw: Json | undefined, least: 0 | 1, pointer: string): Visibility => {
  if (raw === 2 || raw === 1 || (raw === 0 && least === 0)) return raw;
  throw new Fault(pointer, 'A point is hidden (1) or seen (2).');
};

const parsePlace = (raw: JsonObject, pointer: string): Point => ({
  x: asNumber(raw.x, under(pointer, 'x')),
  y: asNumber(raw.y, under(pointer, 'y')),
});

export const keypoint: Shape<Keypoint> = {
  shape: 'keypoint',
  parse: (raw, { media }, pointer) => {
    onlyKeys(raw, ['x', 'y', 'visibility'], pointer);
    const place = parsePlace(raw, pointer);
    const seen = raw.visibility === undefined || asVisibility(raw.visibility, 1, under(pointer, 'visibility')) === 2;
    if (outside(place, media)) throw new Fault(pointer, 'This point lies beyond the picture.');
    return seen ? place : { ...place, visibility: 1 };
  },
  bounds: ({ x, y }) => ({ left: x, top: y, width: 0, height: 0 }),
  draw: ({ x, y, visibility }) => ({ paths: [], boxes: [], dots: [{ at: { x, y }, hollow: visibility === 1 }] }),
  hit: (g, at, reach) => {
    const far = distance(g, at);
    return far <= 2 * reach ? far : null;
  },
  handles: ({ x, y }) => [{ name: 'p', at: { x, y }, pull: NO_PULL, look: 'vertex' }],
  withHandle: (g, _name, to, _how, limits) => ({ ...g, ...into(limits, to) }),
  moved: (g, by, limits) => ({ ...g, ...into(limits, { x: g.x + by.x, y: g.y + by.y }) }),
  grown: (g) => g,
  create: (drawn, question, category) =>
    drawn.by === 'point' && skeletonOf(question, category) === null ? into(question.media, drawn.at) : null,
  veiled: ({ x, y, visibility }) => (visibility === 1 ? { x, y } : { x, y, visibility: 1 }),
  takes: (question, category) => skeletonOf(question, category) === null,
  ofCategory: (g, question, category) => (skeletonOf(question, category) === null ? g : null),
  fields: ({ x, y }) => [
    { name: 'x', label: t('X'), value: x },
    { name: 'y', label: t('Y'), value: y },
  ],
  withField: (g, name, value, limits) => ({ ...g, ...into(limits, { ...g, [name]: value }) }),
  measure: ({ x, y }) => `${Math.round(x)}, ${Math.round(y)}`,
};

/** ---- named points, joined as their class says ---- */

export interface SkeletonPoint extends Point {
  readonly name: string;
  readonly visibility: Visibility;
}

export interface Skeleton {
  /** Every point of the class, in its order. */
  readonly points: readonly SkeletonPoint[];
}

const placed = ({ points }: Skeleton): SkeletonPoint[] => points.filter(({ visibility }) => visibility > 0);

const missing = (name: string): SkeletonPoint => ({ name, x: 0, y: 0, visibility: 0 });

const parsePoint = (raw: Json, name: string, question: Question, pointer: string): SkeletonPoint => {
  const fields = asObject(raw, pointer);
  onlyKeys(fields, ['name', 'x', 'y', 'visibility'], pointer);
  if (fields.name !== name) throw new Fault(under(pointer, 'name'), `This must be “${name}”.`);
  const { x, y } = parsePlace(fields, pointer);
  const visibility = asVisibility(fields.visibility, 0, under(pointer, 'visibility'));
  if (visibility === 0 && (x !== 0 || y !== 0)) throw new Fault(pointer, 'What is not placed lies at 0, 0.');
  if (outside({ x, y }, question.media)) throw new Fault(pointer, 'This point lies beyond the picture.');
  return { name, x, y, visibility };
};

/** Each placed point sent somewhere; the others stay nowhere. */
const sent = ({ points }: Skeleton, to: (p: SkeletonPoint, i: number) => Point): Skeleton => ({
  points: points.map((p, i) => (p.visibility === 0 ? p : { ...p, ...to(p, i) })),
});

const withPoint = (g: Skeleton, i: number, change: Partial<SkeletonPoint>): Skeleton => ({
  points: g.points.map((p, k) => (k === i ? { ...p, ...change } : p)),
});

const indexOf = (handle: string): number => Number(handle.slice(1));

/** Where the left and the right ones of a thing that faces us lie, and what has no side. */
const sideOf = (name: string): number => (/\bleft\b/i.test(name) ? 0.8 : /\bright\b/i.test(name) ? 0.2 : 0.5);

/**
 * A first guess of the whole, to be mended by hand: from top to bottom in the order of the names, a left and a right one side by
 * side; without sides, round in a ring.
 */
const template = (names: readonly string[], { left, top, width, height }: Box): NamedPoint[] => {
  const sides = names.map(sideOf);
  const sided = sides.some((side) => side !== 0.5);
  let row = -1;
  const rows = sides.map((side, i) => {
    const before = sides[i - 1];
    const paired = before !== undefined && before !== 0.5 && side !== 0.5 && before !== side && rowOpen(sides, i);
    if (!paired) row += 1;
    return row;
  });
  return names.map((name, i) => {
    const round = (2 * Math.PI * i) / names.length - Math.PI / 2;
    const u = sided ? (sides[i] ?? 0.5) : 0.5 + Math.cos(round) / 2;
    const v = sided ? (rows[i] ?? 0) / Math.max(1, row) : 0.5 + Math.sin(round) / 2;
    return { name, x: left + u * width, y: top + v * height, hidden: false };
  });
};

/** Left and right make one row by twos: the third of "left, right, left" begins the next. */
const rowOpen = (sides: readonly number[], i: number): boolean => {
  let run = 0;
  while (run < i && sides[i - 1 - run] !== 0.5) run += 1;
  return run % 2 === 1;
};

const fromNamed = (names: readonly string[], points: readonly NamedPoint[], question: Question): Skeleton | null => {
  const made: Skeleton = {
    points: names.map((name) => {
      const found = points.find((point) => point.name === name);
      if (found === undefined) return missing(name);
      return { name, ...into(question.media, found), visibility: found.hidden ? 1 : 2 };
    }),
  };
  return placed(made).length === 0 ? null : made;
};

const edgesOf = (points: readonly SkeletonPoint[], edges: Named['edges']): number[][] =>
  edges.flatMap(([from, to]) => {
    const [a, b] = [from, to].map((name) => points.find((p) => p.name === name && p.visibility > 0));
    return a === undefined || b === undefined ? [] : [flat([a, b])];
  });

/** A missing point comes where nothing lies on it: beside the one it follows. */
const BESIDE = 24;

const skeleton: Shape<Skeleton> = {
  shape: 'skeleton',
  parse: (raw, question, pointer, category) => {
    onlyKeys(raw, ['points'], pointer);
    const at = under(pointer, 'points');
    const names = skeletonOf(question, category)?.points ?? [];
    const list = asList(raw.points, at);
    if (list.length !== names.length) throw new Fault(at, 'These are not the points of this class.');
    const points = list.map((each, i) => parsePoint(each, names[i] ?? '', question, under(at, i)));
    if (placed({ points }).length === 0) throw new Fault(at, 'One point at least is placed.');
    return { points };
  },
  bounds: (g) => boundsOf(placed(g)),
  draw: (g, question, category) => ({
    paths: edgesOf(g.points, skeletonOf(question, category)?.edges ?? []).map((points) => ({ points, closed: false })),
    boxes: [],
    dots: placed(g).map(({ x, y, visibility }): Dot => ({ at: { x, y }, hollow: visibility === 1 })),
  }),
  hit: (g, at, reach) => {
    const points = placed(g);
    const near = points.some((p) => distance(p, at) <= 2 * reach);
    // Any edge of the class is one of these lines or lies among them; the box around them is the rest of the way.
    const box = boundsOf(points);
    const inside = at.x >= box.left && at.x <= box.left + box.width && at.y >= box.top && at.y <= box.top + box.height;
    const far = nearestOn(points, false, at)?.far ?? Number.POSITIVE_INFINITY;
    if (near || far <= reach) return far;
    return inside ? box.width * box.height : null;
  },
  handles: ({ points }) =>
    points.flatMap(({ name, x, y, visibility }, i): Handle[] =>
      visibility === 0 ? [] : [{ name: `p${i}`, at: { x, y }, pull: NO_PULL, look: 'vertex', label: name }],
    ),
  withHandle: (g, handle, to, _how, limits) => withPoint(g, indexOf(handle), into(limits, to)),
  moved: (g, by, limits) => {
    const { x, y } = shiftWithin(boundsOf(placed(g)), by, limits);
    return sent(g, (p) => ({ x: p.x + x, y: p.y + y }));
  },
  grown: (g, by, limits) => {
    const box = boundsOf(placed(g));
    return sent(g, mapped(box, stretchedBy(box, by, limits), limits));
  },
  create: (drawn, question, category) => {
    const names = skeletonOf(question, category)?.points;
    if (names === undefined) return null;
    if (drawn.by === 'named') return fromNamed(names, drawn.points, question);
    if (drawn.by !== 'corners') return null;
    const box = boundsOf([drawn.from, drawn.to].map((p) => into(question.media, p)));
    return Math.max(box.width, box.height) < 1 ? null : fromNamed(names, template(names, box), question);
  },
  without: (g, handle) => {
    const i = indexOf(handle);
    const name = g.points[i]?.name;
    const rest = withPoint(g, i, missing(name ?? ''));
    return name === undefined || placed(rest).length === 0 ? null : rest;
  },
  after: (g, handle, { media }) => {
    const from = g.points[indexOf(handle)];
    const order = [...g.points.keys()];
    const i = [...order.slice(indexOf(handle)), ...order].find((k) => g.points[k]?.visibility === 0);
    if (from === undefined || i === undefined) return null;
    return [withPoint(g, i, { ...into(media, { x: from.x + BESIDE, y: from.y }), visibility: 2 }), `p${i}`];
  },
  veiled: (g, handle) => {
    const i = indexOf(handle);
    return withPoint(g, i, { visibility: g.points[i]?.visibility === 1 ? 2 : 1 });
  },
  names: (question, category) => skeletonOf(question, category)?.points ?? null,
  takes: (question, category) => skeletonOf(question, category) !== null,
  ofCategory: (g, question, category) => {
    const names = skeletonOf(question, category)?.points;
    if (names === undefined) return null;
    const points = placed(g).map(({ name, x, y, visibility }) => ({ name, x, y, hidden: visibility === 1 }));
    return fromNamed(names, points, question);
  },
  fields: (g) => boundsFields(placed(g)),
  withField: (g, name, value, limits) => {
    const box = boundsOf(placed(g));
    const by = { x: name === 'left' ? value - box.left : 0, y: name === 'top' ? value - box.top : 0 };
    if (name === 'left' || name === 'top') return skeleton.moved(g, by, limits);
    const more = name === 'width' ? { x: value - box.width, y: 0 } : { x: 0, y: value - box.height };
    return skeleton.grown(g, more, limits);
  },
  measure: (g) => t('%(n)s of %(all)s points', { n: placed(g).length, all: g.points.length }),
};

export const keypointType = located('keypoint', 'image', [keypoint, skeleton], ['keypoint']);
