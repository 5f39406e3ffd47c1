import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type Axis,
  fitted,
  frameAt,
  inSight,
  isFitted,
  keptInSight,
  leftOf,
  MARGIN,
  middleOf,
  movedTo,
  panned,
  pinched,
  placeAt,
  resized,
  roundStep,
  span,
  ticks,
  zoomed,
} from '../../src/timeline/axis.ts';

const axes: fc.Arbitrary<Axis> = fc
  .record({
    first: fc.integer({ min: 0, max: 5_000 }),
    count: fc.integer({ min: 1, max: 20_000 }),
    width: fc.integer({ min: 60, max: 3_000 }),
    factor: fc.double({ min: 0.2, max: 500, noNaN: true }),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ first, count, width, factor, at }) => zoomed(fitted(first, first + count - 1, width), factor, at * width));

const near = (a: number, b: number, within = 1e-6): void => assert.ok(Math.abs(a - b) <= within, `${a} is not ${b}`);

test('a fitted axis shows the first and the last frame whole', () => {
  const axis = fitted(0, 719, 1_000);
  near(leftOf(axis, 0), MARGIN);
  near(leftOf(axis, 720), 1_000 - MARGIN);
  assert.equal(frameAt(axis, 0), 0);
  assert.equal(frameAt(axis, 1_000), 719);
  assert.ok(isFitted(axis));
});

test('the middle of every frame belongs to that frame, at any zoom', () => {
  fc.assert(
    fc.property(axes, fc.double({ min: 0, max: 1, noNaN: true }), (axis, share) => {
      const frame = axis.first + Math.floor(share * (axis.last - axis.first));
      assert.equal(frameAt(axis, middleOf(axis, frame)), frame);
    }),
  );
});

test('zooming leaves what is under the pointer where it is, as long as the film reaches so far', () => {
  const axis = zoomed(fitted(0, 9_999, 1_000), 8, 500);
  const place = placeAt(axis, 700);
  for (const factor of [1.5, 4, 0.8]) near(placeAt(zoomed(axis, factor, 700), 700), place);
});

test('two fingers take along what lies between them, nearer as they go apart', () => {
  const axis = zoomed(fitted(0, 9_999, 1_000), 8, 500);
  const place = placeAt(axis, 400);
  for (const factor of [1, 1.5, 4, 0.8]) {
    const after = pinched(axis, factor, 400, 460);
    near(placeAt(after, 460), place);
    near(after.scale, axis.scale * factor);
  }
});

test('nothing beyond the film is ever shown, whatever is zoomed and moved', () => {
  fc.assert(
    fc.property(axes, fc.double({ min: -5e4, max: 5e4, noNaN: true }), (axis, by) => {
      for (const moved of [axis, panned(axis, by), movedTo(axis, by), keptInSight(axis, axis.last)]) {
        assert.ok(moved.from >= moved.first);
        assert.ok(moved.from + span(moved) <= moved.last + 1 + 1e-6 || isFitted(moved));
        assert.ok(moved.scale > 0 && Number.isFinite(moved.scale));
      }
    }),
  );
});

test('the playhead is brought in sight, and nothing moves while it is', () => {
  const axis = zoomed(fitted(0, 9_999, 800), 20, 0);
  const [, last] = inSight(axis);
  assert.equal(keptInSight(axis, last - 60), axis);
  for (const frame of [0, 5_000, 9_999]) {
    const turned = keptInSight(axis, frame);
    const x = middleOf(turned, frame);
    assert.ok(x >= 0 && x <= 800, `${frame} lies at ${x}`);
  }
  // Forward most of what is in sight comes after it; backward, before it.
  assert.ok(middleOf(keptInSight(axis, last + 50), last + 50) < 200);
  const far = movedTo(axis, 5_000);
  assert.ok(middleOf(keptInSight(far, 4_900), 4_900) > 600);
});

test('another width keeps a fitted axis fitted and a zoomed one at its scale', () => {
  const axis = fitted(0, 99, 500);
  assert.deepEqual(resized(axis, 900), fitted(0, 99, 900));
  const near = zoomed(fitted(0, 9_999, 500), 10, 250);
  assert.equal(resized(near, 900).scale, near.scale);
  assert.equal(resized(near, 900).from, near.from);
  // So wide that all of it fits: no scale below that makes sense.
  assert.deepEqual(resized(zoomed(fitted(0, 99, 100), 1.5, 0), 1_000), fitted(0, 99, 1_000));
});

test('numbers of the ruler stand at round frames and never on each other', () => {
  fc.assert(
    fc.property(axes, (axis) => {
      const named = ticks(axis).filter((tick) => tick.named);
      for (const [place, { x, frame }] of named.entries()) {
        const before = named[place - 1];
        if (before === undefined) continue;
        assert.ok(x - before.x >= 63.9, `${x - before.x} px apart`);
        assert.equal(roundStep(frame - before.frame), frame - before.frame);
      }
      assert.ok(ticks(axis).length <= axis.width / 10);
    }),
  );
});

test('steps are round', () => {
  assert.deepEqual([0.2, 1, 1.1, 3, 6, 30, 200, 2_100].map(roundStep), [1, 1, 2, 5, 10, 50, 200, 5_000]);
});
