import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Desk } from '../../src/commands/desk.ts';
import { type Follow, type Lost, predictNext, type Region, thinned } from '../../src/commands/predicting.ts';
import { apart, carried } from '../../src/task-types/carried.ts';
import type { Json, LabelRecord } from '../../src/task-types/question.ts';
import { videoObjectDetection } from '../../src/task-types/video-object-detection.ts';
import { videoObjectTracking } from '../../src/task-types/video-object-tracking.ts';
import { filmDesk, filmQuestion, leftAt, someKey, someTrack } from '../films.ts';
import { uuid } from '../some.ts';

const CAR = uuid(1);
const BUS = uuid(2);
const MEDIA = filmQuestion().media;

/** Things that move so many px a frame to the right, and are lost after some frames; what is gone may go on for some more. */
const going = (
  speed: number | ((i: number) => number),
  lostAfter = Infinity,
  lost: Lost = 'unlike',
  leavesFor = 0,
): Follow => {
  const off = typeof speed === 'number' ? (i: number) => speed * i : speed;
  return async (regions, from, last, told) => {
    told(last);
    const count = Math.min(last - from, lostAfter);
    const all = Array.from({ length: count + leavesFor }, (_, i) => ({ x: off(i + 1), y: 0, scale: 1 }));
    const [ways, leaving] = [all.slice(0, count), all.slice(count)];
    return regions.map(() => ({ ways, lost: count < last - from ? lost : null, leaving }));
  };
};

const predict = (desk: Desk, follow: Follow, frames = 10): Promise<string> =>
  predictNext(desk, follow, frames, () => undefined);

const keysOf = (desk: Desk, id: string): number[] => (desk.film?.keysOf(id) ?? []).map(({ frame }) => frame);

const carAt = (frame: number, ...records: readonly LabelRecord[]): Desk => {
  const desk = filmDesk([someTrack(CAR), someKey(CAR, 5, 100), ...records]);
  desk.film?.show(frame);
  if (desk.film !== null) desk.film.wanted.value = frame;
  desk.select([CAR]);
  return desk;
};

test('a steady thing gets one key frame, at the end; the frames between follow it, and the person is taken there', async () => {
  const desk = carAt(5);
  assert.equal(await predict(desk, going(3)), 'Predicted to frame 15.');
  assert.deepEqual(keysOf(desk, CAR), [5, 15]);
  assert.equal(leftAt(desk, CAR, 11), 118);
  assert.equal(desk.film?.wanted.value, 15);
});

test('one undo takes all of it back', async () => {
  const desk = carAt(5);
  await predict(
    desk,
    going((i) => i * i),
  );
  assert.ok(keysOf(desk, CAR).length > 2);
  desk.undo();
  assert.deepEqual(keysOf(desk, CAR), [5]);
});

test('the shape is nowhere further than a px from what was predicted', async () => {
  const desk = carAt(5);
  const way = (i: number): number => 40 * Math.sin(i / 4);
  await predict(desk, going(way), 30);
  for (let i = 1; i <= 30; i += 1) assert.ok(Math.abs((leftAt(desk, CAR, 5 + i) ?? 0) - 100 - way(i)) <= 1.1);
  assert.ok(keysOf(desk, CAR).length < 20);
});

test('between key frames, the prediction begins with one, so that nothing before it moves', async () => {
  const desk = carAt(8);
  await predict(desk, going(2));
  assert.deepEqual(keysOf(desk, CAR), [5, 8, 18]);
  assert.equal(leftAt(desk, CAR, 7), 100);
});

test('a key frame of the person is never written over: the prediction stops before it', async () => {
  const desk = carAt(5, someKey(CAR, 9, 300));
  assert.match(await predict(desk, going(2)), /^Predicted to frame 8\. The next key frame is yours/);
  assert.deepEqual(keysOf(desk, CAR), [5, 8, 9]);
  assert.equal(leftAt(desk, CAR, 9), 300);
  desk.film?.show(8);
  assert.match(await predict(desk, going(2)), /a key frame of yours already/);
});

test('it ends with the track, and with the film', async () => {
  const desk = filmDesk([someTrack(CAR, { geometry: { end: 12, values: [] } }), someKey(CAR, 5, 100)]);
  desk.film?.show(5);
  await predict(desk, going(1));
  assert.deepEqual(keysOf(desk, CAR), [5, 12]);
  const late = carAt(36);
  await predict(late, going(1));
  assert.equal(keysOf(late, CAR).at(-1), 39);
  late.film?.show(39);
  assert.equal(await predict(late, going(1)), 'This is the last frame.');
});

