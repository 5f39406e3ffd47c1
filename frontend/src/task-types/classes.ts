import { t } from '../i18n.ts';
import {
  blankObject,
  type Json,
  type LabelRecord,
  type Medium,
  objectOf,
  type Question,
  type Records,
} from './question.ts';
import type { TaskType } from './task-type.ts';
import { asCategory, asObject, onlyKeys } from './validation.ts';

const check = (answer: Json, question: Question): number => {
  const raw = asObject(answer, '');
  const category = asCategory(raw.category, question, '/category');
  onlyKeys(raw, ['category'], '');
  return category;
};

const categoryOf = (record: LabelRecord): number | null => (record.kind === 'object' ? record.category : null);

/** The family of questions that are answered with one class for the whole data object: {"category": 2}. */
export const classes = (name: string, media: Medium): TaskType => ({
  name,
  media,
  chosen: {
    choose: (record, category) => (record.kind === 'object' ? { ...record, category } : record),
    chosen: (record) => {
      const category = categoryOf(record);
      return category === null ? [] : [category];
    },
  },
  load: (answer, question) => [answer === null ? blankObject : { ...blankObject, category: check(answer, question) }],
  dump: (records: Records) => ({ category: objectOf(records).category }),
  check,
  describe: (record, question) => {
    const category = categoryOf(record);
    return category === null ? t('No class yet') : (question.categories[category]?.name ?? '');
  },
});
