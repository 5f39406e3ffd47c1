import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askedBy, showFault } from '../../src/sync/faults.ts';
import { blankObject } from '../../src/task-types/question.ts';
import { filmDesk, someKey, someTrack } from '../films.ts';
import { someBox, someDesk, uuid } from '../some.ts';

test('an attribute is asked for of the whole or of a thing, whatever stretch of frames it is missing in', () => {
  assert.deepEqual(askedBy('/attributes/weather~1sky'), { of: 'object', name: 'weather/sky' });
  assert.deepEqual(askedBy('/instances/3/attributes/colour'), { of: 'instance', name: 'colour' });
  assert.deepEqual(askedBy('/instances/3/geometry/values/0/attributes/pose'), { of: 'instance', name: 'pose' });
  assert.deepEqual(askedBy('/frames/2/attributes/weather'), { of: 'instance', name: 'weather' });
  assert.equal(askedBy('/instances/3/geometry/keys/1/at'), null);
});

test('the thing that a fault speaks of is selected', () => {
  const box = { left: 0, top: 0, width: 10, height: 10 };
  const desk = someDesk([someBox(uuid(1), box), someBox(uuid(2), box, { order: 1 })]);
  showFault(desk, '/instances/1/geometry');
  assert.deepEqual(desk.selection.value, [uuid(2)]);
});

test('of a film the frame of the fault is gone to', () => {
  const values = [
    { from: 12, to: 14, attributes: { 'instance state': 'on' } },
    { from: 20, to: 24, attributes: { 'instance state': 'off' } },
  ];
  const track = someTrack(uuid(1), { geometry: { end: null, values } });
  const desk = filmDesk([track, someKey(uuid(1), 10, 0), someKey(uuid(1), 30, 9)]);
  const shown = (pointer: string): number | undefined => {
    showFault(desk, pointer);
    return desk.film?.wanted.value;
  };
  assert.equal(shown('/instances/0/geometry/values/1/attributes/pose'), 20);
  assert.equal(shown('/instances/0/geometry/keys/1/at/left'), 30);
  desk.write({
    added: {},
    removed: {},
    updated: { object: [blankObject, { ...blankObject, frames: [{ from: 3, to: 5, attributes: {} }] }] },
  });
  assert.equal(shown('/frames/0/attributes/weather'), 3);
  if (desk.film !== null) desk.film.wanted.value = 0;
  assert.equal(shown('/instances/0/category'), 10);
});
