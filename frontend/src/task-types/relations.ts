import { t } from '../i18n.ts';
import type { InstanceRecord, Json, JsonObject, LabelRecord, Question, Records, RelationRecord } from './question.ts';
import type { Edit, RelationType, Settled } from './task-type.ts';
import { asId, asList, asObject, Fault, onlyKeys, under } from './validation.ts';

/** The part of an answer that says what its instances have to do with each other: {"relations": [...]}. */
export const RELATIONS = 'relations';

export const isRelation = (record: LabelRecord | undefined): record is RelationRecord => record?.kind === 'relation';

/** The relations in the order in which they were made. */
export const relationsOf = (records: Records): RelationRecord[] =>
  [...records.values()].filter(isRelation).sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1));

/** The classes of these names; null where any will do. */
const classesOf = (names: Json | undefined, { categories }: Question): readonly number[] | null =>
  Array.isArray(names) && names.length > 0
    ? categories.filter(({ name }) => names.includes(name)).map(({ id }) => id)
    : null;

/** The job's own, from its settings. */
export const relationTypesOf = (question: Question): readonly RelationType[] => {
  const { relations } = question.settings;
  if (!Array.isArray(relations)) return [];
  return (relations as readonly JsonObject[]).map(({ name, from, to }) => ({
    name: String(name),
    from: classesOf(from, question),
    to: classesOf(to, question),
  }));
};

export const allowsClass = (classes: readonly number[] | null, { category }: InstanceRecord): boolean =>
  classes === null || classes.includes(category);

/** Whether such a relation may lead from one to the other. */
export const mayRelate = ({ from, to }: RelationType, a: InstanceRecord, b: InstanceRecord): boolean =>
  a.id !== b.id && allowsClass(from, a) && allowsClass(to, b);

interface Reading {
  readonly question: Question;
  readonly byId: ReadonlyMap<string, InstanceRecord>;
}

const endOf = (raw: Json | undefined, { byId }: Reading, pointer: string): InstanceRecord => {
  const found = typeof raw === 'string' ? byId.get(raw) : undefined;
  if (found === undefined) throw new Fault(pointer, t('No span of this answer has this id.'));
  return found;
};

const parseRelation = (raw: Json, order: number, reading: Reading): RelationRecord => {
  const at = under(`/${RELATIONS}`, order);
  const fields = asObject(raw, at);
  onlyKeys(fields, ['id', 'from', 'to', 'type'], at);
  const id = asId(fields.id, under(at, 'id'));
  const type = relationTypesOf(reading.question).find(({ name }) => name === fields.type);
  if (type === undefined) throw new Fault(under(at, 'type'), t('This job has no such relation.'));
  const from = endOf(fields.from, reading, under(at, 'from'));
  const to = endOf(fields.to, reading, under(at, 'to'));
  if (from === to) throw new Fault(under(at, 'to'), t('A relation leads to another span.'));
  if (!allowsClass(type.from, from)) throw new Fault(under(at, 'from'), wrongEnd(type));
  if (!allowsClass(type.to, to)) throw new Fault(under(at, 'to'), wrongEnd(type));
  return { kind: 'relation', id, order, type: type.name, from: from.id, to: to.id };
};

const wrongEnd = ({ name }: RelationType): string =>
  t('“%(name)s” can’t stand between spans of these classes.', { name });

const sameness = ({ from, to, type }: RelationRecord): string => `${from} ${to} ${type}`;

/** Those of an answer, checked against its instances; the key is optional, and unknown where the job asks for none. */
export const relationsIn = (
  answer: JsonObject,
  instances: readonly InstanceRecord[],
  question: Question,
): RelationRecord[] => {
  if (answer[RELATIONS] === undefined) return [];
  const reading = { question, byId: new Map(instances.map((each) => [each.id, each])) };
  const ids = new Set(reading.byId.keys());
  const known = new Set<string>();
  return asList(answer[RELATIONS], `/${RELATIONS}`).map((raw, order) => {
    const relation = parseRelation(raw, order, reading);
    const at = under(`/${RELATIONS}`, order);
    if (ids.has(relation.id)) throw new Fault(under(at, 'id'), t('This id is used already.'));
    if (known.has(sameness(relation))) throw new Fault(at, t('This relation is there already.'));
    ids.add(relation.id);
    known.add(sameness(relation));
    return relation;
  });
};

/** To be merged into an answer; nothing when there are none. */
export const relationsAsJson = (records: Records): JsonObject => {
  const all = relationsOf(records);
  return all.length === 0 ? {} : { [RELATIONS]: all.map(({ id, from, to, type }) => ({ id, from, to, type })) };
};

/** A change of instances with what it does to relations: none outlives its ends. */
export const withoutLooseEnds = (edit: Edit, after: readonly string[], records: Records): Settled => {
  const loose = Object.keys(edit.removed).length === 0 ? [] : relationsOf(records).filter(hangsOn(edit.removed));
  const removed = { ...edit.removed, ...Object.fromEntries(loose.map((each) => [each.id, each])) };
  return { edit: { ...edit, removed }, after: after.filter((id) => !(id in removed)) };
};

const hangsOn =
  (removed: Edit['removed']) =>
  ({ from, to }: RelationRecord): boolean =>
    from in removed || to in removed;
