import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fitted, leftOf, zoomed } from '../../src/timeline/axis.ts';
import { stripFrom, tiles } from '../../src/timeline/strip.ts';

const strip = { width: 128, height: 72, columns: 10, frames: Array.from({ length: 60 }, (_, i) => 12 * i) };

test('pictures lie side by side, in their own form, from the first frame to the last', () => {
  const axis = fitted(0, 719, 1_000);
  const all = tiles(axis, strip, 36);
  assert.equal(all[0]?.x, leftOf(axis, 0));
  for (const [place, tile] of all.entries()) {
    const next = all[place + 1];
    if (next === undefined) assert.ok(Math.abs(tile.x + tile.width - leftOf(axis, 720)) < 1e-6);
    else assert.ok(Math.abs(tile.x + tile.width - next.x) < 1e-6 && Math.abs(tile.width - 64) < 1e-6);
  }
});

test('a picture is the one nearest to the frames that it lies over', () => {
  const axis = fitted(0, 719, 1_000);
  const [first, second] = tiles(axis, strip, 36);
  // 64 px are 47 frames: the middle is frame 23, and the nearest picture that of frame 24.
  assert.deepEqual([first?.sx, first?.sy], [2 * 128, 0]);
  assert.deepEqual([second?.sx, second?.sy], [6 * 128, 0]);
  const last = tiles(axis, strip, 36).at(-1);
  assert.equal(last?.sy, 5 * 72);
});

test('only pictures in sight, wherever the axis stands, and of a part of a film the right ones', () => {
  const axis = zoomed(fitted(300, 599, 1_000), 8, 1_000);
  const all = tiles(axis, strip, 36);
  assert.ok(all.length <= 18);
  assert.ok(all.every(({ x, width }) => x + width > 0 && x < 1_000));
  // 599 lies nearest to the picture of frame 600.
  assert.deepEqual([all.at(-1)?.sx, all.at(-1)?.sy], [0, 5 * 72]);
});

test('what the server sends is believed only when it makes sense', () => {
  assert.deepEqual(stripFrom(strip), strip);
  for (const odd of [null, 3, {}, { ...strip, columns: 0 }, { ...strip, frames: 'none' }])
    assert.equal(stripFrom(odd), null);
  assert.deepEqual(tiles(fitted(0, 9, 100), { ...strip, frames: [] }, 36), []);
});
