import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Desk } from '../../src/commands/desk.ts';
import type { Point } from '../../src/geometry/plane.ts';
import { boundingBox } from '../../src/task-types/bounding-box.ts';
import { ellipseType } from '../../src/task-types/ellipse.ts';
import { polygonType } from '../../src/task-types/polygon.ts';
import { polylineType } from '../../src/task-types/polyline.ts';
import { at, click, deskOf, drag, keys, shaped } from '../vectors.ts';

const verticesOf = (desk: Desk, place = -1): number[][] => {
  const geometry = desk.list.value.at(place)?.geometry as unknown as { vertices: readonly Point[] } | undefined;
  return (geometry?.vertices ?? []).map(({ x, y }) => [x, y]);
};

const TRIANGLE = [
  [100, 100],
  [200, 100],
  [150, 180],
] as const;

const withThree = (): Desk => {
  const desk = deskOf(polygonType);
  for (const [x, y] of TRIANGLE) click(desk, x, y);
  return desk;
};

test('clicks put the vertices of an outline, and a click on the first one closes it', () => {
  const desk = withThree();
  assert.equal(desk.list.value.length, 0);
  click(desk, 104, 97);
  assert.deepEqual(
    verticesOf(desk),
    TRIANGLE.map((p) => [...p]),
  );
  assert.equal(desk.history.done.length, 1);
  assert.equal(desk.hand.value.busy, false);
});

test('Enter closes an outline where it is, and a double click does too', () => {
  const one = withThree();
  keys(one, 'Enter');
  assert.equal(verticesOf(one).length, 3);
  const other = withThree();
  click(other, 100, 180);
  click(other, 100, 180, {}, 2);
  assert.equal(verticesOf(other).length, 4);
});

test('Backspace and undo take the last vertex back, and at the end nothing is in the hand', () => {
  const desk = withThree();
  keys(desk, 'Backspace', 'Ctrl+z');
  assert.deepEqual(desk.hand.value.line?.slice(0, 1), [{ x: 100, y: 100 }]);
  assert.equal(desk.hand.value.open, true);
  keys(desk, 'Backspace');
  assert.equal(desk.hand.value.busy, false);
});

test('Escape drops an outline in the making and leaves nothing to undo', () => {
  const desk = withThree();
  keys(desk, 'Escape');
  assert.equal(desk.hand.value.busy, false);
  assert.equal(desk.history.canUndo, false);
});

test('too few points are no outline: it stays in the hand', () => {
  const desk = deskOf(polygonType);
  click(desk, 100, 100);
  click(desk, 200, 100);
  keys(desk, 'Enter');
  assert.equal(desk.list.value.length, 0);
  assert.equal(desk.hand.value.open, true);
});

test('a drag draws freely, with vertices a little apart, and back at the first one it closes', () => {
  const desk = deskOf(polygonType);
  const round = Array.from({ length: 120 }, (_, i): readonly [number, number] => {
    const a = (2 * Math.PI * i) / 119;
    return [300 + 80 * Math.cos(a), 200 + 80 * Math.sin(a)];
  });
  drag(desk, ...round);
  const found = verticesOf(desk);
  assert.ok(found.length > 30 && found.length < 60, String(found.length));
});

test('clicks and free pieces mix in one outline', () => {
  const desk = deskOf(polygonType);
  click(desk, 100, 100);
  drag(desk, [200, 100], [220, 120], [240, 150], [240, 200]);
  click(desk, 100, 200);
  keys(desk, 'Enter');
  assert.deepEqual(
    [verticesOf(desk)[0], verticesOf(desk).at(-1)],
    [
      [100, 100],
      [100, 200],
    ],
  );
  assert.ok(verticesOf(desk).length >= 6);
});

test('keys alone draw an outline: Space puts, Enter finishes, and Enter with too few puts', () => {
  const desk = deskOf(polygonType);
  keys(desk, 'p', 'Enter', 'Ctrl+ArrowRight', 'Enter', 'Ctrl+ArrowDown', 'Space', 'Ctrl+ArrowLeft', 'Space', 'Enter');
  assert.deepEqual(verticesOf(desk), [
    [320, 240],
    [420, 240],
    [420, 340],
    [320, 340],
  ]);
  assert.equal(desk.hand.value.busy, false);
});

test('a line takes two points and is not closed by its first one', () => {
  const desk = deskOf(polylineType);
  click(desk, 10, 10);
  click(desk, 60, 10);
  click(desk, 60, 60);
  click(desk, 12, 12);
  keys(desk, 'Enter');
  assert.equal(verticesOf(desk).length, 4);
  keys(desk, 'l', 'Space', 'Shift+ArrowRight', 'Space', 'Enter');
  assert.equal(desk.list.value.length, 2);
});

