import assert from 'node:assert/strict';
import { test } from 'node:test';
import { effect, signal } from '@preact/signals-core';
import {
  AS_IT_IS,
  filterOf,
  type Keeps,
  LEAST,
  lookingCommands,
  looksFrom,
  MOST,
  rememberedLooks,
  stepped,
} from '../../src/commands/looking.ts';
import { type Host, Registry } from '../../src/commands/registry.ts';
import { percent } from '../../src/i18n.ts';
import { someDesk } from '../some.ts';

const someStorage = (kept: Record<string, string> = {}): Keeps => ({
  getItem: (key) => kept[key] ?? null,
  setItem: (key, value) => {
    kept[key] = value;
  },
});

test('steps up and down meet the value of the file, and end at the bounds', () => {
  let value = 1;
  for (let i = 0; i < 30; i += 1) value = stepped(value, true);
  assert.equal(value, MOST);
  const seen = new Set<number>();
  for (let i = 0; i < 60; i += 1) {
    value = stepped(value, false);
    seen.add(value);
  }
  assert.ok(seen.has(1));
  assert.equal(value, LEAST);
});

test('a picture as the file has it gets no filter', () => {
  assert.equal(filterOf(AS_IT_IS), '');
  assert.equal(filterOf({ ...AS_IT_IS, contrast: 2 }), 'brightness(1) contrast(2)');
});

test('what a browser kept counts only as far as it makes sense, and the magnifier is put away', () => {
  assert.deepEqual(looksFrom(null), AS_IT_IS);
  assert.deepEqual(looksFrom('{"brightness'), AS_IT_IS);
  assert.deepEqual(looksFrom('{"brightness": "much", "contrast": 900, "smooth": 1, "loupe": true}'), AS_IT_IS);
  assert.deepEqual(looksFrom('{"brightness": 2, "smooth": true}'), { ...AS_IT_IS, brightness: 2, smooth: true });
});

test('each job has its own looks, and they outlive the page', () => {
  const storage = someStorage();
  rememberedLooks(3, () => storage).value = { ...AS_IT_IS, contrast: 1.5, loupe: true };
  assert.deepEqual(rememberedLooks(3, () => storage).value, { ...AS_IT_IS, contrast: 1.5 });
  assert.deepEqual(rememberedLooks(4, () => storage).value, AS_IT_IS);
});

test('a browser without storage still changes how the picture looks', () => {
  const looks = rememberedLooks(3, () => {
    throw new DOMException('denied', 'SecurityError');
  });
  looks.value = { ...looks.value, brightness: 2 };
  assert.equal(looks.value.brightness, 2);
});

test('the keys of the looks say what they did, and touch neither document nor history', () => {
  const desk = someDesk();
  const looks = signal(AS_IT_IS);
  const registry = new Registry(lookingCommands());
  const said: string[] = [];
  effect(() => {
    if (desk.said.value !== '') said.push(desk.said.value);
  });
  const host = { looks } as unknown as Host;
  for (const [key, alt, shift] of [
    ['PageUp', true, false],
    ['PageDown', true, true],
    ['z', false, false],
  ] as const) {
    assert.ok(registry.press({ key, code: key, ctrl: false, shift, alt }, { desk, host }));
  }
  assert.deepEqual(said, [`Brightness ${percent(1.15)}`, `Contrast ${percent(1 / 1.15)}`, 'Magnifier on']);
  assert.ok(!desk.history.canUndo);
  registry.run('as-it-is', { desk, host });
  assert.deepEqual(looks.value, { ...AS_IT_IS, loupe: true });
});
