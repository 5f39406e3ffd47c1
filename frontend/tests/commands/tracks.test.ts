import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { setAttribute, setCategory } from '../../src/commands/acts.ts';
import { Desk } from '../../src/commands/desk.ts';
import {
  endHere,
  join,
  moveKey,
  nextKey,
  propagate,
  removeKeyHere,
  removeTracks,
  setEnd,
  setFrameAttribute,
  setKey,
  setValue,
  shiftTrack,
  split,
  toggleAbsent,
  toggleOccluded,
} from '../../src/commands/tracks.ts';
import { instancesOf, objectOf } from '../../src/task-types/question.ts';
import { trackOf } from '../../src/task-types/tracks.ts';
import { videoObjectDetection } from '../../src/task-types/video-object-detection.ts';
import { filmDesk, filmQuestion, leftAt, someKey, someTrack } from '../films.ts';
import { uuid } from '../some.ts';
import { click, drag } from '../vectors.ts';

const A = uuid(1);
const B = uuid(2);

/** Moves from left 0 in frame 10 to left 100 in frame 20, and stays. */
const moved = () => [someTrack(A), someKey(A, 10, 0), someKey(A, 20, 100)];

const frames = (desk: Desk, id: string) => desk.film?.keysOf(id).map(({ frame, at }) => (at === null ? -frame : frame));

const lefts = (desk: Desk, ids: readonly string[]): (number | null)[] =>
  Array.from({ length: 40 }, (_, frame) => ids.map((id) => leftAt(desk, id, frame)).find((x) => x !== null) ?? null);

test('what is seen follows the frame', () => {
  const desk = filmDesk(moved());
  assert.deepEqual(desk.list.value, []);
  desk.film?.show(15);
  assert.deepEqual(
    desk.list.value.map(({ id, geometry }) => [id, geometry]),
    [[A, { left: 50, top: 20, width: 40, height: 30 }]],
  );
  assert.equal(leftAt(desk, A, 9), null);
  assert.equal(leftAt(desk, A, 39), 100);
});

test('a box that is drawn begins a track in the frame that is shown', () => {
  const desk = filmDesk([]);
  desk.film?.show(7);
  desk.useTool('box');
  drag(desk, [100, 100], [120, 120], [160, 150]);
  const [track] = instancesOf(desk.doc.records);
  assert.ok(track);
  assert.deepEqual(frames(desk, track.id), [7]);
  assert.equal(leftAt(desk, track.id, 6), null);
  assert.equal(leftAt(desk, track.id, 8), 100);
  desk.undo();
  assert.deepEqual([...desk.doc.records.keys()], ['object']);
});

test('a shape that is moved between key frames becomes one, and only that is saved', () => {
  const desk = filmDesk(moved());
  desk.film?.show(15);
  desk.select([A]);
  desk.useTool('select');
  drag(desk, [60, 30], [70, 40], [80, 30]);
  assert.deepEqual(frames(desk, A), [10, 15, 20]);
  assert.equal(leftAt(desk, A, 15), 70);
  const diff = desk.history.done.at(-1)?.diff;
  assert.deepEqual(Object.keys(diff?.added ?? {}), [`${A}@15`]);
  assert.deepEqual([diff?.updated, diff?.removed], [{}, {}]);
});

test('undo leads back to the frame of the change', () => {
  const desk = filmDesk(moved());
  desk.film?.show(15);
  desk.select([A]);
  setKey(desk);
  desk.film?.show(30);
  desk.undo();
  assert.equal(desk.film?.wanted.value, 15);
  assert.deepEqual(frames(desk, A), [10, 20]);
});

test('a key frame set where the shape is changes nothing that is seen', () => {
  const desk = filmDesk(moved());
  const before = lefts(desk, [A]);
  desk.select([A]);
  desk.film?.show(13);
  setKey(desk);
  assert.deepEqual(frames(desk, A), [10, 13, 20]);
  assert.deepEqual(lefts(desk, [A]), before);
});

