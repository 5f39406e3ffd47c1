import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { stripIndexAt } from '../../src/view/timeline-strip.ts';

const INDEX = { state: 'ready', width: 128, height: 72, columns: 10, frames: [0, 20, 40] };
const WAITING = { state: 'waiting' };

/** A server that gives these answers, one after the other, the last one again and again; a number is a status, null a broken line. */
const serving = async (answers: readonly (object | number | null)[], use: (url: string) => Promise<void>) => {
  let asked = 0;
  const server = createServer((request, reply) => {
    const answer = answers[Math.min(asked, answers.length - 1)];
    asked += 1;
    if (answer === null || answer === undefined) request.socket.destroy();
    else if (typeof answer === 'number') reply.writeHead(answer).end();
    else reply.end(JSON.stringify(answer));
  }).listen(0);
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/strip-index`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
  return asked;
};

const resting =
  (rests: number[], most = Infinity) =>
  async (ms: number) => {
    if (rests.length >= most) throw new Error('nobody needs it');
    rests.push(ms);
  };

test('a strip that is made is had at once', async () => {
  const rests: number[] = [];
  await serving([INDEX], async (url) => assert.deepEqual(await stripIndexAt(url, resting(rests)), INDEX));
  assert.deepEqual(rests, []);
});

test('one that is still to be made is had when it is ready, asked for more and more seldom', async () => {
  const rests: number[] = [];
  const answers = [...Array(12).fill(WAITING), INDEX];
  const asked = await serving(answers, async (url) => assert.deepEqual(await stripIndexAt(url, resting(rests)), INDEX));
  assert.equal(asked, 13);
  assert.deepEqual(rests.slice(0, 3), [2000, 3000, 4500]);
  assert.ok(rests.every((ms, i) => ms >= (rests[i - 1] ?? 0)));
  assert.equal(rests.at(-1), 30_000);
});

test('one that is not to come is not asked for again', async () => {
  const rests: number[] = [];
  const asked = await serving([WAITING, 404], async (url) =>
    assert.equal(await stripIndexAt(url, resting(rests)), null),
  );
  assert.deepEqual([asked, rests.length], [2, 1]);
});

test('a line that breaks meanwhile is waited for', async () => {
  const answers = [WAITING, null, null, INDEX];
  await serving(answers, async (url) => assert.deepEqual(await stripIndexAt(url, resting([])), INDEX));
});

test('a server that has too much to do, or is being restarted, is asked again; so is one that can’t be reached at first', async () => {
  for (const answers of [
    [503, 429, INDEX],
    [WAITING, 502, 500, INDEX],
    [null, INDEX],
  ]) {
    await serving(answers, async (url) => assert.deepEqual(await stripIndexAt(url, resting([])), INDEX));
  }
});

test('whoever has left asks no more', async () => {
  const asked = await serving([WAITING], async (url) => {
    await assert.rejects(stripIndexAt(url, resting([], 1)), /nobody needs it/);
  });
  assert.equal(asked, 2);
});
