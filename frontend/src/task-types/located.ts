import type { Box, Point, Size } from '../geometry/plane.ts';
import { t } from '../i18n.ts';
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
import type { Drawing, Handle, Located, Modifiers, NumberField, TaskType } from './task-type.ts';
import { asCategory, asId, asList, asObject, checkAttributes, Fault, onlyKeys, under } from './validation.ts';

/** What a shape says of its geometry G; the family does the rest. All functions are pure and in media px. */
export interface Shape<G> {
  readonly shape: string;
  readonly tools: readonly string[];
  parse(raw: JsonObject, question: Question, pointer: string): G;
  bounds(geometry: G): Box;
  draw(geometry: G): Drawing;
  hit(geometry: G, at: Point, reach: number): number | null;
  handles(geometry: G): readonly Handle[];
  withHandle(geometry: G, handle: string, to: Point, how: Modifiers, limits: Size): G;
  moved(geometry: G, by: Point, limits: Size): G;
  grown(geometry: G, by: Point, limits: Size): G;
  between(from: Point, to: Point, how: Modifiers, limits: Size): G | null;
  fields(geometry: G): readonly NumberField[];
  withField(geometry: G, name: string, value: number, limits: Size): G;
  measure(geometry: G): string;
}

const FIELDS = ['id', 'shape', 'category', 'geometry', 'attributes', 'group', 'origin'];

/** A shape that a person changes is no longer just accepted. */
const byHand = (record: InstanceRecord): InstanceRecord =>
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

const parseInstance = <G>(
  raw: Json,
  order: number,
  question: Question,
  { shape, parse }: Pick<Shape<G>, 'shape' | 'parse'>,
): InstanceRecord => {
  const at = under('/instances', order);
  const fields = asObject(raw, at);
  onlyKeys(fields, FIELDS, at);
  const id = asId(fields.id, under(at, 'id'));
  if (fields.shape !== shape) throw new Fault(under(at, 'shape'), `This must be “${shape}”.`);
  const category = asCategory(fields.category, question, under(at, 'category'));
  const geometryAt = under(at, 'geometry');
  const geometry = parse(asObject(fields.geometry, geometryAt), question, geometryAt) as Json;
  const allowed = attributesOf(question, category);
  const attributes = checkAttributes(fields.attributes ?? {}, allowed, under(at, 'attributes'));
  return {
    kind: 'instance',
    id,
    order,
    shape,
    category,
    geometry,
    attributes: attributes as Record<string, AttributeValue>,
    group: parseGroup(fields.group, under(at, 'group')),
    origin: parseOrigin(fields.origin, under(at, 'origin')),
  };
};

const parseAll = <G>(answer: Json, question: Question, shape: Shape<G>): InstanceRecord[] => {
  const raw = asObject(answer, '');
  onlyKeys(raw, ['instances'], '');
  const records = asList(raw.instances, '/instances').map((each, i) => parseInstance(each, i, question, shape));
  const seen = new Set<string>();
  for (const { id, order } of records) {
    if (seen.has(id)) throw new Fault(`/instances/${order}/id`, 'Two instances have this id.');
    seen.add(id);
  }
  return records;
};

const behaviour = <G>(shape: Shape<G>): Located => {
  const of = (record: InstanceRecord): G => record.geometry as G;
  const changed = (record: InstanceRecord, geometry: G): InstanceRecord => ({
    ...byHand(record),
    geometry: geometry as Json,
  });
  return {
    tools: shape.tools,
    draw: (record) => shape.draw(of(record)),
    bounds: (record) => shape.bounds(of(record)),
    hit: (record, at, reach) => shape.hit(of(record), at, reach),
    handles: (record) => shape.handles(of(record)),
    gesture: (start, from, to, how, { media }, handle) =>
      changed(
        start,
        handle === undefined
          ? shape.moved(of(start), { x: to.x - from.x, y: to.y - from.y }, media)
          : shape.withHandle(of(start), handle, to, how, media),
      ),
    nudge: (record, by, resize, { media }) =>
      changed(record, resize ? shape.grown(of(record), by, media) : shape.moved(of(record), by, media)),
    create: (from, to, how, { media }) => {
      const geometry = shape.between(from, to, how, media);
      return geometry === null ? null : { shape: shape.shape, geometry: geometry as Json };
    },
    fields: (record) => shape.fields(of(record)),
    withField: (record, name, value, { media }) => changed(record, shape.withField(of(record), name, value, media)),
    measure: (record) => shape.measure(of(record)),
  };
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

/** The family of questions that are answered with located things: {"instances": [...]}. */
export const located = <G>(name: string, media: Medium, shape: Shape<G>): TaskType => ({
  name,
  media,
  located: behaviour(shape),
  load: (answer, question): LabelRecord[] => [
    blankObject,
    ...(answer === null ? [] : parseAll(answer, question, shape)),
  ],
  dump: (records) => ({ instances: instancesOf(records).map(asJson) }),
  check: (answer, question) => {
    parseAll(answer, question, shape);
  },
  describe: (record, question) => {
    if (record.kind === 'object') return t('The whole picture');
    const { left, top } = shape.bounds(record.geometry as G);
    return t('%(name)s, %(size)s at %(x)s, %(y)s, %(source)s', {
      name: question.categories[record.category]?.name ?? '',
      size: shape.measure(record.geometry as G),
      x: Math.round(left),
      y: Math.round(top),
      source: sourceOf(record),
    });
  },
});

const sourceOf = ({ origin }: InstanceRecord): string => {
  if (origin === null) return t('by you');
  return origin.how === 'accepted' ? t('by machine, accepted') : t('by machine, corrected');
};
