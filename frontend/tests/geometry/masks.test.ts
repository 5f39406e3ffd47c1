import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { outlinesOf, ringsOf, simplified, twiceArea } from '../../src/geometry/contour.ts';
import { type Bitmap, bitmapOf, brushed, filled, runsOfBitmap, stretchesAt } from '../../src/geometry/masks.ts';
import type { Point, Size } from '../../src/geometry/plane.ts';
import { countsOfRuns, lengthsOf, runsOfCounts } from '../../src/geometry/rle.ts';
import {
  areaOf,
  boundsOf,
  common,
  covers,
  eachStretch,
  grownRuns,
  others,
  pieceAt,
  type Runs,
  sameRuns,
  shiftedRuns,
  shrunkRuns,
  union,
  unionOf,
  without,
} from '../../src/geometry/runs.ts';

interface Vector {
  readonly name: string;
  readonly size: readonly [number, number];
  readonly counts: string;
  readonly bounds: readonly [number, number, number, number];
  readonly area: number;
  readonly rings?: readonly (readonly (readonly [number, number])[])[];
  readonly runs?: readonly number[];
}

const VECTORS = JSON.parse(readFileSync('../tests/geometry/vectors/pixels.json', 'utf8')) as readonly Vector[];
const asPoints = (ring: readonly (readonly [number, number])[]): Point[] => ring.map(([x, y]) => ({ x, y }));
const sizeOf = ({ size: [height, width] }: Vector): Size => ({ width, height });

test('the shared vectors: rings fill the same pixels as on the server', () => {
  for (const vector of VECTORS.filter(({ rings }) => rings !== undefined)) {
    const size = sizeOf(vector);
    const runs = filled((vector.rings ?? []).map(asPoints), size);
    assert.equal(countsOfRuns(runs, size), vector.counts, vector.name);
  }
});

test('the shared vectors: counts are read and written alike, with their bounds and area', () => {
  for (const vector of VECTORS) {
    const size = sizeOf(vector);
    if (vector.runs !== undefined) assert.deepEqual(lengthsOf(vector.counts), vector.runs, vector.name);
    const runs = runsOfCounts(vector.counts, size);
    assert.equal(countsOfRuns(runs, size), vector.counts, vector.name);
    assert.equal(areaOf(runs), vector.area, vector.name);
    const { left, top, width, height } = boundsOf(runs, size.height);
    assert.deepEqual([left, top, width, height], vector.bounds, vector.name);
  }
});

test('broken run lengths are refused with the place', () => {
  const size = { width: 4, height: 3 };
  for (const [counts, words] of [
    ['5', /5 pixels/],
    ['5\u0007', /Character 2/],
    ['5o', /middle/],
    ['5oooooooo0', /too long/],
    ['O<', /Run 1/],
    ['57L', /12|Run|hold/],
    ['', /0 pixels/],
  ] as const) {
    assert.throws(() => runsOfCounts(counts, size), words, counts);
  }
});

test('runs with a length of nothing are read as if they were not there', () => {
  const size = { width: 4, height: 3 };
  const parts = [2, 3, 0, 2, 5];
  const number = (n: number): string => String.fromCharCode(48 + (n & 31));
  const written = parts.map((n, i) => number(i > 2 ? n - (parts[i - 2] as number) : n)).join('');
  assert.deepEqual([...runsOfCounts(written, size)], [2, 7]);
});

/** A small picture with some pixels set, as rows. */
const picture = fc
  .record({ width: fc.integer({ min: 1, max: 9 }), height: fc.integer({ min: 1, max: 9 }) })
  .chain((size) =>
    fc
      .array(fc.integer({ min: 0, max: 1 }), {
        minLength: size.width * size.height,
        maxLength: size.width * size.height,
      })
      .map((cells) => ({ size, bitmap: { left: 0, top: 0, ...size, data: Uint8Array.from(cells) } as Bitmap })),
  );

const cellsOf = (runs: Runs, { width, height }: Size): number[] => {
  const cells = new Array<number>(width * height).fill(0);
  eachStretch(runs, height, (x, from, to) => {
    for (let y = from; y < to; y += 1) cells[y * width + x] = 1;
  });
  return cells;
};

