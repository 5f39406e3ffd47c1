import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  arranged,
  barAt,
  classRow,
  extentOf,
  hiddenOf,
  isHere,
  type Key,
  markAt,
  nearestMark,
  trackOf,
} from '../../src/timeline/tracks.ts';

const about = { id: 'a', name: 'Bicycle 1', category: 3, end: null };
const key = (frame: number, more: Partial<Key> = {}): Key => ({ frame, occluded: false, at: {}, ...more });

/** 86 to 533: hidden from 216 to 259, away from 300 to 349, held after 480. */
const bicycle = trackOf(
  { ...about, end: 533 },
  [
    { first: 86, last: 215, occluded: false },
    { first: 216, last: 259, occluded: true },
    { first: 260, last: 299, occluded: false },
    { first: 350, last: 533, occluded: false },
  ],
  [key(86), key(216, { occluded: true }), key(260), key(300, { at: null }), key(350), key(480)],
);

test('what lies after the last key frame is held, what lies between two stretches a gap', () => {
  assert.deepEqual(
    bicycle.bars.map(({ first, last, look }) => [first, last, look]),
    [
      [86, 215, 'seen'],
      [216, 259, 'hidden'],
      [260, 299, 'seen'],
      [300, 349, 'gap'],
      [350, 480, 'seen'],
      [481, 533, 'held'],
    ],
  );
  assert.deepEqual(
    bicycle.marks.map(({ look }) => look),
    ['seen', 'hidden', 'seen', 'absent', 'seen', 'seen'],
  );
});

test('held while hidden is told apart, and a track of one key frame is seen in that alone', () => {
  const one = trackOf(about, [{ first: 5, last: 9, occluded: true }], [key(5, { occluded: true })]);
  assert.deepEqual(
    one.bars.map(({ first, last, look }) => [first, last, look]),
    [
      [5, 5, 'hidden'],
      [6, 9, 'held-hidden'],
    ],
  );
});

test('a track is here where it is shown, be it hidden or held, and not in a gap', () => {
  const here = [85, 86, 230, 299, 300, 349, 350, 533, 534].filter((frame) => isHere(bicycle, frame));
  assert.deepEqual(here, [86, 230, 299, 350, 533]);
  assert.equal(barAt(bicycle, 300)?.look, 'gap');
  assert.equal(barAt(bicycle, 700), undefined);
});

test('the words of the panel: from where to where, and where it is hidden', () => {
  assert.deepEqual(extentOf(bicycle), [86, 533]);
  assert.deepEqual(hiddenOf(bicycle), [[216, 259]]);
  const one = trackOf(about, [{ first: 5, last: 9, occluded: true }], [key(5, { occluded: true })]);
  assert.deepEqual(hiddenOf(one), [[5, 9]]);
  assert.equal(extentOf(trackOf(about, [], [])), null);
});

test('the nearest key frame, the earlier one of two', () => {
  const nearest = (frame: number) => nearestMark(bicycle, frame)?.frame;
  assert.deepEqual([0, 151, 152, 216, 900].map(nearest), [86, 86, 216, 216, 480]);
  assert.equal(nearestMark({ marks: [] }, 3), undefined);
});

test('rows go by where a track begins, or by its class first; the selected one stays when only those here are wanted', () => {
  const track = (id: string, category: number, first: number, last: number) =>
    trackOf({ ...about, id, category }, [{ first, last, occluded: false }], [key(first), key(last)]);
  const all = [track('late', 0, 50, 90), track('early', 2, 0, 20), track('middle', 0, 10, 60)];
  const ids = (here: number | null, order: 'first' | 'class', kept: string[] = []) =>
    arranged(all, { here, order, kept: new Set(kept) }).map(({ id }) => id);
  assert.deepEqual(ids(null, 'first'), ['early', 'middle', 'late']);
  assert.deepEqual(ids(null, 'class'), ['middle', 'late', 'early']);
  assert.deepEqual(ids(55, 'first'), ['middle', 'late']);
  assert.deepEqual(ids(55, 'first', ['early']), ['early', 'middle', 'late']);
  const two = arranged(all, { here: null, order: 'first', without: new Set([0]), kept: new Set(['late']) });
  assert.deepEqual(
    two.map(({ id }) => id),
    ['early', 'late'],
  );
});

test('things without tracks: a row a class, with a tick for every frame that has any', () => {
  const cars = classRow(2, 'Car', [9, 3, 9, 40]);
  assert.deepEqual(
    cars.marks.map(({ frame, look }) => [frame, look]),
    [
      [3, 'tick'],
      [9, 'tick'],
      [40, 'tick'],
    ],
  );
  assert.deepEqual(
    [3, 4, 9].map((frame) => isHere(cars, frame)),
    [true, false, true],
  );
  assert.equal(markAt(cars, 10), undefined);
});
