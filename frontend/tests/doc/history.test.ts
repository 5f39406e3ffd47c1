import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { adding, type Diff, inverse, removing, updating } from '../../src/doc/diff.ts';
import { Document } from '../../src/doc/document.ts';
import { History } from '../../src/doc/history.ts';
import { isInstance } from '../../src/task-types/question.ts';
import { boxes, someBox } from '../some.ts';

const bytes = (document: Document): string => JSON.stringify(document);

/** What a person might do, as numbers: which act, to which record, with which box. */
const acts = fc.array(
  fc.record({ act: fc.constantFrom('add', 'change', 'remove', 'undo', 'redo'), pick: fc.nat(), box: boxes }),
  {
    maxLength: 60,
  },
);
type Act = typeof acts extends fc.Arbitrary<(infer A)[]> ? A : never;

const diffOf = (document: Document, { act, pick, box }: Act, n: number): Diff | null => {
  const all = [...document.records.values()].filter(isInstance);
  const one = all[pick % Math.max(1, all.length)];
  if (act === 'add') return adding(someBox(`new-${n}`, box, { order: n }));
  if (one === undefined) return null;
  return act === 'change' ? updating(one, { ...one, geometry: { ...box } }) : removing(one);
};

const perform = (document: Document, history: History, list: readonly Act[]): void => {
  list.forEach((act, n) => {
    if (act.act === 'undo') history.undo();
    else if (act.act === 'redo') history.redo();
    else {
      const diff = diffOf(document, act, n);
      if (diff !== null) history.do(diff, [], []);
    }
  });
};

const begun = (): { document: Document; history: History; log: Diff[] } => {
  const document = new Document([someBox('a', { left: 1, top: 2, width: 3, height: 4 })]);
  const log: Diff[] = [];
  document.listen(({ diff }) => log.push(diff));
  return { document, history: new History(document), log };
};

test('anything undone fully gives a byte-equal document, and redone fully likewise', () => {
  fc.assert(
    fc.property(acts, (list) => {
      const { document, history } = begun();
      const before = bytes(document);
      perform(document, history, list);
      while (history.canRedo) history.redo();
      const after = bytes(document);
      while (history.canUndo) history.undo();
      assert.equal(bytes(document), before);
      while (history.canRedo) history.redo();
      assert.equal(bytes(document), after);
    }),
    { numRuns: 200 },
  );
});

test('the stacks come back whole from the plain list of diffs that a draft keeps', () => {
  fc.assert(
    fc.property(acts, (list) => {
      const { document, history, log } = begun();
      perform(document, history, list);
      const again = new Document([...document.records.values()]);
      const recalled = new History(again);
      recalled.recall(JSON.parse(JSON.stringify(log)) as Diff[]);
      while (history.canUndo) history.undo();
      while (recalled.canUndo) recalled.undo();
      assert.equal(bytes(again), bytes(document));
    }),
    { numRuns: 200 },
  );
});

test('the inverse of an inverse is the diff itself', () => {
  const diff = adding(someBox('x', { left: 0, top: 0, width: 1, height: 1 }));
  assert.deepEqual(inverse(inverse(diff)), diff);
});

test('going back to a mark forgets what was undone', () => {
  const { document, history } = begun();
  const before = bytes(document);
  const mark = history.mark();
  history.do(adding(someBox('b', { left: 0, top: 0, width: 1, height: 1 })), [], ['b']);
  history.backTo(mark);
  assert.equal(bytes(document), before);
  assert.equal(history.canRedo, false);
});

test('undo gives back what was selected', () => {
  const { history } = begun();
  history.do(adding(someBox('b', { left: 0, top: 0, width: 1, height: 1 })), ['a'], ['b']);
  assert.deepEqual(history.undo()?.before, ['a']);
  assert.deepEqual(history.redo()?.after, ['b']);
});
