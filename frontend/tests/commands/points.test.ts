import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cursorOf } from '../../src/commands/cursors.ts';
import type { Desk } from '../../src/commands/desk.ts';
import { gripsOn } from '../../src/commands/grips.ts';
import type { Point } from '../../src/geometry/plane.ts';
import { boundingBox } from '../../src/task-types/bounding-box.ts';
import { polygonType } from '../../src/task-types/polygon.ts';
import type { Located } from '../../src/task-types/task-type.ts';
import { at, click, deskOf, drag, keys, shaped, VECTOR_TYPES, vectorQuestion } from '../vectors.ts';

const SQUARE = [
  { x: 100, y: 100 },
  { x: 200, y: 100 },
  { x: 200, y: 200 },
  { x: 100, y: 200 },
];

const withSquare = (): Desk => {
  const desk = deskOf(polygonType, [shaped('a', 'polygon', { vertices: SQUARE })]);
  desk.select(['a']);
  return desk;
};

const vertices = (desk: Desk): readonly Point[] =>
  (desk.doc.get('a') as unknown as { geometry: { vertices: readonly Point[] } }).geometry.vertices;

test('a key walks through the points, arrows move the one, and Escape lets go of it', () => {
  const desk = withSquare();
  keys(desk, 'w', 'w', 'ArrowRight', 'Shift+ArrowUp');
  assert.deepEqual(vertices(desk)[1], { x: 201, y: 90 });
  assert.match(desk.said.value, /^Point 2 of 4, 201, 90/);
  keys(desk, 'Shift+W', 'Shift+W');
  assert.equal(desk.point.value, 'v0.3');
  keys(desk, 'Escape', 'ArrowRight');
  assert.deepEqual(vertices(desk)[0], { x: 101, y: 100 });
});

test('Insert puts a point in after the one in use, Delete takes it out and goes to the next', () => {
  const desk = withSquare();
  keys(desk, 'w', 'Insert');
  assert.deepEqual(vertices(desk)[1], { x: 150, y: 100 });
  assert.equal(desk.point.value, 'v0.1');
  keys(desk, 'Delete');
  assert.deepEqual(vertices(desk), SQUARE);
  assert.equal(desk.point.value, 'v0.1');
  keys(desk, 'Delete', 'Delete');
  assert.equal(vertices(desk).length, 3);
  assert.equal(desk.list.value.length, 1);
});

test('another shape has other points: nothing of the one before is in use', () => {
  const desk = deskOf(polygonType, [
    shaped('a', 'polygon', { vertices: SQUARE }),
    shaped('b', 'polygon', { vertices: SQUARE }, { order: 1 }),
  ]);
  desk.select(['a']);
  keys(desk, 'w', 'Tab');
  assert.equal(desk.point.value, null);
});

test('a box is turned by keys, five degrees at a time, where the job lets it', () => {
  const desk = deskOf(boundingBox, [shaped('a', 'box', { left: 100, top: 100, width: 60, height: 40 })]);
  desk.select(['a']);
  keys(desk, 'Alt+r', 'Alt+r', 'Alt+Shift+R');
  assert.deepEqual(desk.list.value[0]?.geometry, { left: 100, top: 100, width: 60, height: 40, angle: 5 });
  const upright = deskOf(boundingBox, [shaped('a', 'box', { left: 100, top: 100, width: 60, height: 40 })], {
    ...vectorQuestion(),
    settings: {},
  });
  upright.select(['a']);
  assert.deepEqual(keys(upright, 'Alt+r'), [false]);
});

const overCorner = (orientation: number, angle: number): string | null => {
  const box = { left: 200, top: 150, width: 200, height: 100, ...(angle === 0 ? {} : { angle }) };
  const desk = deskOf(boundingBox, [shaped('a', 'box', box)], vectorQuestion(orientation));
  desk.select(['a']);
  desk.useTool('select');
  const record = desk.selected()[0];
  const grip =
    record === undefined
      ? undefined
      : gripsOn(desk, desk.type.located as Located, record).find((g) => g.name === '1,0');
  desk.send({ type: 'move', ...at(grip?.at.x ?? 0, grip?.at.y ?? 0) });
  return cursorOf(desk);
};

