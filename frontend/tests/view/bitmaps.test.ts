import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { brushed } from '../../src/geometry/masks.ts';
import { apply, compose, invert, type Matrix, oriented } from '../../src/geometry/matrix.ts';
import { covers } from '../../src/geometry/runs.ts';
import { Labels } from '../../src/view/bitmaps.ts';

const SIZE = { width: 40, height: 30 };
const place = fc.record({
  x: fc.double({ min: 0, max: 40, noNaN: true }),
  y: fc.double({ min: 0, max: 30, noNaN: true }),
});

test('each px of the screen shows the mask under its middle, however the picture is turned, zoomed and moved', () => {
  const stage = { width: 23, height: 31 };
  fc.assert(
    fc.property(
      place,
      place,
      fc.integer({ min: 1, max: 8 }),
      fc.double({ min: 0.2, max: 5, noNaN: true }),
      fc.tuple(fc.integer({ min: -60, max: 20 }), fc.integer({ min: -60, max: 20 })),
      (a, b, orientation, scale, [x, y]) => {
        // A hair off the whole numbers: no middle of a px lies on an edge, where rounding would decide.
        const view: Matrix = [scale, 0, 0, scale, x + 0.0123, y + 0.0371];
        const m = compose(view, oriented(orientation, SIZE));
        const [lower, upper] = [brushed([a, b], 6, SIZE), brushed([b], 4, SIZE)];
        const labels = new Labels(m, stage.width, stage.height);
        labels.put(lower, SIZE.height, 1);
        labels.put(upper, SIZE.height, 2);
        const back = invert(m);
        for (let px = 0; px < stage.width * stage.height; px += 1) {
          const [u, v] = [px % stage.width, Math.floor(px / stage.width)];
          const at = apply(back, { x: u + 0.5, y: v + 0.5 });
          const below = covers(lower, SIZE, at) ? 1 : 0;
          const found = labels.data[labels.across ? v * labels.length + u : u * labels.length + v];
          assert.equal(found, covers(upper, SIZE, at) ? 2 : below, `${u}, ${v}`);
        }
      },
    ),
    { numRuns: 60 },
  );
});