test('pixels to runs to a string and back are the same pixels', () => {
  fc.assert(
    fc.property(picture, ({ size, bitmap }) => {
      const runs = runsOfBitmap(bitmap, size);
      const again = runsOfCounts(countsOfRuns(runs, size), size);
      assert.deepEqual(cellsOf(again, size), [...bitmap.data]);
      const crop = bitmapOf(runs, size.height);
      assert.deepEqual([...runsOfBitmap(crop, size)], [...runs]);
      assert.equal(
        crop.data.reduce((a, b) => a + b, 0),
        areaOf(runs),
      );
    }),
  );
});

const two = picture.chain(({ size, bitmap }) =>
  fc
    .array(fc.integer({ min: 0, max: 1 }), { minLength: bitmap.data.length, maxLength: bitmap.data.length })
    .map((cells) => ({ size, a: bitmap, b: { ...bitmap, data: Uint8Array.from(cells) } as Bitmap })),
);

test('sets of pixels are joined, cut and turned round as their pixels are', () => {
  fc.assert(
    fc.property(two, ({ size, a, b }) => {
      const [p, q] = [runsOfBitmap(a, size), runsOfBitmap(b, size)];
      const each = (f: (x: number, y: number) => boolean): number[] =>
        [...a.data].map((x, i) => (f(x, b.data[i] as number) ? 1 : 0));
      assert.deepEqual(
        cellsOf(union(p, q), size),
        each((x, y) => x + y > 0),
      );
      assert.deepEqual(
        cellsOf(common(p, q), size),
        each((x, y) => x + y > 1),
      );
      assert.deepEqual(
        cellsOf(without(p, q), size),
        each((x, y) => x > y),
      );
      assert.deepEqual(
        cellsOf(others(p, size), size),
        each((x) => x === 0),
      );
      assert.equal(sameRuns(p, q), [...a.data].join() === [...b.data].join());
    }),
  );
});

test('many sets at once join as they do one after the other', () => {
  fc.assert(
    fc.property(two, picture, ({ size, a, b }, { bitmap }) => {
      const all = [a, b, bitmap].map((each) => runsOfBitmap(each, size));
      assert.deepEqual([...unionOf(all)], [...all.reduce(union)]);
    }),
  );
});

test('a point is covered where its pixel is set, and outside the picture nowhere', () => {
  fc.assert(
    fc.property(picture, ({ size, bitmap }) => {
      const runs = runsOfBitmap(bitmap, size);
      for (let y = -1; y <= size.height; y += 1) {
        for (let x = -1; x <= size.width; x += 1) {
          const within = x >= 0 && y >= 0 && x < size.width && y < size.height;
          const wanted = within && bitmap.data[y * size.width + x] === 1;
          assert.equal(covers(runs, size, { x: x + 0.4, y: y + 0.9 }), wanted);
        }
      }
    }),
  );
});

test('the stretches of one column are those of the whole walk', () => {
  fc.assert(
    fc.property(picture, ({ size, bitmap }) => {
      const runs = runsOfBitmap(bitmap, size);
      const [all, some]: [number[][], number[][]] = [[], []];
      eachStretch(runs, size.height, (...stretch) => all.push(stretch));
      for (let x = 0; x < size.width; x += 1) stretchesAt(runs, size.height, x, (from, to) => some.push([x, from, to]));
      assert.deepEqual(some, all);
    }),
  );
});

test('shifted pixels stay in the picture, and back again is what did not leave it', () => {
  fc.assert(
    fc.property(
      picture,
      fc.integer({ min: -4, max: 4 }),
      fc.integer({ min: -4, max: 4 }),
      ({ size, bitmap }, dx, dy) => {
        const runs = runsOfBitmap(bitmap, size);
        const wanted = cellsOf(runs, size).map((_, i) => {
          const [x, y] = [(i % size.width) - dx, Math.floor(i / size.width) - dy];
          return x >= 0 && y >= 0 && x < size.width && y < size.height
            ? (bitmap.data[y * size.width + x] as number)
            : 0;
        });
        assert.deepEqual(cellsOf(shiftedRuns(runs, size, dx, dy), size), wanted);
      },
    ),
  );
});

test('growing by a pixel and shrinking by it never loses a pixel', () => {
  fc.assert(
    fc.property(picture, ({ size, bitmap }) => {
      const runs = runsOfBitmap(bitmap, size);
      assert.equal(areaOf(without(runs, shrunkRuns(grownRuns(runs, size, 1), size, 1))), 0);
      assert.equal(areaOf(without(shrunkRuns(runs, size, 1), runs)), 0);
    }),
  );
});

