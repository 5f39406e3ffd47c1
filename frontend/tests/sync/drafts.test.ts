import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adding, type Diff } from '../../src/doc/diff.ts';
import { type Client, Refused, Unreachable } from '../../src/sync/client.ts';
import { type Conflict, DraftKeeper, type DraftRow, keepUnsent, keptDrafts, unsentOf } from '../../src/sync/drafts.ts';
import { MemoryStore } from '../../src/sync/store.ts';
import { someBox } from '../some.ts';

const diff = (id: string): Diff => adding(someBox(id, { left: 0, top: 0, width: 1, height: 1 }));

const settled = async (): Promise<void> => {
  for (let i = 0; i < 20; i += 1) await Promise.resolve();
};

type Sent = { base: number; diffs: readonly Diff[]; leaving: boolean };

const setUp = (reply: (sent: Sent) => { revision: number }) => {
  const sent: Sent[] = [];
  const events: string[] = [];
  let clash: Conflict | null = null;
  const client = {
    draft: async (_assignment: number, _token: string, base: number, diffs: readonly Diff[], leaving: boolean) => {
      sent.push({ base, diffs, leaving });
      return reply({ base, diffs, leaving });
    },
  } as unknown as Client;
  const store = new MemoryStore();
  const place = { owner: 3, assignment: 12, token: 't', revision: 0 };
  const keeper = new DraftKeeper(client, store, place, [], {
    saving: () => events.push('saving'),
    saved: () => events.push('saved'),
    offline: () => events.push('offline'),
    conflict: (theirs) => {
      clash = theirs;
    },
    tooLarge: () => events.push('too large'),
  });
  return { keeper, store, sent, events, clash: () => clash };
};

const rows = (store: MemoryStore): Promise<DraftRow[]> => store.all<DraftRow>('drafts', [3, 12]);

test('a change is in the browser at once and on the server after two seconds of rest', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const { keeper, store, sent, events } = setUp(({ base }) => ({ revision: base + 1 }));
  keeper.add(diff('a'));
  await settled();
  assert.equal((await rows(store)).length, 1);
  t.mock.timers.tick(1500);
  keeper.add(diff('b'));
  t.mock.timers.tick(1500);
  assert.equal(sent.length, 0);
  t.mock.timers.tick(500);
  await settled();
  assert.deepEqual(
    sent.map(({ base, diffs }) => [base, diffs.length]),
    [[0, 2]],
  );
  assert.equal((await rows(store)).length, 0);
  assert.equal(keeper.revision, 1);
  assert.equal(events.at(-1), 'saved');
});

test('without a rest it goes out after fifteen seconds all the same', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const { keeper, sent } = setUp(({ base }) => ({ revision: base + 1 }));
  for (let second = 0; second < 16; second += 1) {
    keeper.add(diff(`r${second}`));
    t.mock.timers.tick(1000);
    await settled();
  }
  assert.equal(sent.length, 1);
  assert.equal(sent[0]?.diffs.length, 15);
});

test('without a connection changes stay and go out later, in order', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  let down = true;
  const { keeper, store, sent, events } = setUp(({ base }) => {
    if (down) throw new Unreachable('down');
    return { revision: base + 1 };
  });
  keeper.add(diff('a'));
  t.mock.timers.tick(2000);
  await settled();
  assert.equal(events.at(-1), 'offline');
  assert.equal((await rows(store)).length, 1);
  down = false;
  keeper.add(diff('b'));
  t.mock.timers.tick(15_000);
  await settled();
  assert.equal(sent.at(-1)?.diffs.length, 2);
  assert.equal((await rows(store)).length, 0);
});

test('a draft changed elsewhere stops the sending and shows the other version', async () => {
  const theirs = { x: someBox('x', { left: 0, top: 0, width: 1, height: 1 }) };
  const { keeper, sent, clash } = setUp(({ base }) => {
    if (base === 0) {
      const body = {
        code: 'draft-outdated',
        what: '',
        where: '',
        todo: '',
        status: 409,
        revision: 4,
        document: theirs,
      };
      throw new Refused(body);
    }
    return { revision: base + 1 };
  });
  keeper.add(diff('a'));
  await keeper.send();
  assert.deepEqual(clash(), { revision: 4, document: theirs });
  keeper.add(diff('b'));
  await keeper.send();
  assert.equal(sent.length, 1);
  await keeper.settle({ revision: 4, document: theirs }, diff('kept'));
  await keeper.send();
  assert.deepEqual([sent.at(-1)?.base, sent.at(-1)?.diffs.length], [4, 1]);
});

