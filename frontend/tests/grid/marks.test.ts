import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Marks, noMarks, ranged, redone, toggled, undone } from '../../src/grid/marks.ts';

const wrong = ({ wrong: all }: Marks): number[] => [...all].sort((a, b) => a - b);

test('a mark is put, and by the same key taken away', () => {
  const once = toggled(noMarks(), 4);
  assert.deepEqual(wrong(once), [4]);
  assert.deepEqual(wrong(toggled(once, 4)), []);
});

test('a range gets the state that its end has not', () => {
  const marked = ranged(noMarks([2]), [1, 2, 3]);
  assert.deepEqual(wrong(marked), [1, 2, 3]);
  assert.deepEqual(wrong(ranged(marked, [2, 3])), [1]);
  assert.equal(ranged(marked, []), marked);
});

test('any row of steps undone is the beginning, and redone is the end', () => {
  const step = fc.oneof(
    fc.nat(9).map((one) => (marks: Marks) => toggled(marks, one)),
    fc.array(fc.nat(9), { maxLength: 5 }).map((all) => (marks: Marks) => ranged(marks, all)),
  );
  fc.assert(
    fc.property(fc.array(fc.nat(9)), fc.array(step), (first, steps) => {
      const start = noMarks(first);
      const end = steps.reduce((marks, run) => run(marks), start);
      let back = end;
      for (const _ of steps) back = undone(back);
      assert.deepEqual(wrong(back), wrong(start));
      let again = back;
      for (const _ of steps) again = redone(again);
      assert.deepEqual(wrong(again), wrong(end));
    }),
  );
});

test('with nothing to undo or redo nothing happens', () => {
  const marks = noMarks([1]);
  assert.equal(undone(marks), marks);
  assert.equal(redone(marks), marks);
});
