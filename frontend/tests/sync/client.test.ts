import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client, patienceFor, Unreachable } from '../../src/sync/client.ts';

test('a large answer on a slow line is given the time that it needs', () => {
  assert.equal(patienceFor(0), 30_000);
  assert.ok(patienceFor(66 * 1024 * 1024) > 20 * 60_000);
});

test('a reply that breaks off is no answer: what was sent is sent again', async (t) => {
  t.mock.method(globalThis, 'fetch', async () => new Response('{"annotation": 1, "stan', { status: 201 }));
  await assert.rejects(new Client('/api/v1', '').renew(1, 't'), Unreachable);
});
