import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clearCategory, setObjectAttribute } from '../../src/commands/acts.ts';
import { Desk } from '../../src/commands/desk.ts';
import { allCommands } from '../../src/commands/index.ts';
import type { Proposals } from '../../src/commands/proposals.ts';
import { openProposals } from '../../src/commands/proposals.ts';
import { type Host, Registry } from '../../src/commands/registry.ts';
import { imageClassificationMultilabel } from '../../src/task-types/image-classification-multilabel.ts';
import { blankObject } from '../../src/task-types/question.ts';
import { someDesk, someQuestion, uuid } from '../some.ts';

const registry = new Registry(allCommands());

const work = (proposals: Proposals | null = null) => {
  const desk = new Desk(
    { type: imageClassificationMultilabel, question: someQuestion(), records: [blankObject], log: [], proposals },
    () => uuid(1),
  );
  const told: string[] = [];
  const host: Host = {
    submit: () => told.push('submit'),
    takeBack: () => true,
    submitsOnDigit: true,
    open: () => undefined,
    stopReading: () => false,
    leaveRegion: () => undefined,
    player: null,
    clipboard: [],
    previous: [],
  };
  const keys = (...chords: readonly string[]): void => {
    for (const key of chords) {
      registry.press({ key, code: '', ctrl: false, shift: false, alt: false }, { desk, host });
    }
  };
  return { desk, told, keys, answer: () => desk.type.dump(desk.doc.records) };
};

test('digits choose and take away, Enter submits, and no digit does', () => {
  const { desk, told, keys, answer } = work();
  keys('3', '1', '2', '1');
  assert.deepEqual(answer(), { categories: [1, 2] });
  assert.match(desk.said.value, /no longer/);
  assert.deepEqual(told, []);
  keys('Enter');
  assert.deepEqual(told, ['submit']);
});

test('each digit is one step of the history', () => {
  const { desk, keys, answer } = work();
  keys('3', '1');
  desk.undo();
  assert.deepEqual(answer(), { categories: [2] });
  clearCategory(desk);
  assert.deepEqual(answer(), { categories: [] });
});

test('proposed classes are taken one by one, or turned down', () => {
  const proposals = {
    model: 'm',
    confidence: 0.5,
    parts: { 0: 0.6, 2: 0.9 },
    records: [{ ...blankObject, categories: [0, 2] }],
  };
  const { desk, keys, answer } = work(proposals);
  keys('a');
  assert.deepEqual(answer(), { categories: [2] });
  keys('r');
  assert.deepEqual(openProposals(desk), []);
  assert.deepEqual(answer(), { categories: [2] });
});

test('an attribute of the whole is one step, beside classes and beside shapes', () => {
  const { desk, keys, answer } = work();
  keys('1');
  setObjectAttribute(desk, 'light', 'day');
  assert.deepEqual(answer(), { categories: [0], attributes: { light: 'day' } });
  desk.undo();
  assert.deepEqual(answer(), { categories: [0] });
  const drawn = someDesk([]);
  setObjectAttribute(drawn, 'light', 'day');
  assert.deepEqual(drawn.type.dump(drawn.doc.records), { instances: [], attributes: { light: 'day' } });
  setObjectAttribute(drawn, 'light', undefined);
  assert.deepEqual(drawn.type.dump(drawn.doc.records), { instances: [] });
});
