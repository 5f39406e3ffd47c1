import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Desk } from '../../src/commands/desk.ts';
import { keypointType, type Skeleton } from '../../src/task-types/keypoint.ts';
import { at, click, deskOf, drag, keys } from '../vectors.ts';

const asking = (): Desk => {
  const desk = deskOf(keypointType);
  keys(desk, '3');
  return desk;
};

const pointsOf = (desk: Desk) =>
  ((desk.list.value.at(-1)?.geometry ?? { points: [] }) as unknown as Skeleton).points.map(
    ({ name, x, y, visibility }) => [name, x, y, visibility],
  );

test('a class without a skeleton takes a point by one click, and by keys', () => {
  const desk = deskOf(keypointType);
  click(desk, 100, 50);
  assert.deepEqual(desk.list.value[0]?.geometry, { x: 100, y: 50 });
  keys(desk, '2', 'k', 'ArrowRight', 'Enter');
  assert.deepEqual(desk.list.value[1]?.geometry, { x: 321, y: 240 });
  assert.equal(desk.list.value[1]?.category, 1);
  keys(desk, 'o');
  assert.deepEqual(desk.list.value[1]?.geometry, { x: 321, y: 240, visibility: 1 });
});

test('the points of a skeleton are asked for by name, and the last one ends it', () => {
  const desk = asking();
  desk.send({ type: 'move', ...at(10, 10) });
  assert.equal(desk.hand.value.note?.text, 'head 1/4');
  click(desk, 100, 50);
  assert.equal(desk.hand.value.note?.text, 'left hand 2/4');
  assert.equal(desk.said.value, 'left hand');
  click(desk, 130, 100);
  click(desk, 70, 100);
  click(desk, 100, 200);
  assert.deepEqual(pointsOf(desk), [
    ['head', 100, 50, 2],
    ['left hand', 130, 100, 2],
    ['right hand', 70, 100, 2],
    ['feet', 100, 200, 2],
  ]);
  assert.equal(desk.hand.value.busy, false);
});

test('one point is left out, one is put as hidden, and Enter leaves the rest out', () => {
  const desk = asking();
  click(desk, 100, 50);
  keys(desk, 'j', 'o');
  assert.equal(desk.hand.value.note?.text, 'right hand, hidden 3/4');
  click(desk, 70, 100);
  keys(desk, 'Enter');
  assert.deepEqual(pointsOf(desk), [
    ['head', 100, 50, 2],
    ['left hand', 0, 0, 0],
    ['right hand', 70, 100, 1],
    ['feet', 0, 0, 0],
  ]);
});

test('keys alone place a skeleton', () => {
  const desk = asking();
  keys(desk, 'k', 'Enter', 'Shift+ArrowDown', 'Space', 'j', 'Ctrl+ArrowDown', 'Space');
  assert.deepEqual(pointsOf(desk), [
    ['head', 320, 240, 2],
    ['left hand', 320, 250, 2],
    ['right hand', 0, 0, 0],
    ['feet', 320, 350, 2],
  ]);
});

test('Backspace asks for the point before again, Escape drops them all', () => {
  const desk = asking();
  click(desk, 100, 50);
  click(desk, 130, 100);
  keys(desk, 'Backspace');
  assert.equal(desk.hand.value.note?.text, 'left hand 2/4');
  keys(desk, 'Escape');
  assert.equal(desk.hand.value.busy, false);
  assert.equal(desk.history.canUndo, false);
});

test('everything left out is no skeleton', () => {
  const desk = asking();
  keys(desk, 'k', 'j', 'j', 'j', 'j');
  assert.equal(desk.list.value.length, 0);
  assert.equal(desk.hand.value.busy, false);
});

test('a drag puts the whole as a guess, whose points are then moved by hand', () => {
  const desk = asking();
  drag(desk, [100, 100], [150, 150], [200, 300]);
  assert.equal(desk.list.value.length, 1);
  drag(desk, [150, 100], [155, 95], [160, 90]);
  assert.deepEqual(pointsOf(desk)[0], ['head', 160, 90, 2]);
  assert.equal(desk.list.value.length, 1);
});

test('another class in between does not change what is being asked for', () => {
  const desk = asking();
  click(desk, 100, 50);
  keys(desk, '1');
  click(desk, 130, 100);
  keys(desk, 'Enter');
  assert.equal(desk.list.value[0]?.category, 2);
  assert.equal(pointsOf(desk).length, 4);
});
