import { t } from '../i18n.ts';
import { pointsOf } from '../text/code-points.ts';
import { byHand, instanceAsJson, instancesIn, sourceOf, withCategory } from './instances.ts';
import { ATTRIBUTES, objectAttributesAsJson, objectAttributesIn } from './object-attributes.ts';
import {
  blankObject,
  type InstanceRecord,
  instancesOf,
  type Json,
  type JsonObject,
  type LabelRecord,
  type Question,
} from './question.ts';
import { RELATIONS, relationsAsJson, relationsIn, relationTypesOf, withoutLooseEnds } from './relations.ts';
import type { Span, TaskType } from './task-type.ts';
import { asNumber, asObject, Fault, onlyKeys, under } from './validation.ts';

const wholeNumber = (raw: Json | undefined, pointer: string): number => {
  const value = asNumber(raw, pointer);
  if (!Number.isInteger(value)) throw new Fault(pointer, t('This must be a whole number.'));
  return value;
};

/** Throws Fault. A long text comes by itself and is '' until then: its length and words are not held against a span yet. */
const checkAgainst = (text: string, { start, end, text: covered }: Span, pointer: string): void => {
  const longest = text === '' ? Number.POSITIVE_INFINITY : pointsOf(text).length;
  if (start < 0 || start >= longest) throw new Fault(under(pointer, 'start'), t('A span begins within the text.'));
  if (end <= start) throw new Fault(under(pointer, 'end'), t('A span ends after it begins.'));
  if (end > longest) throw new Fault(under(pointer, 'end'), t('This span ends beyond the text.'));
  if (text !== '' && pointsOf(text).slice(start, end) !== covered) {
    throw new Fault(under(pointer, 'text'), t('These are not the words that stand there.'));
  }
};

const parse = (raw: JsonObject, { media }: Question, pointer: string): Span => {
  onlyKeys(raw, ['start', 'end', 'text'], pointer);
  const start = wholeNumber(raw.start, under(pointer, 'start'));
  const end = wholeNumber(raw.end, under(pointer, 'end'));
  const covered = raw.text;
  checkAgainst(media.text, { start, end, text: typeof covered === 'string' ? covered : '' }, pointer);
  if (typeof covered !== 'string') throw new Fault(under(pointer, 'text'), t('A span says which words it covers.'));
  return { start, end, text: covered };
};

const SHAPES = [{ shape: 'span', parse }];

const spanOf = ({ geometry }: InstanceRecord): Span => geometry as unknown as Span;

/** The same words twice by the same class are one thing said twice. */
const checkTwice = (records: readonly InstanceRecord[]): void => {
  const known = new Set<string>();
  for (const record of records) {
    const { start, end } = spanOf(record);
    const key = `${record.category} ${start} ${end}`;
    if (known.has(key)) {
      throw new Fault(`/instances/${record.order}/geometry`, t('These words have this class already.'));
    }
    known.add(key);
  }
};

const parseAll = (answer: Json, question: Question): LabelRecord[] => {
  const raw = asObject(answer, '');
  const relates = relationTypesOf(question).length > 0;
  onlyKeys(raw, ['instances', ATTRIBUTES, ...(relates ? [RELATIONS] : [])], '');
  const instances = instancesIn(raw, question, SHAPES);
  checkTwice(instances);
  const object = { ...blankObject, attributes: objectAttributesIn(raw, question) };
  return [object, ...instances, ...relationsIn(raw, instances, question)];
};

/** As much of the words as a row has room for. */
const MOST_SAID = 80;

const shortened = (text: string): string => (text.length > MOST_SAID ? `${text.slice(0, MOST_SAID)}…` : text);

/** Stretches of a text with a class each; they may overlap, and have to do with each other. */
export const namedEntities: TaskType = {
  name: 'named-entities',
  media: 'text',
  spanned: {
    make: ({ start, end, text }) => ({ shape: 'span', geometry: { start, end, text } }),
    spanOf,
    withSpan: (record, { start, end, text }) => ({ ...byHand(record), geometry: { start, end, text } }),
    withCategory,
    relationTypes: relationTypesOf,
    settled: withoutLooseEnds,
  },
  load: (answer, question) => (answer === null ? [blankObject] : parseAll(answer, question)),
  dump: (records) => ({
    instances: instancesOf(records).map(instanceAsJson),
    ...relationsAsJson(records),
    ...objectAttributesAsJson(records),
  }),
  check: (answer, question) => {
    parseAll(answer, question);
  },
  describe: (record, question) => {
    if (record.kind === 'relation') return record.type;
    if (record.kind !== 'instance') return t('The whole text');
    const { start, end, text } = spanOf(record);
    return t('%(name)s: “%(text)s”, characters %(start)s to %(end)s, %(source)s', {
      name: question.categories[record.category]?.name ?? '',
      text: shortened(text),
      start,
      end,
      source: sourceOf(record),
    });
  },
};