test('where it is lost it stops, and says so', async () => {
  const desk = carAt(5);
  assert.match(await predict(desk, going(2, 4)), /^Predicted to frame 9\. After it Car 1 is lost: it looks different/);
  assert.deepEqual(keysOf(desk, CAR), [5, 9]);
  const other = carAt(5);
  assert.match(await predict(other, going(2, 0, 'plain')), /^Car 1 can’t be followed: there is too little/);
  assert.deepEqual(keysOf(other, CAR), [5]);
  assert.equal(other.history.canUndo, false);
});

const endOf = (desk: Desk, id: string): unknown =>
  (desk.film?.record(id)?.geometry as { readonly end?: unknown } | undefined)?.end;

test('a track that leaves the picture ends with the frame that it was seen in last; that is said, and one step of the history', async () => {
  const desk = carAt(5);
  const said = await predict(desk, going(2, 4, 'gone'));
  assert.equal(said, 'Predicted to frame 9. Car 1 leaves the picture: its track ends with frame 9.');
  assert.deepEqual([keysOf(desk, CAR), endOf(desk, CAR)], [[5, 9], 9]);
  assert.equal(leftAt(desk, CAR, 10), null);
  desk.undo();
  assert.deepEqual([keysOf(desk, CAR), endOf(desk, CAR)], [[5], null]);
});

test('one that is gone in the very next frame ends here', async () => {
  const desk = carAt(8);
  assert.equal(await predict(desk, going(2, 0, 'gone')), 'Car 1 leaves the picture: its track ends with frame 8.');
  assert.deepEqual([keysOf(desk, CAR), endOf(desk, CAR), leftAt(desk, CAR, 8)], [[5], 8, 100]);
});

test('where a key frame of the person comes later it is absent until then, and what lies before stays as it was', async () => {
  const desk = carAt(5, someKey(CAR, 25, 300));
  const said = await predict(desk, going(2, 4, 'gone'));
  assert.equal(said, 'Predicted to frame 9. Car 1 leaves the picture: absent after frame 9, until your key frame 25.');
  assert.deepEqual([keysOf(desk, CAR), endOf(desk, CAR)], [[5, 9, 10, 25], null]);
  assert.deepEqual([leftAt(desk, CAR, 9), leftAt(desk, CAR, 10), leftAt(desk, CAR, 25)], [108, null, 300]);
  const between = carAt(15, someKey(CAR, 25, 300));
  await predict(between, going(2, 0, 'gone'));
  assert.deepEqual([leftAt(between, CAR, 10), leftAt(between, CAR, 15), leftAt(between, CAR, 16)], [150, 200, null]);
});

test('a track that leaves goes on by its speed until it is out, also past the frames that were asked for, and ends there', async () => {
  const desk = carAt(5);
  const said = await predict(desk, going(40, 9, 'gone', 8), 10);
  assert.equal(said, 'Predicted to frame 18. Car 1 leaves the picture: its track ends with frame 18.');
  assert.deepEqual([endOf(desk, CAR), leftAt(desk, CAR, 18), leftAt(desk, CAR, 19)], [18, 620, null]);
});

test('it is carried out no further than to a key frame or an end of the person', async () => {
  const desk = carAt(5, someKey(CAR, 12, 300));
  await predict(desk, going(40, 4, 'gone', 20));
  assert.deepEqual([keysOf(desk, CAR), endOf(desk, CAR), leftAt(desk, CAR, 12)], [[5, 11, 12], null, 300]);
  const ended = filmDesk([someTrack(CAR, { geometry: { end: 12, values: [] } }), someKey(CAR, 5, 100)]);
  ended.film?.show(5);
  await predict(ended, going(40, 4, 'gone', 20));
  assert.deepEqual([keysOf(ended, CAR), endOf(ended, CAR)], [[5, 12], 12]);
  const late = carAt(5);
  const meddling: Follow = async (...asked) => {
    late.write({ added: { [`${CAR}@18`]: someKey(CAR, 18, 50) }, removed: {}, updated: {} });
    return going(20, 9, 'gone', 20)(...asked);
  };
  await predict(late, meddling);
  assert.deepEqual([leftAt(late, CAR, 17), leftAt(late, CAR, 18)], [340, 50]);
});

