import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Point } from '../../src/geometry/plane.ts';
import type { TurnedBox } from '../../src/task-types/bounding-box.ts';
import { boundingBox } from '../../src/task-types/bounding-box.ts';
import { type Ellipse, ellipseType } from '../../src/task-types/ellipse.ts';
import { keypointType, type Skeleton } from '../../src/task-types/keypoint.ts';
import { type Polygon, polygonType } from '../../src/task-types/polygon.ts';
import { polylineType } from '../../src/task-types/polyline.ts';
import type { InstanceRecord, Json } from '../../src/task-types/question.ts';
import { type Drawn, type Located, NO_MODIFIERS, type TaskType } from '../../src/task-types/task-type.ts';
import { Fault } from '../../src/task-types/validation.ts';
import { uuid } from '../some.ts';
import { anywhere, NAMES, shaped, spots, VECTOR_TYPES, vectorQuestion } from '../vectors.ts';

const question = vectorQuestion();
const locatedOf = (type: TaskType): Located => type.located as Located;

const check = (type: TaskType, { shape, category, geometry }: InstanceRecord): void =>
  type.check(
    {
      instances: [{ id: uuid(1), shape, category, geometry, attributes: {}, group: null, origin: null }],
    },
    question,
  );

const drawings: fc.Arbitrary<Drawn> = fc.oneof(
  fc.record({
    by: fc.constant('corners' as const),
    from: anywhere,
    to: anywhere,
    how: fc.record({ shift: fc.boolean(), alt: fc.boolean() }),
  }),
  fc.record({ by: fc.constant('points' as const), points: fc.array(anywhere, { maxLength: 12 }) }),
  fc.record({ by: fc.constant('point' as const), at: anywhere }),
  fc.record({
    by: fc.constant('named' as const),
    points: fc.uniqueArray(
      fc.tuple(fc.constantFrom(...NAMES), anywhere, fc.boolean()).map(([name, p, hidden]) => ({ ...p, name, hidden })),
      { selector: ({ name }) => name, maxLength: 4 },
    ),
  }),
);

/** One thing that a hand or a key does to a shape. */
type Act = (located: Located, record: InstanceRecord) => InstanceRecord;
const acts: fc.Arbitrary<Act> = fc
  .record({
    kind: fc.constantFrom('move', 'handle', 'grow', 'nudge', 'without', 'after', 'veil', 'field', 'class'),
    from: anywhere,
    to: anywhere,
    shift: fc.boolean(),
    alt: fc.boolean(),
    which: fc.nat(40),
    value: fc.double({ min: -2000, max: 2000, noNaN: true }),
  })
  .map(
    ({ kind, from, to, shift, alt, which, value }): Act =>
      (located, record) => {
        const handles = located.handles(record, question);
        const handle = handles[which % handles.length]?.name ?? '';
        const fields = located.fields(record, question);
        const does: Record<string, () => InstanceRecord> = {
          move: () => located.gesture(record, from, to, NO_MODIFIERS, question),
          handle: () => located.gesture(record, from, to, { shift, alt }, question, handle),
          grow: () => located.nudge(record, from, true, question),
          nudge: () => located.nudge(record, from, false, question),
          without: () => located.without(record, handle) ?? record,
          after: () => located.after(record, handle, question)?.[0] ?? record,
          veil: () => located.veiled(record, handle) ?? record,
          field: () => located.withField(record, fields[which % fields.length]?.name ?? '', value, question),
          class: () => located.withCategory(record, which % 3, question),
        };
        return does[kind]?.() ?? record;
      },
  );

for (const type of VECTOR_TYPES) {
  test(`${type.name}: whatever hands and keys do to a shape, the server would take it`, () => {
    const located = locatedOf(type);
    let seen = 0;
    fc.assert(
      fc.property(drawings, fc.nat(2), fc.array(acts, { maxLength: 8 }), (drawn, category, all) => {
        const made = located.create(drawn, question, category);
        if (made === null) return;
        seen += 1;
        let record = shaped('a', made.shape, made.geometry, { category });
        check(type, record);
        for (const act of all) {
          record = act(located, record);
          check(type, record);
          assert.notEqual(located.measure(record), '');
          located.draw(record, question);
        }
      }),
      { numRuns: 120 },
    );
    assert.ok(seen > 10, `only ${seen} shapes were made`);
  });
}

const geometry = <G>(record: { geometry: Json } | null | undefined): G => record?.geometry as unknown as G;