/** By steps from pixel to pixel, as a child would. */
const floodedSlowly = (cells: readonly number[], { width, height }: Size, at: Point): number[] => {
  const out = cells.map(() => 0);
  const waiting = [[at.x, at.y]];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [x, y] = next as [number, number];
    const i = y * width + x;
    if (x < 0 || y < 0 || x >= width || y >= height || cells[i] === 0 || out[i] === 1) continue;
    out[i] = 1;
    waiting.push([x + 1, y], [x - 1, y], [x, y + 1], [x, y - 1]);
  }
  return out;
};

test('the piece under a point is what hangs together by edges', () => {
  fc.assert(
    fc.property(picture, fc.nat(8), fc.nat(8), ({ size, bitmap }, x, y) => {
      const at = { x: x % size.width, y: y % size.height };
      const piece = pieceAt(runsOfBitmap(bitmap, size), size, at);
      assert.deepEqual(cellsOf(piece, size), floodedSlowly([...bitmap.data], size, at));
    }),
  );
});

const place = fc.double({ min: -5, max: 15, noNaN: true });

test('a brush covers the pixels whose centres its way comes near enough to', () => {
  const size = { width: 12, height: 10 };
  const off = (p: Point, a: Point, b: Point): number => {
    const length = (b.x - a.x) ** 2 + (b.y - a.y) ** 2;
    const t =
      length === 0 ? 0 : Math.min(1, Math.max(0, ((p.x - a.x) * (b.x - a.x) + (p.y - a.y) * (b.y - a.y)) / length));
    return Math.hypot(p.x - a.x - t * (b.x - a.x), p.y - a.y - t * (b.y - a.y));
  };
  fc.assert(
    fc.property(place, place, place, place, fc.double({ min: 0.1, max: 6, noNaN: true }), (x0, y0, x1, y1, radius) => {
      const [a, b] = [
        { x: x0, y: y0 },
        { x: x1, y: y1 },
      ];
      cellsOf(brushed([a, b], radius, size), size).forEach((cell, i) => {
        const far = off({ x: (i % size.width) + 0.5, y: Math.floor(i / size.width) + 0.5 }, a, b);
        // On the very rim rounding decides.
        if (Math.abs(far - radius) > 1e-6) assert.equal(cell === 1, far < radius, `${i} ${far} ${radius}`);
      });
    }),
  );
});

test('a click of the brush is a disc', () => {
  const size = { width: 100, height: 100 };
  const disc = brushed([{ x: 50, y: 50 }], 20, size);
  assert.ok(Math.abs(areaOf(disc) - Math.PI * 400) < 20);
});

test('an outline along the pixel edges filled again is the same set, holes and corners too', () => {
  fc.assert(
    fc.property(picture, ({ size, bitmap }) => {
      const runs = runsOfBitmap(bitmap, size);
      const rings = ringsOf(runs, size.height);
      assert.deepEqual([...filled(rings, size)], [...runs]);
      assert.equal(rings.reduce((sum, ring) => sum + twiceArea(ring), 0) / 2, areaOf(runs));
      const outlines = outlinesOf(rings);
      assert.equal(
        outlines.reduce((sum, { holes }) => sum + holes.length + 1, 0),
        rings.length,
      );
      for (const { ring, holes } of outlines) {
        const whole = filled([ring], size);
        for (const hole of holes) assert.equal(areaOf(without(filled([hole], size), whole)), 0);
      }
    }),
  );
});

test('a ring with fewer corners stays within the tolerance that was asked for', () => {
  const size = { width: 200, height: 200 };
  const disc = brushed([{ x: 100.3, y: 99.8 }], 70, size);
  for (const tolerance of [0.5, 1, 2, 4]) {
    const ring = simplified(ringsOf(disc, size.height)[0] ?? [], tolerance);
    const again = filled([ring], size);
    const wrong = areaOf(without(disc, again)) + areaOf(without(again, disc));
    assert.ok(wrong <= tolerance * 2 * Math.PI * 70, `${tolerance}: ${wrong}`);
    // Below the height of a pixel's stair the stairs stay.
    if (tolerance >= 1) assert.ok(ring.length <= 80, `${ring.length} corners`);
  }
});

test('an outline that is smaller than the tolerance is empty', () => {
  const size = { width: 60, height: 60 };
  const runs = union(brushed([{ x: 30, y: 30 }], 20, size), brushed([{ x: 3, y: 3 }], 0.8, size));
  const rings = ringsOf(runs, size.height);
  const left = (tolerance: number): number => rings.filter((ring) => simplified(ring, tolerance).length > 2).length;
  assert.deepEqual([left(0), left(2)], [2, 1]);
});
