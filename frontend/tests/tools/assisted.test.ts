import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Desk } from '../../src/commands/desk.ts';
import type { Point } from '../../src/geometry/plane.ts';
import { polygonType } from '../../src/task-types/polygon.ts';
import { blankObject, type InstanceRecord, type JsonObject } from '../../src/task-types/question.ts';
import { NO_MODIFIERS } from '../../src/task-types/task-type.ts';
import type { Prompt } from '../../src/tools/prompting.ts';
import type { Effect, Press, Told } from '../../src/tools/tool.ts';
import { someQuestion, uuid } from '../some.ts';

type Ask = Extract<Effect, { do: 'ask' }>;

/** A desk for polygons with a tool in the hand, and what its helper was asked. */
const started = (tool: string): { desk: Desk; asked: Ask[]; tell(told: Omit<Told, 'ask'>, of?: Ask): void } => {
  let made = 0;
  const desk = new Desk(
    { type: polygonType, question: someQuestion(), records: [blankObject], log: [], proposals: null },
    () => uuid(made++),
  );
  desk.resize({ width: 640, height: 480 });
  desk.wish({ scale: 1, x: 0, y: 0 });
  desk.useTool(tool);
  const asked: Ask[] = [];
  desk.helper = (ask) => {
    asked.push(ask);
  };
  const tell = (told: Omit<Told, 'ask'>, of = asked.at(-1)): void =>
    desk.send({ type: 'told', ask: of?.ask ?? -1, ...told });
  return { desk, asked, tell };
};

/** A helper that goes round by a corner, at once: as livewire does when it knows the ways. */
const byCorners = (desk: Desk): void => {
  desk.helper = ({ ask, request }) => {
    const { from, to } = request as unknown as { from: Point; to: Point };
    desk.send({ type: 'told', ask, points: [from, { x: to.x, y: from.y }, to] });
  };
};

const at = (x: number, y: number, how: Partial<Press['how']> = {}, clicks = 1): Press => ({
  at: { x, y },
  screen: { x, y },
  how: { ...NO_MODIFIERS, ...how },
  touch: false,
  clicks,
});

const click = (desk: Desk, x: number, y: number, how: Partial<Press['how']> = {}, clicks = 1): void => {
  desk.send({ type: 'move', ...at(x, y, how) });
  desk.send({ type: 'down', ...at(x, y, how, clicks) });
  desk.send({ type: 'up', ...at(x, y, how, clicks) });
};

const drag = (desk: Desk, from: Point, to: Point, how: Partial<Press['how']> = {}): void => {
  desk.send({ type: 'down', ...at(from.x, from.y, how) });
  desk.send({ type: 'move', ...at((from.x + to.x) / 2, (from.y + to.y) / 2, how) });
  desk.send({ type: 'move', ...at(to.x, to.y, how) });
  desk.send({ type: 'up', ...at(to.x, to.y, how) });
};

const verticesOf = (record: InstanceRecord | undefined): unknown =>
  (record?.geometry as JsonObject | undefined)?.vertices;

const square = (side: number, left = 100, top = 100) => ({
  left,
  top,
  width: side,
  height: side,
  data: new Uint8Array(side * side).fill(1),
});

const requestOf = <T>(ask: Ask | undefined): T => {
  assert.ok(ask !== undefined, 'nothing was asked');
  return ask.request as unknown as T;
};

const prompts = (ask: Ask | undefined): readonly Prompt[] => requestOf<{ prompts: readonly Prompt[] }>(ask).prompts;

const way = (ask: Ask | undefined) => requestOf<{ from: Point; snapFrom: number; snapTo: number }>(ask);

test('the line follows the hand by the way that the helper knows, and a click on the first seed closes it', () => {
  const { desk } = started('magnetic');
  byCorners(desk);
  click(desk, 100, 100);
  desk.send({ type: 'move', ...at(200, 150) });
  assert.deepEqual(desk.hand.value.line, [
    { x: 100, y: 100 },
    { x: 200, y: 100 },
    { x: 200, y: 150 },
  ]);
  click(desk, 200, 150);
  click(desk, 100, 200);
  click(desk, 103, 98);
  assert.equal(desk.list.value.length, 1);
  assert.equal(desk.list.value[0]?.origin, null);
  assert.equal(desk.history.done.length, 1);
  assert.equal(desk.hand.value.busy, false);
});

test('a seed put by keys is there although the crosshair goes on before its way is known', () => {
  const { desk, asked, tell } = started('magnetic');
  desk.send({ type: 'aim' });
  desk.send({ type: 'place' });
  desk.send({ type: 'step', by: { x: 50, y: 0 } });
  desk.send({ type: 'place' });
  const { to } = requestOf<{ to: Point }>(asked.at(-1));
  desk.send({ type: 'step', by: { x: 0, y: 40 } });
  tell({ points: [{ x: 320, y: 240 }, to] });
  assert.deepEqual(desk.hand.value.line, [{ x: 320, y: 240 }, to, to, { x: 370, y: 280 }]);
});