test('a key frame moves as far as its neighbours', () => {
  const desk = filmDesk(moved());
  moveKey(desk, A, 20, 4);
  assert.deepEqual(frames(desk, A), [10, 11]);
  moveKey(desk, A, 11, 99);
  assert.deepEqual(frames(desk, A), [10, 39]);
});

test('the last shape of a track is not taken away with its key frame', () => {
  const desk = filmDesk([someTrack(A), someKey(A, 10, 0), someKey(A, 20, null)]);
  desk.select([A]);
  desk.film?.show(10);
  removeKeyHere(desk);
  assert.match(desk.said.value, /keeps one key frame/);
  desk.film?.show(20);
  removeKeyHere(desk);
  assert.deepEqual(frames(desk, A), [10]);
});

test('a track ends with a frame, and goes on again with the same key', () => {
  const desk = filmDesk(moved());
  desk.select([A]);
  desk.film?.show(15);
  endHere(desk);
  assert.deepEqual([frames(desk, A), leftAt(desk, A, 15), leftAt(desk, A, 16)], [[10], 0, null]);
  endHere(desk);
  assert.equal(leftAt(desk, A, 39), 0);
  setEnd(desk, A, 5);
  assert.equal(leftAt(desk, A, 10), 0);
});

test('what was moving goes on moving up to where it is absent', () => {
  const desk = filmDesk(moved());
  desk.select([A]);
  desk.film?.show(15);
  toggleAbsent(desk);
  assert.deepEqual(frames(desk, A), [10, 14, -15, 20]);
  assert.deepEqual([leftAt(desk, A, 12), leftAt(desk, A, 14), leftAt(desk, A, 17)], [20, 40, null]);
  desk.film?.show(17);
  toggleAbsent(desk);
  assert.equal(leftAt(desk, A, 17), 40);
});

test('a track that has ended comes back after a gap', () => {
  const desk = filmDesk([someTrack(A, { geometry: { end: 12, values: [] } }), someKey(A, 10, 7)]);
  desk.select([A]);
  desk.film?.show(20);
  toggleAbsent(desk);
  assert.deepEqual([leftAt(desk, A, 12), leftAt(desk, A, 13), leftAt(desk, A, 19)], [7, null, null]);
  assert.deepEqual([leftAt(desk, A, 20), leftAt(desk, A, 39)], [7, 7]);
});

test('hidden holds from here to the next key frame', () => {
  const desk = filmDesk(moved());
  desk.select([A]);
  desk.film?.show(15);
  toggleOccluded(desk);
  assert.deepEqual(desk.film?.stretches(A), [
    { first: 10, last: 14, occluded: false },
    { first: 15, last: 19, occluded: true },
    { first: 20, last: 39, occluded: false },
  ]);
});

test('two tracks of one show what it showed', () => {
  const desk = filmDesk(moved());
  const before = lefts(desk, [A]);
  desk.select([A]);
  desk.film?.show(16);
  split(desk);
  const ids = instancesOf(desk.doc.records).map(({ id }) => id);
  assert.equal(ids.length, 2);
  assert.deepEqual(lefts(desk, ids), before);
  assert.equal(leftAt(desk, A, 16), null);
  desk.select(ids);
  join(desk);
  assert.deepEqual(lefts(desk, [A]), before);
  assert.equal(instancesOf(desk.doc.records).length, 1);
});

test('between an end and the next beginning a joined track is absent', () => {
  const ended = someTrack(A, { geometry: { end: 12, values: [] } });
  const desk = filmDesk([ended, someKey(A, 10, 0), someTrack(B, { order: 1 }), someKey(B, 20, 100)]);
  const before = lefts(desk, [A, B]);
  desk.select([B, A]);
  join(desk);
  assert.deepEqual(lefts(desk, [A]), before);
});

test('tracks in the same frames are not joined', () => {
  const desk = filmDesk([...moved(), someTrack(B, { order: 1 }), someKey(B, 15, 0)]);
  desk.select([A, B]);
  join(desk);
  assert.equal(instancesOf(desk.doc.records).length, 2);
  assert.match(desk.said.value, /same frames/);
});

