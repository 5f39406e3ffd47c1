import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  boxesBetween,
  ellipsesBetween,
  filledUp,
  fittedRing,
  linesBetween,
  namedBetween,
  ringsBetween,
} from '../../src/geometry/interpolation.ts';
import type { Point } from '../../src/geometry/plane.ts';

type Pair = readonly [number, number];
type Turned = readonly [number, number, number, number, number];
type Named = Readonly<Record<string, Pair>>;

interface Case {
  readonly kind: string;
  readonly shows: string;
  readonly a: unknown;
  readonly b: unknown;
  readonly at: readonly (readonly [number, unknown])[];
}

const CASES = JSON.parse(readFileSync('../tests/task_types/examples/interpolation.json', 'utf8')) as readonly Case[];

const pointsOf = (raw: unknown): Point[] => (raw as readonly Pair[]).map(([x, y]) => ({ x, y }));
const pairs = (points: readonly Point[]): number[][] => points.map(({ x, y }) => [x, y]);
const box = ([left, top, width, height, angle]: Turned) => ({ left, top, width, height, angle });
const oval = ([cx, cy, rx, ry, angle]: Turned) => ({ cx, cy, rx, ry, angle });
const named = (raw: unknown) => Object.entries(raw as Named).map(([name, [x, y]]) => ({ name, x, y }));

const MAKERS: Readonly<Record<string, (a: unknown, b: unknown) => (t: number) => unknown>> = {
  box: (a, b) => {
    const at = boxesBetween(box(a as Turned), box(b as Turned));
    return (t) => {
      const { left, top, width, height, angle = 0 } = at(t);
      return [left, top, width, height, angle];
    };
  },
  ellipse: (a, b) => {
    const at = ellipsesBetween(oval(a as Turned), oval(b as Turned));
    return (t) => {
      const { cx, cy, rx, ry, angle } = at(t);
      return [cx, cy, rx, ry, angle];
    };
  },
  polygon: (a, b) => {
    const at = ringsBetween(pointsOf(a), pointsOf(b));
    return (t) => pairs(at(t));
  },
  polyline: (a, b) => {
    const at = linesBetween(pointsOf(a), pointsOf(b));
    return (t) => pairs(at(t));
  },
  keypoint: (a, b) => {
    const at = namedBetween(named(a), named(b));
    return (t) => Object.fromEntries(at(t).map(({ name, x, y }) => [name, [x, y]]));
  },
};

const near = (made: unknown, wanted: unknown, where: string): void => {
  if (typeof wanted === 'number') {
    assert.ok(
      typeof made === 'number' && Math.abs(made - wanted) <= 1e-3,
      `${where}: ${String(made)} is not ${wanted}`,
    );
    return;
  }
  const all = Object.entries(wanted as Record<string, unknown>);
  assert.equal(Object.keys(made as object).length, all.length, where);
  for (const [key, value] of all) near((made as Record<string, unknown>)[key], value, `${where}/${key}`);
};

for (const { kind, shows, a, b, at } of CASES) {
  test(`${kind}: ${shows}, as the server has it`, () => {
    const make = MAKERS[kind]?.(a, b);
    assert.ok(make);
    for (const [t, wanted] of at) near(make(t), wanted, `t ${t}`);
  });
}

test('exactly half a turn is clockwise', () => {
  const still = { left: 0, top: 0, width: 9, height: 9 };
  assert.equal(boxesBetween(still, { ...still, angle: 180 })(0.5).angle, 90);
  assert.equal(boxesBetween({ ...still, angle: 90 }, { ...still, angle: -90 })(0.5).angle, 180);
});

test('a polygon begun one vertex later stays what it is', () => {
  const square = pointsOf([
    [0, 0],
    [40, 0],
    [40, 40],
    [0, 40],
  ]);
  assert.deepEqual(ringsBetween(square, [...square.slice(1), ...square.slice(0, 1)])(0.4), square);
  assert.deepEqual(fittedRing(square, square), square);
});

test('points are added at equal arc lengths, and a ring of all equal points too', () => {
  const line = pointsOf([
    [0, 0],
    [10, 0],
  ]);
  assert.deepEqual(pairs(filledUp(line, 4, false)), [
    [0, 0],
    [2.5, 0],
    [7.5, 0],
    [10, 0],
  ]);
  const spot = pointsOf([
    [1, 1],
    [1, 1],
    [1, 1],
  ]);
  assert.equal(filledUp(spot, 5, true).length, 5);
});