test('ends are drawn to edges: the first seed once, the others where Alt does not forbid it', () => {
  const { desk, asked } = started('magnetic');
  click(desk, 100, 100);
  assert.deepEqual(asked[0]?.request, { from: { x: 100, y: 100 }, to: { x: 100, y: 100 }, snapFrom: 8, snapTo: 8 });
  desk.send({ type: 'move', ...at(200, 150, { alt: true }) });
  assert.deepEqual(
    [asked.at(-1)?.request as unknown].map((r) => (r as { snapTo: number }).snapTo),
    [0],
  );
});

test('with Shift the line is straight and nobody is asked', () => {
  const { desk, asked } = started('magnetic');
  click(desk, 100, 100);
  const before = asked.length;
  desk.send({ type: 'move', ...at(200, 150, { shift: true }) });
  assert.equal(asked.length, before);
  assert.equal(desk.hand.value.line?.length, 2);
});

test('a click before the way is known waits for it; a way of an earlier question is not taken', () => {
  const { desk, asked, tell } = started('magnetic');
  click(desk, 100, 100);
  const early = asked.at(-1);
  click(desk, 200, 150);
  desk.send({ type: 'move', ...at(300, 300) });
  tell(
    {
      points: [
        { x: 0, y: 0 },
        { x: 1, y: 1 },
      ],
    },
    early,
  );
  assert.equal(
    desk.hand.value.line?.some(({ x }) => x === 0),
    false,
  );
  tell({
    points: [
      { x: 101, y: 100 },
      { x: 201, y: 150 },
    ],
  });
  desk.send({ type: 'move', ...at(300, 301) });
  assert.deepEqual(way(asked.at(-1)).from, { x: 201, y: 150 });
  assert.equal(way(asked.at(-1)).snapFrom, 0);
});

test('without a way the line is straight, the reason is said, and the outline goes on', () => {
  const { desk } = started('magnetic');
  desk.helper = ({ ask }) => desk.send({ type: 'told', ask, problem: 'No edges here.' });
  click(desk, 100, 100);
  assert.equal(desk.said.value, 'No edges here.');
  click(desk, 200, 100);
  click(desk, 200, 200);
  desk.send({ type: 'finish' });
  assert.deepEqual(verticesOf(desk.list.value[0]), [
    { x: 200, y: 100 },
    { x: 200, y: 200 },
    { x: 100, y: 100 },
  ]);
});

test('a double click closes, Backspace takes seeds back one by one, Escape drops all', () => {
  const { desk } = started('magnetic');
  byCorners(desk);
  for (const [x, y] of [
    [100, 100],
    [200, 150],
    [150, 250],
  ] as const) {
    click(desk, x, y);
  }
  desk.send({ type: 'back' });
  assert.deepEqual(desk.hand.value.line?.slice(0, 3).at(-1), { x: 200, y: 150 });
  desk.send({ type: 'back' });
  assert.equal(desk.hand.value.busy, true);
  desk.send({ type: 'back' });
  assert.equal(desk.hand.value.busy, false);
  click(desk, 100, 100);
  desk.send({ type: 'cancel' });
  assert.equal(desk.hand.value.busy, false);
  click(desk, 100, 100);
  click(desk, 200, 150);
  click(desk, 150, 250);
  click(desk, 150, 250, {}, 2);
  assert.equal(desk.list.value.length, 1);
});

test('keys put seeds at the crosshair; Enter closes once there is something to close', () => {
  const { desk } = started('magnetic');
  byCorners(desk);
  desk.send({ type: 'aim' });
  desk.send({ type: 'place' });
  desk.send({ type: 'step', by: { x: 80, y: 40 } });
  desk.send({ type: 'finish' });
  assert.equal(desk.list.value.length, 0);
  desk.send({ type: 'step', by: { x: -40, y: 60 } });
  desk.send({ type: 'place' });
  assert.notEqual(desk.hand.value.crosshair, null);
  desk.send({ type: 'finish' });
  assert.equal(desk.list.value.length, 1);
});

test('a box is asked about, its answer only shown; Enter takes it and says where it comes from', () => {
  const { desk, asked, tell } = started('grabcut');
  drag(desk, { x: 90, y: 90 }, { x: 220, y: 210 });
  assert.deepEqual(prompts(asked[0]), [{ kind: 'box', left: 90, top: 90, width: 130, height: 120 }]);
  desk.send({ type: 'finish' });
  assert.equal(desk.said.value, 'Not ready yet.');
  tell({ bitmap: square(60), model: 'grabcut' });
  assert.equal(desk.list.value.length, 0);
  assert.notEqual(desk.hand.value.record, null);
  desk.category.value = 2;
  desk.send({ type: 'finish' });
  const [record] = desk.list.value;
  assert.deepEqual(record?.origin, { model: 'grabcut', how: 'accepted' });
  assert.equal(record?.category, 2);
  assert.equal(desk.history.done.length, 1);
  assert.equal((verticesOf(record) as unknown[]).length, 4);
});

