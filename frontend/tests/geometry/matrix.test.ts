import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { apply, compose, IDENTITY, invert, type Matrix, oriented, orientedSize } from '../../src/geometry/matrix.ts';
import { fitted, keptInSight, zoomed } from '../../src/geometry/viewport.ts';

const size = { width: 6, height: 4 };

test('each EXIF orientation puts the first stored pixel where the standard says', () => {
  // Row 0 and column 0 of the stored picture, as the visual sides of Exif 2.32, tag 0x0112.
  const corner = {
    1: 'left top',
    2: 'right top',
    3: 'right bottom',
    4: 'left bottom',
    5: 'left top',
    6: 'right top',
    7: 'right bottom',
    8: 'left bottom',
  };
  for (const [orientation, place] of Object.entries(corner)) {
    const shown = orientedSize(Number(orientation), size);
    const { x, y } = apply(oriented(Number(orientation), size), { x: 0, y: 0 });
    assert.equal(`${x === 0 ? 'left' : 'right'} ${y === 0 ? 'top' : 'bottom'}`, place, orientation);
    assert.ok([0, shown.width].includes(x) && [0, shown.height].includes(y));
  }
});

test('orientations 5 to 8 swap the sides, and every one keeps the picture inside its box', () => {
  for (let orientation = 1; orientation <= 8; orientation += 1) {
    const shown = orientedSize(orientation, size);
    assert.equal(shown.width, orientation >= 5 ? 4 : 6);
    const far = apply(oriented(orientation, size), { x: 6, y: 4 });
    assert.ok(far.x >= 0 && far.x <= shown.width && far.y >= 0 && far.y <= shown.height);
  }
  assert.deepEqual(oriented(77, size), IDENTITY);
});

test('a map and its inverse come back to the point', () => {
  const part = fc.integer({ min: -256, max: 256 }).map((value) => value / 32);
  fc.assert(
    fc.property(fc.tuple(part, part, part, part, part, part), part, part, (m, x, y) => {
      const [a, b, c, d] = m;
      fc.pre(Math.abs(a * d - b * c) > 0.05);
      const back = apply(compose(invert(m as unknown as Matrix), m as unknown as Matrix), { x, y });
      assert.ok(Math.hypot(back.x - x, back.y - y) < 1e-6);
    }),
  );
});

test('a map without an inverse is refused', () => {
  assert.throws(() => invert([0, 0, 0, 0, 1, 1]), RangeError);
});

test('zooming keeps the point under the hand', () => {
  const before = fitted({ width: 800, height: 600 }, { width: 1000, height: 500 });
  const at = { x: 300, y: 200 };
  const after = zoomed(before, 2, at, 0.01);
  assert.ok(Math.abs((at.x - before.x) / before.scale - (at.x - after.x) / after.scale) < 1e-9);
  assert.equal(after.scale, 2 * before.scale);
});

test('a picture can’t be pushed out of sight', () => {
  const stage = { width: 800, height: 600 };
  const { x, y } = keptInSight({ scale: 1, x: 9999, y: -9999 }, stage, { width: 100, height: 100 });
  assert.deepEqual([x, y], [752, -52]);
});
