import { t } from '../i18n.ts';
import { ATTRIBUTES, objectAttributesAsJson, objectAttributesIn } from './object-attributes.ts';
import {
  asOfNow,
  blankObject,
  type Json,
  type JsonObject,
  type LabelRecord,
  type Medium,
  type ObjectRecord,
  objectOf,
  type Question,
} from './question.ts';
import type { TaskType } from './task-type.ts';
import { asCategory, asList, asObject, Fault, onlyKeys, under } from './validation.ts';

/** How the one class, or the several, stand in an answer. */
interface Wording {
  readonly key: string;
  readonly several: boolean;
  read(raw: Json | undefined, question: Question, pointer: string): readonly number[];
  write(categories: readonly number[]): Json;
}

const one: Wording = {
  key: 'category',
  several: false,
  read: (raw, question, pointer) => [asCategory(raw, question, pointer)],
  write: ([category]) => category ?? null,
};

const many: Wording = {
  key: 'categories',
  several: true,
  read: (raw, question, pointer) => {
    const chosen: number[] = [];
    asList(raw, pointer).forEach((each, place) => {
      const category = asCategory(each, question, under(pointer, place));
      if (chosen.includes(category)) throw new Fault(under(pointer, place), t('This class is named twice.'));
      chosen.push(category);
    });
    if (chosen.length === 0 && question.settings.allow_none !== true) {
      throw new Fault(pointer, t('Choose at least one class.'));
    }
    return ascending(chosen);
  },
  write: (categories) => [...categories],
};

const ascending = (categories: readonly number[]): number[] => [...categories].sort((a, b) => a - b);

const toggled = (categories: readonly number[], category: number): number[] =>
  categories.includes(category) ? categories.filter((each) => each !== category) : ascending([...categories, category]);

const whole = (record: LabelRecord): ObjectRecord => (record.kind === 'object' ? asOfNow(record) : blankObject);

const parse = (answer: Json, question: Question, { key, read }: Wording): ObjectRecord => {
  const raw = asObject(answer, '');
  const categories = read(raw[key], question, under('', key));
  const attributes = objectAttributesIn(raw, question);
  onlyKeys(raw, [key, ATTRIBUTES], '');
  return { ...blankObject, categories, attributes };
};

const family = (name: string, media: Medium, wording: Wording): TaskType => ({
  name,
  media,
  chosen: {
    several: wording.several,
    choose: (record, category) => {
      if (record.kind !== 'object') return record;
      const now = whole(record);
      return { ...now, categories: wording.several ? toggled(now.categories, category) : [category] };
    },
    chosen: (record) => whole(record).categories,
  },
  load: (answer, question) => [answer === null ? blankObject : parse(answer, question, wording)],
  dump: (records): JsonObject => ({
    [wording.key]: wording.write(objectOf(records).categories),
    ...objectAttributesAsJson(records),
  }),
  check: (answer, question) => {
    parse(answer, question, wording);
  },
  describe: (record, question) => {
    const names = whole(record).categories.map((category) => question.categories[category]?.name ?? '');
    return names.length === 0 ? t('No class yet') : names.join(', ');
  },
});

/** The family of questions that are answered with one class for the whole data object: {"category": 2}. */
export const classes = (name: string, media: Medium): TaskType => family(name, media, one);

/** Its sibling, with every class that fits: {"categories": [0, 3]}. */
export const severalClasses = (name: string, media: Medium): TaskType => family(name, media, many);
