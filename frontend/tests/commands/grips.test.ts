import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { gripAt, gripsOf } from '../../src/commands/grips.ts';
import type { Box } from '../../src/geometry/plane.ts';
import { boundingBox } from '../../src/task-types/bounding-box.ts';
import type { Located } from '../../src/task-types/task-type.ts';
import { boxes, someBox, someQuestion } from '../some.ts';

const located = boundingBox.located as Located;
const grips = (box: Box, scale = 1) => {
  const record = someBox('a', box);
  return gripsOf(located, record, located.handles(record, someQuestion()), scale);
};
const names = (width: number, height: number, scale = 1): string[] =>
  grips({ left: 100, top: 100, width, height }, scale).map(({ name }) => name);

test('a side has a handle in its middle only where it is long enough on the screen', () => {
  assert.equal(names(200, 100).length, 8);
  assert.equal(names(20, 10, 10).length, 8);
  assert.deepEqual(names(39, 39), ['-1,-1', '-1,1', '1,-1', '1,1']);
  assert.deepEqual(names(200, 30), ['-1,-1', '-1,1', '0,-1', '0,1', '1,-1', '1,1']);
});

test('a little box has its last corner only, and a tiny one is reshaped by keys', () => {
  assert.deepEqual(names(15, 12), ['1,1']);
  assert.deepEqual(names(6, 6), []);
});

test('no handle covers more than a third of a side, and the middle of the box is never one', () => {
  fc.assert(
    fc.property(boxes, fc.double({ min: 0.05, max: 20, noNaN: true }), (box, scale) => {
      const all = grips(box, scale);
      for (const { reach, pull } of all) {
        assert.ok(reach.x * (pull.x === 0 ? 2 : 1) <= (box.width * scale) / 3 + 1e-9);
        assert.ok(reach.y * (pull.y === 0 ? 2 : 1) <= (box.height * scale) / 3 + 1e-9);
        assert.ok(Math.max(reach.x, reach.y) <= 12);
      }
      const middle = { x: box.left + box.width / 2, y: box.top + box.height / 2 };
      assert.equal(gripAt(all, middle, scale), undefined);
    }),
  );
});

test('beside a small box nothing is held', () => {
  const box = { left: 100, top: 100, width: 24, height: 24 };
  assert.equal(gripAt(grips(box), { x: 123, y: 123 }, 1)?.name, '1,1');
  assert.equal(gripAt(grips(box), { x: 133, y: 124 }, 1), undefined);
  assert.equal(gripAt(grips(box), { x: 124, y: 112 }, 1), undefined);
});
