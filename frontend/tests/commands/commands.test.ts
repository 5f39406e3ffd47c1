import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Desk } from '../../src/commands/desk.ts';
import { Desk as RealDesk } from '../../src/commands/desk.ts';
import { allCommands } from '../../src/commands/index.ts';
import { openProposals } from '../../src/commands/proposals.ts';
import { chordsOf, type Host, type KeyPress, Registry } from '../../src/commands/registry.ts';
import { boundingBox } from '../../src/task-types/bounding-box.ts';
import { imageClassification } from '../../src/task-types/image-classification.ts';
import { blankObject, type InstanceRecord } from '../../src/task-types/question.ts';
import { NO_MODIFIERS } from '../../src/task-types/task-type.ts';
import { boxOf, someBox, someDesk, someQuestion, uuid } from '../some.ts';

interface Told extends Host {
  readonly told: string[];
}

const someHost = (submitsOnDigit = false): Told => {
  const told: string[] = [];
  return {
    told,
    submit: (andStop) => told.push(andStop ? 'submit and stop' : 'submit'),
    takeBack: () => true,
    submitsOnDigit,
    open: (panel) => told.push(`open ${panel}`),
    stopReading: () => false,
    leaveRegion: () => told.push('leave'),
    player: null,
    clipboard: [],
    previous: [],
  };
};

const press = (chord: string): KeyPress => {
  const parts = chord.split('+');
  const key = parts.at(-1) === '' ? '+' : (parts.at(-1) ?? '');
  return {
    key: key === 'Space' ? ' ' : key,
    code: /^[a-z]$/i.test(key) ? `Key${key.toUpperCase()}` : key,
    ctrl: parts.includes('Ctrl'),
    shift: parts.includes('Shift'),
    alt: parts.includes('Alt'),
  };
};

const registry = new Registry(allCommands());
const keys = (desk: Desk, host: Host, ...chords: readonly string[]): boolean[] =>
  chords.map((chord) => registry.press(press(chord), { desk, host }));

test('a whole object is labeled by keys alone', () => {
  const desk = someDesk();
  const host = someHost();
  keys(desk, host, '2', 'b', 'ArrowRight', 'Shift+ArrowDown', 'Enter', 'Ctrl+ArrowRight', 'Shift+ArrowDown', 'Enter');
  const [made] = desk.list.value;
  assert.deepEqual(made?.geometry, { left: 321, top: 250, width: 100, height: 10 });
  assert.equal(made?.category, 1);
  assert.deepEqual(host.told, []);
  keys(desk, host, 'Alt+ArrowRight', 'ArrowLeft', '3', 'Enter');
  assert.deepEqual(desk.list.value[0]?.geometry, { left: 320, top: 250, width: 101, height: 10 });
  assert.equal(desk.list.value[0]?.category, 2);
  assert.deepEqual(host.told, ['submit']);
});

test('a digit after drawing is for the next box; one that was chosen takes it', () => {
  const desk = someDesk();
  const host = someHost();
  const box = ['Enter', 'Ctrl+ArrowRight', 'Shift+ArrowDown', 'Enter'];
  keys(desk, host, '1', 'b', ...box, '2', 'b', 'Shift+ArrowDown', ...box);
  assert.deepEqual(
    desk.list.value.map(({ category }) => category),
    [0, 1],
  );
  const [first] = desk.list.value;
  desk.select([first?.id ?? '']);
  keys(desk, host, '3');
  assert.deepEqual(
    desk.list.value.map(({ category }) => category),
    [2, 1],
  );
});

test('Escape steps out: the gesture, the selection, the picture', () => {
  const desk = someDesk([someBox('a', { left: 1, top: 1, width: 9, height: 9 })]);
  const host = someHost();
  keys(desk, host, 'b', 'Escape');
  assert.equal(desk.hand.value.busy, false);
  desk.select(['a']);
  desk.send({ type: 'down', at: { x: 50, y: 50 }, screen: { x: 50, y: 50 }, how: NO_MODIFIERS, touch: false });
  keys(desk, host, 'Escape');
  assert.equal(desk.hand.value.busy, false);
  assert.deepEqual(desk.selection.value, ['a']);
  keys(desk, host, 'Escape');
  assert.deepEqual(desk.selection.value, []);
  keys(desk, host, 'Escape');
  assert.deepEqual(host.told, ['leave']);
});