test('a turn there and back is no turn, and a whole turn round gives the same box and ellipse', () => {
  const turned: readonly (readonly [TaskType, string, unknown])[] = [
    [boundingBox, 'box', { left: 100, top: 50, width: 80, height: 40 }],
    [ellipseType, 'ellipse', { cx: 200, cy: 200, rx: 50, ry: 20, angle: 0 }],
  ];
  fc.assert(
    fc.property(fc.integer({ min: -720 * 16, max: 720 * 16 }), fc.constantFrom(...turned), (sixteenths, one) => {
      const [type, shape, start] = one;
      const located = locatedOf(type);
      const by = sixteenths / 16;
      const record = shaped('a', shape, start);
      const there = located.withField(record, 'angle', by, question);
      const { angle = 0 } = geometry<{ angle?: number }>(there);
      const back = located.withField(there, 'angle', angle - by, question);
      assert.deepEqual(back.geometry, record.geometry);
      const before = located.bounds(there);
      const after = located.bounds(located.withField(record, 'angle', by + 360, question));
      for (const key of ['left', 'top', 'width', 'height'] as const)
        assert.ok(Math.abs(before[key] - after[key]) < 1e-6);
    }),
  );
});

test('the corner across from the one that is pulled stays where it is, however the box is turned', () => {
  const located = locatedOf(boundingBox);
  fc.assert(
    fc.property(fc.integer({ min: -179, max: 180 }), fc.integer({ min: 250, max: 390 }), (angle, x) => {
      const record = shaped('a', 'box', {
        left: 280,
        top: 200,
        width: 80,
        height: 60,
        ...(angle === 0 ? {} : { angle }),
      });
      const corner = (name: string, of: InstanceRecord): Point =>
        located.handles(of, question).find((handle) => handle.name === name)?.at ?? { x: 0, y: 0 };
      const pulled = located.gesture(record, corner('1,1', record), { x, y: 260 }, NO_MODIFIERS, question, '1,1');
      const moved = ['-1,-1', '1,-1', '-1,1', '1,1'].map((name) => corner(name, pulled));
      const fixed = corner('-1,-1', record);
      const least = Math.min(...moved.map((p) => Math.hypot(p.x - fixed.x, p.y - fixed.y)));
      assert.ok(least < 0.13, `${least} px away`);
    }),
  );
});

test('the handle that turns follows the hand, with Shift by steps of 15 degrees', () => {
  const located = locatedOf(boundingBox);
  const record = shaped('a', 'box', { left: 100, top: 100, width: 100, height: 50 });
  const to = (x: number, y: number, shift = false) =>
    geometry<TurnedBox>(located.gesture(record, { x: 150, y: 80 }, { x, y }, { shift, alt: false }, question, 'turn'))
      .angle;
  assert.equal(to(250, 125), 90);
  assert.equal(to(150, 200), 180);
  assert.equal(to(250, 25), 45);
  assert.equal(to(152, 50, true), undefined);
  assert.equal(to(180, 50, true), 15);
});

test('without leave of the job a box has no handle that turns it', () => {
  const upright = { ...question, settings: {} };
  const record = shaped('a', 'box', { left: 100, top: 100, width: 100, height: 50 });
  const names = (q: typeof question) =>
    locatedOf(boundingBox)
      .handles(record, q)
      .map(({ name }) => name);
  assert.ok(names(question).includes('turn'));
  assert.ok(!names(upright).includes('turn'));
  assert.ok(
    !locatedOf(boundingBox)
      .fields(record, upright)
      .some(({ name }) => name === 'angle'),
  );
});

test('four outermost points make the box around them', () => {
  const points = [
    { x: 50, y: 80 },
    { x: 120, y: 20 },
    { x: 200, y: 90 },
    { x: 110, y: 160 },
  ];
  const made = locatedOf(boundingBox).create({ by: 'points', points }, question, 0);
  assert.deepEqual(made?.geometry, { left: 50, top: 20, width: 150, height: 140 });
});

test('a vertex is put in where a middle is pulled, moved, and taken out, but never the third last one', () => {
  const located = locatedOf(polygonType);
  const vertices = [
    { x: 0, y: 0 },
    { x: 100, y: 0 },
    { x: 100, y: 100 },
  ];
  const record = shaped('a', 'polygon', { vertices });
  const put = located.gesture(record, { x: 50, y: 0 }, { x: 50, y: 20 }, NO_MODIFIERS, question, 'm0.0');
  assert.deepEqual(geometry<Polygon>(put).vertices[1], { x: 50, y: 20 });
  assert.deepEqual(located.without(put, 'v0.1')?.geometry, { vertices });
  assert.equal(located.without(record, 'v0.1'), null);
});

test('a hole goes whole when it has three vertices and loses one, and no hole is dumped as none', () => {
  const located = locatedOf(polygonType);
  const square = (a: number, b: number): Point[] => [
    { x: a, y: a },
    { x: b, y: a },
    { x: b, y: b },
    { x: a, y: b },
  ];
  const record = shaped('a', 'polygon', { vertices: square(0, 100), holes: [square(20, 40).slice(0, 3)] });
  assert.deepEqual(located.without(record, 'v1.0')?.geometry, { vertices: square(0, 100) });
  assert.equal(located.hit(record, { x: 36, y: 24 }, 1), null);
  assert.notEqual(located.hit(record, { x: 60, y: 60 }, 1), null);
});

