import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ServerFrames } from '../../src/media/server-frames.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A server that answers when it is told to. `fails`: how often each frame is refused before it comes. */
const serverOf = (fails: Readonly<Record<number, number>> = {}) => {
  const left: Record<number, number> = { ...fails };
  const told = { asked: [] as number[], called_off: [] as number[], closed: [] as number[] };
  const open = new Map<number, () => void>();
  const fetch = (number: number, signal: AbortSignal) => {
    told.asked.push(number);
    return new Promise<{ number: number; close(): void }>((resolve, reject) => {
      signal.addEventListener('abort', () => {
        told.called_off.push(number);
        open.delete(number);
        reject(signal.reason);
      });
      open.set(number, () => {
        open.delete(number);
        const more = left[number] ?? 0;
        left[number] = more - 1;
        if (more > 0) reject(new Error('503'));
        else resolve({ number, close: () => told.closed.push(number) });
      });
    });
  };
  return { fetch, told, open };
};

const answerAll = async (open: Map<number, () => void>): Promise<void> => {
  for (let i = 0; i < 20; i += 1) {
    for (const answer of [...open.values()]) answer();
    await turn();
  }
};

test('what comes next is fetched ahead, a few at once, in the direction of travel', async () => {
  const { fetch, told, open } = serverOf();
  const frames = new ServerFrames(fetch, [0, 99], 40);
  frames.prefetch(50, -1);
  const shown = frames.frame(50);
  assert.ok(open.size <= 4);
  await answerAll(open);
  assert.equal((await shown).number, 50);
  assert.deepEqual(
    told.asked.toSorted((a, b) => a - b),
    [42, 43, 44, 45, 46, 47, 48, 49, 50],
  );
  frames.prefetch(2, -1);
  await answerAll(open);
  assert.deepEqual([frames.peek(0)?.number, frames.peek(1)?.number], [0, 1]);
});

test('frames that were left are called off, and come anew when they are wanted again', async () => {
  const { fetch, told, open } = serverOf();
  const frames = new ServerFrames(fetch, [0, 999], 40);
  const left = new AbortController();
  const first = assert.rejects(frames.frame(10, left.signal));
  left.abort(new Error('gone on'));
  await first;
  assert.deepEqual(told.called_off, [10]);
  frames.prefetch(500, 1);
  frames.prefetch(700, 1);
  assert.ok([501, 502, 503].every((number) => told.called_off.includes(number)));
  const again = frames.frame(10);
  await answerAll(open);
  assert.equal((await again).number, 10);
});

test('a frame that fails is tried once more; then whoever asked is told, and may ask again', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { fetch, told, open } = serverOf({ 3: 1, 4: 3 });
  const frames = new ServerFrames(fetch, [0, 99], 40);
  const tried = async (number: number) => {
    const coming = frames.frame(number).then(
      () => 'shown',
      (fault: unknown) => String(fault),
    );
    await answerAll(open);
    t.mock.timers.tick(1000);
    await turn();
    await answerAll(open);
    return coming;
  };
  assert.equal(await tried(3), 'shown');
  assert.match(await tried(4), /503/);
  assert.equal(await tried(4), 'shown');
  assert.deepEqual(told.asked, [3, 3, 4, 4, 4, 4]);
});

test('pictures that are too many are freed, and all of them in the end', async () => {
  const { fetch, told, open } = serverOf();
  const frames = new ServerFrames(fetch, [0, 99], 4);
  for (const number of [1, 2, 3, 4, 5, 6]) {
    const coming = frames.frame(number);
    await answerAll(open);
    await coming;
  }
  assert.equal(told.closed.length, 2);
  const late = assert.rejects(frames.frame(50));
  frames.close();
  await late;
  assert.equal(told.closed.length, 6);
});
