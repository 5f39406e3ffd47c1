import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { adding, between, removing, same, updating } from '../../src/doc/diff.ts';
import { DiffMisfit, Document } from '../../src/doc/document.ts';
import { SpatialIndex } from '../../src/doc/spatial-index.ts';
import { type Box, contains } from '../../src/geometry/plane.ts';
import { boxes, someBox } from '../some.ts';

const unit = { left: 0, top: 0, width: 1, height: 1 };

test('a diff that does not fit changes nothing at all', () => {
  const document = new Document([someBox('a', unit)]);
  const before = JSON.stringify(document);
  const half = { ...adding(someBox('b', unit)), removed: removing(someBox('gone', unit)).removed };
  assert.throws(() => document.apply(half, 'user'), DiffMisfit);
  assert.throws(() => document.apply(adding(someBox('a', unit)), 'user'), DiffMisfit);
  assert.equal(JSON.stringify(document), before);
});

test('listeners hear of a change once it is made, until they stop', () => {
  const document = new Document();
  const heard: string[] = [];
  const stop = document.listen(({ source }) => heard.push(`${source} ${document.records.size}`));
  document.apply(adding(someBox('a', unit)), 'user');
  stop();
  document.apply(removing(someBox('a', unit)), 'remote');
  assert.deepEqual(heard, ['user 1']);
});

test('the diff between two documents turns the one into the other', () => {
  const some = fc.uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), boxes), { selector: ([id]) => id });
  fc.assert(
    fc.property(some, some, (one, other) => {
      const [from, to] = [one, other].map((list) => new Document(list.map(([id, box]) => someBox(id, box))));
      if (from === undefined || to === undefined) return;
      from.apply(between(from.toJSON(), to.toJSON()), 'remote');
      assert.equal(JSON.stringify(from), JSON.stringify(to));
    }),
  );
});

test('equality of data does not look at the order of keys', () => {
  assert.ok(same({ a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1 }));
  assert.ok(!same({ a: 1 }, { a: 1, b: undefined }));
  assert.ok(!same([1], { 0: 1 }));
});

test('the spatial index finds what looking at every record finds, through any changes', () => {
  const probe = fc.record({ x: fc.integer({ min: 0, max: 640 }), y: fc.integer({ min: 0, max: 480 }) });
  fc.assert(
    fc.property(
      fc.array(boxes, { minLength: 3, maxLength: 30 }),
      fc.array(boxes, { maxLength: 10 }),
      probe,
      (made, moved, at) => {
        const document = new Document();
        const index = new SpatialIndex(document, (record) => record.geometry as unknown as Box);
        const records = made.map((box, n) => someBox(`r${n}`, box));
        for (const record of records) document.apply(adding(record), 'user');
        moved.slice(0, made.length).forEach((box, n) => {
          const from = document.get(`r${n}`);
          if (from?.kind === 'instance') document.apply(updating(from, { ...from, geometry: { ...box } }), 'user');
        });
        const last = document.get(`r${made.length - 1}`);
        if (last !== undefined) document.apply(removing(last), 'user');
        const expected = [...document.records.values()].filter(
          (record) => record.kind === 'instance' && contains(record.geometry as unknown as Box, at, 2),
        );
        assert.deepEqual(index.near(at, 2).sort(), expected.map(({ id }) => id).sort());
      },
    ),
  );
});