test('the cursor over an edge shows the way it goes on the screen, turned boxes and pictures included', () => {
  assert.equal(overCorner(1, 0), 'ew-resize');
  assert.equal(overCorner(1, 45), 'nwse-resize');
  assert.equal(overCorner(1, 90), 'ns-resize');
  assert.equal(overCorner(6, 0), 'ns-resize');
  assert.equal(overCorner(6, -45), 'nwse-resize');
  assert.equal(overCorner(1, -45), 'nesw-resize');
});

test('of two thousand vertices only those far enough apart and in sight are held, and looking for them is quick', () => {
  const round = Array.from({ length: 2000 }, (_, i) => ({
    x: Math.round(16 * (320 + 200 * Math.cos((Math.PI * i) / 1000))) / 16,
    y: Math.round(16 * (240 + 200 * Math.sin((Math.PI * i) / 1000))) / 16,
  }));
  const desk = deskOf(polygonType, [shaped('a', 'polygon', { vertices: round })]);
  desk.select(['a']);
  const record = desk.selected()[0];
  assert.ok(record !== undefined);
  const grips = () => gripsOn(desk, desk.type.located as Located, record);
  const whole = grips();
  assert.ok(whole.length > 50 && whole.length < 220, String(whole.length));
  desk.zoom(16, { x: 520, y: 240 });
  const near = grips();
  assert.ok(near.length > 10 && near.every(({ at: { x } }) => x > 450), String(near.length));
  const begun = process.cpuUsage().user;
  for (let i = 0; i < 20; i += 1) grips();
  assert.ok((process.cpuUsage().user - begun) / 20_000 < 12, `${(process.cpuUsage().user - begun) / 20_000} ms`);
});

const CHORDS = [
  '1',
  '2',
  '3',
  'b',
  'p',
  'l',
  'k',
  'd',
  'v',
  'Shift+B',
  'Shift+G',
  'x',
  'Shift+X',
  'w',
  'w',
  'Shift+W',
  'Insert',
  'Delete',
  'o',
  'j',
  'Enter',
  'Space',
  'Space',
  'Backspace',
  'Escape',
  'Tab',
  'ArrowLeft',
  'Shift+ArrowDown',
  'Ctrl+ArrowRight',
  'Ctrl+ArrowUp',
  'Alt+ArrowUp',
  'Alt+r',
  'Ctrl+z',
  'Ctrl+Shift+z',
  'Ctrl+d',
  'Ctrl+a',
];

const hands = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...CHORDS).map((chord) => (desk: Desk) => void keys(desk, chord)) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.integer({ min: -20, max: 660 }), fc.integer({ min: -20, max: 500 }), fc.boolean(), fc.boolean())
      .map(
        ([x, y, alt, shift]) =>
          (desk: Desk) =>
            click(desk, x, y, { alt, shift }),
      ),
  },
  {
    weight: 1,
    arbitrary: fc
      .array(fc.tuple(fc.integer({ min: -20, max: 660 }), fc.integer({ min: -20, max: 500 })), {
        minLength: 2,
        maxLength: 5,
      })
      .map((path) => (desk: Desk) => drag(desk, ...path)),
  },
);

for (const type of VECTOR_TYPES) {
  test(`${type.name}: any keys, clicks and drags, undone fully, give the document of before and always an answer to send`, () => {
    fc.assert(
      fc.property(fc.array(hands, { maxLength: 40 }), fc.constantFrom(1, 6), (all, orientation) => {
        const desk = deskOf(type, [], vectorQuestion(orientation));
        const before = JSON.stringify(desk.doc);
        for (const act of all) act(desk);
        type.check(type.dump(desk.doc.records), desk.question);
        while (desk.history.canRedo) desk.redo();
        const after = JSON.stringify(desk.doc);
        while (desk.history.canUndo) desk.undo();
        // An undo in the making takes a point back first.
        desk.send({ type: 'cancel' });
        while (desk.history.canUndo) desk.undo();
        assert.equal(JSON.stringify(desk.doc), before);
        while (desk.history.canRedo) desk.redo();
        assert.equal(JSON.stringify(desk.doc), after);
      }),
      { numRuns: 30 },
    );
  });
}
