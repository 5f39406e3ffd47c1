import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allCommands } from '../../src/commands/index.ts';
import { asUsual, holders, withKey } from '../../src/commands/keymap.ts';
import { Registry } from '../../src/commands/registry.ts';

const keysOf = (registry: Registry, id: string): readonly string[] => registry.get(id)?.keys ?? [];

test('a new key is the command’s only one, and who had it loses it', () => {
  const keymap = withKey({}, 'box', 'f');
  const registry = new Registry(allCommands(), keymap);
  assert.deepEqual(keysOf(registry, 'box'), ['f']);
  assert.deepEqual(keysOf(registry, 'fit'), []);
});

test('a key that the person gave away before goes to the command it is given to last', () => {
  const keymap = withKey(withKey({}, 'box', 'r'), 'fit', 'r');
  assert.deepEqual(keymap, { box: [], fit: ['r'] });
  const registry = new Registry(allCommands(), keymap);
  assert.deepEqual(keysOf(registry, 'box'), []);
  assert.deepEqual(keysOf(registry, 'fit'), ['r']);
});

test('a command goes back to its usual keys', () => {
  assert.deepEqual(asUsual({ box: ['r'], fit: ['x'] }, 'box'), { fit: ['x'] });
});

test('who holds a key just now is named before it is taken', () => {
  const { commands } = new Registry(allCommands());
  assert.deepEqual(
    holders(commands, 'box', 'f').map(({ id }) => id),
    ['fit'],
  );
  assert.deepEqual(holders(commands, 'fit', 'f'), []);
});

test('each command has a name that the server keeps keys under', () => {
  for (const { id } of allCommands()) assert.match(id, /^[a-z0-9]+(-[a-z0-9]+)*$/);
});
