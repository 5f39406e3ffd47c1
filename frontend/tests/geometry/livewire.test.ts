import assert from 'node:assert/strict';
import { test } from 'node:test';
import { thinned } from '../../src/geometry/contour.ts';
import { edgeCosts, gradients, snapped, wayFrom, waysTo } from '../../src/geometry/livewire.ts';
import type { Point } from '../../src/geometry/plane.ts';

type Colour = readonly [number, number, number];
const GROUND: Colour = [176, 182, 172];
const THING: Colour = [178, 58, 46];

/** Of the px at (x, y), the share that the shape covers, from 4 x 4 samples. */
const covered = (x: number, y: number, within: (p: Point) => boolean): number => {
  let inside = 0;
  for (let k = 0; k < 16; k += 1) {
    if (within({ x: x + ((k % 4) + 0.5) / 4, y: y + (Math.floor(k / 4) + 0.5) / 4 })) inside += 1;
  }
  return inside / 16;
};

/** Numbers in [-0.5, 0.5), the same each time. */
const randomly = (): (() => number) => {
  let seed = 7;
  return () => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed / 2147483648 - 0.5;
  };
};

/** A picture of two colours, mixed along the border of the shape, with noise of so many levels in all. */
const painted = (width: number, height: number, within: (p: Point) => boolean, noise = 0): Uint8ClampedArray => {
  const rgba = new Uint8ClampedArray(width * height * 4);
  const random = randomly();
  for (let px = 0; px < width * height; px += 1) {
    const share = covered(px % width, Math.floor(px / width), within);
    const mixed = GROUND.map((ground, c) => (THING[c] ?? 0) * share + ground * (1 - share) + random() * noise);
    rgba.set([...mixed, 255], px * 4);
  }
  return rgba;
};

const circle =
  (cx: number, cy: number, r: number) =>
  (p: Point): boolean =>
    Math.hypot(p.x - cx, p.y - cy) < r;

const farthest = (points: readonly Point[], off: (p: Point) => number): number => Math.max(...points.map(off));

for (const [noise, px] of [
  [0, 1],
  [40, 2.5],
] as const) {
  test(`a way along a circle keeps within ${px} px of it, noise ${noise}`, () => {
    const costs = edgeCosts(painted(300, 200, circle(150, 100, 70), noise), 300, 200);
    const ways = waysTo(costs, snapped(costs, { x: 220, y: 100 }, 4));
    const way = wayFrom(ways, snapped(costs, { x: 150, y: 30 }, 4));
    const off = farthest(way, (p) => Math.abs(Math.hypot(p.x - 150, p.y - 100) - 70));
    assert.ok(off <= px, `${off}`);
    assert.ok(way.length > 70, 'it goes round, not across');
  });
}

test('a way goes round a bay rather than across its mouth', () => {
  const bay = (p: Point): boolean =>
    p.x > 40 && p.x < 160 && p.y > 40 && p.y < 140 && !(p.x > 80 && p.x < 120 && p.y < 110);
  const costs = edgeCosts(painted(200, 180, bay), 200, 180);
  const way = wayFrom(waysTo(costs, { x: 60, y: 40 }), { x: 140, y: 40 });
  assert.ok(Math.max(...way.map(({ y }) => y)) >= 108);
});

test('an edge between colours of one lightness is seen', () => {
  const rgba = new Uint8ClampedArray(20 * 20 * 4);
  for (let i = 0; i < 400; i += 1) rgba.set(i % 20 < 10 ? [200, 0, 0, 255] : [0, 102, 0, 255], i * 4);
  const found = gradients(rgba, 20, 20);
  assert.ok((found[10 * 20 + 10] as number) > 700);
  assert.equal(found[10 * 20 + 3], 0);
});