test('four clicks in any order make a box around the outermost points, by keys as well', () => {
  const desk = deskOf(boundingBox);
  desk.useTool('extreme');
  for (const [x, y] of [
    [150, 40],
    [90, 100],
    [160, 170],
    [230, 90],
  ] as const)
    click(desk, x, y);
  assert.deepEqual(desk.list.value[0]?.geometry, { left: 90, top: 40, width: 140, height: 130 });
  keys(desk, 'Shift+B', 'Space', 'Ctrl+ArrowRight', 'Space', 'Ctrl+ArrowDown', 'Space', 'Ctrl+ArrowLeft', 'Space');
  assert.deepEqual(desk.list.value[1]?.geometry, { left: 320, top: 240, width: 100, height: 100 });
});

test('an ellipse is dragged, clicked twice or put by keys', () => {
  const desk = deskOf(ellipseType);
  drag(desk, [100, 100], [150, 130], [200, 160]);
  assert.deepEqual(desk.list.value[0]?.geometry, { cx: 150, cy: 130, rx: 50, ry: 30, angle: 0 });
  click(desk, 300, 300);
  click(desk, 340, 320);
  keys(desk, 'd', 'Enter', 'Ctrl+ArrowRight', 'Shift+ArrowDown', 'Enter');
  assert.equal(desk.list.value.length, 3);
});

test('a second finger or another window leaves what was put in the hand', () => {
  const desk = withThree();
  desk.send({ type: 'down', ...at(300, 300) });
  desk.send({ type: 'pinch', factor: 2, at: { x: 50, y: 50 }, by: { x: 0, y: 0 } });
  desk.send({ type: 'up', ...at(300, 300) });
  desk.send({ type: 'interrupt' });
  keys(desk, 'Enter');
  assert.equal(verticesOf(desk).length, 3);
});

/** A square neighbour with a corner cut off at its right. */
const NEIGHBOUR = [
  { x: 100, y: 100 },
  { x: 200, y: 100 },
  { x: 220, y: 150 },
  { x: 200, y: 200 },
  { x: 100, y: 200 },
];

const beside = (): Desk => {
  const desk = deskOf(polygonType, [shaped('a', 'polygon', { vertices: NEIGHBOUR })]);
  keys(desk, 'Shift+G');
  return desk;
};

test('points near a neighbour stick to it, and its border between two of them is copied the shorter way', () => {
  const desk = beside();
  click(desk, 203, 96);
  click(desk, 198, 204);
  click(desk, 300, 200);
  click(desk, 300, 100);
  keys(desk, 'Enter');
  assert.deepEqual(verticesOf(desk), [
    [200, 100],
    [220, 150],
    [200, 200],
    [300, 200],
    [300, 100],
  ]);
});

test('with Shift the border is copied the other way round, and one Backspace takes the whole run back', () => {
  const desk = beside();
  click(desk, 203, 96);
  click(desk, 198, 204, { shift: true });
  assert.equal(desk.hand.value.line?.length, 5);
  keys(desk, 'Backspace');
  desk.send({ type: 'move', ...at(400, 400) });
  assert.equal(desk.hand.value.line?.length, 2);
});

test('closing at a point of the neighbour copies the run that leads there', () => {
  const desk = beside();
  click(desk, 203, 96);
  click(desk, 300, 100);
  click(desk, 300, 200);
  click(desk, 198, 204);
  click(desk, 203, 96);
  assert.deepEqual(verticesOf(desk).at(-1), [220, 150]);
  assert.equal(verticesOf(desk).length, 5);
});

test('Ctrl held turns sticking off for a point, or on where it is off', () => {
  const desk = beside();
  click(desk, 203, 96, { ctrl: true });
  assert.deepEqual(desk.hand.value.line?.[0], { x: 203, y: 96 });
  keys(desk, 'Escape', 'Shift+G');
  click(desk, 203, 96, { ctrl: true });
  assert.deepEqual(desk.hand.value.line?.[0], { x: 200, y: 100 });
});

test('Alt and a click on a vertex of the selected outline takes it out, whichever tool is in use', () => {
  for (const tool of ['select', 'polygon']) {
    const desk = deskOf(polygonType, [shaped('a', 'polygon', { vertices: NEIGHBOUR })]);
    desk.select(['a']);
    desk.useTool(tool);
    click(desk, 221, 151, { alt: true });
    assert.equal(verticesOf(desk).length, 4);
  }
});

test('Delete takes out the vertex under the pointer, and elsewhere the whole outline', () => {
  const desk = deskOf(polygonType, [shaped('a', 'polygon', { vertices: NEIGHBOUR })]);
  desk.select(['a']);
  desk.useTool('select');
  desk.send({ type: 'move', ...at(220, 150) });
  keys(desk, 'Delete');
  assert.equal(verticesOf(desk).length, 4);
  desk.send({ type: 'move', ...at(400, 400) });
  keys(desk, 'Delete');
  assert.equal(desk.list.value.length, 0);
});

test('a middle handle puts a vertex in where it is dragged', () => {
  const desk = deskOf(polygonType, [shaped('a', 'polygon', { vertices: NEIGHBOUR })]);
  desk.select(['a']);
  drag(desk, [150, 100], [150, 90], [150, 60]);
  assert.deepEqual(verticesOf(desk)[1], [150, 60]);
  assert.equal(verticesOf(desk).length, 6);
});
