import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PagePool, type PageRow, pageQueue } from '../../src/grid/pages.ts';
import { type Client, Refused, Unreachable } from '../../src/sync/client.ts';
import { MemoryStore } from '../../src/sync/store.ts';
import type { Page } from '../../src/sync/wire.ts';

const somePage = (id: number): Page => ({ id, token: `t${id}`, objects: [] }) as unknown as Page;
const NONE = { code: 'none-open', what: 'Nothing.', todo: '' };
const gone = () => new Refused({ code: 'lease-lost', what: '', where: '', todo: '', status: 410 });

const settled = async (): Promise<void> => {
  for (let i = 0; i < 30; i += 1) await Promise.resolve();
};

const poolOf = (open: number[]) => {
  const asked: { size: number; held: readonly number[] }[] = [];
  const released: number[] = [];
  const client = {
    page: async (_job: number, size: number, held: readonly number[]) => {
      asked.push({ size, held });
      const id = open.find((one) => !held.includes(one));
      return id === undefined ? { page: null, reason: NONE } : { page: somePage(id), reason: null };
    },
    renewPage: async (id: number) => {
      if (id === 2) throw gone();
      return { expires_in: 600, held: [] };
    },
    releasePage: async (id: number) => {
      released.push(id);
    },
  } as unknown as Client;
  return { pool: new PagePool(client, 7, async ({ id }) => id), asked, released };
};

test('the first page is shown before the next one is asked for', async () => {
  const { pool, asked } = poolOf([1, 2, 3]);
  assert.equal(await pool.fill(0, 28, []), null);
  assert.equal(asked.length, 1);
  assert.equal(pool.next()?.opened, 1);
  await pool.fill(1, 28, []);
  assert.deepEqual(asked.at(-1), { size: 28, held: [1] });
  assert.equal(pool.next()?.opened, 2);
});

test('a page on its way is not asked for again', async () => {
  const { pool, asked } = poolOf([1, 2]);
  assert.equal((await pool.fill(0, 28, [1, 2]))?.code, 'none-open');
  assert.deepEqual(asked[0]?.held, [1, 2]);
});

test('what nobody has seen goes back when the page is closed; the open one stays', async () => {
  const { pool, released } = poolOf([1, 2, 3]);
  await pool.fill(0, 28, []);
  pool.next();
  await pool.fill(1, 28, []);
  pool.releaseAhead();
  assert.deepEqual(released, [2]);
  assert.deepEqual(await pool.renew(), []);
});

test('a lost page is told once, and no longer ready', async () => {
  const { pool } = poolOf([1, 2]);
  await pool.fill(0, 28, []);
  pool.next();
  await pool.fill(1, 28, []);
  assert.deepEqual(await pool.renew(), [2]);
  assert.deepEqual(await pool.renew(), []);
  assert.equal(pool.next(), undefined);
});

const row = (key: string, notBefore = 0): PageRow => ({
  owner: 3,
  key,
  job: 7,
  page: somePage(1),
  wrong: [5],
  active_seconds: 4,
  notBefore,
  at: 1,
  refused: null,
});

const queueOf = (answer: () => void, store = new MemoryStore()) => {
  const sent: unknown[] = [];
  const heard: string[] = [];
  const client = {
    answerPage: async (page: number, body: object) => {
      sent.push({ page, ...body });
      answer();
      return { page, accepted: 1, marked: 1 };
    },
  } as unknown as Client;
  const queue = pageQueue(client, store, {
    changed: () => undefined,
    accepted: ({ key }) => heard.push(`accepted ${key}`),
    refused: ({ key }, { status }) => heard.push(`refused ${key} ${status}`),
    signedOut: () => heard.push('signed out'),
  });
  return { queue, store, sent, heard };
};

test('a page goes out with its marks and seconds, under one key', async () => {
  const { queue, store, sent, heard } = queueOf(() => undefined);
  queue.add(row('a'));
  await settled();
  assert.deepEqual(sent, [{ page: 1, token: 't1', key: 'a', active_seconds: 4, wrong: [5] }]);
  assert.deepEqual(heard, ['accepted a']);
  assert.deepEqual(await store.all('pages', [3]), []);
});

test('without a connection a page is kept, and goes out after a reload', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const away = queueOf(() => {
    throw new Unreachable('away');
  });
  away.queue.add(row('a'));
  await settled();
  assert.ok(away.queue.offline);
  const later = queueOf(() => undefined, away.store);
  await later.queue.restore(3);
  await settled();
  assert.deepEqual(later.heard, ['accepted a']);
});

test('a refused page is told to the person', async () => {
  const { queue, heard } = queueOf(() => {
    throw gone();
  });
  queue.add(row('a'));
  await settled();
  assert.deepEqual(heard, ['refused a 410']);
});

test('the last page can be taken back until its time has come', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { queue, sent } = queueOf(() => undefined);
  queue.add(row('a', Date.now() + 60_000));
  await settled();
  assert.equal(queue.takeBack(Date.now())?.key, 'a');
  assert.equal(queue.takeBack(Date.now()), null);
  assert.deepEqual(sent, []);
});