test('one glaring edge does not hide a weaker one', () => {
  const rgba = painted(120, 100, circle(60, 60, 30));
  for (let x = 0; x < 120; x += 1) for (let y = 0; y < 3; y += 1) rgba.set([255, 255, 255, 255], (y * 120 + x) * 4);
  const costs = edgeCosts(rgba, 120, 100);
  const way = wayFrom(waysTo(costs, { x: 90, y: 60 }), { x: 60, y: 90 });
  assert.ok(farthest(way, (p) => Math.abs(Math.hypot(p.x - 60, p.y - 60) - 30)) <= 1.5);
});

test('where nothing is to be seen a way is straight, and its ends are where they were put', () => {
  const costs = edgeCosts(new Uint8ClampedArray(50 * 40 * 4), 50, 40);
  const way = wayFrom(waysTo(costs, { x: 5.2, y: 20.9 }), { x: 44, y: 20.1 });
  assert.deepEqual(way[0], { x: 5.5, y: 20.5 });
  assert.deepEqual(way.at(-1), { x: 44.5, y: 20.5 });
  assert.equal(way.length, 40);
  assert.ok(way.every(({ y }) => y === 20.5));
});

test('points beyond the window count as its border', () => {
  const costs = edgeCosts(new Uint8ClampedArray(10 * 10 * 4), 10, 10);
  const way = wayFrom(waysTo(costs, { x: -50, y: -50 }), { x: 99, y: 99 });
  assert.deepEqual(
    [way[0], way.at(-1)],
    [
      { x: 0.5, y: 0.5 },
      { x: 9.5, y: 9.5 },
    ],
  );
  assert.equal(way.length, 10);
});

test('a way to the seed itself is one point', () => {
  const costs = edgeCosts(new Uint8ClampedArray(4), 1, 1);
  assert.deepEqual(wayFrom(waysTo(costs, { x: 0, y: 0 }), { x: 0, y: 0 }), [{ x: 0.5, y: 0.5 }]);
});

test('every way is the cheapest: no px could be reached cheaper through a neighbour', () => {
  const width = 24;
  const costs = edgeCosts(painted(width, 18, circle(12, 9, 6), 60), width, 18);
  const ways = waysTo(costs, { x: 2, y: 2 });
  const price = (to: Point): number => {
    const way = wayFrom(ways, to);
    return way.slice(1).reduce((sum, p, i) => {
      const before = way[i] as Point;
      const step = costs.data[Math.floor(p.y) * width + Math.floor(p.x)] as number;
      return sum + (p.x !== before.x && p.y !== before.y ? Math.round((step * 7) / 5) : step);
    }, 0);
  };
  for (let y = 1; y < 17; y += 1) {
    for (let x = 1; x < width - 1; x += 1) {
      const step = costs.data[y * width + x] as number;
      for (const [dx, dy] of [
        [1, 0],
        [-1, 0],
        [0, 1],
        [0, -1],
      ] as const) {
        assert.ok(price({ x, y }) <= price({ x: x + dx, y: y + dy }) + step);
      }
    }
  }
});

test('a click near an edge is meant on it, one far from any stays', () => {
  const costs = edgeCosts(painted(100, 100, circle(50, 50, 30)), 100, 100);
  const near = snapped(costs, { x: 84, y: 50 }, 6);
  assert.ok(Math.abs(Math.hypot(near.x - 50, near.y - 50) - 30) <= 1);
  const far = snapped(costs, { x: 50.2, y: 50.3 }, 6);
  assert.ok(Math.hypot(far.x - 50.2, far.y - 50.3) < 1);
});

test('a thinned way keeps its ends and stays within the tolerance', () => {
  const costs = edgeCosts(painted(300, 200, circle(150, 100, 70)), 300, 200);
  const way = wayFrom(waysTo(costs, { x: 220, y: 100 }), { x: 80, y: 100 });
  const thin = thinned(way, 0.75);
  assert.deepEqual([thin[0], thin.at(-1)], [way[0], way.at(-1)]);
  assert.ok(thin.length < way.length / 3 && thin.length > 8);
  assert.ok(farthest(thin, (p) => Math.abs(Math.hypot(p.x - 150, p.y - 100) - 70)) <= 1);
  assert.deepEqual(thinned(way.slice(0, 2), 9), way.slice(0, 2));
});
