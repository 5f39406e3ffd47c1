import type { Box, Point, Size } from '../geometry/plane.ts';
import { t } from '../i18n.ts';
import { byHand, instanceAsJson, instancesIn, type ReadsGeometry, sourceOf, withCategory } from './instances.ts';
import { ATTRIBUTES, objectAttributesAsJson, objectAttributesIn } from './object-attributes.ts';
import {
  blankObject,
  type InstanceRecord,
  instancesOf,
  type Json,
  type LabelRecord,
  type Medium,
  type Question,
} from './question.ts';
import type { Drawing, Drawn, Handle, Located, Made, Modifiers, NumberField, TaskType } from './task-type.ts';
import { asObject, onlyKeys } from './validation.ts';

/** What a shape says of its geometry G; the family does the rest. All functions are pure and in media px. */
export interface Shape<G> extends ReadsGeometry<G> {
  bounds(geometry: G): Box;
  /** `scale`: screen px for one media px. */
  draw(geometry: G, question: Question, category: number, scale?: number): Drawing;
  hit(geometry: G, at: Point, reach: number): number | null;
  handles(geometry: G, question: Question): readonly Handle[];
  withHandle(geometry: G, handle: string, to: Point, how: Modifiers, limits: Size): G;
  moved(geometry: G, by: Point, limits: Size): G;
  grown(geometry: G, by: Point, limits: Size): G;
  /** Null when too little is drawn, or nothing that this shape is made of. */
  create(drawn: Drawn, question: Question, category: number): G | null;
  /** Without the vertex of this handle; null where none may go. A shape without vertices leaves it out. */
  without?(geometry: G, handle: string): G | null;
  /** With one more vertex after this one, and its handle; null where none may come. */
  after?(geometry: G, handle: string, question: Question): readonly [G, string] | null;
  /** With this point hidden, or seen again. */
  veiled?(geometry: G, handle: string): G | null;
  /** The names of the points of a class; null where it has none. */
  names?(question: Question, category: number): readonly string[] | null;
  /** An outline's closed rings, and the outline of others. */
  rings?(geometry: G): readonly (readonly Point[])[];
  ofRings?(rings: readonly (readonly Point[])[], question: Question): G | null;
  /** As a shape of another class; null where that class has no such shape. Left out: every class has it. */
  ofCategory?(geometry: G, question: Question, category: number): G | null;
  fields(geometry: G, question: Question): readonly NumberField[];
  withField(geometry: G, name: string, value: number, limits: Size): G;
  measure(geometry: G): string;
}

/** The shapes of a type; what each says of its own geometry is nobody else's business. */
// biome-ignore lint/suspicious/noExplicitAny: a geometry goes only to the shape that made it
export type Shapes = readonly Shape<any>[];

const parseAll = (answer: Json, question: Question, shapes: Shapes): LabelRecord[] => {
  const raw = asObject(answer, '');
  onlyKeys(raw, ['instances', ATTRIBUTES], '');
  const records = instancesIn(raw, question, shapes);
  return [{ ...blankObject, attributes: objectAttributesIn(raw, question) }, ...records];
};

export const behaviour = (shapes: Shapes, tools: readonly string[]): Located => {
  const [only, ...others] = shapes;
  if (only === undefined) throw new Error('A type of located things has a shape.');
  const of = ({ shape }: InstanceRecord) =>
    others.length === 0 ? only : (shapes.find((each) => each.shape === shape) ?? only);
  const changed = (record: InstanceRecord, geometry: Json): InstanceRecord => ({ ...byHand(record), geometry });
  return {
    tools,
    draw: (record, question, scale) => of(record).draw(record.geometry, question, record.category, scale),
    bounds: (record) => of(record).bounds(record.geometry),
    hit: (record, at, reach) => of(record).hit(record.geometry, at, reach),
    handles: (record, question) => of(record).handles(record.geometry, question),
    gesture: (start, from, to, how, { media }, handle) =>
      changed(
        start,
        handle === undefined
          ? of(start).moved(start.geometry, { x: to.x - from.x, y: to.y - from.y }, media)
          : of(start).withHandle(start.geometry, handle, to, how, media),
      ),
    nudge: (record, by, resize, { media }) => {
      const shape = of(record);
      return changed(
        record,
        resize ? shape.grown(record.geometry, by, media) : shape.moved(record.geometry, by, media),
      );
    },
    create: (drawn, question, category) => firstMade(shapes, drawn, question, category),
    without: (record, handle) => {
      const geometry = of(record).without?.(record.geometry, handle) ?? null;
      return geometry === null ? null : changed(record, geometry);
    },
    after: (record, handle, question) => {
      const made = of(record).after?.(record.geometry, handle, question) ?? null;
      return made === null ? null : [changed(record, made[0]), made[1]];
    },
    veiled: (record, handle) => {
      const geometry = of(record).veiled?.(record.geometry, handle) ?? null;
      return geometry === null ? null : changed(record, geometry);
    },
    names: (question, category) =>
      shapes.map((shape) => shape.names?.(question, category) ?? null).find((names) => names !== null) ?? null,
    rings: (record) => of(record).rings?.(record.geometry) ?? null,
    withRings: (record, rings, question) => {
      const geometry = of(record).ofRings?.(rings, question) ?? null;
      return geometry === null ? null : changed(record, geometry);
    },
    withCategory: (record, category, question) => {
      const shape = of(record);
      if (shape.ofCategory === undefined) return withCategory(record, category, question);
      const geometry = shape.ofCategory(record.geometry, question, category);
      return geometry === null ? record : { ...withCategory(record, category, question), geometry };
    },
    fields: (record, question) => of(record).fields(record.geometry, question),
    withField: (record, name, value, { media }) =>
      changed(record, of(record).withField(record.geometry, name, value, media)),
    measure: (record) => of(record).measure(record.geometry),
  };
};

/** The first of the shapes that can be made of what was drawn. */
export const firstMade = (shapes: Shapes, drawn: Drawn, question: Question, category: number): Made | null => {
  for (const { shape, create } of shapes) {
    const geometry = create(drawn, question, category) as Json;
    if (geometry !== null) return { shape, geometry };
  }
  return null;
};

/** A shape in words: what, how large, where, whose. */
export const inWords = (behaves: Located, record: InstanceRecord, question: Question): string => {
  const { left, top } = behaves.bounds(record);
  return t('%(name)s, %(size)s at %(x)s, %(y)s, %(source)s', {
    name: question.categories[record.category]?.name ?? '',
    size: behaves.measure(record),
    x: Math.round(left),
    y: Math.round(top),
    source: sourceOf(record),
  });
};

/** The family of questions that are answered with located things: {"instances": [...]}. `tools` draw, by their ids. */
export const located = (name: string, media: Medium, shapes: Shapes, tools: readonly string[]): TaskType => {
  const behaves = behaviour(shapes, tools);
  return {
    name,
    media,
    located: behaves,
    load: (answer, question): LabelRecord[] => (answer === null ? [blankObject] : parseAll(answer, question, shapes)),
    dump: (records) => ({ instances: instancesOf(records).map(instanceAsJson), ...objectAttributesAsJson(records) }),
    check: (answer, question) => {
      parseAll(answer, question, shapes);
    },
    describe: (record, question) =>
      record.kind === 'instance' ? inWords(behaves, record, question) : t('The whole picture'),
  };
};
