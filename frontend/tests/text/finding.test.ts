import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Edges } from '../../src/text/edges.ts';
import { findAll } from '../../src/text/finding.ts';
import { byPlace, lanesOf } from '../../src/text/lanes.ts';

const places = (text: string, words: string, more: { exact?: boolean; wholeWords?: boolean } = {}): number[] =>
  findAll(new Edges(text), { words, exact: false, wholeWords: false, ...more }).map(({ from }) => from);

test('every occurrence is found, whatever its capitals, as long as that is not asked for', () => {
  const text = 'Oban, oban and OBAN; Obanite.';
  assert.deepEqual(places(text, 'Oban'), [0, 6, 15, 21]);
  assert.deepEqual(places(text, 'Oban', { exact: true }), [0, 21]);
  assert.deepEqual(places(text, 'Oban', { wholeWords: true }), [0, 6, 15]);
  assert.deepEqual(places(text, ''), []);
});

test('words are looked for as they stand, not as a pattern', () => {
  assert.deepEqual(places('a+b (c) a+b', 'a+b'), [0, 8]);
  assert.deepEqual(places('a.b axb', 'a.b'), [0]);
  assert.deepEqual(places('x/y-z', '/y-z'), [1]);
});

test('capitals that change a length do not shift what comes after', () => {
  assert.deepEqual(places('İzmir, izmir, İzmir', 'İzmir'), [0, 14]);
});

test('no part of a character is found', () => {
  assert.deepEqual(places('cafe\u0301 cafe', 'cafe'), [6]);
  assert.deepEqual(places('👨🏻‍🚒 👨', '👨'), ['👨🏻‍🚒 '.length]);
});

test('stretches that overlap never share a lane, what lies inside is nearer the words', () => {
  const all = [
    { id: 'outer', start: 0, end: 20 },
    { id: 'inner', start: 5, end: 9 },
    { id: 'across', start: 8, end: 25 },
    { id: 'apart', start: 25, end: 30 },
  ].sort(byPlace);
  const lanes = lanesOf(all, 4);
  assert.deepEqual(
    ['inner', 'across', 'outer', 'apart'].map((id) => lanes.get(id)),
    [0, 1, 2, 0],
  );
  assert.equal(lanesOf(all, 2).get('outer'), 1);
});