test('Tab goes through the objects and leaves after the last', () => {
  const desk = someDesk([
    someBox('a', { left: 1, top: 1, width: 9, height: 9 }, { order: 0 }),
    someBox('b', { left: 1, top: 1, width: 9, height: 9 }, { order: 1 }),
  ]);
  const host = someHost();
  assert.deepEqual(keys(desk, host, 'Tab', 'Tab', 'Tab'), [true, true, false]);
  assert.deepEqual(desk.selection.value, ['b']);
  assert.deepEqual(keys(desk, host, 'Shift+Tab', 'Shift+Tab'), [true, false]);
});

test('copy and paste keep the place, duplicate shifts, and undo takes each back at once', () => {
  const desk = someDesk([someBox('a', { left: 10, top: 10, width: 9, height: 9 })]);
  const host = someHost();
  desk.select(['a']);
  keys(desk, host, 'Ctrl+c', 'Ctrl+v', 'Ctrl+d');
  assert.deepEqual(
    desk.list.value.map(({ geometry }) => (geometry as { left: number }).left),
    [10, 10, 20],
  );
  keys(desk, host, 'Ctrl+z', 'Ctrl+z');
  assert.equal(desk.list.value.length, 1);
  keys(desk, host, 'Ctrl+Shift+z');
  assert.equal(desk.list.value.length, 2);
});

test('a removed shape comes back in its own place of the list', () => {
  const desk = someDesk(
    ['a', 'b', 'c'].map((id, order) => someBox(id, { left: 1, top: 1, width: 9, height: 9 }, { order })),
  );
  desk.select(['b']);
  keys(desk, someHost(), 'Delete', 'Ctrl+z');
  assert.deepEqual(
    desk.list.value.map(({ id }) => id),
    ['a', 'b', 'c'],
  );
});

test('arrows follow the screen when the picture is turned', () => {
  for (let orientation = 1; orientation <= 8; orientation += 1) {
    const desk = someDesk([someBox('a', { left: 100, top: 100, width: 50, height: 40 })], someQuestion(orientation));
    desk.select(['a']);
    const middle = () => {
      const { left, top, width, height } = boxOf(desk, 'a');
      const [a, b, c, d, e, f] = desk.turned;
      const [x, y] = [left + width / 2, top + height / 2];
      return [a * x + c * y + e, b * x + d * y + f] as const;
    };
    const before = middle();
    keys(desk, someHost(), 'ArrowRight', 'Shift+ArrowDown');
    const after = middle();
    assert.deepEqual([after[0] - before[0], after[1] - before[1]], [1, 10], `orientation ${orientation}`);
    const { width, height } = boxOf(desk, 'a');
    keys(desk, someHost(), 'Alt+ArrowRight', 'Alt+ArrowDown');
    assert.deepEqual([boxOf(desk, 'a').width, boxOf(desk, 'a').height], [width + 1, height + 1]);
  }
});

const withProposals = (): Desk => {
  const proposed = (n: number, category: number): InstanceRecord =>
    someBox(uuid(n), { left: 10 * n, top: 10, width: 9, height: 9 }, { category });
  return new RealDesk(
    {
      type: boundingBox,
      question: someQuestion(),
      records: [blankObject],
      log: [],
      proposals: {
        model: 'm-3',
        confidence: 0.5,
        parts: { [uuid(1)]: 0.7, [uuid(2)]: 0.9, [uuid(3)]: 0.2 },
        records: [blankObject, proposed(1, 0), proposed(2, 1), proposed(3, 2)],
      },
    },
    () => uuid(99),
  );
};

test('A takes the surest proposal, R turns one down, and each can be undone', () => {
  const desk = withProposals();
  keys(desk, someHost(), 'a', 'r');
  assert.deepEqual(
    desk.list.value.map(({ id, origin }) => [id, origin]),
    [[uuid(2), { model: 'm-3', how: 'accepted' }]],
  );
  assert.deepEqual(
    openProposals(desk).map(({ id }) => id),
    [uuid(3)],
  );
  keys(desk, someHost(), 'Ctrl+z', 'Ctrl+z');
  assert.equal(openProposals(desk).length, 3);
});

