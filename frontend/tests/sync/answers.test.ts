import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AnswerQueue, type AnswerRow } from '../../src/sync/answers.ts';
import { type Client, Refused, Unreachable } from '../../src/sync/client.ts';
import { MemoryStore } from '../../src/sync/store.ts';
import type { Lease, ProblemBody } from '../../src/sync/wire.ts';

const settled = async (): Promise<void> => {
  for (let i = 0; i < 30; i += 1) await Promise.resolve();
};

const row = (key: string, at: number, notBefore = 0): AnswerRow => ({
  owner: 3,
  key,
  job: 7,
  lease: { assignment: at, token: 't', object: { id: 1, name: key, line: 1 } } as Lease,
  answer: { category: 1 },
  active_seconds: 1,
  records: [],
  log: [],
  notBefore,
  at,
  refused: null,
});

const problem = (status: number): ProblemBody => ({ code: 'x', what: 'No.', where: '/category', todo: '', status });

const setUp = (answer: (key: string) => void, store = new MemoryStore()) => {
  const sent: string[] = [];
  const heard: string[] = [];
  const client = {
    answer: async (_assignment: number, { key }: { key: string }) => {
      sent.push(key);
      answer(key);
      return { annotation: 1, standing: 'counted' };
    },
  } as unknown as Client;
  const queue = new AnswerQueue(client, store, {
    changed: () => undefined,
    accepted: ({ key }) => heard.push(`accepted ${key}`),
    refused: ({ key }, { what }) => heard.push(`refused ${key}: ${what}`),
    signedOut: () => heard.push('signed out'),
  });
  return { queue, store, sent, heard };
};

test('answers go out in order and are forgotten once acknowledged', async () => {
  const { queue, store, sent, heard } = setUp(() => undefined);
  queue.add(row('a', 1));
  queue.add(row('b', 2));
  await settled();
  assert.deepEqual(sent, ['a', 'b']);
  assert.deepEqual(heard, ['accepted a', 'accepted b']);
  assert.deepEqual(await store.all('answers', [3]), []);
});

test('without a connection an answer is tried again, later each time, with the same key', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  let down = true;
  const { queue, store, sent } = setUp(() => {
    if (down) throw new Unreachable('down');
  });
  queue.add(row('a', 1));
  await settled();
  assert.equal(queue.offline, true);
  assert.equal((await store.all('answers', [3])).length, 1);
  for (const wait of [1000, 2000, 4000]) {
    t.mock.timers.tick(wait - 1);
    await settled();
    const before = sent.length;
    t.mock.timers.tick(1);
    await settled();
    assert.equal(sent.length, before + 1);
  }
  down = false;
  t.mock.timers.tick(8000);
  await settled();
  assert.equal(queue.offline, false);
  assert.deepEqual(await store.all('answers', [3]), []);
  assert.deepEqual(new Set(sent), new Set(['a']));
});

test('a reload goes on sending what an earlier page could not', async () => {
  const store = new MemoryStore();
  await store.put('answers', row('b', 2));
  await store.put('answers', row('a', 1));
  await store.put('answers', { ...row('someone else', 1), owner: 4 } as AnswerRow);
  const { queue, sent } = setUp(() => undefined, store);
  assert.deepEqual(await queue.restore(3), []);
  await settled();
  assert.deepEqual(sent, ['a', 'b']);
});

test('a refused answer goes back to the person, also after a reload, and the next ones go out', async () => {
  for (const status of [400, 409, 413, 422]) {
    const store = new MemoryStore();
    const first = setUp((key) => {
      if (key === 'bad') throw new Refused(problem(status));
    }, store);
    const bad = { ...row('bad', 1), records: [{ id: 'a' } as AnswerRow['records'][number]] };
    first.queue.add(bad);
    first.queue.add(row('good', 2));
    await settled();
    assert.deepEqual(first.heard, ['refused bad: No.', 'accepted good']);
    const again = setUp(() => undefined, store);
    const refused = await again.queue.restore(3);
    await settled();
    assert.deepEqual(refused, [{ ...bad, refused: problem(status) }]);
    assert.deepEqual(again.sent, []);
  }
});

test('a server in trouble and a lost sign-in refuse nothing', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  for (const status of [500, 503, 429, 401, 403]) {
    const { queue, heard } = setUp(() => {
      throw new Refused(problem(status));
    });
    queue.add(row('a', 1));
    await settled();
    assert.equal(queue.waiting, 1);
    assert.deepEqual(heard, status < 404 ? ['signed out'] : []);
  }
});

test('an answer can be taken back while it has not gone out', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1000 });
  const { queue, store, sent } = setUp(() => undefined);
  queue.add(row('a', 1, 6000));
  await settled();
  assert.equal(queue.takeBack(1500)?.key, 'a');
  await settled();
  t.mock.timers.tick(10_000);
  await settled();
  assert.deepEqual(sent, []);
  assert.deepEqual(await store.all('answers', [3]), []);
  queue.add(row('b', 2, 12_000));
  t.mock.timers.tick(2000);
  await settled();
  assert.deepEqual(sent, ['b']);
  assert.equal(queue.takeBack(20_000), null);
});

test('giving the next answer sends the one before, so that quick work is not held up', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1000 });
  const { queue, sent } = setUp(() => undefined);
  queue.add(row('a', 1, 6000));
  queue.add(row('b', 2, 7000));
  await settled();
  assert.deepEqual(sent, ['a']);
  queue.sendNow();
  await settled();
  assert.deepEqual(sent, ['a', 'b']);
});

test('what goes wrong in who listens does not hold up the next answers', async () => {
  const sent: string[] = [];
  const client = {
    answer: async (_assignment: number, { key }: { key: string }) => {
      sent.push(key);
      throw new Refused(problem(422));
    },
  } as unknown as Client;
  const faults: unknown[] = [];
  const hear = (fault: unknown): void => {
    faults.push(fault);
  };
  const others = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection').on('unhandledRejection', hear);
  const queue = new AnswerQueue(client, new MemoryStore(), {
    changed: () => undefined,
    accepted: () => undefined,
    refused: () => {
      throw new Error('odd');
    },
    signedOut: () => undefined,
  });
  queue.add(row('a', 1));
  queue.add(row('b', 2));
  await new Promise((resolve) => setTimeout(resolve));
  queue.hurry();
  await new Promise((resolve) => setTimeout(resolve));
  queue.hurry();
  process.removeAllListeners('unhandledRejection');
  for (const other of others) process.on('unhandledRejection', other);
  assert.deepEqual(sent, ['a', 'b']);
  assert.equal(faults.length, 2);
});
