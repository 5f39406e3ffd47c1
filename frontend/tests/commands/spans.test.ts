import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { setCategory } from '../../src/commands/acts.ts';
import { Desk } from '../../src/commands/desk.ts';
import { allCommands } from '../../src/commands/index.ts';
import { accept, shownProposals } from '../../src/commands/proposals.ts';
import type { Reading } from '../../src/commands/reading.ts';
import { Registry } from '../../src/commands/registry.ts';
import { spanCommands } from '../../src/commands/span-commands.ts';
import {
  beginLink,
  cycleSpans,
  labelFound,
  link,
  linkTo,
  make,
  reach,
  read,
  removeSelectedSpans,
  stepCaret,
  stepEdge,
  typesBetween,
  unlabeled,
} from '../../src/commands/spans.ts';
import { namedEntities } from '../../src/task-types/named-entities.ts';
import { blankObject, type InstanceRecord, type Question } from '../../src/task-types/question.ts';
import type { By, Extent } from '../../src/text/edges.ts';
import { uuid } from '../some.ts';

const TEXT = 'The 👨🏻‍🚒 of Oban\r\nגר בחיפה, Oban and oban.';

const question: Question = {
  categories: ['Person', 'Place', 'Work'].map((name, id) => ({ id, name, colour: id + 1, key: '', attributes: [] })),
  attributes: [],
  tools: ['span'],
  media: { kind: 'text', width: 0, height: 0, orientation: 1, text: '', frames: 0, duration: 0 },
  settings: { relations: [{ name: 'lives in', from: ['Person'], to: ['Place'] }, { name: 'beside' }] },
};

let made = 0;

const reading = (records: readonly InstanceRecord[] = [], proposed: readonly InstanceRecord[] = []): Reading => {
  const proposals =
    proposed.length === 0 ? null : { model: 'guess', confidence: 0.9, parts: {}, records: [blankObject, ...proposed] };
  const desk = new Desk({ type: namedEntities, question, records: [blankObject, ...records], log: [], proposals }, () =>
    uuid(7_000_000 + made++),
  );
  const found = read(desk, TEXT);
  assert.ok(found !== null);
  return found;
};

const span = (words: string, category: number, id: number, nth = 0): InstanceRecord => {
  let unit = -1;
  for (let i = 0; i <= nth; i += 1) unit = TEXT.indexOf(words, unit + 1);
  const start = [...TEXT.slice(0, unit)].length;
  return {
    kind: 'instance',
    id: uuid(id),
    order: id,
    shape: 'span',
    category,
    geometry: { start, end: start + [...words].length, text: words },
    attributes: {},
    group: null,
    origin: null,
  };
};

const words = ({ desk, spanned }: Reading): string[] =>
  desk.list.value.map((record) => `${record.category} ${spanned.spanOf(record).text}`);

/** As the server will check it. */
const valid = ({ desk }: Reading): void => {
  const answer = namedEntities.dump(desk.doc.records);
  namedEntities.check(answer, desk.question);
};

test('keys go over words, take more with Shift, and a class labels what was taken', () => {
  const it = reading();
  for (let i = 0; i < 2; i += 1) stepCaret(it, 'word', 1, false);
  assert.equal(it.words(it.range ?? { from: 0, to: 0 }), '👨🏻‍🚒');
  stepCaret(it, 'word', 1, true);
  stepCaret(it, 'word', 1, true);
  stepCaret(it, 'word', -1, true);
  setCategory(it.desk, 2);
  assert.deepEqual(words(it), ['2 👨🏻‍🚒 of']);
  assert.equal(it.range, null);
  // It is selected now: another class is for it.
  setCategory(it.desk, 0);
  assert.deepEqual(words(it), ['0 👨🏻‍🚒 of']);
  valid(it);
});

test('the same words get the same class once', () => {
  const it = reading([span('Oban', 1, 1)]);
  const [first] = it.desk.list.value;
  assert.ok(first !== undefined);
  make(it, it.extentOf(first), 1);
  assert.deepEqual(words(it), ['1 Oban']);
  assert.deepEqual(it.desk.selection.value, [first.id]);
  make(it, it.extentOf(first), 0);
  assert.deepEqual(words(it), ['1 Oban', '0 Oban']);
  setCategory(it.desk, 1);
  assert.deepEqual(words(it), ['1 Oban', '0 Oban']);
  valid(it);
});

test('either end moves by words and by characters, and never past the other', () => {
  const it = reading([span('Oban', 1, 1)]);
  it.desk.select([uuid(1)]);
  stepEdge(it, 'start', 'word', -1);
  assert.deepEqual(words(it), ['1 of Oban']);
  stepEdge(it, 'start', 'character', -1);
  stepEdge(it, 'start', 'character', -1);
  assert.deepEqual(words(it), ['1 👨🏻‍🚒 of Oban']);
  stepEdge(it, 'end', 'word', -1);
  stepEdge(it, 'end', 'word', -1);
  assert.deepEqual(words(it), ['1 👨🏻‍🚒']);
  for (let i = 0; i < 3; i += 1) stepEdge(it, 'end', 'word', -1);
  assert.deepEqual(words(it), ['1 👨🏻‍🚒']);
  stepEdge(it, 'end', 'word', 1);
  assert.deepEqual(words(it), ['1 👨🏻‍🚒 of']);
  valid(it);
});

