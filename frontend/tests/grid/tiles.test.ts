import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { groupsOf, tilesOf } from '../../src/grid/tiles.ts';
import type { Page } from '../../src/sync/wire.ts';
import { loadTaskTypes } from '../../src/task-types/index.ts';
import type { Json } from '../../src/task-types/question.ts';
import { someQuestion, uuid } from '../some.ts';

before(loadTaskTypes);

const page = (type: string, answers: readonly Json[]): Page => {
  const question = someQuestion();
  return {
    id: 1,
    token: 't',
    expires_in: 600,
    task_type: type,
    question: { ...question, attributes: question.attributes.map((one) => ({ ...one, required: true })) },
    objects: answers.map((answer, i) => ({
      assignment: 10 + i,
      object: { id: i, name: `${i}.png`, line: i + 1 },
      facts: question.media,
      media: { thumbnail: `/small/${i}`, view: `/view/${i}` },
      shown: { model: 'm', answer, confidence: 0.9, parts: {} },
    })),
  };
};

const box = (n: number, category: number): Json => ({
  id: uuid(n),
  shape: 'box',
  category,
  geometry: { left: 1, top: 1, width: 9, height: 9 },
});

test('objects of one class stand together, the classes in the order of their first object', () => {
  const groups = groupsOf(tilesOf(page('image-classification', [{ category: 2 }, { category: 0 }, { category: 2 }])));
  assert.deepEqual(
    groups.map(({ tiles }) => tiles.map(({ assignment }) => assignment)),
    [[10, 12], [11]],
  );
  assert.match(groups[0]?.title ?? '', /Person/);
});

test('shapes are grouped by the classes that are in them', () => {
  const answers = [
    { instances: [box(1, 0), box(2, 1)] },
    { instances: [] },
    { instances: [box(3, 1), box(4, 0), box(5, 0)] },
  ];
  const groups = groupsOf(tilesOf(page('bounding-box', answers)));
  assert.deepEqual(
    groups.map(({ tiles }) => tiles.length),
    [2, 1],
  );
  assert.match(groups[1]?.title ?? '', /nothing/);
});

test('a field that a manifest has no place for is not missed', () => {
  const [tile] = tilesOf(page('bounding-box', [{ instances: [box(1, 0)] }]));
  assert.equal(tile?.desk.list.value.length, 1);
});

test('what can’t be read is shown as nothing, and can be marked', () => {
  const [tile] = tilesOf(page('bounding-box', [{ instances: 'no list' }]));
  assert.equal(tile?.desk.list.value.length, 0);
});

test('a kind of question that this bundle does not know is said, not guessed', () => {
  assert.throws(() => tilesOf(page('table-cells', [{}])), RangeError);
});
