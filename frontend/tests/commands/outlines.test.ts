import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Desk } from '../../src/commands/desk.ts';
import { cutAlong, join } from '../../src/commands/outlines.ts';
import type { Point } from '../../src/geometry/plane.ts';
import { areaOf, type Ring } from '../../src/geometry/polygons.ts';
import { polygonType } from '../../src/task-types/polygon.ts';
import type { InstanceRecord } from '../../src/task-types/question.ts';
import { click, deskOf, keys, shaped } from '../vectors.ts';

const square = (left: number, top: number, side = 100): Ring => [
  { x: left, y: top },
  { x: left + side, y: top },
  { x: left + side, y: top + side },
  { x: left, y: top + side },
];

const desk = (...records: readonly InstanceRecord[]): Desk => {
  const made = deskOf(polygonType, records);
  made.select(records.map(({ id }) => id));
  return made;
};

const rings = (record: InstanceRecord | undefined): readonly Ring[] =>
  record === undefined ? [] : (polygonType.located?.rings(record) ?? []);

const area = (record: InstanceRecord | undefined): number => {
  const [outer = [], ...holes] = rings(record);
  return areaOf(outer) - holes.reduce((sum, hole) => sum + areaOf(hole), 0);
};

test('a line across an outline makes two that carry the same, the larger one being the old', async () => {
  const attributes = { hidden: true };
  const at = desk(shaped('a', 'polygon', { vertices: square(100, 100) }, { category: 1, attributes, group: 'pair' }));
  await cutAlong(at, [
    { x: 130, y: 90 },
    { x: 130, y: 210 },
  ]);
  const [first, second] = at.list.value;
  assert.deepEqual([first?.id, area(first), area(second)], ['a', 7000, 3000]);
  assert.deepEqual([second?.category, second?.attributes, second?.group], [1, attributes, 'pair']);
  assert.deepEqual(at.selection.value.length, 2);
  at.undo();
  assert.deepEqual(
    at.list.value.map(({ geometry }) => geometry),
    [{ vertices: square(100, 100) }],
  );
});

test('a line that ends inside is drawn on, one that bends cuts along its bend, one beside cuts nothing', async () => {
  const inside = desk(shaped('a', 'polygon', { vertices: square(100, 100) }));
  await cutAlong(inside, [
    { x: 150, y: 140 },
    { x: 150, y: 160 },
  ]);
  assert.deepEqual(inside.list.value.map(area), [5000, 5000]);
  const bent = desk(shaped('a', 'polygon', { vertices: square(100, 100) }));
  await cutAlong(bent, [
    { x: 50, y: 150 },
    { x: 150, y: 150 },
    { x: 150, y: 250 },
  ]);
  assert.deepEqual(bent.list.value.map(area).sort(), [2500, 7500]);
  const beside = desk(shaped('a', 'polygon', { vertices: square(100, 100) }));
  await cutAlong(beside, [
    { x: 300, y: 0 },
    { x: 300, y: 400 },
  ]);
  assert.equal(beside.list.value.length, 1);
  assert.equal(beside.history.canUndo, false);
});

test('whatever line cuts, no area is lost or won but for rounding to the grid', async () => {
  const vertices: Ring = [...square(100, 100, 200).slice(0, 3), { x: 200, y: 220 }, { x: 100, y: 300 }];
  const holes = [square(140, 130, 40)];
  const whole = area(shaped('a', 'polygon', { vertices, holes }));
  const spot = fc.record({ x: fc.integer({ min: 0, max: 640 }), y: fc.integer({ min: 0, max: 480 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(spot, { minLength: 2, maxLength: 4 }), async (line: readonly Point[]) => {
      const at = desk(shaped('a', 'polygon', { vertices, holes }));
      await cutAlong(at, line);
      const sum = at.list.value.reduce((all, record) => all + area(record), 0);
      assert.ok(Math.abs(sum - whole) < 60, `${sum} of ${whole}`);
      polygonType.check(
        polygonType.dump(
          new Map([...at.doc.records].map(([id, r]) => [id, r.kind === 'instance' ? { ...r, id: UUID(id) } : r])),
        ),
        at.question,
      );
    }),
    { numRuns: 30 },
  );
});

const UUID = (id: string): string => (id.length === 36 ? id : '5f0c3b1e-0d52-4c1e-9a55-000000000001');

test('outlines that touch become one, with the first one’s class', async () => {
  const at = desk(
    shaped('a', 'polygon', { vertices: square(100, 100) }, { category: 2 }),
    shaped('b', 'polygon', { vertices: square(200, 100) }, { order: 1 }),
  );
  await join(at);
  assert.deepEqual(
    at.list.value.map((record) => [record.category, area(record), rings(record)[0]?.length]),
    [[2, 20000, 4]],
  );
});

test('outlines that stay apart become one group', async () => {
  const at = desk(
    shaped('a', 'polygon', { vertices: square(100, 100) }),
    shaped('b', 'polygon', { vertices: square(150, 150) }, { order: 1 }),
    shaped('c', 'polygon', { vertices: square(400, 300) }, { order: 2 }),
  );
  await join(at);
  const groups = at.list.value.map(({ group }) => group);
  assert.equal(groups.length, 2);
  assert.ok(groups[0] !== null && groups[0] === groups[1]);
  assert.deepEqual(at.list.value.map(area), [17500, 10000]);
});

test('a ring drawn inside the selected outline is cut out of it, and the tool of before is in the hand again', () => {
  const at = desk(shaped('a', 'polygon', { vertices: square(100, 100) }));
  at.useTool('polygon');
  keys(at, 'Shift+X', 'Escape');
  assert.equal(at.tool, 'hole');
  for (const [x, y] of [
    [130, 130],
    [170, 130],
    [170, 170],
  ] as const)
    click(at, x, y);
  keys(at, 'Enter');
  assert.equal(area(at.list.value[0]), 10000 - 800);
  assert.equal(at.tool, 'polygon');
});

test('a ring beside the outline is no hole', () => {
  const at = desk(shaped('a', 'polygon', { vertices: square(100, 100) }));
  keys(at, 'Shift+X', 'Escape');
  for (const [x, y] of [
    [330, 130],
    [370, 130],
    [370, 170],
  ] as const)
    click(at, x, y);
  keys(at, 'Enter');
  assert.equal(rings(at.list.value[0]).length, 1);
  assert.equal(at.history.canUndo, false);
});

test('by keys a line is laid across the outline, and Escape gives the tool back', async () => {
  const at = desk(shaped('a', 'polygon', { vertices: square(270, 190) }));
  keys(at, 'x', 'Ctrl+ArrowUp', 'Space', 'Ctrl+ArrowDown', 'Ctrl+ArrowDown', 'Space', 'Enter');
  for (let i = 0; i < 100 && at.list.value.length < 2; i += 1) await new Promise((done) => setTimeout(done, 5));
  assert.deepEqual(at.list.value.map(area), [5000, 5000]);
  assert.equal(at.tool, 'polygon');
  keys(at, 'x', 'Escape');
  assert.equal(at.hand.value.busy, false);
  keys(at, 'Escape');
  assert.equal(at.tool, 'polygon');
});