test('a single shape is not carried on where nobody saw it', async () => {
  const first = someTrack(CAR, { geometry: { frame: 5, at: { left: 100, top: 20, width: 40, height: 30 } } });
  const desk = filmDesk([first], videoObjectDetection);
  desk.film?.show(5);
  await predict(desk, going(2, 3, 'gone', 6));
  assert.deepEqual(
    desk.film?.all.map((record) => desk.film?.frameOf(record)),
    [5, 6, 7, 8],
  );
});

test('where the person has it absent later, it is absent from here on, and nobody says that it comes back', async () => {
  const desk = carAt(5, { ...someKey(CAR, 25, 0), at: null });
  const said = await predict(desk, going(2, 4, 'gone'));
  assert.equal(said, 'Predicted to frame 9. Car 1 leaves the picture: absent after frame 9.');
  assert.deepEqual([leftAt(desk, CAR, 9), leftAt(desk, CAR, 10), endOf(desk, CAR)], [108, null, null]);
});

test('an end that the person has set stays', async () => {
  const desk = filmDesk([someTrack(CAR, { geometry: { end: 30, values: [] } }), someKey(CAR, 5, 100)]);
  desk.film?.show(5);
  const said = await predict(desk, going(2, 4, 'gone'));
  assert.equal(said, 'Predicted to frame 9. Car 1 leaves the picture: absent after frame 9.');
  assert.deepEqual([keysOf(desk, CAR), endOf(desk, CAR)], [[5, 9, 10], 30]);
  assert.deepEqual([leftAt(desk, CAR, 9), leftAt(desk, CAR, 10)], [108, null]);
  videoObjectTracking.check(videoObjectTracking.dump(desk.doc.records), desk.question);
});

test('lost otherwise, it goes on as the person has it', async () => {
  const desk = carAt(5);
  await predict(desk, going(2, 4, 'unlike'));
  assert.equal(endOf(desk, CAR), null);
});

test('of several things each goes as far as it can be followed', async () => {
  const desk = carAt(5, someTrack(BUS, { category: 1, order: 1 }), someKey(BUS, 0, 20));
  desk.select([]);
  const follow: Follow = async (regions, from, last, told) => {
    assert.equal(regions.length, 2);
    const [car, bus] = [await going(2)(regions, from, last, told), await going(2, 3)(regions, from, last, told)];
    return [car[0], bus[1]].flatMap((one) => one ?? []);
  };
  assert.match(await predict(desk, follow), /^Predicted to frame 15\. Bus 1 only to frame 8/);
  assert.deepEqual(keysOf(desk, CAR), [5, 15]);
  assert.deepEqual(keysOf(desk, BUS), [0, 5, 8]);
});

test('who changes the shape meanwhile, or goes elsewhere, is not overruled', async () => {
  const desk = carAt(5);
  const meddling: Follow = async (...asked) => {
    desk.write({ added: {}, removed: {}, updated: { [`${CAR}@5`]: [someKey(CAR, 5, 100), someKey(CAR, 5, 50)] } });
    return going(2)(...asked);
  };
  assert.match(await predict(desk, meddling), /changed meanwhile/);
  assert.deepEqual(keysOf(desk, CAR), [5]);
  const away = carAt(5);
  const strolling: Follow = async (...asked) => {
    if (away.film !== null) away.film.wanted.value = 30;
    return going(2)(...asked);
  };
  await predict(away, strolling);
  assert.equal(away.film?.wanted.value, 30);
});

test('what is hidden stays so', async () => {
  const desk = filmDesk([someTrack(CAR), someKey(CAR, 5, 100, true)]);
  desk.film?.show(5);
  await predict(desk, going(2));
  assert.ok(desk.film?.keysOf(CAR).every(({ occluded }) => occluded));
});

test('a shape that is in one frame alone gets one more in each of the next, told to be the machine’s', async () => {
  const first = someTrack(CAR, { geometry: { frame: 5, at: { left: 100, top: 20, width: 40, height: 30 } } });
  const desk = filmDesk([first], videoObjectDetection);
  desk.film?.show(5);
  await predict(desk, going(2), 4);
  const made = desk.film?.all.filter(({ id }) => id !== CAR) ?? [];
  assert.deepEqual(
    made.map((record) => desk.film?.frameOf(record)),
    [6, 7, 8, 9],
  );
  assert.ok(made.every(({ origin }) => origin?.model === 'follow-1' && origin.how === 'accepted'));
  assert.deepEqual(desk.selection.value, [made[3]?.id]);
  videoObjectDetection.check(videoObjectDetection.dump(desk.doc.records), desk.question);
});