test('an attribute that is changed in a frame holds until it changes next', () => {
  const values = [{ from: 20, to: 29, attributes: { 'instance state': 'off' } }];
  const desk = filmDesk([someTrack(A, { geometry: { end: null, values } }), someKey(A, 10, 0)]);
  desk.select([A]);
  desk.film?.show(12);
  setAttribute(desk, 'instance state', 'on');
  assert.deepEqual(trackOf(desk.doc.get(A) as never).values, [
    { from: 12, to: 19, attributes: { 'instance state': 'on' } },
    ...values,
  ]);
  setValue(desk, 'instance state', undefined, 15, 24);
  assert.deepEqual(
    trackOf(desk.doc.get(A) as never).values.map(({ from, to }) => [from, to]),
    [
      [12, 14],
      [25, 29],
    ],
  );
});

test('frames have attributes of their own', () => {
  const desk = filmDesk([]);
  setFrameAttribute(desk, 'frame state', 'on', 3, 9);
  setFrameAttribute(desk, 'frame state', 'off', 5, 5);
  assert.deepEqual(
    objectOf(desk.doc.records).frames?.map(({ from, to }) => [from, to]),
    [
      [3, 4],
      [5, 5],
      [6, 9],
    ],
  );
});

test('a copy stands still over the next frames; single shapes are copied into each', () => {
  const desk = filmDesk(moved());
  desk.select([A]);
  desk.film?.show(12);
  propagate(desk, 10);
  assert.deepEqual(frames(desk, A), [10, 12, 22]);
  assert.equal(leftAt(desk, A, 20), 20);
  const single = filmDesk([], videoObjectDetection);
  single.film?.show(3);
  single.useTool('box');
  drag(single, [100, 100], [120, 120], [160, 150]);
  propagate(single, 4);
  assert.deepEqual([...(single.film?.inFrames.keys() ?? [])], [3, 4, 5, 6, 7]);
});

test('points that were put in one frame do not become an outline of another', () => {
  const desk = filmDesk([]);
  desk.useTool('polygon');
  for (const [x, y] of [
    [10, 10],
    [90, 10],
    [90, 90],
  ] as const)
    click(desk, x, y);
  assert.equal(desk.hand.value.open, true);
  desk.film?.show(3);
  assert.equal(desk.hand.value.open, false);
  assert.deepEqual(desk.list.value, []);
});

test('an open track that is moved earlier keeps what it has to the last frame', () => {
  const values = [{ from: 20, to: 39, attributes: { 'instance state': 'on' } }];
  const desk = filmDesk([someTrack(A, { geometry: { end: null, values } }), someKey(A, 10, 0)]);
  shiftTrack(desk, A, -5);
  assert.deepEqual(
    trackOf(desk.doc.get(A) as never).values.map(({ from, to }) => [from, to]),
    [[15, 39]],
  );
});

test('several key frames are removed as one step, and a locked track is not removed', () => {
  const desk = filmDesk([...moved(), someTrack(B, { order: 1 }), someKey(B, 10, 5), someKey(B, 30, 5)]);
  desk.select([A, B]);
  desk.film?.show(10);
  removeKeyHere(desk);
  assert.deepEqual([frames(desk, A), frames(desk, B)], [[20], [30]]);
  desk.undo();
  assert.deepEqual(
    [frames(desk, A), frames(desk, B)],
    [
      [10, 20],
      [10, 30],
    ],
  );
  desk.sight.value = { ...desk.sight.value, locked: new Set([A]) };
  removeTracks(desk, [A, B]);
  assert.deepEqual(
    instancesOf(desk.doc.records).map(({ id }) => id),
    [A],
  );
});

test('after a reload undo still leads to the frame of what it changes', () => {
  const before = filmDesk(moved());
  before.film?.show(15);
  before.select([A]);
  setKey(before);
  const log = before.history.done.map(({ diff }) => diff);
  const again = new Desk(
    { type: before.type, question: filmQuestion(), records: before.doc.records.values(), log, proposals: null },
    () => B,
  );
  again.undo();
  assert.equal(again.film?.wanted.value, 15);
});

