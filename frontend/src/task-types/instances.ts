import { t } from '../i18n.ts';
import {
  type AttributeValue,
  attributesOf,
  type InstanceRecord,
  type Json,
  type JsonObject,
  type Origin,
  type Question,
} from './question.ts';
import { asCategory, asId, asList, asObject, checkAttributes, Fault, onlyKeys, under } from './validation.ts';

/** The part of an answer that every type of things in a data object has: {"instances": [...]}. */

/** What reading an instance asks of its shape, whose geometry is G. */
export interface ReadsGeometry<G> {
  readonly shape: string;
  /** `category`: the class id, where a shape depends on it (the points of a skeleton). */
  parse(raw: JsonObject, question: Question, pointer: string, category: number): G;
  /** Whose attributes the instance carries; left out: its own. */
  readonly scope?: 'instance' | 'track';
  /** Whether the class has such shapes. Left out: every class has. */
  takes?(question: Question, category: number): boolean;
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
type Shapes = readonly ReadsGeometry<any>[];

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
  const allowed = attributesOf(question, category, found.scope);
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

/** The instances of an answer, in their order. Throws Fault. */
export const instancesIn = (answer: JsonObject, question: Question, shapes: Shapes): InstanceRecord[] => {
  const records = asList(answer.instances, '/instances').map((each, i) => parseInstance(each, i, question, shapes));
  const seen = new Set<string>();
  for (const { id, order } of records) {
    if (seen.has(id)) throw new Fault(`/instances/${order}/id`, 'Two instances have this id.');
    seen.add(id);
  }
  return records;
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

/** As an answer holds it. */
export const instanceAsJson = ({ id, shape, category, geometry, attributes, group, origin }: InstanceRecord): Json => ({
  id,
  shape,
  category,
  geometry,
  attributes,
  group,
  origin: origin === null ? null : { ...origin },
});

/** Who made it, in words. */
export const sourceOf = ({ origin }: InstanceRecord): string => {
  if (origin === null) return t('by you');
  return origin.how === 'accepted' ? t('by machine, accepted') : t('by machine, corrected');
};
