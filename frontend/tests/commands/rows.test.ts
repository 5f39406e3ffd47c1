import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alike, needsPlace, sizeOf } from '../../src/commands/rows.ts';
import { boundingBox } from '../../src/task-types/bounding-box.ts';
import { keypointType } from '../../src/task-types/keypoint.ts';
import type { Located } from '../../src/task-types/task-type.ts';
import { someBox } from '../some.ts';

const located = boundingBox.located as Located;

test('rows of one class and size say where their boxes are, the others only how large', () => {
  const here = someBox('here', { left: 629.6, top: 120.2, width: 212, height: 74 });
  const there = someBox('there', { left: 10, top: 20, width: 212.3, height: 73.8 });
  const bus = someBox('bus', { left: 10, top: 20, width: 212, height: 74 }, { category: 1 });
  const other = someBox('other', { left: 10, top: 20, width: 60, height: 74 });
  const list = [here, there, bus, other];
  const found = alike(located, list);
  assert.deepEqual([...found].sort(), ['here', 'there']);
  assert.deepEqual(
    list.map((record) => sizeOf(located, record, found.has(record.id))),
    ['212 × 74 at 630, 120', '212 × 74 at 10, 20', '212 × 74', '60 × 74'],
  );
});

test('in a long list every row says where its shape is, and nothing is compared', () => {
  const list = Array.from({ length: 501 }, (_, n) => someBox(`r${n}`, { left: 0, top: 0, width: 1 + n, height: 2 }));
  assert.ok(needsPlace(located, list)('r7'));
  assert.ok(!needsPlace(located, list.slice(1))('r7'));
});

test('a point says its place once', () => {
  const points = keypointType.located as Located;
  const point = {
    ...someBox('p', { left: 0, top: 0, width: 1, height: 1 }),
    shape: 'keypoint',
    geometry: { x: 12.4, y: 7 },
  };
  assert.equal(sizeOf(points, point, true), sizeOf(points, point, false));
});
