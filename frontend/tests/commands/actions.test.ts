import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Desk } from '../../src/commands/desk.ts';
import { allCommands } from '../../src/commands/index.ts';
import { Registry } from '../../src/commands/registry.ts';
import { spanCommands } from '../../src/commands/span-commands.ts';
import { makeAtOnce, read } from '../../src/commands/spans.ts';
import { boundingBox } from '../../src/task-types/bounding-box.ts';
import { namedEntities } from '../../src/task-types/named-entities.ts';
import { polygonType } from '../../src/task-types/polygon.ts';
import { blankObject } from '../../src/task-types/question.ts';
import type { TaskType } from '../../src/task-types/task-type.ts';
import { someQuestion, uuid } from '../some.ts';
import { click, deskOf, drag, host, keys, press } from '../vectors.ts';

/** A person whose clicks, drags and keys are counted: what docs/editor-actions.md says. */
const counted = (type: TaskType) => {
  const desk: Desk = deskOf(type);
  let actions = 0;
  const did = (act: () => void): void => {
    actions += 1;
    act();
  };
  return {
    desk,
    key: (chord: string) => did(() => keys(desk, chord)),
    click: (x: number, y: number) => did(() => click(desk, x, y)),
    drag: (x: number, y: number) => did(() => drag(desk, [x, y], [x + 15, y + 15], [x + 40, y + 30])),
    actions: () => actions,
  };
};

test('ten boxes of three classes are drawn and submitted with thirteen actions', () => {
  const hand = counted(boundingBox);
  const before = host.submitted;
  for (let i = 0; i < 10; i += 1) {
    if (i === 4) hand.key('2');
    if (i === 7) hand.key('3');
    hand.drag(20 + 60 * i, 40);
  }
  hand.key('Enter');
  assert.equal(hand.actions(), 13);
  assert.deepEqual(
    hand.desk.list.value.map(({ category }) => category),
    [0, 0, 0, 0, 1, 1, 1, 2, 2, 2],
  );
  assert.equal(host.submitted, before + 1);
});

test('an outline of thirty vertices is drawn and submitted with thirty-two actions', () => {
  const hand = counted(polygonType);
  const before = host.submitted;
  for (let i = 0; i < 30; i += 1) {
    hand.click(320 + 200 * Math.cos((2 * Math.PI * i) / 30), 240 + 200 * Math.sin((2 * Math.PI * i) / 30));
  }
  hand.key('Enter');
  hand.key('Enter');
  assert.equal(hand.actions(), 32);
  const [made] = hand.desk.list.value;
  assert.equal(made === undefined ? 0 : polygonType.located?.rings(made)?.[0]?.length, 30);
  assert.equal(host.submitted, before + 1);
});

const NAMES = Array.from({ length: 10 }, (_, i) => `Ines ${String.fromCharCode(65 + i)}varay`);

/** The same with a text: a hand passes over words as `view/span-hands.ts` tells of it. */
const countedText = (text: string) => {
  const question = { ...someQuestion(), media: { ...someQuestion().media, kind: 'text' as const, text } };
  let ids = 0;
  const desk = new Desk({ type: namedEntities, question, records: [blankObject], log: [], proposals: null }, () =>
    uuid(9_000_000 + ids++),
  );
  const reading = read(desk, text);
  assert.ok(reading !== null);
  const registry = new Registry([...spanCommands(), ...allCommands()]);
  let actions = 0;
  return {
    desk,
    reading,
    key: (chord: string) => {
      actions += 1;
      registry.press(press(chord), { desk, host });
    },
    over: (words: string) => {
      actions += 1;
      const at = text.indexOf(words);
      const extent = reading.edges.snapped(at + 1, at + words.length - 1, 'word');
      if (extent === null) return;
      reading.draw({ anchor: extent, focus: extent });
      if (reading.atOnce.value) makeAtOnce(reading);
    },
    actions: () => actions,
  };
};

test('ten names of three classes are labeled and submitted with twenty-one actions, with fourteen at once', () => {
  const hand = countedText(NAMES.join(', '));
  const before = host.submitted;
  NAMES.forEach((name, i) => {
    hand.over(name);
    hand.key(String((i % 3) + 1));
  });
  hand.key('Enter');
  assert.equal(hand.actions(), 21);
  assert.deepEqual(
    hand.desk.list.value.map((record) => hand.reading.spanned.spanOf(record).text),
    NAMES,
  );
  const quick = countedText(NAMES.join(', '));
  quick.key('q');
  NAMES.forEach((name, i) => {
    if (i === 4) quick.key('2');
    if (i === 7) quick.key('3');
    quick.over(name);
  });
  quick.key('Enter');
  assert.deepEqual(
    quick.desk.list.value.map(({ category }) => category),
    [0, 0, 0, 0, 1, 1, 1, 2, 2, 2],
  );
  assert.equal(quick.actions(), 14);
  assert.equal(host.submitted, before + 2);
});