test('what an earlier visit left is told apart: unsent, sent without an answer, or a clash', () => {
  const row = (place: number, base: number, id: string): DraftRow => ({
    owner: 3,
    assignment: 12,
    place,
    base,
    diff: diff(id),
  });
  const left = [row(5, 2, 'a'), row(6, 2, 'b')];
  assert.deepEqual(unsentOf([], null), []);
  assert.deepEqual(unsentOf(left, { revision: 2, history: [diff('old')] }), left);
  assert.deepEqual(unsentOf(left, { revision: 3, history: [diff('old'), diff('a'), diff('b')] }), []);
  assert.equal(unsentOf(left, { revision: 3, history: [diff('old'), diff('other')] }), null);
  assert.deepEqual(unsentOf([row(0, 0, 'a')], null), [row(0, 0, 'a')]);
});

test('of changes whose first part the server has, unheard, the rest goes out, over one more reload too', async () => {
  const store = new MemoryStore();
  for (const [place, id] of ['a', 'b', 'c'].entries()) {
    await store.put('drafts', { owner: 3, assignment: 12, place, base: 2, diff: diff(id) } as DraftRow);
  }
  const draft = { revision: 3, history: [diff('old'), diff('a'), diff('b')] };
  for (const _visit of [1, 2]) {
    const kept = await keptDrafts(store, 3, 12);
    const unsent = unsentOf(kept, draft);
    assert.deepEqual(
      unsent?.map((row) => row.diff),
      [diff('c')],
    );
    await keepUnsent(store, kept, unsent ?? [], draft.revision);
  }
});

test('a change of many records is in the browser a moment later, and comes back as it was', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const { keeper, store } = setUp(({ base }) => ({ revision: base + 1 }));
  const many = adding(
    ...Array.from({ length: 300 }, (_, n) => someBox(`r${n}`, { left: n, top: 0, width: 1, height: 1 })),
  );
  keeper.add(many);
  await settled();
  assert.equal((await rows(store)).length, 0);
  t.mock.timers.tick(1);
  keeper.add(diff('a'));
  await settled();
  assert.deepEqual(
    (await keptDrafts(store, 3, 12)).map((row) => row.diff),
    [many, diff('a')],
  );
  t.mock.timers.tick(2000);
  await settled();
  assert.equal((await rows(store)).length, 0);
});

const large = (id: string): Diff =>
  adding({ ...someBox(id, { left: 0, top: 0, width: 1, height: 1 }), geometry: { counts: 'x'.repeat(900_000) } });

test('what is more than one request holds goes out in several, in order', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const { keeper, sent, store } = setUp(({ base }) => ({ revision: base + 1 }));
  for (const id of ['a', 'b', 'c']) keeper.add(large(id));
  for (let i = 0; i < 4; i += 1) {
    t.mock.timers.tick(2000);
    await settled();
  }
  assert.deepEqual(
    sent.map(({ base, diffs }) => [base, diffs.flatMap(({ added }) => Object.keys(added))]),
    [
      [0, ['a']],
      [1, ['b']],
      [2, ['c']],
    ],
  );
  assert.equal((await rows(store)).length, 0);
});

test('a change that the server finds too large stays in the browser, with all that follow, and the person hears of it', async () => {
  const body = { code: 'too-large', what: '', where: '', todo: '', status: 413 };
  const { keeper, store, events } = setUp(() => {
    throw new Refused(body);
  });
  keeper.add(diff('a'));
  await keeper.send();
  keeper.add(diff('b'));
  await settled();
  assert.ok(events.includes('too large') && !events.includes('saved'));
  assert.equal((await rows(store)).length, 2);
});