test('Shift and A take all that are sure enough', () => {
  const desk = withProposals();
  keys(desk, someHost(), 'Shift+A');
  assert.equal(desk.list.value.length, 2);
});

test('a proposal that was taken and removed does not come back', () => {
  const desk = withProposals();
  keys(desk, someHost(), 'a', 'Delete');
  assert.ok(!openProposals(desk).some(({ id }) => id === uuid(2)));
});

const classDesk = (): Desk =>
  new RealDesk(
    { type: imageClassification, question: someQuestion(), records: [blankObject], log: [], proposals: null },
    () => uuid(1),
  );

test('a digit chooses a class; drawing keys do nothing where nothing is drawn', () => {
  const desk = classDesk();
  const host = someHost();
  assert.deepEqual(keys(desk, host, '2', 'b', 'Delete', '9'), [true, false, false, false]);
  assert.deepEqual(desk.type.dump(desk.doc.records), { category: 1 });
  assert.deepEqual(host.told, []);
});

test('where the lead lets it, a digit submits', () => {
  const host = someHost(true);
  keys(classDesk(), host, '1');
  assert.deepEqual(host.told, ['submit']);
});

test('keys are found on other keyboards too', () => {
  const place = { ctrl: false, shift: false, alt: false };
  assert.ok(chordsOf({ key: 'и', code: 'KeyB', ...place }).includes('b'));
  assert.ok(chordsOf({ key: '&', code: 'Digit1', ...place }).includes('1'));
  assert.ok(chordsOf({ key: '?', code: 'Minus', ...place, shift: true }).includes('?'));
  assert.ok(chordsOf({ key: '+', code: 'BracketRight', ...place }).includes('+'));
  assert.ok(!chordsOf({ key: 'B', code: 'KeyB', ...place, shift: true }).includes('b'));
});

test('a person’s own key takes the place of the default, also where another command had it', () => {
  const own = new Registry(allCommands(), { box: 'x', select: ['h', 'j'] });
  const desk = someDesk();
  const host = someHost();
  const one = (chord: string): boolean => own.press(press(chord), { desk, host });
  assert.equal(one('b'), false);
  assert.equal(one('x'), true);
  assert.equal(desk.tool, 'box');
  assert.equal(one('h'), true);
  assert.equal(desk.tool, 'select');
  assert.equal(desk.hidden.value, false);
});

test('no two commands of one moment share a key, but for those that step aside', () => {
  const shared = new Map<string, string[]>();
  for (const { id, keys: chords } of allCommands()) {
    for (const chord of chords) shared.set(chord, [...(shared.get(chord) ?? []), id]);
  }
  const aside = /^(place|play|submit|crosshair-|move-|remove|take-back)/;
  const clashes = [...shared].filter(([, ids]) => ids.filter((id) => !aside.test(id)).length > 1);
  assert.deepEqual(clashes, []);
});

const CHORDS = [
  '1',
  '2',
  'b',
  'v',
  'Enter',
  'Space',
  'ArrowLeft',
  'Shift+ArrowDown',
  'Alt+ArrowUp',
  'Tab',
  'Delete',
  'Escape',
  'Ctrl+z',
  'Ctrl+Shift+z',
  'Ctrl+c',
  'Ctrl+v',
  'Ctrl+d',
  'a',
  'r',
  'Shift+A',
  'h',
  '+',
  '-',
];

test('any keys in any order, undone fully, give the document of before, and stay an answer that can be sent', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...CHORDS), { maxLength: 80 }), (chords) => {
      let n = 0;
      const desk = new RealDesk(
        {
          type: boundingBox,
          question: someQuestion(6),
          records: [blankObject],
          log: [],
          proposals: withProposals().proposals,
        },
        () => uuid(1000 + n++),
      );
      const before = JSON.stringify(desk.doc);
      keys(desk, someHost(), ...chords);
      desk.type.check(desk.type.dump(desk.doc.records), desk.question);
      while (desk.history.canRedo) desk.redo();
      const after = JSON.stringify(desk.doc);
      while (desk.history.canUndo) desk.undo();
      assert.equal(JSON.stringify(desk.doc), before);
      while (desk.history.canRedo) desk.redo();
      assert.equal(JSON.stringify(desk.doc), after);
    }),
    { numRuns: 150 },
  );
});
