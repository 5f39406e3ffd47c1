import assert from 'node:assert/strict';
import { test } from 'node:test';
import { patienceFor } from '../../src/sync/client.ts';

test('a large answer on a slow line is given the time that it needs', () => {
  assert.equal(patienceFor(0), 30_000);
  assert.ok(patienceFor(66 * 1024 * 1024) > 20 * 60_000);
});
