import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signal } from '@preact/signals-core';
import { type Clock, FilmPlayer, type Reel } from '../../src/media/film-player.ts';
import { FrameTable, type FrameTableJson } from '../../src/media/frame-table.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A clock that stands still, and a screen that is painted, when the test says so. */
class Hands implements Clock {
  #now = 1000;
  #acts: (() => void)[] = [];
  now(): number {
    return this.#now;
  }
  soon(act: () => void): () => void {
    this.#acts.push(act);
    return () => {
      this.#acts = this.#acts.filter((each) => each !== act);
    };
  }
  async on(ms: number): Promise<void> {
    this.#now += ms;
    const acts = this.#acts;
    this.#acts = [];
    for (const act of acts) act();
    await turn();
  }
}

/** 100 frames of 40 ms; from frame 50 on they last 200 ms. Frames are there at once, or when `give` says so. */
const setUp = (there: (number: number) => boolean, [first, last] = [0, 99], kind: FrameTableJson['kind'] = 'film') => {
  const pts = Array.from({ length: 100 }, (_, i) => 7000 + 40 * i + 160 * Math.max(0, i - 50));
  const table = new FrameTable({
    kind,
    time_base: [1, 1000],
    pts,
    end: 7000 + 40 * 100 + 160 * 50,
    proxy: 'ready',
  });
  const told = { shown: [] as number[], asked: [] as number[], left: [] as number[], aims: [] as string[] };
  const given = new Set<number>();
  const waiting = new Map<number, { give(): void; fail(): void }>();
  const reel: Reel<string> = {
    ready: Promise.resolve(table),
    table,
    peek: (number) => (there(number) || given.has(number) ? `picture ${number}` : null),
    prefetch: (at, direction, pace = 'step') => told.aims.push(`${pace} ${at} ${direction}`),
    frame: (number, stop) => {
      told.asked.push(number);
      const now = reel.peek(number);
      if (now !== null) return Promise.resolve(now);
      return new Promise((resolve, reject) => {
        stop?.addEventListener('abort', () => {
          told.left.push(number);
          waiting.delete(number);
          reject(stop.reason);
        });
        waiting.set(number, {
          give: () => {
            given.add(number);
            resolve(`picture ${number}`);
          },
          fail: () => reject(new Error('404')),
        });
      });
    },
  };
  const clock = new Hands();
  const wanted = signal(first as number);
  const player = new FilmPlayer<string>({ wanted, first: first as number, last: last as number }, reel, clock);
  const screen = {
    show: (picture: string, frame: number) => {
      assert.equal(picture, `picture ${frame}`);
      told.shown.push(frame);
    },
  };
  return { player, clock, told, waiting, screen, wanted, table };
};

const all = (): boolean => true;

test('steps, jumps and the ends show exactly the frame that was asked for', async () => {
  const { player, clock, told, screen } = setUp(all, [10, 59]);
  await player.begin(screen);
  for (const act of [() => player.step(1), () => player.step(-5), () => player.seek(33), () => player.seek(1e9)]) {
    act();
    await clock.on(16);
  }
  assert.deepEqual(told.shown, [10, 11, 10, 33, 59]);
  player.step(1);
  assert.equal(player.wanted.value, 59);
});

test('whoever sets the wanted frame is followed', async () => {
  const { player, clock, told, screen, wanted } = setUp(all);
  await player.begin(screen);
  wanted.value = 42;
  await clock.on(16);
  player.end();
  wanted.value = 50;
  await clock.on(16);
  assert.deepEqual(told.shown, [0, 42]);
});

test('of many steps in one frame of the screen the last one is shown', async () => {
  const { player, clock, told, screen } = setUp(all);
  await player.begin(screen);
  for (let i = 0; i < 9; i += 1) player.step(1);
  await clock.on(16);
  assert.deepEqual(told.shown, [0, 9]);
});

test('the latest request wins, and those before it are called off', async () => {
  const { player, told, waiting, screen } = setUp((number) => number === 0);
  await player.begin(screen);
  for (const number of [20, 40, 60]) player.seek(number);
  assert.deepEqual(told.left, [20, 40]);
  waiting.get(60)?.give();
  await turn();
  assert.deepEqual(told.shown, [0, 60]);
});

test('who scrubs faster than frames come sees some of them all the same, and the last one in the end', async () => {
  const { player, clock, told, waiting, screen } = setUp((number) => number === 0);
  await player.begin(screen);
  for (let number = 1; number <= 20; number += 1) {
    player.seek(number);
    await clock.on(16);
  }
  const [coming] = waiting.keys();
  assert.ok(coming !== undefined && coming < 20);
  waiting.get(coming)?.give();
  await turn();
  assert.equal(told.shown.at(-1), coming);
  waiting.get(20)?.give();
  await turn();
  assert.deepEqual(told.shown, [0, coming, 20]);
});

