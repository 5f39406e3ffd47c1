import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fitted, leftOf, middleOf, zoomed } from '../../src/timeline/axis.ts';
import { drawnBars, drawnMarks, hasEnd, hitAt, ROW, rowsInSight, scrolledTo } from '../../src/timeline/rows.ts';
import { type Key, type Track, trackOf } from '../../src/timeline/tracks.ts';

const key = (frame: number, at: unknown = {}): Key => ({ frame, occluded: false, at });

const track = (id: string, keys: readonly Key[], last: number, end: number | null = null): Track =>
  trackOf({ id, name: id, category: 0, end }, [{ first: keys[0]?.frame ?? 0, last, occluded: false }], keys);

const axis = fitted(0, 719, 1_000);
const rows = [track('a', [key(100), key(300)], 500, 500), track('b', [key(0), key(400, null)], 399)];
const at = (place: number): number => place * ROW + ROW / 2;

test('only rows in sight are drawn', () => {
  assert.deepEqual(rowsInSight(0, 3 * ROW, 500), [0, 3]);
  assert.deepEqual(rowsInSight(10, 3 * ROW, 500), [0, 4]);
  assert.deepEqual(rowsInSight(499 * ROW, 300, 500), [499, 500]);
  assert.deepEqual(rowsInSight(0, 300, 2), [0, 2]);
});

test('a row comes in sight by the shortest way', () => {
  assert.equal(scrolledTo(2, 0, 5 * ROW), 0);
  assert.equal(scrolledTo(9, 0, 5 * ROW), 5 * ROW);
  assert.equal(scrolledTo(1, 5 * ROW, 5 * ROW), ROW);
  assert.equal(scrolledTo(-1, 44, 5 * ROW), 44);
});

test('a point of the rows is a key, an end, a bar or nothing of the track', () => {
  const on = (x: number, place = 0) => {
    const hit = hitAt(axis, rows, x, at(place));
    return hit.on === 'nothing' ? hit.on : [hit.on, hit.track.id, hit.frame];
  };
  assert.deepEqual(on(middleOf(axis, 100) + 5), ['key', 'a', 100]);
  assert.deepEqual(on(middleOf(axis, 200)), ['bar', 'a', 200]);
  assert.deepEqual(on(middleOf(axis, 450)), ['bar', 'a', 450]);
  assert.deepEqual(on(leftOf(axis, 501) + 6), ['end', 'a', 500]);
  assert.deepEqual(on(middleOf(axis, 600)), ['row', 'a', 600]);
  // The handle of the start lies left of the diamond.
  assert.deepEqual(on(middleOf(axis, 100) - 12), ['key', 'a', 100]);
  assert.deepEqual(on(middleOf(axis, 60)), ['row', 'a', 60]);
  assert.equal(on(500, 2), 'nothing');
  assert.equal(hitAt(axis, rows, 500, -1).on, 'nothing');
});

test('a track that goes away by an absent key frame has no other end to hold', () => {
  assert.deepEqual(rows.map(hasEnd), [true, false]);
  const hit = hitAt(axis, rows, middleOf(axis, 400), at(1));
  assert.deepEqual([hit.on, hit.on === 'key' && hit.frame], ['key', 400]);
});

test('a key frame on the very last frame leaves its end to be held outside of it', () => {
  const full = [track('c', [key(0), key(500)], 500, 500)];
  assert.equal(hitAt(axis, full, middleOf(axis, 500), at(0)).on, 'key');
  assert.equal(hitAt(axis, full, leftOf(axis, 501) + 11, at(0)).on, 'end');
});

test('a key at every frame of a long film costs what the canvas is wide', () => {
  const keys = Array.from({ length: 20_000 }, (_, frame) => key(frame));
  const dense = track('d', keys, 19_999);
  const far = fitted(0, 19_999, 1_000);
  const marks = drawnMarks(far, dense);
  assert.ok(marks.length <= 340 && marks.length > 200, `${marks.length} marks`);
  const close = zoomed(far, 1e6, 500);
  assert.ok(drawnMarks(close, dense).length <= 1_000 / close.scale + 3);
});

test('a track that changes at every frame is drawn in as many bars as there are px', () => {
  const keys = Array.from({ length: 20_000 }, (_, frame) => ({ ...key(frame), occluded: frame % 2 === 1 }));
  const shown = keys.map(({ frame, occluded }) => ({ first: frame, last: frame, occluded }));
  const flicker = trackOf({ id: 'e', name: '', category: 0, end: null }, shown, keys);
  const bars = drawnBars(fitted(0, 19_999, 1_000), flicker);
  assert.ok(bars.length <= 1_400 && bars.length > 900, `${bars.length} bars`);
});

test('bars are cut at the edge of the canvas, and one of a single frame is still seen', () => {
  const close = zoomed(axis, 10, 500);
  const [bar] = drawnBars(close, track('f', [key(0), key(719)], 719));
  assert.ok(bar !== undefined && bar.x >= -2 && bar.x + bar.width <= 1_002);
  const [dot] = drawnBars(fitted(0, 19_999, 500), track('g', [key(7)], 7, 7));
  assert.equal(dot?.width, 1);
});
