import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Box, Point } from '../../src/geometry/plane.ts';
import { boundingBox } from '../../src/task-types/bounding-box.ts';
import { withCategory } from '../../src/task-types/instances.ts';
import type { Json } from '../../src/task-types/question.ts';
import { type Located, type Modifiers, NO_MODIFIERS } from '../../src/task-types/task-type.ts';
import { boxes, someBox, someQuestion, uuid } from '../some.ts';

const located = boundingBox.located as Located;
const question = someQuestion();
const point = fc.record({
  x: fc.double({ min: -900, max: 900, noNaN: true }),
  y: fc.double({ min: -900, max: 900, noNaN: true }),
});
const handle = fc.constantFrom('-1,-1', '0,-1', '1,-1', '-1,0', '1,0', '-1,1', '0,1', '1,1', undefined);

const drawn = (from: Point, to: Point, how: Modifiers) => located.create({ by: 'corners', from, to, how }, question, 0);
const geometry = (record: { geometry: Json }): Box => record.geometry as unknown as Box;
const isSound = (box: Box): void => boundingBox.check({ instances: [{ ...answer, geometry: { ...box } }] }, question);
const answer = { id: uuid(1), shape: 'box', category: 0, attributes: {}, group: null, origin: null };

test('whatever a hand does to a box, the server would take it', () => {
  fc.assert(
    fc.property(boxes, point, point, handle, (box, from, to, grip) => {
      const start = someBox('a', box);
      isSound(geometry(located.gesture(start, from, to, NO_MODIFIERS, question, grip)));
      isSound(geometry(located.nudge(start, to, grip === undefined, question)));
      const made = drawn(from, to, { shift: grip === undefined, alt: false });
      if (made !== null) isSound(geometry(made));
    }),
  );
});

test('a moved box keeps its size and stops at the edge', () => {
  const moved = located.gesture(
    someBox('a', { left: 10, top: 10, width: 50, height: 40 }),
    { x: 0, y: 0 },
    { x: 9999, y: -9999 },
    NO_MODIFIERS,
    question,
  );
  assert.deepEqual(geometry(moved), { left: 590, top: 0, width: 50, height: 40 });
});

test('an edge pulled over the other turns the box round', () => {
  const start = someBox('a', { left: 100, top: 100, width: 50, height: 50 });
  const pulled = located.gesture(start, { x: 150, y: 100 }, { x: 60, y: 100 }, NO_MODIFIERS, question, '1,0');
  assert.deepEqual(geometry(pulled), { left: 60, top: 100, width: 40, height: 50 });
});

test('with Shift a box is a square, also at the edge', () => {
  const made = drawn({ x: 600, y: 100 }, { x: 639, y: 300 }, { shift: true, alt: false });
  assert.deepEqual(made?.geometry, { left: 600, top: 100, width: 40, height: 40 });
});

test('a slip of the hand makes no box', () => {
  assert.equal(drawn({ x: 5, y: 5 }, { x: 5.2, y: 40 }, NO_MODIFIERS), null);
});

test('a proposal that a person changes counts as corrected, an untouched one stays accepted', () => {
  const origin = { model: 'm', how: 'accepted' } as const;
  const record = someBox('a', { left: 1, top: 1, width: 9, height: 9 }, { origin });
  assert.equal(located.nudge(record, { x: 1, y: 0 }, false, question).origin?.how, 'corrected');
  assert.equal(withCategory(record, 1, question).origin?.how, 'corrected');
  assert.equal(record.origin?.how, 'accepted');
});

test('a box of another class keeps only the attributes that this class knows', () => {
  const record = someBox('a', { left: 1, top: 1, width: 9, height: 9 }, { attributes: { hidden: true, lane: 3 } });
  assert.deepEqual(withCategory(record, 2, question).attributes, { hidden: true });
});
