import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { setCategory } from '../../src/commands/acts.ts';
import { Desk } from '../../src/commands/desk.ts';
import { resizeBrush } from '../../src/commands/painting.ts';
import type { Point } from '../../src/geometry/plane.ts';
import { areaOf, common, covers, type Runs } from '../../src/geometry/runs.ts';
import { instanceSegmentation } from '../../src/task-types/instance-segmentation.ts';
import { maskIn, runsOfMask } from '../../src/task-types/masks.ts';
import { blankObject, type InstanceRecord, type LabelRecord } from '../../src/task-types/question.ts';
import { semanticSegmentation } from '../../src/task-types/semantic-segmentation.ts';
import { NO_MODIFIERS, type TaskType } from '../../src/task-types/task-type.ts';
import type { Press } from '../../src/tools/tool.ts';
import { someQuestion, uuid } from '../some.ts';

const question = someQuestion();
const SIZE = question.media;
let made = 0;

const someMasks = (type: TaskType, records: readonly LabelRecord[] = []): Desk => {
  const desk = new Desk({ type, question, records: [blankObject, ...records], log: [], proposals: null }, () =>
    uuid(2_000_000 + made++),
  );
  desk.resize({ width: 640, height: 480 });
  desk.wish({ scale: 1, x: 0, y: 0 });
  desk.useTool('brush');
  desk.paint.radius.value = 10;
  return desk;
};

const press = (x: number, y: number, alt = false): Press => ({
  at: { x, y },
  screen: { x, y },
  how: alt ? { shift: false, alt } : NO_MODIFIERS,
  touch: false,
});

const stroke = (desk: Desk, points: readonly (readonly [number, number])[], alt = false): void => {
  const [first, ...rest] = points as [readonly [number, number], ...(readonly [number, number])[]];
  desk.send({ type: 'down', ...press(...first, alt) });
  for (const point of rest) desk.send({ type: 'move', ...press(...point, alt) });
  desk.send({ type: 'up', ...press(...(rest.at(-1) ?? first), alt) });
};

const runsIn = (record: InstanceRecord | undefined): Runs => {
  assert.ok(record !== undefined);
  return runsOfMask(maskIn(record));
};
const at = (desk: Desk, category: number): InstanceRecord | undefined =>
  desk.list.value.find((record) => record.category === category);
const has = (desk: Desk, category: number, point: Point): boolean => covers(runsIn(at(desk, category)), SIZE, point);
const isSound = (desk: Desk): void => desk.type.check(desk.type.dump(desk.doc.records), question);

test('a stroke makes a mask, and the next one goes on with it', () => {
  for (const type of [semanticSegmentation, instanceSegmentation]) {
    const desk = someMasks(type);
    stroke(desk, [
      [100, 100],
      [200, 100],
    ]);
    const area = areaOf(runsIn(at(desk, 0)));
    assert.ok(Math.abs(area - (100 * 20 + Math.PI * 100)) < 40, String(area));
    stroke(desk, [
      [150, 50],
      [150, 150],
    ]);
    assert.equal(desk.list.value.length, 1);
    assert.ok(has(desk, 0, { x: 150, y: 145 }) && has(desk, 0, { x: 190, y: 100 }));
    assert.equal(desk.history.done.length, 2);
    isSound(desk);
  }
});

test('every place that the hand passed since the last frame is painted', () => {
  const desk = someMasks(instanceSegmentation);
  desk.send({ type: 'down', ...press(100, 100) });
  const trail = [
    { x: 100, y: 200 },
    { x: 200, y: 200 },
  ];
  desk.send({ type: 'move', ...press(200, 200), trail });
  desk.send({ type: 'up', ...press(200, 200) });
  assert.ok(has(desk, 0, { x: 101, y: 199 }));
  assert.ok(!has(desk, 0, { x: 150, y: 150 }));
});

test('a class that is painted over another takes its pixels, as one step, undone byte for byte', () => {
  const desk = someMasks(semanticSegmentation);
  stroke(desk, [
    [100, 100],
    [200, 100],
  ]);
  const before = JSON.stringify(desk.doc);
  const area = areaOf(runsIn(at(desk, 0)));
  setCategory(desk, 1);
  stroke(desk, [
    [150, 80],
    [150, 120],
  ]);
  const [one, two] = [runsIn(at(desk, 0)), runsIn(at(desk, 1))];
  assert.equal(areaOf(common(one, two)), 0);
  assert.ok(areaOf(one) < area && has(desk, 1, { x: 150, y: 100 }));
  assert.equal(desk.history.done.length, 2);
  const after = JSON.stringify(desk.doc);
  isSound(desk);
  desk.undo();
  assert.equal(JSON.stringify(desk.doc), before);
  desk.redo();
  assert.equal(JSON.stringify(desk.doc), after);
});

test('a class that is painted over wholly is gone', () => {
  const desk = someMasks(semanticSegmentation);
  stroke(desk, [[100, 100]]);
  setCategory(desk, 1);
  desk.paint.radius.value = 30;
  stroke(desk, [[100, 100]]);
  assert.deepEqual(
    desk.list.value.map(({ category }) => category),
    [1],
  );
  desk.undo();
  assert.deepEqual(
    desk.list.value.map(({ category }) => category),
    [0],
  );
});