test('a frame that can not be had is named, and asked for again on wish', async () => {
  const { player, told, waiting, screen } = setUp((number) => number < 5);
  await player.begin(screen);
  player.seek(7);
  waiting.get(7)?.fail();
  await turn();
  assert.equal(player.failed.value, 7);
  assert.deepEqual(told.shown, [0]);
  player.retry();
  assert.equal(player.failed.value, null);
  waiting.get(7)?.give();
  await turn();
  assert.deepEqual(told.shown, [0, 7]);
});

test('plays by the times of the frames, at every speed', async () => {
  for (const rate of [0.25, 0.5, 1, 2, 4]) {
    const { player, clock, told, screen, table } = setUp(all);
    await player.begin(screen);
    player.play(rate);
    player.toggle();
    let ms = 0;
    while (player.playing.value) {
      await clock.on(10);
      ms += 10;
      if (player.playing.value) assert.equal(told.shown.at(-1), table.at((ms * rate) / 1000));
    }
    assert.equal(told.shown.at(-1), 99);
    // The last frame appears at 3.96 + 49 * 0.16 s.
    assert.ok(Math.abs(ms * rate - 11_800) <= 10 * rate, `${ms} ms at ${rate}`);
    assert.equal(new Set(told.shown).size, told.shown.length);
  }
});

test('what is decoded too late is left out, and the film does not lag', async () => {
  // Only every tenth frame is ever there.
  const { player, clock, told, screen } = setUp((number) => number % 10 === 0);
  await player.begin(screen);
  player.toggle();
  for (let i = 0; i < 100; i += 1) await clock.on(16);
  assert.deepEqual(told.shown, [0, 10, 20, 30, 40]);
  assert.equal(player.wanted.value, 40);
});

test('paused, the frame that is seen is the one that is meant', async () => {
  const { player, clock, told, screen } = setUp((number) => number % 10 === 0);
  await player.begin(screen);
  player.toggle();
  for (let i = 0; i < 30; i += 1) await clock.on(16);
  assert.equal(told.shown.at(-1), 10);
  assert.equal(player.wanted.value, 12);
  player.toggle();
  await clock.on(16);
  assert.deepEqual([player.playing.value, player.wanted.value, told.shown.at(-1)], [false, 10, 10]);
});

test('playing stops at the last frame that is asked for, and begins anew from the first', async () => {
  const { player, clock, told, screen } = setUp(all, [20, 30]);
  await player.begin(screen);
  player.toggle();
  for (let i = 0; i < 60; i += 1) await clock.on(16);
  assert.deepEqual([player.playing.value, told.shown.at(-1), player.wanted.value], [false, 30, 30]);
  player.toggle();
  await clock.on(16);
  assert.deepEqual([player.playing.value, told.shown.at(-1)], [true, 20]);
});

test('a page that was out of sight goes on from where it was', async () => {
  const { player, clock, told, screen } = setUp(all);
  await player.begin(screen);
  player.toggle();
  await clock.on(100);
  await clock.on(60_000);
  await clock.on(40);
  assert.ok((told.shown.at(-1) ?? 99) < 6);
});

test('a change of speed changes nothing of the place', async () => {
  const { player, clock, told, screen } = setUp(all);
  await player.begin(screen);
  player.toggle();
  for (let i = 0; i < 10; i += 1) await clock.on(40);
  assert.equal(told.shown.at(-1), 10);
  player.speed(2);
  await clock.on(40);
  assert.equal(told.shown.at(-1), 12);
});

test('slower and faster go through the speeds that there are, and no further', async () => {
  const through = async (kind: FrameTableJson['kind'], factor: number): Promise<number[]> => {
    const { player, screen } = setUp(all, [0, 99], kind);
    await player.begin(screen);
    return Array.from({ length: 5 }, () => {
      player.speed(factor);
      return player.rate.value;
    });
  };
  assert.deepEqual(await through('film', 2), [2, 4, 4, 4, 4]);
  assert.deepEqual(await through('film', 0.5), [0.5, 0.25, 0.25, 0.25, 0.25]);
  assert.deepEqual(await through('sequence', 2), [2, 5, 10, 10, 10]);
  assert.deepEqual(await through('sequence', 0.5), [1, 1, 1, 1, 1]);
});