test('an outline there and back, or twice round, encloses nothing and is refused at its vertices', () => {
  const flat = [
    { x: 0, y: 0 },
    { x: 50, y: 50 },
    { x: 100, y: 100 },
  ];
  const square = [
    { x: 0, y: 0 },
    { x: 9, y: 0 },
    { x: 9, y: 9 },
    { x: 0, y: 9 },
  ];
  for (const vertices of [flat, [...square, ...square]]) {
    assert.throws(
      () => check(polygonType, shaped('a', 'polygon', { vertices })),
      (fault) => fault instanceof Fault && fault.pointer === '/instances/0/geometry/vertices',
    );
  }
  const bow = [
    { x: 0, y: 0 },
    { x: 10, y: 10 },
    { x: 10, y: 0 },
    { x: 0, y: 10 },
  ];
  check(polygonType, shaped('a', 'polygon', { vertices: bow }));
});

test('a radius is pulled about the centre, and with Alt from the end across', () => {
  const located = locatedOf(ellipseType);
  const record = shaped('a', 'ellipse', { cx: 200, cy: 200, rx: 50, ry: 30, angle: 90 });
  const pull = (alt: boolean) =>
    geometry<Ellipse>(
      located.gesture(record, { x: 200, y: 250 }, { x: 200, y: 280 }, { shift: false, alt }, question, '1,0'),
    );
  assert.deepEqual(pull(false), { cx: 200, cy: 200, rx: 80, ry: 30, angle: 90 });
  assert.deepEqual(pull(true), { cx: 200, cy: 215, rx: 65, ry: 30, angle: 90 });
});

test('a class takes the shape that it has points for, and another shape stays as it was', () => {
  const located = locatedOf(keypointType);
  const point = shaped('a', 'keypoint', { x: 5, y: 5 });
  assert.equal(located.withCategory(point, 1, question).category, 1);
  assert.equal(located.withCategory(point, 2, question), point);
  const made = located.create(
    { by: 'corners', from: { x: 0, y: 0 }, to: { x: 100, y: 90 }, how: NO_MODIFIERS },
    question,
    2,
  );
  const whole = shaped('b', made?.shape ?? '', made?.geometry, { category: 2 });
  assert.equal(located.withCategory(whole, 0, question), whole);
});

test('a dragged box is a guess of the whole skeleton: from top to bottom, left and right side by side', () => {
  const made = locatedOf(keypointType).create(
    { by: 'corners', from: { x: 0, y: 0 }, to: { x: 100, y: 90 }, how: NO_MODIFIERS },
    question,
    2,
  );
  assert.deepEqual(
    geometry<Skeleton>(made).points.map(({ name, x, y }) => [name, x, y]),
    [
      ['head', 50, 0],
      ['left hand', 80, 45],
      ['right hand', 20, 45],
      ['feet', 50, 90],
    ],
  );
});

test('a point of a skeleton is hidden, taken away and put back beside another one', () => {
  const located = locatedOf(keypointType);
  const points = NAMES.map((name, i) => ({ name, x: 10 * i + 10, y: 10, visibility: 2 }));
  const record = shaped('a', 'skeleton', { points }, { category: 2 });
  const visibility = (of: InstanceRecord | null | undefined) => geometry<Skeleton>(of).points.map((p) => p.visibility);
  const hidden = located.veiled(record, 'p1');
  assert.deepEqual(visibility(hidden), [2, 1, 2, 2]);
  const less = located.without(record, 'p2');
  assert.deepEqual(geometry<Skeleton>(less).points[2], { name: 'right hand', x: 0, y: 0, visibility: 0 });
  assert.deepEqual(located.after(less ?? record, 'p0', question)?.[1], 'p2');
  assert.equal(located.after(record, 'p0', question), null);
});

test('a line is hit beside it, not in the box around it', () => {
  const located = locatedOf(polylineType);
  const record = shaped('a', 'polyline', {
    vertices: [
      { x: 0, y: 0 },
      { x: 100, y: 100 },
    ],
  });
  assert.notEqual(located.hit(record, { x: 50, y: 52 }, 4), null);
  assert.equal(located.hit(record, { x: 80, y: 20 }, 4), null);
});

test('points of any type stay in the picture when the whole is moved far out', () => {
  fc.assert(
    fc.property(fc.array(spots, { minLength: 3, maxLength: 8 }), anywhere, (points, by) => {
      const located = locatedOf(polygonType);
      const made = located.create({ by: 'points', points }, question, 0);
      if (made === null) return;
      const record = shaped('a', 'polygon', made.geometry);
      const moved = located.nudge(record, by, false, question);
      const [a, b] = [located.bounds(record), located.bounds(moved)];
      assert.deepEqual([a.width, a.height], [b.width, b.height]);
    }),
  );
});
