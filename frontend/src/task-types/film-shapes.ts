import {
  type Between,
  boxesBetween,
  linesBetween,
  pointsBetween,
  ringsBetween,
  type TurnedBox,
} from '../geometry/interpolation.ts';
import type { Point } from '../geometry/plane.ts';
import { t } from '../i18n.ts';
import { box } from './bounding-box.ts';
import { type Keypoint, keypoint } from './keypoint.ts';
import { behaviour, firstMade, inWords, type Shapes } from './located.ts';
import { objectAttributesAsJson, objectAttributesIn } from './object-attributes.ts';
import { type Polygon, polygon } from './polygon.ts';
import { type Polyline, polyline } from './polyline.ts';
import {
  type Attribute,
  blankObject,
  type InstanceRecord,
  type Json,
  type JsonObject,
  type LabelRecord,
  type ObjectRecord,
  objectOf,
  type Question,
  type Records,
} from './question.ts';
import { parseStretches, stretchesAsJson } from './stretches.ts';
import type { Located } from './task-type.ts';

/** What both types of video share: their shapes, which of them a job has, and the attributes of frames. */

export const SHAPES: Shapes = [box, polygon, polyline, keypoint];

/** The shapes that a job has, in their order. */
export const shapesOf = ({ tools }: Question): Shapes =>
  tools.length === 0 ? SHAPES : SHAPES.filter(({ shape }) => tools.includes(shape));

/** What each tool draws. */
const DRAWS: Readonly<Record<string, string>> = {
  box: 'box',
  extreme: 'box',
  polygon: 'polygon',
  polyline: 'polyline',
  keypoint: 'keypoint',
};

const plain = behaviour(SHAPES, Object.keys(DRAWS));

/** What can be done with the shapes that are seen in a frame. */
export const seenShapes: Located = {
  ...plain,
  offered: (question) => {
    const shapes = shapesOf(question).map(({ shape }) => shape);
    return Object.keys(DRAWS).filter((tool) => shapes.includes(DRAWS[tool] ?? ''));
  },
  create: (drawn, question, category) => {
    const wanted = drawn.by === 'points' ? DRAWS[drawn.tool ?? ''] : undefined;
    const shapes = shapesOf(question).filter(({ shape }) => wanted === undefined || shape === wanted);
    return firstMade(shapes, drawn, question, category);
  },
};

const outlines = (a: Polygon, b: Polygon): Between<Polygon> => {
  const outer = ringsBetween(a.vertices, b.vertices);
  const [from, to] = [a.holes ?? [], b.holes ?? []];
  if (from.length === 0 && to.length === 0) return (at) => ({ vertices: outer(at) });
  if (from.length !== to.length) return (at) => ({ ...a, vertices: outer(at) });
  const holes = from.map((hole, i) => ringsBetween(hole, to[i] ?? hole));
  return (at) => ({ vertices: outer(at), holes: holes.map((hole) => hole(at)) });
};

const lines = (a: Polyline, b: Polyline): Between<Polyline> => {
  const line = linesBetween(a.vertices, b.vertices);
  return (at) => ({ vertices: line(at) });
};

const points = (a: Keypoint, b: Keypoint): Between<Keypoint> => {
  const place = pointsBetween([a], [b]);
  return (at) => ({ ...a, ...(place(at)[0] as Point) });
};

/** How each shape moves between two key frames. */
// biome-ignore lint/suspicious/noExplicitAny: a geometry goes only to the shape that made it
const MOVING: Readonly<Record<string, (a: any, b: any) => Between<unknown>>> = {
  box: (a: TurnedBox, b: TurnedBox) => boxesBetween(a, b),
  polygon: outlines,
  polyline: lines,
  keypoint: points,
};

/** What is between two shapes, to be asked for many times. */
export const moving = (shape: string, a: Json, b: Json): Between<Json> =>
  (MOVING[shape]?.(a, b) ?? (() => a)) as Between<Json>;

/** The key of an answer with the attributes of the frames themselves. */
export const FRAMES = 'frames';

export const frameFields = (question: Question): readonly Attribute[] =>
  question.attributes.filter(({ scope }) => scope === 'frame');

/** The record of the video as a whole out of an answer, with what its frames carry. Throws Fault. */
export const wholeIn = (answer: JsonObject, question: Question): ObjectRecord => {
  const fields = frameFields(question);
  const frames = fields.length === 0 ? [] : parseStretches(answer[FRAMES], question, fields, `/${FRAMES}`);
  const whole: ObjectRecord = { ...blankObject, attributes: objectAttributesIn(answer, question) };
  return frames.length === 0 ? whole : { ...whole, frames };
};

/** To be merged into an answer. */
export const wholeAsJson = (records: Records): JsonObject => {
  const { frames = [] } = objectOf(records);
  return { ...(frames.length === 0 ? {} : { [FRAMES]: stretchesAsJson(frames) }), ...objectAttributesAsJson(records) };
};

/** The keys that an answer may have. */
export const keysOfAnswer = (question: Question): string[] => [
  'instances',
  'attributes',
  ...(frameFields(question).length === 0 ? [] : [FRAMES]),
];

/** A record in words; `isPlain`: an instance as it is seen in a frame. */
export const describe =
  (isPlain: (record: InstanceRecord) => boolean) =>
  (record: LabelRecord, question: Question): string => {
    if (record.kind === 'key') return t('Key frame %(n)s', { n: record.frame });
    if (record.kind !== 'instance') return t('The whole video');
    if (isPlain(record)) return inWords(plain, record, question);
    return question.categories[record.category]?.name ?? '';
  };
