import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FrameCache, stretchAround } from '../../src/media/frame-cache.ts';
import { FrameTable } from '../../src/media/frame-table.ts';

const table = (pts: readonly number[], [num, den]: readonly [number, number] = [1, 1000]): FrameTable =>
  new FrameTable({ kind: 'film', time_base: [num, den], pts, end: (pts.at(-1) ?? 0) + 40, proxy: 'ready' });

/** Of a rate that changes all the time, from 20 to 60 frames a second, beginning late. */
const uneven = Array.from({ length: 500 }, (_, i) => 777 + i * 33 + ((i * i * 7) % 17) + 40 * Math.floor(i / 50));

test('a frame is found by its tick, whatever the time base, and by no other', () => {
  const bases: readonly (readonly [number, number])[] = [
    [1, 1000],
    [1, 90000],
    [1001, 30000],
    [1, 15360],
  ];
  for (const base of bases) {
    const some = table(uneven, base);
    for (const [number, tick] of uneven.entries()) {
      assert.equal(some.numberOf((tick * base[0]) / base[1]), number);
      assert.equal(some.numberOf(((tick + 1) * base[0]) / base[1]), uneven.includes(tick + 1) ? number + 1 : null);
    }
    assert.equal(some.numberOf(0), null);
    assert.equal(some.numberOf(1e9), null);
  }
});

test('the moment within a frame lies in its first tick', () => {
  const some = table(uneven, [1, 90000]);
  for (const [number, tick] of uneven.entries()) {
    assert.ok(some.within(number) * 90000 > tick && some.within(number) * 90000 < tick + 1);
  }
});

test('the frame on screen at a moment is the last that has begun', () => {
  const some = table(uneven);
  for (const number of uneven.keys()) {
    assert.equal(some.at(some.seconds(number)), number);
    assert.equal(some.at(some.seconds(number) + 0.0009), number);
    if (number > 0) assert.equal(some.at(some.seconds(number) - 0.0009), number - 1);
  }
  assert.equal(some.at(-1), 0);
  assert.equal(some.at(1e6), uneven.length - 1);
  assert.equal(some.duration, ((uneven.at(-1) ?? 0) + 40 - 777) / 1000);
});

test('a table whose times do not ascend names no frames', () => {
  assert.throws(() => table([0, 33, 33]), TypeError);
  assert.throws(() => table([]), TypeError);
});

test('what is held round a frame is never more than fits, and lies within the film', () => {
  const number = fc.integer({ min: 0, max: 2000 });
  fc.assert(
    fc.property(
      number,
      fc.integer({ min: 0, max: 200 }),
      fc.integer({ min: 1, max: 90 }),
      fc.boolean(),
      (first, offset, most, on) => {
        const last = first + 150;
        const at = Math.min(last, first + offset);
        const { from, to } = stretchAround(at, on ? 1 : -1, most, [first, last]);
        assert.ok(first <= from && from <= at && at <= to && to <= last);
        assert.ok(to - from + 1 <= most);
        assert.equal(to - from + 1, Math.min(most, 151));
      },
    ),
  );
});

test('thirty frames both ways where they fit, else two thirds in the direction of travel', () => {
  assert.deepEqual(stretchAround(100, 1, 61, [0, 999]), { from: 70, at: 100, to: 130 });
  assert.deepEqual(stretchAround(100, -1, 91, [0, 999]), { from: 40, at: 100, to: 130 });
  assert.deepEqual(stretchAround(100, 1, 121, [0, 999]), { from: 60, at: 100, to: 180 });
  assert.deepEqual(stretchAround(100, 1, 2, [0, 999]), { from: 100, at: 100, to: 101 });
});

const picture = (closed: number[], number: number) => ({ close: () => closed.push(number) });

test('the frame farthest from what is looked at goes first, and is closed', () => {
  const closed: number[] = [];
  const cache = new FrameCache<ReturnType<typeof picture>>(3);
  cache.aim({ from: 9, at: 10, to: 13 });
  for (const number of [10, 11, 9]) cache.put(number, picture(closed, number));
  assert.deepEqual(closed, []);
  cache.put(12, picture(closed, 12));
  // The newest stays although it lies farthest: somebody asked for it.
  assert.ok(cache.has(12) && cache.has(10));
  cache.aim({ from: 40, at: 42, to: 43 });
  for (const number of [42, 43, 41]) cache.put(number, picture(closed, number));
  assert.deepEqual(
    [41, 42, 43].filter((number) => cache.has(number)),
    [41, 42, 43],
  );
  assert.equal(cache.size, 3);
  cache.clear();
  assert.deepEqual(
    closed.toSorted((a, b) => a - b),
    [9, 10, 11, 12, 41, 42, 43],
  );
});

test('a frame that comes twice frees the first picture of it', () => {
  const closed: number[] = [];
  const cache = new FrameCache<ReturnType<typeof picture>>(3);
  cache.put(5, picture(closed, 1));
  cache.put(5, picture(closed, 2));
  assert.deepEqual(closed, [1]);
});
