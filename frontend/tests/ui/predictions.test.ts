import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChangingButton } from '../../src/ui/predictions.ts';

test('a tap a moment after a button has changed is not taken for what it means now', () => {
  const button = new ChangingButton();
  button.means('predict', 0);
  assert.ok(button.takes(1));
  button.means('stop', 100);
  button.means('stop', 300);
  assert.deepEqual([button.takes(599), button.takes(600)], [false, true]);
  button.means('predict', 5000);
  assert.equal(button.takes(5200), false);
  assert.ok(button.takes(5500));
});
