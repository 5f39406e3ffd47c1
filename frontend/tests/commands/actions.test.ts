import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Desk } from '../../src/commands/desk.ts';
import { boundingBox } from '../../src/task-types/bounding-box.ts';
import { polygonType } from '../../src/task-types/polygon.ts';
import type { TaskType } from '../../src/task-types/task-type.ts';
import { click, deskOf, drag, host, keys } from '../vectors.ts';

/** A person whose clicks, drags and keys are counted: what docs/editor-actions.md says. */
const counted = (type: TaskType) => {
  const desk: Desk = deskOf(type);
  let actions = 0;
  const did = (act: () => void): void => {
    actions += 1;
    act();
  };
  return {
    desk,
    key: (chord: string) => did(() => keys(desk, chord)),
    click: (x: number, y: number) => did(() => click(desk, x, y)),
    drag: (x: number, y: number) => did(() => drag(desk, [x, y], [x + 15, y + 15], [x + 40, y + 30])),
    actions: () => actions,
  };
};

test('ten boxes of three classes are drawn and submitted with thirteen actions', () => {
  const hand = counted(boundingBox);
  const before = host.submitted;
  for (let i = 0; i < 10; i += 1) {
    if (i === 4) hand.key('2');
    if (i === 7) hand.key('3');
    hand.drag(20 + 60 * i, 40);
  }
  hand.key('Enter');
  assert.equal(hand.actions(), 13);
  assert.deepEqual(
    hand.desk.list.value.map(({ category }) => category),
    [0, 0, 0, 0, 1, 1, 1, 2, 2, 2],
  );
  assert.equal(host.submitted, before + 1);
});

test('an outline of thirty vertices is drawn and submitted with thirty-two actions', () => {
  const hand = counted(polygonType);
  const before = host.submitted;
  for (let i = 0; i < 30; i += 1) {
    hand.click(320 + 200 * Math.cos((2 * Math.PI * i) / 30), 240 + 200 * Math.sin((2 * Math.PI * i) / 30));
  }
  hand.key('Enter');
  hand.key('Enter');
  assert.equal(hand.actions(), 32);
  const [made] = hand.desk.list.value;
  assert.equal(made === undefined ? 0 : polygonType.located?.rings(made)?.[0]?.length, 30);
  assert.equal(host.submitted, before + 1);
});
