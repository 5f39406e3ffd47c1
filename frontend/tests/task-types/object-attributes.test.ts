import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadTaskTypes } from '../../src/task-types/index.ts';
import { withObjectAttribute } from '../../src/task-types/object-attributes.ts';
import {
  type Attribute,
  attributesOf,
  blankObject,
  type Json,
  type LabelRecord,
  objectOf,
  type Question,
} from '../../src/task-types/question.ts';
import { Fault } from '../../src/task-types/validation.ts';
import { someQuestion } from '../some.ts';

const TASK_TYPES = await loadTaskTypes();

const some = (name: string, more: Partial<Attribute> = {}): Attribute => ({
  name,
  kind: 'text',
  scope: 'object',
  choices: [],
  minimum: null,
  maximum: null,
  required: false,
  ...more,
});

const question: Question = {
  ...someQuestion(),
  attributes: [
    some('light', { kind: 'choice', choices: ['day', 'night'], required: true }),
    some('note'),
    some('side', { scope: 'instance' }),
  ],
};

/** An answer of each kind, without attributes. */
const plain = (name: string): Json => {
  const type = TASK_TYPES.find((each) => each.name === name);
  if (type?.chosen === undefined) return { instances: [] };
  return type.chosen.several ? { categories: [0, 1] } : { category: 1 };
};

for (const type of TASK_TYPES) {
  const answer = plain(type.name) as { readonly [key: string]: Json };

  test(`${type.name}: attributes of the whole are loaded, dumped, and left out when there are none`, () => {
    const full = { ...answer, attributes: { light: 'night', note: 'fog' } };
    const records = (raw: Json) => new Map(type.load(raw, question).map((record) => [record.id, record]));
    assert.deepEqual(type.dump(records(full)), full);
    const easy = { ...question, attributes: [some('note')] };
    assert.deepEqual(type.dump(new Map(type.load(answer, easy).map((record) => [record.id, record]))), answer);
  });

  test(`${type.name}: a wrong or missing attribute of the whole is found at its place`, () => {
    const wrong: readonly (readonly [Json, string])[] = [
      [answer, '/attributes/light'],
      [{ ...answer, attributes: { light: 'dusk' } }, '/attributes/light'],
      [{ ...answer, attributes: { light: 'day', side: 'left' } }, '/attributes/side'],
      [{ ...answer, attributes: 'day' }, '/attributes'],
    ];
    for (const [raw, pointer] of wrong) {
      assert.throws(
        () => type.check(raw, question),
        (fault) => fault instanceof Fault && fault.pointer === pointer,
      );
    }
  });
}

test('an empty text is no answer where one is required', () => {
  const asked = { ...question, attributes: [some('note', { required: true })] };
  const type = TASK_TYPES.find(({ chosen }) => chosen?.several === false);
  assert.throws(() => type?.check({ category: 0, attributes: { note: '' } }, asked), Fault);
  assert.doesNotThrow(() => type?.check({ category: 0, attributes: { note: '.' } }, asked));
});

test('an attribute is set, changed and taken away again', () => {
  const set = withObjectAttribute(blankObject, 'note', 'fog');
  assert.deepEqual(withObjectAttribute(set, 'note', 'sun').attributes, { note: 'sun' });
  assert.deepEqual(withObjectAttribute(set, 'note', undefined), blankObject);
});

test('a class’s own attribute replaces the job’s of that name, as on the server', () => {
  const own = some('side', { scope: 'instance', kind: 'number' });
  const [first, ...others] = question.categories;
  assert.ok(first !== undefined);
  const asked = { ...question, categories: [{ ...first, attributes: [own] }, ...others] };
  assert.deepEqual(attributesOf(asked, 0), [own]);
  assert.deepEqual(attributesOf(asked, 1), [question.attributes[2]]);
});

test('a draft of an earlier version keeps its class', () => {
  const earlier = { kind: 'object', id: 'object', category: 2, rejected: ['a'] } as unknown as LabelRecord;
  assert.deepEqual(objectOf(new Map([['object', earlier]])), { ...blankObject, categories: [2], rejected: ['a'] });
  const type = TASK_TYPES.find(({ chosen }) => chosen?.several === false);
  assert.deepEqual(type?.chosen?.chosen(earlier), [2]);
});