test('clicks and drags hint, with Alt what is not part of it; Backspace takes the last hint back', () => {
  const { desk, asked, tell } = started('grabcut');
  drag(desk, { x: 90, y: 90 }, { x: 220, y: 210 });
  tell({ bitmap: square(60), model: 'grabcut' });
  click(desk, 120, 130, { alt: true });
  assert.deepEqual(prompts(asked.at(-1)).at(-1), { kind: 'point', x: 120, y: 130, inside: false });
  tell({ bitmap: square(50), model: 'grabcut' });
  drag(desk, { x: 110, y: 110 }, { x: 140, y: 110 });
  const stroke = prompts(asked.at(-1)).at(-1);
  assert.equal(stroke?.kind, 'stroke');
  assert.equal(desk.hand.value.hints.length, 2);
  // The last answer stays in sight until the next one comes.
  assert.notEqual(desk.hand.value.record, null);
  tell({ bitmap: square(40), model: 'grabcut' });
  desk.send({ type: 'back' });
  assert.equal(prompts(asked.at(-1)).length, 2);
  tell({ bitmap: square(50), model: 'grabcut' });
  desk.send({ type: 'cancel' });
  assert.equal(desk.list.value.length, 0);
  assert.equal(desk.hand.value.busy, false);
});

test('an answer that comes after Escape changes nothing', () => {
  const { desk, tell } = started('grabcut');
  drag(desk, { x: 90, y: 90 }, { x: 220, y: 210 });
  desk.send({ type: 'cancel' });
  tell({ bitmap: square(60), model: 'grabcut' });
  assert.equal(desk.hand.value.record, null);
  assert.equal(desk.hand.value.busy, false);
});

test('a problem is said, the hints stay, and the next hint asks again', () => {
  const { desk, asked, tell } = started('model');
  click(desk, 120, 130);
  assert.deepEqual(prompts(asked[0]), [{ kind: 'point', x: 120, y: 130, inside: true }]);
  tell({ problem: 'The model server is silent. Go on by hand.' });
  assert.equal(desk.said.value, 'The model server is silent. Go on by hand.');
  desk.send({ type: 'finish' });
  assert.equal(desk.list.value.length, 0);
  click(desk, 130, 130);
  assert.equal(prompts(asked.at(-1)).length, 2);
  tell({});
  assert.match(desk.said.value, /^Nothing was found/);
});

test('a model’s outline is taken as points, with the model’s version', () => {
  const { desk, tell } = started('model');
  drag(desk, { x: 90, y: 90 }, { x: 220, y: 210 });
  const points = [
    { x: 100, y: 100 },
    { x: 200, y: 100 },
    { x: 150, y: 200 },
  ];
  tell({ points, model: 'sam 2026-10', score: 0.9 });
  desk.send({ type: 'finish' });
  assert.deepEqual(verticesOf(desk.list.value[0]), points);
  assert.deepEqual(desk.list.value[0]?.origin, { model: 'sam 2026-10', how: 'accepted' });
});

test('keys alone: a box by two places, hints of both kinds at the crosshair', () => {
  const { desk, asked, tell } = started('grabcut');
  desk.send({ type: 'aim' });
  desk.send({ type: 'place' });
  desk.send({ type: 'step', by: { x: 100, y: 80 } });
  desk.send({ type: 'place' });
  assert.deepEqual(prompts(asked[0]), [{ kind: 'box', left: 320, top: 240, width: 100, height: 80 }]);
  tell({ bitmap: square(40, 330, 250), model: 'grabcut' });
  desk.send({ type: 'step', by: { x: -50, y: -40 } });
  desk.send({ type: 'place', outside: true });
  assert.deepEqual(prompts(asked.at(-1)).at(-1), { kind: 'point', x: 370, y: 280, inside: false });
  tell({ bitmap: square(30, 330, 250), model: 'grabcut' });
  desk.send({ type: 'place' });
  assert.deepEqual(prompts(asked.at(-1)).at(-1), { kind: 'point', x: 370, y: 280, inside: true });
});

test('a box too small to be meant asks nothing', () => {
  const { desk, asked } = started('grabcut');
  drag(desk, { x: 90, y: 90 }, { x: 96, y: 91 });
  assert.equal(asked.length, 0);
  assert.equal(desk.hand.value.busy, false);
});

test('by finger a seed is put when the finger is lifted, and the first finger of a pinch puts none', () => {
  const { desk } = started('magnetic');
  byCorners(desk);
  const finger = (x: number, y: number): Press => ({ ...at(x, y), touch: true });
  desk.send({ type: 'down', ...finger(100, 100) });
  desk.send({ type: 'pinch', factor: 1.1, at: { x: 120, y: 120 }, by: { x: 0, y: 0 } });
  desk.send({ type: 'up', ...finger(100, 100) });
  assert.equal(desk.hand.value.open, false);
  for (const [x, y] of [
    [100, 100],
    [200, 150],
  ] as const) {
    desk.send({ type: 'down', ...finger(x, y) });
    desk.send({ type: 'up', ...finger(x, y) });
  }
  assert.equal(desk.hand.value.open, true);
  assert.equal(desk.hand.value.seeds.length, 2);
});
