import type { Box, Point, Size } from '../geometry/plane.ts';
import { t } from '../i18n.ts';
import { ATTRIBUTES, objectAttributesAsJson, objectAttributesIn } from './object-attributes.ts';
import {
  type AttributeValue,
  attributesOf,
  blankObject,
  type InstanceRecord,
  instancesOf,
  type Json,
  type JsonObject,
  type LabelRecord,
  type Medium,
  type Origin,
  type Question,
} from './question.ts';
import type { Drawing, Drawn, Handle, Located, Made, Modifiers, NumberField, TaskType } from './task-type.ts';
import { asCategory, asId, asList, asObject, checkAttributes, Fault, onlyKeys, under } from './validation.ts';

/** What a shape says of its geometry G; the family does the rest. All functions are pure and in media px. */
export interface Shape<G> {
  readonly shape: string;
  /** `category`: the class id, where a shape depends on it (the points of a skeleton). */
  parse(raw: JsonObject, question: Question, pointer: string, category: number): G;
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
  /** Whether the class has such shapes. Left out: every class has. */
  takes?(question: Question, category: number): boolean;
  /** As a shape of another class; null where that class has no such shape. Left out: every class has it. */
  ofCategory?(geometry: G, question: Question, category: number): G | null;
  fields(geometry: G, question: Question): readonly NumberField[];
  withField(geometry: G, name: string, value: number, limits: Size): G;
  measure(geometry: G): string;
}

const FIELDS = ['id', 'shape', 'category', 'geometry', 'attributes', 'group', 'origin'];

/** A shape that a person changes is no longer just accepted. */
export const byHand = (record: InstanceRecord): InstanceRecord =>
  record.origin?.how === 'accepted' ? { ...record, origin: { ...record.origin, how: 'corrected' } } : record;

const parseOrigin = (raw: Json | undefined, pointer: string): Origin | null => {
  if (raw === null || raw === undefined) return null;
  const { model, how } = asObject(raw, pointer);
  if (typeof model !== 'string' || model === '') throw new Fault(under(pointer, 'model'), 'Which model?');
  if (how !== 'accepted' && how !== 'corrected') throw new Fault(under(pointer, 'how'), 'Accepted or corrected?');
  return { model, how };
};

const parseGroup = (raw: Json | undefined, pointer: string): string | null => {
  if (raw === null || raw === undefined) return null;
  if (typeof raw !== 'string' || raw === '') throw new Fault(pointer, 'A group has a name.');
  return raw;
};

/** The shapes of a type; what each says of its own geometry is nobody else's business. */
// biome-ignore lint/suspicious/noExplicitAny: a geometry goes only to the shape that made it
type Shapes = readonly Shape<any>[];

const parseInstance = (raw: Json, order: number, question: Question, shapes: Shapes): InstanceRecord => {
  const at = under('/instances', order);
  const fields = asObject(raw, at);
  onlyKeys(fields, FIELDS, at);
  const id = asId(fields.id, under(at, 'id'));
  const found = shapes.find(({ shape }) => shape === fields.shape);
  if (found === undefined) {
    throw new Fault(under(at, 'shape'), `This must be ${shapes.map(({ shape }) => `“${shape}”`).join(' or ')}.`);
  }
  const category = asCategory(fields.category, question, under(at, 'category'));
  if (found.takes?.(question, category) === false) {
    throw new Fault(under(at, 'shape'), 'This class has no such shape.');
  }
  const geometryAt = under(at, 'geometry');
  const geometry = found.parse(asObject(fields.geometry, geometryAt), question, geometryAt, category) as Json;
  const allowed = attributesOf(question, category);
  const attributes = checkAttributes(fields.attributes ?? {}, allowed, under(at, 'attributes'));
  return {
    kind: 'instance',
    id,
    order,
    shape: found.shape,
    category,
    geometry,
    attributes: attributes as Record<string, AttributeValue>,
    group: parseGroup(fields.group, under(at, 'group')),
    origin: parseOrigin(fields.origin, under(at, 'origin')),
  };
};

const parseAll = (answer: Json, question: Question, shapes: Shapes): LabelRecord[] => {
  const raw = asObject(answer, '');
  onlyKeys(raw, ['instances', ATTRIBUTES], '');
  const records = asList(raw.instances, '/instances').map((each, i) => parseInstance(each, i, question, shapes));
  const seen = new Set<string>();
  for (const { id, order } of records) {
    if (seen.has(id)) throw new Fault(`/instances/${order}/id`, 'Two instances have this id.');
    seen.add(id);
  }
  return [{ ...blankObject, attributes: objectAttributesIn(raw, question) }, ...records];
};

const behaviour = (shapes: Shapes, tools: readonly string[]): Located => {
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
const firstMade = (shapes: Shapes, drawn: Drawn, question: Question, category: number): Made | null => {
  for (const { shape, create } of shapes) {
    const geometry = create(drawn, question, category) as Json;
    if (geometry !== null) return { shape, geometry };
  }
  return null;
};

/** An instance with another class: it keeps the attributes that the new class knows too. */
export const withCategory = (record: InstanceRecord, category: number, question: Question): InstanceRecord => {
  const known = new Set(attributesOf(question, category).map(({ name }) => name));
  const attributes = Object.fromEntries(Object.entries(record.attributes).filter(([name]) => known.has(name)));
  return { ...byHand(record), category, attributes };
};

/** An instance with one attribute set, or with undefined taken away. */
export const withAttribute = (
  record: InstanceRecord,
  name: string,
  value: AttributeValue | undefined,
): InstanceRecord => {
  const { [name]: _before, ...others } = record.attributes;
  return { ...byHand(record), attributes: value === undefined ? others : { ...others, [name]: value } };
};

const asJson = ({ id, shape, category, geometry, attributes, group, origin }: InstanceRecord): Json => ({
  id,
  shape,
  category,
  geometry,
  attributes,
  group,
  origin: origin === null ? null : { ...origin },
});

/** The family of questions that are answered with located things: {"instances": [...]}. `tools` draw, by their ids. */
export const located = (name: string, media: Medium, shapes: Shapes, tools: readonly string[]): TaskType => {
  const behaves = behaviour(shapes, tools);
  return {
    name,
    media,
    located: behaves,
    load: (answer, question): LabelRecord[] => (answer === null ? [blankObject] : parseAll(answer, question, shapes)),
    dump: (records) => ({ instances: instancesOf(records).map(asJson), ...objectAttributesAsJson(records) }),
    check: (answer, question) => {
      parseAll(answer, question, shapes);
    },
    describe: (record, question) => {
      if (record.kind === 'object') return t('The whole picture');
      const { left, top } = behaves.bounds(record);
      return t('%(name)s, %(size)s at %(x)s, %(y)s, %(source)s', {
        name: question.categories[record.category]?.name ?? '',
        size: behaves.measure(record),
        x: Math.round(left),
        y: Math.round(top),
        source: sourceOf(record),
      });
    },
  };
};

const sourceOf = ({ origin }: InstanceRecord): string => {
  if (origin === null) return t('by you');
  return origin.how === 'accepted' ? t('by machine, accepted') : t('by machine, corrected');
};