test('things may overlap; kept apart, a stroke takes its pixels from the others', () => {
  for (const apart of [false, true]) {
    const desk = someMasks(instanceSegmentation);
    desk.paint.apart.value = apart;
    stroke(desk, [[100, 100]]);
    desk.select([]);
    stroke(desk, [[105, 100]]);
    const [one, two] = desk.list.value;
    assert.equal(areaOf(common(runsIn(one), runsIn(two))) === 0, apart);
  }
});

test('with a brush in the hand a digit takes another paint and changes no mask', () => {
  const desk = someMasks(instanceSegmentation);
  stroke(desk, [[100, 100]]);
  stroke(desk, [[110, 100]]);
  setCategory(desk, 2);
  stroke(desk, [[300, 300]]);
  assert.deepEqual(
    desk.list.value.map(({ category }) => category),
    [0, 2],
  );
  desk.useTool('select');
  desk.select([at(desk, 2)?.id ?? '']);
  setCategory(desk, 1);
  assert.deepEqual(
    desk.list.value.map(({ category }) => category),
    [0, 1],
  );
});

test('a mask that is given the class of another becomes part of it', () => {
  const desk = someMasks(semanticSegmentation);
  stroke(desk, [[100, 100]]);
  setCategory(desk, 1);
  stroke(desk, [[200, 100]]);
  desk.useTool('select');
  desk.select([at(desk, 1)?.id ?? '']);
  setCategory(desk, 0);
  assert.equal(desk.list.value.length, 1);
  assert.ok(has(desk, 0, { x: 100, y: 100 }) && has(desk, 0, { x: 200, y: 100 }));
  assert.deepEqual(desk.selection.value, [at(desk, 0)?.id]);
  isSound(desk);
});

test('the eraser takes from what is selected, with nothing selected from all; so does Alt with the brush', () => {
  for (const tool of ['eraser', 'brush']) {
    const desk = someMasks(instanceSegmentation);
    stroke(desk, [
      [100, 100],
      [200, 100],
    ]);
    desk.select([]);
    stroke(desk, [
      [100, 104],
      [200, 104],
    ]);
    const [one, two] = desk.list.value.map(({ id }) => id) as [string, string];
    desk.useTool(tool);
    const runsBy = (id: string): Runs => runsIn(desk.list.value.find((record) => record.id === id));
    desk.select([one]);
    stroke(desk, [[150, 100]], tool === 'brush');
    assert.deepEqual(
      [one, two].map((id) => covers(runsBy(id), SIZE, { x: 150, y: 100 })),
      [false, true],
    );
    desk.select([]);
    stroke(desk, [[150, 100]], tool === 'brush');
    assert.deepEqual(
      [one, two].map((id) => covers(runsBy(id), SIZE, { x: 150, y: 100 })),
      [false, false],
    );
    assert.equal(desk.history.done.length, 4);
  }
});

test('a mask that is erased wholly is removed', () => {
  const desk = someMasks(semanticSegmentation);
  stroke(desk, [[100, 100]]);
  desk.useTool('eraser');
  desk.paint.radius.value = 20;
  stroke(desk, [[100, 100]]);
  assert.equal(desk.list.value.length, 0);
  assert.deepEqual(desk.selection.value, []);
  stroke(desk, [[100, 100]]);
  assert.equal(desk.history.done.length, 2);
});

test('Escape and a second finger in the middle of a stroke write nothing', () => {
  for (const type of ['cancel', 'interrupt'] as const) {
    const desk = someMasks(semanticSegmentation);
    desk.send({ type: 'down', ...press(10, 10) });
    desk.send({ type: 'move', ...press(60, 60) });
    assert.equal(desk.hand.value.busy, true);
    assert.ok((desk.hand.value.stroke?.pieces.length ?? 0) > 1);
    desk.send({ type });
    desk.send({ type: 'up', ...press(60, 60) });
    assert.equal(desk.list.value.length, 0);
    assert.equal(desk.history.canUndo, false);
  }
});

test('keys alone paint: the brush is put down, moved and lifted', () => {
  const desk = someMasks(semanticSegmentation);
  desk.send({ type: 'aim' });
  desk.send({ type: 'step', by: { x: -100, y: 0 } });
  desk.send({ type: 'place' });
  desk.send({ type: 'step', by: { x: 100, y: 0 } });
  desk.send({ type: 'step', by: { x: 0, y: 100 } });
  assert.equal(desk.list.value.length, 0);
  desk.send({ type: 'place' });
  assert.ok(has(desk, 0, { x: 260, y: 240 }) && has(desk, 0, { x: 320, y: 335 }));
  assert.deepEqual(desk.hand.value.crosshair, { x: 320, y: 340 });
  desk.send({ type: 'place' });
  desk.send({ type: 'cancel' });
  desk.send({ type: 'cancel' });
  assert.equal(desk.hand.value.busy, false);
  assert.equal(desk.history.done.length, 1);
});

