import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addCopies } from '../../src/commands/acts.ts';
import { Desk } from '../../src/commands/desk.ts';
import { accept, openProposals, type Proposals } from '../../src/commands/proposals.ts';
import { filled } from '../../src/geometry/masks.ts';
import { covers } from '../../src/geometry/runs.ts';
import { instanceSegmentation } from '../../src/task-types/instance-segmentation.ts';
import { maskIn, maskOf, runsOfMask } from '../../src/task-types/masks.ts';
import { blankObject, type InstanceRecord, type Json, type Question } from '../../src/task-types/question.ts';
import { semanticSegmentation } from '../../src/task-types/semantic-segmentation.ts';
import type { TaskType } from '../../src/task-types/task-type.ts';
import { someBox, someQuestion, uuid } from '../some.ts';

const question = someQuestion();
const SIZE = question.media;
let made = 0;

const deskOf = (
  type: TaskType,
  asked: Question,
  records: readonly InstanceRecord[] = [],
  proposals: Proposals | null = null,
): Desk =>
  new Desk({ type, question: asked, records: [blankObject, ...records], log: [], proposals }, () =>
    uuid(3_000_000 + made++),
  );

const square = (id: number, category: number, left: number, side: number): InstanceRecord => {
  const ring = [
    { x: left, y: 50 },
    { x: left + side, y: 50 },
    { x: left + side, y: 50 + side },
    { x: left, y: 50 + side },
  ];
  const geometry = maskOf(filled([ring], SIZE), SIZE) as unknown as Json;
  return { ...someBox(uuid(id), { left: 0, top: 0, width: 1, height: 1 }), shape: 'mask', category, geometry };
};

test('a proposal that is taken joins what is there of its class, and is proposed no more', () => {
  const proposed = square(7, 0, 20, 40);
  const proposals = { model: 'm', confidence: 0.9, parts: {}, records: [proposed] };
  const desk = deskOf(semanticSegmentation, question, [square(8, 0, 0, 30), square(9, 1, 40, 30)], proposals);
  accept(desk, openProposals(desk));
  assert.deepEqual(desk.list.value.map(({ category }) => category).sort(), [0, 1]);
  desk.type.check(desk.type.dump(desk.doc.records), question);
  assert.deepEqual(openProposals(desk), []);
  desk.undo();
  assert.equal(openProposals(desk).length, 1);
});

test('masks of a picture of another size are cut to this one, and what lies beyond it is left out', () => {
  const small = { ...question, media: { ...question.media, width: 100, height: 90 } };
  const desk = deskOf(instanceSegmentation, small);
  addCopies(desk, [square(7, 0, 60, 100), square(8, 1, 300, 20)], { x: 0, y: 0 });
  assert.equal(desk.list.value.length, 1);
  const [record] = desk.list.value;
  assert.ok(record !== undefined);
  const runs = runsOfMask(maskIn(record));
  for (const [x, y, inside] of [
    [65, 55, true],
    [99, 89, true],
    [50, 55, false],
    [65, 45, false],
  ] as const) {
    assert.equal(covers(runs, small.media, { x, y }), inside);
  }
  desk.type.check(desk.type.dump(desk.doc.records), small);
});

test('where nothing fits the picture nothing is put, and that is said', () => {
  const small = { ...question, media: { ...question.media, width: 100, height: 90 } };
  const desk = deskOf(instanceSegmentation, small);
  addCopies(desk, [square(8, 1, 300, 20)], { x: 0, y: 0 });
  assert.equal(desk.history.canUndo, false);
  assert.equal(desk.said.value, 'Nothing of it fits this picture.');
});
