import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Edges, type Extent, lineStarts } from '../../src/text/edges.ts';

const words = (text: string, extent: Extent | null): string | null =>
  extent === null ? null : text.slice(extent.from, extent.to);

test('a hand that passes over parts of words takes them whole, without the blanks around', () => {
  const text = 'After eleven months, of repairs';
  const edges = new Edges(text);
  assert.equal(words(text, edges.snapped(8, 15, 'word')), 'eleven months');
  assert.equal(words(text, edges.snapped(15, 8, 'word')), 'eleven months');
  assert.equal(words(text, edges.snapped(5, 13, 'word')), 'eleven');
  assert.equal(words(text, edges.snapped(14, 20, 'word')), 'months,');
  assert.equal(edges.snapped(5, 6, 'word'), null);
  assert.equal(edges.snapped(4, 4, 'word'), null);
});

test('by characters nothing is cut that people see as one', () => {
  const text = '👨🏻‍🚒 Cafe\u0301 🇮🇱🇯🇵';
  const edges = new Edges(text);
  const firefighter = '👨🏻‍🚒'.length;
  for (let inside = 1; inside < firefighter; inside += 1) {
    assert.equal(words(text, edges.snapped(0, inside, 'character')), '👨🏻‍🚒');
  }
  const e = text.indexOf('e\u0301');
  assert.equal(words(text, edges.snapped(e - 1, e + 1, 'character')), 'fe\u0301');
  const flags = text.indexOf('🇮🇱');
  assert.equal(words(text, edges.snapped(flags + 1, flags + 2, 'character')), '🇮🇱');
});

test('words are found where no spaces part them', () => {
  const text = '私は東京都に住む';
  const edges = new Edges(text);
  assert.equal(words(text, edges.snapped(2, 3, 'word')), '東京');
});

test('keys go from word to word over blanks and punctuation, and over emoji one by one', () => {
  const text = 'One, two\r\n\r\n👋🏽 three.';
  const edges = new Edges(text);
  const forth: (string | null)[] = [];
  for (let at = edges.next(0, 'word'); at !== null; at = edges.next(at.to, 'word')) forth.push(words(text, at));
  assert.deepEqual(forth, ['One', 'two', '👋🏽', 'three']);
  const back: (string | null)[] = [];
  for (let at = edges.previous(text.length, 'word'); at !== null; at = edges.previous(at.from, 'word')) {
    back.push(words(text, at));
  }
  assert.deepEqual(back, ['three', '👋🏽', 'two', 'One']);
});

test('a line is told without its break, and a carriage return stays in the text', () => {
  const text = 'a\r\n\nb';
  const edges = new Edges(text);
  assert.deepEqual(lineStarts(text), [0, 3, 4]);
  assert.deepEqual(
    [0, 1, 2].map((line) => words(text, edges.extentOfLine(line))),
    ['a\r', '', 'b'],
  );
  assert.deepEqual(
    [0, 2, 3, 4, 5].map((unit) => edges.lineOf(unit)),
    [0, 0, 1, 2, 2],
  );
  // The two of a Windows line break are one character.
  assert.deepEqual(edges.at(2, 'character'), { from: 1, to: 3 });
});

test('whatever is passed over, the edges are edges of characters and hold all that was touched but blanks', () => {
  const texts = fc.string({ unit: 'grapheme', maxLength: 40 });
  fc.assert(
    fc.property(
      texts,
      fc.nat(80),
      fc.nat(80),
      fc.constantFrom('word' as const, 'character' as const),
      (text, a, b, by) => {
        const edges = new Edges(text);
        const [low, high] = [Math.min(a, b, text.length), Math.min(Math.max(a, b), text.length)];
        const got = edges.snapped(a, b, by);
        if (got === null) {
          assert.ok(low === high || text.slice(low, high).trim() === '');
          return;
        }
        assert.ok(edges.isCharacterEdge(got.from) && edges.isCharacterEdge(got.to) && got.from < got.to);
        assert.equal(text.slice(low, Math.max(low, got.from)).trim(), '');
        assert.equal(text.slice(Math.min(high, got.to), high).trim(), '');
      },
    ),
    { numRuns: 500 },
  );
});
