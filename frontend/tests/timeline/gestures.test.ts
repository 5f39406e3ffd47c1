import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Grip, held, landing } from '../../src/timeline/gestures.ts';
import { type Key, type Track, trackOf } from '../../src/timeline/tracks.ts';

const film = { first: 0, last: 719 };
const key = (frame: number, more: Partial<Key> = {}): Key => ({ frame, occluded: false, at: {}, ...more });

const about = { id: 'a', name: 'Car 1', category: 0 };

/** 86 to 533: hidden from 216 to 259, key frames at 86, 216, 260 and 480. */
const car = trackOf(
  { ...about, end: 533 },
  [
    { first: 86, last: 215, occluded: false },
    { first: 216, last: 259, occluded: true },
    { first: 260, last: 533, occluded: false },
  ],
  [key(86), key(216, { occluded: true }), key(260), key(480)],
);
/** Held from 10 to the end of the film. */
const open = trackOf({ ...about, end: null }, [{ first: 5, last: 719, occluded: false }], [key(5), key(10)]);

const bars = ({ bars }: Track) => bars.map(({ first, last, look }) => [first, last, look]);
const land = (track: Track, grip: Grip, to: number): number => landing(track, grip, to, film);

test('a key frame stays between its neighbours, the first within the film and the last before the end', () => {
  const grip = { of: 'key', frame: 216 } as const;
  assert.deepEqual(
    [0, 87, 230, 259, 700].map((to) => land(car, grip, to)),
    [87, 87, 230, 259, 259],
  );
  assert.equal(land(car, { of: 'key', frame: 86 }, -40), 0);
  assert.equal(land(car, { of: 'key', frame: 480 }, 700), 533);
  assert.equal(land(open, { of: 'key', frame: 10 }, 900), 719);
});

test('what a key frame begins and what it ends go along with it', () => {
  assert.deepEqual(bars(held(car, { of: 'key', frame: 216 }, 230, film)).slice(0, 2), [
    [86, 229, 'seen'],
    [230, 259, 'hidden'],
  ]);
  assert.deepEqual(bars(held(car, { of: 'key', frame: 260 }, 240, film)).slice(1, 3), [
    [216, 239, 'hidden'],
    [240, 480, 'seen'],
  ]);
  assert.deepEqual(bars(held(car, { of: 'key', frame: 480 }, 500, film)).slice(2), [
    [260, 500, 'seen'],
    [501, 533, 'held'],
  ]);
  assert.deepEqual(bars(held(open, { of: 'key', frame: 5 }, 0, film))[0], [0, 10, 'seen']);
});

test('the end goes no further back than the last key frame', () => {
  assert.deepEqual(
    [0, 480, 600, 900].map((to) => land(car, { of: 'end', frame: 533 }, to)),
    [480, 480, 600, 719],
  );
  assert.deepEqual(bars(held(car, { of: 'end', frame: 533 }, 480, film)).at(-1), [260, 480, 'seen']);
  const longer = held(open, { of: 'end', frame: 719 }, 30, film);
  assert.deepEqual(bars(longer).at(-1), [11, 30, 'held']);
  assert.equal(longer.end, 30);
});

test('a track is shifted whole and stays within the film', () => {
  const grip = { of: 'all', frame: 300 } as const;
  assert.equal(land(car, grip, 310), 310);
  // 86 is its first frame, 533 its last.
  assert.equal(land(car, grip, 0), 300 - 86);
  assert.equal(land(car, grip, 9_999), 300 + (719 - 533));
  const shifted = held(car, grip, 310, film);
  assert.deepEqual(bars(shifted)[1], [226, 269, 'hidden']);
  assert.equal(shifted.end, 543);
});

test('what is held to the end of the film is held to the end wherever the track goes', () => {
  const grip = { of: 'all', frame: 5 } as const;
  assert.deepEqual(bars(held(open, grip, 105, film)).at(-1), [111, 719, 'held']);
  assert.deepEqual(bars(held(open, grip, 0, film)).at(-1), [6, 719, 'held']);
  assert.equal(land(open, grip, 9_999), 714);
});

test('moving and back again shows the track as it was', () => {
  for (const [track, grip, to] of [
    [car, { of: 'key', frame: 216 }, 230],
    [car, { of: 'key', frame: 86 }, 10],
    [open, { of: 'key', frame: 10 }, 500],
    [car, { of: 'all', frame: 216 }, 230],
  ] as const) {
    assert.deepEqual(held(held(track, grip, to, film), { ...grip, frame: to }, grip.frame, film), track);
  }
});
