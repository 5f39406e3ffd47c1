import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Desk } from '../../src/commands/desk.ts';
import { NO_MODIFIERS } from '../../src/task-types/task-type.ts';
import type { Press } from '../../src/tools/tool.ts';
import { boxOf, someBox, someDesk } from '../some.ts';

const at = (x: number, y: number, touch = false): Press => ({
  at: { x, y },
  screen: { x, y },
  how: NO_MODIFIERS,
  touch,
});

const drag = (desk: Desk, from: readonly [number, number], to: readonly [number, number], touch = false): void => {
  desk.send({ type: 'down', ...at(...from, touch) });
  desk.send({ type: 'move', ...at((from[0] + to[0]) / 2, (from[1] + to[1]) / 2, touch) });
  desk.send({ type: 'move', ...at(...to, touch) });
  desk.send({ type: 'up', ...at(...to, touch) });
};

const click = (desk: Desk, x: number, y: number): void => {
  desk.send({ type: 'down', ...at(x, y) });
  desk.send({ type: 'up', ...at(x, y) });
};

const withOne = (): Desk => {
  const desk = someDesk([someBox('a', { left: 100, top: 100, width: 80, height: 60 })]);
  desk.useTool('select');
  return desk;
};

test('a drag draws a box and selects it', () => {
  const desk = someDesk();
  drag(desk, [10, 20], [60, 90]);
  const [made] = desk.selected();
  assert.deepEqual(made?.geometry, { left: 10, top: 20, width: 50, height: 70 });
  assert.equal(desk.history.done.length, 1);
});

test('two clicks draw a box without a drag', () => {
  const desk = someDesk();
  click(desk, 10, 20);
  desk.send({ type: 'move', ...at(50, 50) });
  assert.equal(desk.list.value.length, 0);
  click(desk, 60, 90);
  assert.deepEqual(desk.selected()[0]?.geometry, { left: 10, top: 20, width: 50, height: 70 });
});

test('keys alone draw a box: a crosshair, a corner, steps, the other corner', () => {
  const desk = someDesk();
  desk.send({ type: 'aim' });
  assert.deepEqual(desk.hand.value.crosshair, { x: 320, y: 240 });
  desk.send({ type: 'step', by: { x: -100, y: -40 } });
  desk.send({ type: 'place' });
  desk.send({ type: 'step', by: { x: 30, y: 10 } });
  assert.deepEqual(desk.hand.value.record?.geometry, { left: 220, top: 200, width: 30, height: 10 });
  desk.send({ type: 'place' });
  assert.deepEqual(desk.selected()[0]?.geometry, { left: 220, top: 200, width: 30, height: 10 });
  assert.equal(desk.hand.value.busy, false);
});

test('the crosshair stays inside the picture', () => {
  const desk = someDesk();
  desk.send({ type: 'aim' });
  desk.send({ type: 'step', by: { x: 5000, y: 5000 } });
  assert.deepEqual(desk.hand.value.crosshair, { x: 640, y: 480 });
});

test('Escape in the middle of a gesture writes nothing and leaves nothing to undo', () => {
  const desk = withOne();
  for (const tool of ['select', 'box']) {
    desk.useTool(tool);
    desk.send({ type: 'down', ...at(140, 130) });
    desk.send({ type: 'move', ...at(200, 200) });
    assert.equal(desk.hand.value.busy, true);
    desk.send({ type: 'cancel' });
    desk.send({ type: 'up', ...at(200, 200) });
    assert.deepEqual(boxOf(desk, 'a'), { left: 100, top: 100, width: 80, height: 60 });
    assert.equal(desk.history.canUndo, false);
  }
});

test('while a shape is dragged the document stays as it was; letting go is one step', () => {
  const desk = withOne();
  const version = desk.version.value;
  desk.send({ type: 'down', ...at(140, 130) });
  desk.send({ type: 'move', ...at(160, 140) });
  desk.send({ type: 'move', ...at(170, 150) });
  assert.equal(desk.version.value, version);
  assert.deepEqual(desk.hand.value.record?.geometry, { left: 130, top: 120, width: 80, height: 60 });
  desk.send({ type: 'up', ...at(170, 150) });
  assert.deepEqual(boxOf(desk, 'a'), { left: 130, top: 120, width: 80, height: 60 });
  assert.equal(desk.history.done.length, 1);
});

test('a click within three px selects and moves nothing', () => {
  const desk = withOne();
  desk.send({ type: 'down', ...at(140, 130) });
  desk.send({ type: 'move', ...at(142, 131) });
  desk.send({ type: 'up', ...at(142, 131) });
  assert.deepEqual(desk.selection.value, ['a']);
  assert.equal(desk.history.canUndo, false);
});

test('handles of the selected shape reshape it, whichever tool is in use', () => {
  for (const tool of ['select', 'box']) {
    const desk = withOne();
    desk.select(['a']);
    desk.useTool(tool);
    drag(desk, [180, 160], [200, 200]);
    assert.deepEqual(boxOf(desk, 'a'), { left: 100, top: 100, width: 100, height: 100 });
  }
});