test('Tab goes by place, whatever was drawn first', () => {
  const it = reading([span('Oban', 1, 1), span('of Oban', 2, 2), span('The', 0, 3)]);
  const order: (string | undefined)[] = [];
  while (cycleSpans(it, 1)) order.push(it.desk.selection.value[0]);
  assert.deepEqual(order, [uuid(3), uuid(2), uuid(1)]);
});

test('all occurrences are labeled as one step, but for those that have the class', () => {
  const it = reading([span('Oban', 1, 1)]);
  it.wanted.value = { words: 'oban', exact: false, wholeWords: true };
  assert.equal(it.found.value.length, 3);
  assert.equal(unlabeled(it, 1).length, 2);
  assert.equal(labelFound(it, 1), 2);
  assert.deepEqual(words(it), ['1 Oban', '1 Oban', '1 oban']);
  valid(it);
  it.desk.undo();
  assert.deepEqual(words(it), ['1 Oban']);
});

test('a relation leads where its type allows, is no loose end, and comes back with its span', () => {
  const it = reading([span('The', 0, 1), span('Oban', 1, 2), span('of', 2, 3)]);
  assert.deepEqual(
    typesBetween(it, uuid(1), uuid(2)).map(({ name }) => name),
    ['lives in', 'beside'],
  );
  it.desk.select([uuid(3)]);
  beginLink(it);
  linkTo(it, uuid(2));
  assert.equal(it.relations.value[0]?.type, 'beside');
  it.desk.select([uuid(1)]);
  beginLink(it);
  linkTo(it, uuid(2));
  assert.equal(it.relations.value.length, 1);
  link(it, 'lives in');
  assert.equal(it.relations.value.length, 2);
  valid(it);
  it.desk.select([uuid(2)]);
  removeSelectedSpans(it);
  assert.equal(it.relations.value.length, 0);
  it.desk.undo();
  assert.equal(it.relations.value.length, 2);
  it.desk.select([it.relations.value[0]?.id ?? '']);
  removeSelectedSpans(it);
  assert.equal(it.relations.value.length, 1);
  valid(it);
});

test('a proposal of other words is none, and one that is said already is not made twice', () => {
  const other = { ...span('Oban', 1, 11), geometry: { start: 0, end: 3, text: 'tHe' } };
  const it = reading([span('Oban', 1, 1)], [span('Oban', 1, 12), other, span('of', 2, 13)]);
  assert.deepEqual(
    shownProposals(it.desk).map(({ id }) => id),
    [uuid(13)],
  );
  accept(it.desk, shownProposals(it.desk));
  assert.deepEqual(words(it), ['1 Oban', '2 of']);
  valid(it);
});

interface Move {
  readonly does: number;
  readonly extent: Extent | null;
  readonly category: number;
  readonly even: boolean;
  readonly by: By;
  readonly way: 1 | -1;
}

/** What a person may do to the span that was picked, or to the words. */
const MOVES: readonly ((it: Reading, move: Move, one: InstanceRecord | undefined) => void)[] = [
  (it, { extent, category }) => (extent === null ? undefined : make(it, extent, category)),
  (it, { category }) => setCategory(it.desk, category),
  (it) => removeSelectedSpans(it),
  (it, { extent }, one) => (extent === null || one === undefined ? undefined : reach(it, one, extent)),
  (it, { even, by, way }) => stepEdge(it, even ? 'end' : 'start', by, way),
  (it) => beginLink(it),
  (it, _move, one) => (one === undefined ? undefined : linkTo(it, one.id)),
];

test('whatever is done, the answer stands, and undone fully it is as it was', () => {
  const units = fc.integer({ min: 0, max: TEXT.length });
  const by = fc.constantFrom<By>('word', 'character');
  const way = fc.constantFrom<1 | -1>(1, -1);
  const move = fc.record({ does: fc.nat(6), a: units, b: units, category: fc.nat(2), pick: fc.nat(9), by, way });
  fc.assert(
    fc.property(fc.array(move, { maxLength: 25 }), (moves) => {
      const it = reading([span('Oban', 1, 1), span('of Oban', 2, 2)]);
      const before = JSON.stringify(it.desk.doc);
      for (const { a, b, pick, ...rest } of moves) {
        const one = it.desk.list.value.at(pick % Math.max(1, it.desk.list.value.length));
        if (one !== undefined) it.desk.select([one.id]);
        MOVES[rest.does]?.(it, { ...rest, extent: it.edges.snapped(a, b, rest.by), even: pick % 2 === 0 }, one);
        valid(it);
      }
      while (it.desk.history.canUndo) it.desk.undo();
      assert.equal(JSON.stringify(it.desk.doc), before);
    }),
    { numRuns: 150 },
  );
});

test('the keys of a text come before those of pictures, each chord means one thing at a time', () => {
  const commands = spanCommands();
  const ids = new Set(commands.map(({ id }) => id));
  assert.equal(ids.size, commands.length);
  const all = new Registry([...commands, ...allCommands().filter(({ id }) => !ids.has(id))]);
  for (const id of ['accept', 'next', 'remove', 'hide'])
    assert.equal(all.commands.filter((each) => each.id === id).length, 1);
  const keys = commands.filter(({ id }) => !/^(relat|drop)/.test(id)).flatMap((each) => each.keys);
  assert.equal(new Set(keys).size, keys.length);
});