test('an outline and a rectangle become masks, joined to the class in use', () => {
  const desk = someMasks(semanticSegmentation);
  desk.useTool('box');
  stroke(desk, [
    [100, 100],
    [150, 150],
  ]);
  assert.equal(areaOf(runsIn(at(desk, 0))), 2500);
  stroke(desk, [
    [140, 140],
    [160, 160],
  ]);
  assert.equal(desk.list.value.length, 1);
  assert.equal(areaOf(runsIn(at(desk, 0))), 2500 + 400 - 100);
  assert.deepEqual(desk.selection.value, [at(desk, 0)?.id]);
});

test('the bucket fills what is enclosed, and a piece of another class goes to the one in use', () => {
  const desk = someMasks(semanticSegmentation);
  stroke(desk, [
    [100, 100],
    [200, 100],
    [200, 200],
    [100, 200],
    [100, 100],
  ]);
  setCategory(desk, 1);
  desk.useTool('fill');
  stroke(desk, [[150, 150]]);
  assert.ok(has(desk, 1, { x: 150, y: 150 }) && !has(desk, 1, { x: 300, y: 300 }));
  stroke(desk, [[150, 150]]);
  assert.equal(desk.history.done.length, 2);
  setCategory(desk, 2);
  stroke(desk, [[100, 150]]);
  assert.deepEqual(desk.list.value.map(({ category }) => category).sort(), [1, 2]);
  isSound(desk);
});

test('a locked class keeps its pixels and is not painted', () => {
  const desk = someMasks(semanticSegmentation);
  stroke(desk, [[100, 100]]);
  const locked = at(desk, 0);
  desk.sight.value = { ...desk.sight.value, locked: new Set([locked?.id ?? '']) };
  setCategory(desk, 1);
  stroke(desk, [
    [100, 100],
    [140, 100],
  ]);
  assert.equal(at(desk, 0), locked);
  assert.equal(areaOf(common(runsIn(locked), runsIn(at(desk, 1)))), 0);
  setCategory(desk, 0);
  stroke(desk, [[300, 300]]);
  assert.deepEqual(
    desk.list.value.filter(({ category }) => category === 0),
    [locked],
  );
  isSound(desk);
});

test('moved over another class a mask takes those pixels, and stays in the picture', () => {
  const desk = someMasks(semanticSegmentation);
  stroke(desk, [[100, 100]]);
  setCategory(desk, 1);
  stroke(desk, [[200, 100]]);
  desk.useTool('select');
  stroke(desk, [
    [200, 100],
    [110, 100],
  ]);
  assert.ok(has(desk, 1, { x: 110, y: 100 }));
  isSound(desk);
  stroke(desk, [
    [110, 100],
    [-2000, 100],
  ]);
  assert.equal(areaOf(runsIn(at(desk, 1))), 316);
  isSound(desk);
});

test('the brush changes its size by half a px at least and never vanishes', () => {
  const desk = someMasks(semanticSegmentation);
  desk.paint.radius.value = 1;
  resizeBrush(desk, 1.25);
  assert.equal(desk.paint.radius.value, 1.5);
  for (let i = 0; i < 9; i += 1) resizeBrush(desk, 1 / 1.25);
  assert.equal(desk.paint.radius.value, 0.5);
});

const point = fc.tuple(fc.integer({ min: -20, max: 660 }), fc.integer({ min: -20, max: 500 }));
const act = fc.oneof(
  fc.record({
    do: fc.constant('stroke' as const),
    tool: fc.constantFrom('brush', 'eraser', 'box', 'fill', 'select'),
    points: fc.array(point, { minLength: 1, maxLength: 4 }),
  }),
  fc.record({ do: fc.constant('class' as const), category: fc.nat(2) }),
  fc.record({ do: fc.constantFrom('undo' as const, 'redo' as const, 'none' as const) }),
);

type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;

const perform = (desk: Desk, each: Act): void => {
  if (each.do === 'stroke') {
    desk.useTool(each.tool);
    stroke(desk, each.points);
  } else if (each.do === 'class') setCategory(desk, each.category);
  else if (each.do === 'none') desk.select([]);
  else desk[each.do]();
  desk.send({ type: 'cancel' });
};

for (const type of [semanticSegmentation, instanceSegmentation]) {
  test(`${type.name}: whatever is painted, the server would take it, and undone fully nothing is left`, () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 12 }), (acts) => {
        const desk = someMasks(type);
        desk.paint.radius.value = 60;
        const blank = JSON.stringify(desk.doc);
        for (const each of acts) {
          perform(desk, each);
          isSound(desk);
        }
        const full = JSON.stringify(desk.doc);
        const steps = desk.history.done.length;
        for (let i = 0; i < steps; i += 1) desk.undo();
        assert.equal(JSON.stringify(desk.doc), blank);
        for (let i = 0; i < steps; i += 1) desk.redo();
        assert.equal(JSON.stringify(desk.doc), full);
      }),
      { numRuns: 40 },
    );
  });
}
