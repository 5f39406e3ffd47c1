import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { CodePoints } from '../../src/text/code-points.ts';

interface Texts {
  readonly texts: readonly {
    readonly name: string;
    readonly text: string;
    readonly length: number;
    readonly slices: readonly (readonly [number, number, string])[];
  }[];
}

const { texts } = JSON.parse(readFileSync('../tests/task_types/unicode_texts.json', 'utf8')) as Texts;

for (const { name, text, length, slices } of texts) {
  test(`${name}: counted and cut as Python does`, () => {
    const points = new CodePoints(text);
    assert.equal(points.length, length);
    for (const [start, end, words] of slices) {
      assert.equal(points.slice(start, end), words);
      assert.equal(points.ofUnit(points.toUnit(start)), start);
      assert.equal(points.ofUnit(points.toUnit(end)), end);
    }
  });
}

/** Letters, pairs and lone halves, with a run before them that puts pairs across the edges of blocks. */
const anyText = fc
  .tuple(fc.integer({ min: 0, max: 3000 }), fc.string({ unit: 'binary', maxLength: 60 }))
  .map(([run, end]) => 'x'.repeat(run) + end);

test('there and back again is the same place, and every place agrees with counting one by one', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const points = new CodePoints(text);
      const all = [...text];
      assert.equal(points.length, all.length);
      let unit = 0;
      all.forEach((character, point) => {
        assert.equal(points.toUnit(point), unit);
        assert.equal(points.ofUnit(unit), point);
        unit += character.length;
      });
      assert.equal(points.toUnit(all.length), text.length);
    }),
    { numRuns: 50 },
  );
});

test('a place in the middle of a pair counts as behind it, and one beyond the text as its end', () => {
  const points = new CodePoints('a😀b');
  assert.equal(points.ofUnit(2), 2);
  assert.equal(points.ofUnit(99), 3);
  assert.equal(points.toUnit(99), 4);
  assert.equal(points.toUnit(-1), 0);
});

test('a text of 1.1 million units is counted, and asked ten thousand times, well within a second', () => {
  const points = new CodePoints('a😀字ب'.repeat(220_000));
  const begun = performance.now();
  const again = new CodePoints(points.text);
  for (let i = 0; i < 10_000; i += 1) assert.equal(again.ofUnit(again.toUnit(i * 80)), i * 80);
  assert.ok(performance.now() - begun < 1000);
});
