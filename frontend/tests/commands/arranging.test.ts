import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { removeSelected, setCategory } from '../../src/commands/acts.ts';
import { raise } from '../../src/commands/arranging.ts';
import type { Desk } from '../../src/commands/desk.ts';
import { onlyClass, showAll, toggleClass, toggleHidden, toggleLock } from '../../src/commands/sight.ts';
import { worldOf } from '../../src/commands/world.ts';
import { someBox, someDesk } from '../some.ts';

const four = (): Desk => {
  const desk = someDesk(
    ['a', 'b', 'c', 'd'].map((id, order) =>
      someBox(id, { left: 10 + 100 * order, top: 10, width: 50, height: 50 }, { order, category: order % 2 }),
    ),
  );
  desk.useTool('select');
  return desk;
};

const order = (desk: Desk): string => desk.list.value.map(({ id }) => id).join('');

test('what is raised goes one place to the front, or all the way, and stops there', () => {
  const desk = four();
  desk.select(['b']);
  raise(desk, 1, false);
  assert.equal(order(desk), 'acbd');
  raise(desk, 1, true);
  assert.equal(order(desk), 'acdb');
  const steps = desk.history.done.length;
  raise(desk, 1, false);
  assert.equal(order(desk), 'acdb');
  assert.equal(desk.history.done.length, steps);
  raise(desk, -1, true);
  assert.equal(order(desk), 'bacd');
});

test('several are raised together and keep their order', () => {
  const desk = four();
  desk.select(['a', 'b']);
  raise(desk, 1, false);
  assert.equal(order(desk), 'cabd');
  raise(desk, 1, true);
  assert.equal(order(desk), 'cdab');
});

test('any way of raising and lowering keeps each shape once and is undone to the same document', () => {
  const moves = fc.array(
    fc.record({
      ids: fc.subarray(['a', 'b', 'c', 'd']),
      by: fc.constantFrom(1 as const, -1 as const),
      whole: fc.boolean(),
    }),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(moves, (made) => {
      const desk = four();
      const before = JSON.stringify([...desk.doc.records]);
      for (const { ids, by, whole } of made) {
        desk.select(ids);
        raise(desk, by, whole);
        assert.equal([...order(desk)].sort().join(''), 'abcd');
        assert.equal(new Set(desk.list.value.map((record) => record.order)).size, 4);
      }
      while (desk.history.canUndo) desk.undo();
      assert.equal(JSON.stringify([...desk.doc.records]), before);
    }),
  );
});

test('a locked shape is neither picked nor changed nor removed until it is unlocked', () => {
  const desk = four();
  desk.select(['a']);
  assert.equal(toggleLock(desk), true);
  assert.equal(worldOf(desk)?.pick({ x: 20, y: 20 }), null);
  removeSelected(desk);
  setCategory(desk, 2);
  assert.equal(desk.history.canUndo, false);
  assert.deepEqual(worldOf(desk)?.inside({ left: 0, top: 0, width: 400, height: 100 }), ['b', 'c', 'd']);
  assert.equal(toggleLock(desk), false);
  assert.equal(worldOf(desk)?.pick({ x: 20, y: 20 }), 'a');
});

test('hidden shapes are out of reach, by themselves or by their class, and come back with everything', () => {
  const desk = four();
  desk.select(['a']);
  toggleHidden(desk);
  toggleClass(desk, 1);
  assert.deepEqual(
    desk.inReach().map(({ id }) => id),
    ['c'],
  );
  showAll(desk);
  assert.equal(desk.inReach().length, 4);
});

test('one class alone is shown, and the same key shows every class again', () => {
  const desk = four();
  assert.equal(onlyClass(desk, 1), true);
  assert.deepEqual(
    desk.inReach().map(({ id }) => id),
    ['b', 'd'],
  );
  assert.equal(onlyClass(desk, 1), false);
  assert.equal(desk.inReach().length, 4);
});

test('hiding and locking are of the view: the answer and the history know nothing of them', () => {
  const desk = four();
  const before = JSON.stringify(desk.type.dump(desk.doc.records));
  desk.select(['a', 'b']);
  toggleHidden(desk);
  toggleLock(desk);
  assert.equal(JSON.stringify(desk.type.dump(desk.doc.records)), before);
  assert.equal(desk.history.canUndo, false);
});

test('looking at a box brings it into the middle of the stage, as large as it fits', () => {
  const desk = four();
  desk.showBox({ left: 100, top: 100, width: 80, height: 60 });
  const middle = desk.toMedia({ x: 320, y: 240 });
  assert.ok(Math.hypot(middle.x - 140, middle.y - 130) < 1e-6);
  assert.ok(desk.viewport.value.scale > 4);
});
