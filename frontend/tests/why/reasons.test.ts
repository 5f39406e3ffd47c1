import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { gathered, levelOf, parts, placed, sides, signed, spoken, unitsAt } from '../../src/why/reasons.ts';

test('places in code points become places in UTF-16, whatever the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat(40), fc.nat(40), (text, a, b) => {
      const points = [...text];
      const [start, end] = [Math.min(a, b), Math.max(a, b)].map((at) => Math.min(at, points.length)) as [
        number,
        number,
      ];
      const [from, to] = unitsAt(text, [start, end]);
      assert.equal(text.slice(from, to), points.slice(start, end).join(''));
    }),
  );
});

test('a word behind a fire engine is found where it stands', () => {
  const text = '👨🏻‍🚒 goal';
  const [word] = placed(text, [{ start: 5, end: 9, weight: 1 }]);
  assert.equal(text.slice(word?.start, word?.end), 'goal');
});

test('a word that comes twice counts once, whatever its capitals', () => {
  const words = [
    { start: 0, end: 4, weight: 1 },
    { start: 5, end: 10, weight: -0.5 },
    { start: 11, end: 15, weight: 0.25 },
  ];
  assert.deepEqual(gathered('Goal court goal', words), [
    { name: 'goal', weight: 1.25 },
    { name: 'court', weight: -0.5 },
  ]);
});

test('what speaks for a class and against it come apart, the strongest first, the faint left out', () => {
  const named = [
    { name: 'a', weight: 0.2 },
    { name: 'b', weight: -0.9 },
    { name: 'c', weight: 0.7 },
    { name: 'd', weight: 0.001 },
  ];
  const { pro, contra } = sides(named, 6);
  assert.deepEqual([pro.map(({ name }) => name), contra.map(({ name }) => name)], [['c', 'a'], ['b']]);
  assert.equal(sides(named, 1).pro.length, 1);
  assert.equal(spoken('Sport', pro, contra), 'Speaks for Sport: c, a; against: b');
  assert.equal(spoken('Sport', [], []), 'Speaks for Sport: nothing; against: nothing');
});

test('the parts of a picture lose nothing of its regions', () => {
  const numbers = fc.array(fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 7, maxLength: 7 }), {
    minLength: 7,
    maxLength: 7,
  });
  fc.assert(
    fc.property(numbers, (regions) => {
      const total = regions.flat().reduce((a, b) => a + b, 0);
      const found = parts(regions).reduce((a, { weight }) => a + weight, 0);
      assert.ok(Math.abs(total - found) < 1e-9);
    }),
  );
});

test('the parts of a picture are called by their place', () => {
  const regions = Array.from({ length: 7 }, (_, y) => Array.from({ length: 7 }, (_, x) => (x < 2 && y > 4 ? 1 : 0)));
  assert.deepEqual(
    parts(regions).filter(({ weight }) => weight !== 0),
    [{ name: 'lower left', weight: 4 }],
  );
});

test('strength has four levels and numbers have their sign', () => {
  assert.deepEqual(
    [0, 0.2, 0.3, 0.6, 1, -1].map((weight) => levelOf(weight, 1)),
    [1, 1, 2, 3, 4, 4],
  );
  assert.equal(levelOf(0, 0), 1);
  assert.deepEqual([signed(1.618), signed(-0.5)], ['+1.62', '−0.50']);
});
