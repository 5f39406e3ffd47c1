import assert from 'node:assert/strict';
import { test } from 'node:test';
import { between, type Diff, updating } from '../../src/doc/diff.ts';
import { type Client, Refused } from '../../src/sync/client.ts';
import type { DraftRow } from '../../src/sync/drafts.ts';
import { itemFrom } from '../../src/sync/items.ts';
import { Pool } from '../../src/sync/pool.ts';
import { MemoryStore } from '../../src/sync/store.ts';
import type { Lease } from '../../src/sync/wire.ts';
import { loadTaskTypes } from '../../src/task-types/index.ts';
import { blankObject, type LabelRecord } from '../../src/task-types/question.ts';
import { someQuestion } from '../some.ts';

await loadTaskTypes();

const chosen = (category: number | null): LabelRecord => ({
  ...blankObject,
  categories: category === null ? [] : [category],
});
const beginning: Diff = between({}, { object: blankObject });
const first = updating(chosen(null), chosen(1));
const second = updating(chosen(1), chosen(2));

const someLease = (assignment: number, draft: Lease['draft'] = null): Lease => ({
  assignment,
  token: `t${assignment}`,
  expires_in: 600,
  task_type: 'text-classification',
  question: {
    ...someQuestion(),
    media: { ...someQuestion().media, kind: 'text', text: 'Ferry to Oban leaves at noon.' },
  },
  object: { id: assignment, name: `no. ${assignment}`, line: assignment },
  media: {},
  answer_to_start_from: null,
  proposals: null,
  draft,
});

const boot = { job: { id: 7 }, purpose: 'full', me: { id: 3 } };

const setUp = (open: number[]) => {
  const asked: { count: number; held: readonly number[] }[] = [];
  const released: number[] = [];
  const client = {
    leases: async (_job: number, count: number, _purpose: string, held: readonly number[]) => {
      asked.push({ count, held });
      const leases = open.filter((assignment) => !held.includes(assignment)).slice(0, count);
      return { leases: leases.map((assignment) => someLease(assignment)), reason: null };
    },
    renew: async (assignment: number) => {
      if (assignment === 2) throw new Refused({ code: 'lease-lost', what: '', where: '', todo: '', status: 410 });
      return { expires_in: 600 };
    },
    release: async (assignment: number) => released.push(assignment),
  } as unknown as Client;
  return { pool: new Pool(client, new MemoryStore(), boot), asked, released };
};

const order = (pool: Pool): (number | undefined)[] => [0, 0, 0].map(() => pool.next()?.lease.assignment);

test('two objects are leased ahead of the open one, and never more', async () => {
  const { pool, asked } = setUp([1, 2, 3, 4, 5, 6]);
  await pool.fill(0, []);
  assert.equal(pool.next()?.lease.assignment, 1);
  await pool.fill(1, []);
  assert.deepEqual(
    asked.map(({ count }) => count),
    [3],
  );
  pool.drop(1);
  pool.next();
  await pool.fill(1, [1]);
  assert.deepEqual(asked.at(-1), { count: 1, held: [2, 3, 1] });
});

test('an acknowledgement that comes while leases are fetched loses none of them and keeps their order', async () => {
  const { pool } = setUp([1, 2, 3]);
  const filling = pool.fill(0, []);
  for (let i = 0; i < 4; i += 1) {
    pool.drop(99);
    await Promise.resolve();
  }
  await filling;
  assert.deepEqual(order(pool), [1, 2, 3]);
});

test('a lost lease of an object not seen yet goes away by itself', async () => {
  const { pool } = setUp([1, 2, 3]);
  await pool.fill(0, []);
  assert.deepEqual(await pool.renew(), [2]);
  assert.deepEqual(order(pool), [1, 3, undefined]);
});

test('when the page goes away what nobody has seen goes back, and the open object stays', async () => {
  const { pool, released } = setUp([1, 2, 3]);
  await pool.fill(0, []);
  pool.next();
  pool.releaseAhead();
  assert.deepEqual(released, [2, 3]);
  await pool.releaseAll();
  assert.deepEqual(released, [2, 3, 1]);
});

const stored = async (...rows: readonly Omit<DraftRow, 'owner' | 'assignment'>[]): Promise<MemoryStore> => {
  const store = new MemoryStore();
  for (const row of rows) await store.put('drafts', { owner: 3, assignment: 1, ...row } as DraftRow);
  return store;
};

const classOf = ({
  opened: { desk },
}: {
  opened: { desk: { type: { dump(r: unknown): unknown }; doc: { records: unknown } } };
}) => desk.type.dump(desk.doc.records);

test('a reload finds the draft of the server with its undo stack', async () => {
  const draft = { revision: 2, document: { object: chosen(2) }, history: [beginning, first, second] };
  const item = await itemFrom(someLease(1, draft), new MemoryStore(), 3);
  assert.deepEqual(classOf(item), { category: 2 });
  const { desk } = item.opened;
  desk.undo();
  assert.deepEqual(classOf(item), { category: 1 });
  desk.undo();
  assert.deepEqual(classOf(item), { category: null });
  assert.equal(desk.history.canUndo, false);
});

test('a reload before anything was sent finds the changes in the browser, and sends them', async () => {
  const store = await stored({ place: 0, base: 0, diff: beginning }, { place: 1, base: 0, diff: first });
  const item = await itemFrom(someLease(1), store, 3);
  assert.deepEqual(classOf(item), { category: 1 });
  assert.equal(item.unsent.length, 2);
  assert.equal(item.opened.desk.history.done.length, 1);
});

test('a tail that the server did get, without our hearing of it, is not applied twice', async () => {
  const store = await stored({ place: 3, base: 1, diff: second });
  const draft = { revision: 2, document: { object: chosen(2) }, history: [beginning, first, second] };
  const item = await itemFrom(someLease(1, draft), store, 3);
  assert.deepEqual(classOf(item), { category: 2 });
  assert.equal(item.unsent.length, 0);
  assert.deepEqual(await store.all('drafts', [3, 1]), []);
});

test('a draft that went on elsewhere is a clash: both versions are there, nothing is merged', async () => {
  const store = await stored({ place: 3, base: 1, diff: second });
  const other = updating(chosen(1), chosen(0));
  const draft = { revision: 2, document: { object: chosen(0) }, history: [beginning, first, other] };
  const item = await itemFrom(someLease(1, draft), store, 3);
  assert.deepEqual(classOf(item), { category: 2 });
  assert.deepEqual(item.clash, { object: chosen(0) });
});