test('of shapes over each other the smaller one is picked', () => {
  const desk = someDesk([
    someBox('bus', { left: 50, top: 50, width: 300, height: 200 }),
    someBox('person', { left: 100, top: 100, width: 30, height: 60 }),
  ]);
  desk.useTool('select');
  click(desk, 110, 120);
  assert.deepEqual(desk.selection.value, ['person']);
  click(desk, 300, 200);
  assert.deepEqual(desk.selection.value, ['bus']);
});

test('a frame drawn from an empty place selects what lies in it whole', () => {
  const desk = someDesk([
    someBox('in', { left: 100, top: 100, width: 30, height: 30 }),
    someBox('half', { left: 190, top: 100, width: 30, height: 30 }),
  ]);
  desk.useTool('select');
  drag(desk, [90, 90], [200, 200]);
  assert.deepEqual(desk.selection.value, ['in']);
});

test('a finger on an empty place moves the picture', () => {
  const desk = withOne();
  drag(desk, [400, 400], [420, 390], true);
  const { x, y } = desk.viewport.value;
  assert.ok(x > 0 && y < 0);
  assert.deepEqual(desk.selection.value, []);
});

test('Space held in the middle of a drag pans and the drag goes on afterwards', () => {
  const desk = withOne();
  desk.send({ type: 'down', ...at(140, 130) });
  desk.send({ type: 'move', ...at(150, 140) });
  const held = desk.hand.value.record;
  desk.send({ type: 'grip', on: true });
  desk.send({ type: 'move', ...at(150, 140) });
  desk.send({ type: 'move', ...at(180, 140) });
  assert.deepEqual(desk.hand.value.record, held);
  desk.send({ type: 'grip', on: false });
  desk.send({ type: 'move', ...at(170, 150) });
  desk.send({ type: 'up', ...at(170, 150) });
  assert.deepEqual(boxOf(desk, 'a'), { left: 130, top: 120, width: 80, height: 60 });
});

test('panning with Space held draws nothing', () => {
  const desk = someDesk();
  desk.send({ type: 'grip', on: true });
  drag(desk, [10, 10], [100, 100]);
  assert.equal(desk.list.value.length, 0);
  assert.equal(desk.viewport.value.x, 90);
  desk.send({ type: 'grip', on: false });
  drag(desk, [10, 10], [100, 100]);
  assert.equal(desk.list.value.length, 1);
});

test('a second finger drops what the first had begun, and lifting them draws nothing', () => {
  const desk = someDesk();
  desk.send({ type: 'down', ...at(10, 10, true) });
  desk.send({ type: 'move', ...at(60, 60, true) });
  desk.send({ type: 'pinch', factor: 2, at: { x: 50, y: 50 }, by: { x: 0, y: 0 } });
  desk.send({ type: 'up', ...at(60, 60, true) });
  assert.equal(desk.viewport.value.scale, 2);
  assert.equal(desk.list.value.length, 0);
  drag(desk, [10, 10], [100, 100], true);
  assert.equal(desk.list.value.length, 1);
});

test('after a pinch whose fingers went up unheard the next drag draws', () => {
  const desk = someDesk();
  desk.send({ type: 'down', ...at(10, 10, true) });
  desk.send({ type: 'pinch', factor: 1, at: { x: 50, y: 50 }, by: { x: 0, y: 0 } });
  drag(desk, [10, 10], [100, 100], true);
  assert.equal(desk.list.value.length, 1);
  assert.equal(desk.hand.value.busy, false);
});

const SMALL = { left: 300, top: 200, width: 30, height: 24 };

const withSmall = (tool: string, box = SMALL): Desk => {
  const desk = someDesk([someBox('s', box)]);
  desk.useTool(tool);
  desk.select(['s']);
  return desk;
};

test('a drag on a small selected box moves it, whichever tool is in use', () => {
  for (const tool of ['select', 'box']) {
    const desk = withSmall(tool);
    drag(desk, [315, 212], [345, 232]);
    assert.deepEqual(boxOf(desk, 's'), { ...SMALL, left: 330, top: 220 });
    assert.equal(desk.list.value.length, 1);
  }
});

test('a drag beside a small box begins a new one', () => {
  const desk = withSmall('box');
  drag(desk, [341, 212], [380, 260]);
  assert.deepEqual(boxOf(desk, 's'), SMALL);
  assert.equal(desk.list.value.length, 2);
});

test('the corner of a small box still reshapes it', () => {
  const desk = withSmall('box');
  drag(desk, [331, 225], [351, 235]);
  assert.deepEqual(boxOf(desk, 's'), { ...SMALL, width: 51, height: 35 });
});

test('a drag inside a large selected box draws another in it', () => {
  const desk = withSmall('box', { left: 100, top: 100, width: 200, height: 200 });
  drag(desk, [150, 150], [180, 190]);
  assert.equal(desk.list.value.length, 2);
});

test('hidden boxes are not held', () => {
  const desk = withSmall('box');
  desk.hidden.value = true;
  drag(desk, [315, 212], [345, 232]);
  assert.equal(desk.list.value.length, 2);
});

test('the crosshair by keys lets go of what was selected', () => {
  const desk = withSmall('box');
  desk.send({ type: 'aim' });
  assert.deepEqual(desk.selection.value, []);
});