test('one that can’t be followed stays selected, and nothing is written', async () => {
  const first = someTrack(CAR, { geometry: { frame: 5, at: { left: 100, top: 20, width: 40, height: 30 } } });
  const desk = filmDesk([first, { ...first, id: BUS, order: 1 }], videoObjectDetection);
  desk.film?.show(5);
  desk.select([CAR]);
  assert.match(await predict(desk, going(2, 0, 'plain')), /can’t be followed/);
  assert.deepEqual([desk.selection.value, desk.history.canUndo], [[CAR], false]);
});

test('nothing is shown: that is said', async () => {
  const desk = carAt(2);
  assert.match(await predict(desk, going(1)), /^Nothing is shown here/);
});

const followedRegion = async (shape: string, geometry: Json): Promise<Region | undefined> => {
  const key = { ...someKey(CAR, 5, 0), at: geometry };
  const desk = filmDesk([someTrack(CAR, { shape }), key], undefined, {
    ...filmQuestion(),
    settings: { rotation: true },
  });
  desk.film?.show(5);
  let asked: readonly Region[] = [];
  await predict(desk, async (regions) => {
    asked = regions;
    return [];
  });
  return asked[0];
};

test('what is looked at: a box as it is, an outline within its line, a point with what is around it', async () => {
  const box = { left: 100, top: 50, width: 40, height: 10 };
  assert.deepEqual(await followedRegion('box', box), { bounds: box, outline: null });
  const turned = await followedRegion('box', { ...box, angle: 90 });
  assert.equal(turned?.outline?.length, 4);
  const vertices = [
    { x: 10, y: 10 },
    { x: 50, y: 10 },
    { x: 30, y: 60 },
  ];
  assert.deepEqual((await followedRegion('polygon', { vertices }))?.outline, vertices);
  assert.deepEqual(await followedRegion('keypoint', { x: 100, y: 60 }), {
    bounds: { left: 84, top: 44, width: 32, height: 32 },
    outline: null,
  });
});

test('a shape moves and grows about the origin, and is cut to the picture', () => {
  const way = { x: 10, y: -20, scale: 2 };
  const box = { left: 100, top: 30, width: 40, height: 30 };
  assert.deepEqual(carried('box', box, way, MEDIA), { left: 210, top: 40, width: 80, height: 60 });
  const out = { x: 590, y: 0, scale: 1 };
  assert.deepEqual(carried('box', box, { x: 520, y: 0, scale: 1 }, MEDIA), { ...box, left: 620, width: 20 });
  assert.equal(carried('box', box, out, MEDIA), null);
  assert.deepEqual(carried('keypoint', { x: 5, y: 6, visibility: 1 }, way, MEDIA), null);
  assert.deepEqual(carried('keypoint', { x: 5, y: 26, visibility: 1 }, way, MEDIA), { x: 20, y: 32, visibility: 1 });
  const turned = { ...box, angle: 30 };
  assert.deepEqual(carried('box', turned, { x: 510, y: 0, scale: 1 }, MEDIA), { ...turned, left: 610 });
  const line = {
    vertices: [
      { x: 0, y: 20 },
      { x: 9, y: 30 },
    ],
  };
  assert.deepEqual(carried('polyline', line, way, MEDIA), {
    vertices: [
      { x: 10, y: 20 },
      { x: 28, y: 40 },
    ],
  });
  assert.equal(carried('polyline', line, { x: -1000, y: -1000, scale: 1 }, MEDIA), null);
  const ring = { vertices: [...line.vertices, { x: 0, y: 40 }], holes: [line.vertices] };
  assert.equal((carried('polygon', ring, way, MEDIA) as typeof ring).holes[0]?.[1]?.x, 28);
});

test('how far shapes are apart is the largest of all differences', () => {
  assert.equal(apart({ left: 1, top: 2 }, { left: 1.5, top: 2 }), 0.5);
  assert.equal(apart({ vertices: [{ x: 1, y: 1 }] }, { vertices: [{ x: 1, y: 4 }] }), 3);
  assert.equal(apart({ left: 1 }, { top: 1 }), Infinity);
  assert.equal(apart(null, { top: 1 }), Infinity);
});

test('of shapes on two straight ways the corner and the end are kept', () => {
  const shapes = [0, 1, 2, 3, 4, 5, 6].map((i) => ({ left: i < 4 ? 10 * i : 30, top: 0, width: 9, height: 9 }));
  assert.deepEqual(thinned('box', shapes, 1), [3, 6]);
});