test('the nearest key frame is that of the selected track', () => {
  const desk = filmDesk([...moved(), someTrack(B, { order: 1 }), someKey(B, 15, 0)]);
  assert.equal(nextKey(desk, 1), 10);
  if (desk.film !== null) desk.film.wanted.value = 12;
  assert.equal(nextKey(desk, 1), 15);
  desk.select([A]);
  assert.deepEqual([nextKey(desk, 1), nextKey(desk, -1)], [20, 10]);
});

const acts: readonly ((desk: Desk, n: number) => void)[] = [
  (desk, n) => desk.film?.show(n % 40),
  (desk, n) =>
    desk.select(
      instancesOf(desk.doc.records)
        .slice(0, 1 + (n % 2))
        .map(({ id }) => id),
    ),
  (desk, n) =>
    desk.select(
      instancesOf(desk.doc.records)
        .slice(-1 - (n % 2))
        .map(({ id }) => id),
    ),
  (desk) => setKey(desk),
  (desk) => endHere(desk),
  (desk) => toggleAbsent(desk),
  (desk) => toggleOccluded(desk),
  (desk) => split(desk),
  (desk) => join(desk),
  (desk, n) => propagate(desk, 1 + (n % 9)),
  (desk, n) => setCategory(desk, n % 3),
  (desk, n) => setAttribute(desk, 'instance state', n % 2 === 0 ? 'on' : undefined),
  (desk, n) => setValue(desk, 'instance state', 'off', n % 20, (n % 20) + 9),
  (desk, n) => removeTracks(desk, n % 5 === 0 ? desk.selection.value : []),
  (desk, n) => shiftTrack(desk, desk.selection.value[0] ?? '', (n % 21) - 10),
  (desk, n) => setEnd(desk, desk.selection.value[0] ?? '', n % 3 === 0 ? null : n % 40),
  (desk, n) => {
    const [id = ''] = desk.selection.value;
    const keys = desk.film?.keysOf(id) ?? [];
    moveKey(desk, id, keys[n % Math.max(keys.length, 1)]?.frame ?? 0, n % 40);
  },
  (desk, n) => {
    const [id = ''] = desk.selection.value;
    const keys = desk.film?.keysOf(id) ?? [];
    desk.film?.show(keys[n % Math.max(keys.length, 1)]?.frame ?? 0);
    removeKeyHere(desk);
  },
  (desk, n) => {
    desk.useTool('box');
    drag(desk, [100 + n, 100], [120 + n, 120], [160 + n, 150]);
  },
  (desk, n) => {
    desk.useTool('select');
    drag(desk, [60, 30], [70, 40], [80 + (n % 50), 30]);
  },
];

test('whatever is done to tracks is an answer, and undone it is the document of before', () => {
  const steps = fc.array(fc.tuple(fc.nat(acts.length - 1), fc.nat(200)), { maxLength: 25 });
  fc.assert(
    fc.property(steps, (plan) => {
      const desk = filmDesk([...moved(), someTrack(B, { order: 1 }), someKey(B, 15, 0)]);
      const before = JSON.stringify(desk.doc);
      for (const [which, n] of plan) acts[which]?.(desk, n);
      const question = filmQuestion();
      const answer = desk.type.dump(desk.doc.records);
      desk.type.check(answer, question);
      const again = filmDesk(desk.type.load(answer, question).slice(1));
      for (const { id } of instancesOf(desk.doc.records)) {
        for (let frame = 0; frame < 40; frame += 1) assert.equal(leftAt(again, id, frame), leftAt(desk, id, frame));
      }
      const whole = JSON.stringify(desk.doc);
      const seen = JSON.stringify(desk.seen);
      const frame = desk.film?.frame.value ?? 0;
      while (desk.history.canUndo) desk.undo();
      assert.equal(JSON.stringify(desk.doc), before);
      while (desk.history.canRedo) desk.redo();
      assert.equal(JSON.stringify(desk.doc), whole);
      desk.film?.show(frame);
      assert.equal(JSON.stringify(desk.seen), seen);
    }),
    { numRuns: 150 },
  );
});
