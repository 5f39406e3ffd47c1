import assert from 'node:assert/strict';
import { test } from 'node:test';
import { actionOf, type Place, type Press, stepFrom, TILE_KEYS } from '../../src/grid/keys.ts';

const press = (key: string, more: Partial<Press> = {}): Press => ({
  key,
  code: '',
  ctrl: false,
  shift: false,
  alt: false,
  ...more,
});

test('each of the first pictures has a key of its own, and none of them means anything else', () => {
  assert.equal(new Set(TILE_KEYS).size, TILE_KEYS.length);
  assert.ok(TILE_KEYS.length >= 26);
  for (const [at, key] of TILE_KEYS.entries()) assert.deepEqual(actionOf(press(key)), { do: 'mark', at, range: false });
});

test('Space and X mark the picture that one is at, with Shift all from the last', () => {
  for (const key of [' ', 'x', 'X']) assert.deepEqual(actionOf(press(key)), { do: 'mark', at: null, range: false });
  assert.deepEqual(actionOf(press(' ', { shift: true })), { do: 'mark', at: null, range: true });
});

test('Z takes back, with Shift it does again; so do the keys of other programs', () => {
  assert.deepEqual(actionOf(press('z')), { do: 'undo' });
  assert.deepEqual(actionOf(press('Z', { shift: true })), { do: 'redo' });
  assert.deepEqual(actionOf(press('z', { ctrl: true })), { do: 'undo' });
  assert.deepEqual(actionOf(press('Z', { ctrl: true, shift: true })), { do: 'redo' });
  assert.deepEqual(actionOf(press('y', { ctrl: true })), { do: 'redo' });
});

test('a key of the browser stays the browser’s', () => {
  assert.equal(actionOf(press('r', { ctrl: true })), null);
  assert.equal(actionOf(press('ArrowLeft', { alt: true })), null);
  assert.equal(actionOf(press('Tab')), null);
  assert.equal(actionOf(press('F5')), null);
});

test('on a keyboard with other letters the place of the key counts', () => {
  assert.deepEqual(actionOf(press('я', { code: 'KeyZ' })), { do: 'undo' });
  assert.deepEqual(actionOf(press('й', { code: 'KeyQ' })), { do: 'mark', at: TILE_KEYS.indexOf('q'), range: false });
});

/** Two groups: five tiles in rows of three, then two. */
const places: Place[] = [
  { left: 0, top: 0 },
  { left: 100, top: 0 },
  { left: 200, top: 0 },
  { left: 0, top: 80 },
  { left: 100, top: 80 },
  { left: 0, top: 240 },
  { left: 100, top: 240 },
];

test('arrows go to the next picture, up and down to the nearest of the next row, over groups too', () => {
  const walk = (at: number, ...steps: ('left' | 'right' | 'up' | 'down' | 'first' | 'last')[]): number =>
    steps.reduce((here, step) => stepFrom(here, step, places), at);
  assert.equal(walk(0, 'right', 'right', 'right'), 3);
  assert.equal(walk(0, 'down'), 3);
  assert.equal(walk(2, 'down'), 4, 'the row below is shorter');
  assert.equal(walk(4, 'down'), 6, 'the next group');
  assert.equal(walk(6, 'up', 'up'), 1);
  assert.equal(walk(1, 'first'), 0);
  assert.equal(walk(1, 'last'), 6);
});

test('at the edge an arrow leads nowhere', () => {
  assert.equal(stepFrom(0, 'left', places), 0);
  assert.equal(stepFrom(0, 'up', places), 0);
  assert.equal(stepFrom(6, 'right', places), 6);
  assert.equal(stepFrom(6, 'down', places), 6);
});
