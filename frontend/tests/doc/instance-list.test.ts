import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Diff, NOTHING } from '../../src/doc/diff.ts';
import { Document } from '../../src/doc/document.ts';
import { InstanceList } from '../../src/doc/instance-list.ts';
import { SpatialIndex } from '../../src/doc/spatial-index.ts';
import type { Box } from '../../src/geometry/plane.ts';
import { type InstanceRecord, instancesOf, isInstance } from '../../src/task-types/question.ts';
import { someBox } from '../some.ts';

const at = (left: number): Box => ({ left, top: 0, width: 1, height: 1 });

/** Records to be put, changed or removed, by their number: one that is there is updated, or removed with `gone`. */
const changes = fc.array(
  fc.array(fc.record({ n: fc.nat(120), order: fc.nat(8), left: fc.nat(500), gone: fc.boolean() }), { maxLength: 90 }),
  { maxLength: 12 },
);
type Change = { n: number; order: number; left: number; gone: boolean };

const diffOf = (document: Document, change: readonly Change[]): Diff => {
  const [added, updated, removed]: [Record<string, InstanceRecord>, Record<string, never>, Record<string, never>] = [
    {},
    {},
    {},
  ];
  for (const { n, order, left, gone } of change) {
    const id = `r${n}`;
    const there = document.get(id);
    if (there === undefined) added[id] = someBox(id, at(left), { order });
    else if (gone) Object.assign(removed, { [id]: there });
    else Object.assign(updated, { [id]: [there, { ...there, geometry: { ...at(left) } }] });
  }
  for (const id of Object.keys(removed)) delete updated[id];
  return { added, updated, removed };
};

test('the list is always the instances sorted by their places, through small and large changes', () => {
  fc.assert(
    fc.property(changes, (all) => {
      const document = new Document();
      const list = new InstanceList(document);
      for (const change of all) {
        document.apply(diffOf(document, change), 'user');
        if (change.length % 2 === 0) assert.deepEqual(list.value, instancesOf(document.records));
      }
      assert.deepEqual(list.value, instancesOf(document.records));
    }),
  );
});

test('a list that somebody reads stays as it was', () => {
  const document = new Document([someBox('a', at(1)), someBox('b', at(2))]);
  const list = new InstanceList(document);
  const before = list.value;
  const a = document.get('a') as InstanceRecord;
  document.apply({ ...NOTHING, updated: { a: [a, { ...a, category: 2 }] } }, 'user');
  assert.equal(before[0]?.category, 0);
  assert.equal(list.value[0]?.category, 2);
});

test('a nudge of one in 20,000 does not sort the list anew', () => {
  const document = new Document(
    Array.from({ length: 20_000 }, (_, order) => someBox(`r${order}`, at(order), { order })),
  );
  const list = new InstanceList(document);
  assert.equal(list.value.length, 20_000);
  const sort = Array.prototype.sort;
  let sorted = 0;
  Array.prototype.sort = function (...words) {
    sorted += 1;
    return sort.apply(this, words);
  };
  try {
    const record = document.get('r9000') as InstanceRecord;
    document.apply({ ...NOTHING, updated: { r9000: [record, { ...record, category: 1 }] } }, 'user');
    assert.equal(list.value[9000]?.category, 1);
  } finally {
    Array.prototype.sort = sort;
  }
  assert.equal(sorted, 0);
});

test('the index finds what is there after changes of any size', () => {
  fc.assert(
    fc.property(changes, (all) => {
      const document = new Document();
      const index = new SpatialIndex(document, (record) => record.geometry as unknown as Box);
      for (const change of all) {
        document.apply(diffOf(document, change), 'user');
        if (change.length % 2 === 1) index.near({ x: 5, y: 0 }, 1);
      }
      const all500 = [...document.records.values()].filter(isInstance).map(({ id }) => id);
      assert.deepEqual(index.inside({ left: 0, top: 0, width: 600, height: 1 }).sort(), all500.sort());
    }),
  );
});
