import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signal } from '@preact/signals-core';
import { accept, shownProposals } from '../../src/commands/proposals.ts';
import { removeKeyHere, removeTracks } from '../../src/commands/tracks.ts';
import { loadFilms } from '../../src/doc/films.ts';
import { useCatalog } from '../../src/i18n.ts';
import type { InstanceRecord } from '../../src/task-types/question.ts';
import { videoObjectDetection } from '../../src/task-types/video-object-detection.ts';
import { videoObjectTracking } from '../../src/task-types/video-object-tracking.ts';
import { span, zoomed } from '../../src/timeline/axis.ts';
import { keepRate } from '../../src/view/film-rate.ts';
import { HABITS, habitsFrom, keptHabits } from '../../src/view/timeline-habits.ts';
import { pressOnTimeline } from '../../src/view/timeline-keys.ts';
import { TimelineModel } from '../../src/view/timeline-model.ts';
import { tracksOn } from '../../src/view/timeline-tracks.ts';
import { filmDesk, filmQuestion, someKey, someTrack } from '../films.ts';
import { uuid } from '../some.ts';

const [CAR, BUS, VAN] = [uuid(1), uuid(2), uuid(3)];

/** A car from 5 with key frames at 5 and 20, a bus from 30, a van from 0 that ends with 9. */
const someDesk = () =>
  filmDesk([
    someTrack(CAR),
    someKey(CAR, 5, 10),
    someKey(CAR, 20, 80),
    someTrack(BUS, { order: 1, category: 1 }),
    someKey(BUS, 30, 10),
    someTrack(VAN, { order: 2, geometry: { end: 9, values: [] } }),
    someKey(VAN, 0, 10),
  ]);

const modelOf = (desk = someDesk()) => {
  assert.ok(desk.film !== null);
  const { film } = desk;
  film.wanted.subscribe((frame) => film.show(frame));
  return new TimelineModel(desk, film, signal(HABITS));
};

const press = (model: TimelineModel, ...chords: string[]): void => {
  for (const chord of chords) {
    const parts = chord.split('+');
    const event = { key: parts.at(-1), altKey: parts.includes('Alt'), shiftKey: parts.includes('Shift') };
    assert.ok(pressOnTimeline(model, { ...event, ctrlKey: false, metaKey: false } as KeyboardEvent), chord);
  }
};

const names = (model: TimelineModel): string[] => model.rows.value.map(({ name }) => name);

test.before(() => loadFilms());

test('only the track that was changed is made anew, and none by showing another frame', () => {
  const desk = someDesk();
  assert.ok(desk.film !== null);
  const tracks = tracksOn(desk, desk.film);
  const before = tracks.value;
  desk.film.show(12);
  assert.equal(tracks.value, before);
  desk.select([CAR]);
  desk.film?.show(20);
  removeKeyHere(desk);
  const [car, bus, van] = tracks.value;
  assert.notEqual(car, before[0]);
  assert.deepEqual(
    car?.marks.map(({ frame }) => frame),
    [5],
  );
  assert.deepEqual([bus, van], before.slice(1));
  assert.equal(bus, before[1]);
  removeTracks(desk, [BUS]);
  assert.deepEqual(
    tracks.value.map(({ id }) => id),
    [CAR, VAN],
  );
});

test('rows are ordered and chosen as the person has it', () => {
  const model = modelOf();
  const [car, bus, van] = [model.film.nameOf(CAR), model.film.nameOf(BUS), model.film.nameOf(VAN)];
  assert.deepEqual(names(model), [van, car, bus]);
  model.adopt({ here: true });
  assert.deepEqual(names(model), [van]);
  model.seek(12);
  assert.deepEqual(names(model), [car]);
  model.desk.select([BUS]);
  assert.deepEqual(names(model), [car, bus]);
  model.adopt({ here: false, order: 'class' });
  assert.deepEqual(names(model), [van, car, bus]);
  model.desk.sight.value = { ...model.desk.sight.value, classes: new Set([0]) };
  assert.deepEqual(names(model), [bus]);
});

test('a phone has one row: of what is selected, else of what is in the frame', () => {
  const model = modelOf();
  model.narrow.value = true;
  assert.deepEqual(names(model), [model.film.nameOf(VAN)]);
  model.desk.select([BUS]);
  assert.deepEqual(names(model), [model.film.nameOf(BUS)]);
});

test('what the hand holds is shown where it would come to lie, and is not written', () => {
  const model = modelOf();
  const [, car] = model.rows.value;
  assert.ok(car !== undefined);
  model.inHand.value = { grip: { of: 'key', frame: 20 }, to: 25, track: { ...car, name: 'held' } };
  assert.equal(model.rows.value[1]?.name, 'held');
  assert.equal(model.arranged.value[1], car);
  model.inHand.value = null;
  assert.equal(model.rows.value[1], car);
});

test('the axis goes with the playhead, but for the time of a drag', () => {
  const model = modelOf();
  model.measured(600, 90);
  model.axis.value = zoomed(model.axis.value, 4, 0);
  const before = model.axis.value;
  model.scrubs = true;
  model.seek(39);
  assert.equal(model.axis.value, before);
  model.scrubs = false;
  model.seek(38);
  const { from } = model.axis.value;
  assert.ok(from <= 38 && from + span(model.axis.value) >= 38);
});

test('keys step, go through the rows, and carry the key frame that is shown', () => {
  const model = modelOf();
  const { desk, film } = model;
  press(model, 'ArrowDown', 'ArrowDown');
  assert.deepEqual(desk.selection.value, [CAR]);
  press(model, 'ArrowRight', 'Shift+ArrowRight', 'ArrowLeft');
  assert.equal(film.wanted.value, 10);
  press(model, 'Enter');
  assert.equal(film.wanted.value, 5);
  press(model, 'End', 'Enter', 'Alt+ArrowLeft');
  assert.equal(film.wanted.value, 19);
  assert.deepEqual(
    film.keysOf(CAR).map(({ frame }) => frame),
    [5, 19],
  );
  desk.undo();
  assert.deepEqual(
    film.keysOf(CAR).map(({ frame }) => frame),
    [5, 20],
  );
  const none = { key: 'x', altKey: false, shiftKey: false, ctrlKey: false, metaKey: false } as KeyboardEvent;
  assert.equal(pressOnTimeline(model, none), false);
});

test('where nothing is to be carried nothing is written, and it is said', () => {
  const model = modelOf();
  model.desk.select([CAR]);
  model.seek(7);
  press(model, 'Alt+ArrowRight');
  assert.equal(model.desk.history.canUndo, false);
  assert.equal(model.desk.said.value, 'No key frame here');
});

test('single shapes make a row a class; those of the selected one are its row', () => {
  const one = (id: string, category: number, frame: number): InstanceRecord =>
    someTrack(id, { category, order: frame, geometry: { frame, at: { left: 1, top: 1, width: 9, height: 9 } } });
  const desk = filmDesk([one(CAR, 1, 3), one(BUS, 0, 3), one(VAN, 1, 8)], videoObjectDetection);
  const model = modelOf(desk);
  const rows = model.rows.value;
  assert.deepEqual(
    rows.map(({ marks }) => marks.map(({ frame }) => frame)),
    [[3], [3, 8]],
  );
  desk.select([VAN]);
  assert.equal(model.active, rows[1]);
});

test('what a model proposes has rows of its own after the tracks, until it is taken or turned down', () => {
  const [sure, unsure] = [uuid(7), uuid(8)];
  const proposals = {
    model: 'm 1',
    confidence: 0.5,
    parts: { [sure]: 0.9, [unsure]: 0.2 },
    records: [someTrack(sure), someKey(sure, 0, 5), someTrack(unsure, { order: 1 }), someKey(unsure, 0, 5)],
  };
  const desk = filmDesk([someTrack(CAR), someKey(CAR, 5, 10)], videoObjectTracking, filmQuestion(), proposals);
  const model = modelOf(desk);
  const ids = (): string[] => model.rows.value.map(({ id }) => id);
  assert.deepEqual(ids(), [CAR, sure]);
  assert.deepEqual(
    model.rows.value[1]?.bars.map(({ first, last, look }) => [first, last, look]),
    [[0, 39, 'ghost']],
  );
  desk.least.value = 0.1;
  assert.deepEqual(ids(), [CAR, sure, unsure]);
  // The keys go through what is there.
  press(model, 'ArrowDown', 'ArrowDown', 'ArrowDown');
  assert.deepEqual(desk.selection.value, [CAR]);
  accept(desk, shownProposals(desk).slice(0, 1));
  assert.equal(ids().filter((id) => id === sure).length, 1);
  assert.equal(model.rows.value.find(({ id }) => id === sure)?.ghost, undefined);
});

test('habits come back from visit to visit, as far as they make sense', () => {
  const kept = new Map<string, string>();
  const storage = () => ({
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  });
  const own = { open: false, height: 210, here: true, order: 'class', rates: { film: 2, sequence: 10 } } as const;
  keptHabits(storage).value = own;
  assert.deepEqual(keptHabits(storage).value, own);
  for (const odd of [null, 'no JSON', '{"height": 1e9, "order": "size", "rates": {"film": 3}}', '[]'])
    assert.deepEqual(habitsFrom(odd), HABITS);
  const closed = keptHabits(() => {
    throw new Error('storage is switched off');
  });
  assert.deepEqual(closed.value, HABITS);
});

test('the next film plays as fast as the last one of its kind', () => {
  const habits = signal({ ...HABITS, rates: { film: 2, sequence: 5 } });
  const opened = (of: 'film' | 'sequence') => {
    // A film until its table has come.
    const player = { kind: signal<'film' | 'sequence'>('film'), rate: signal(1) };
    const end = keepRate(player, habits);
    player.kind.value = of;
    return { player, end };
  };
  const film = opened('film');
  assert.equal(film.player.rate.value, 2);
  film.player.rate.value = 0.5;
  film.end();
  film.player.rate.value = 4;
  const sequence = opened('sequence');
  assert.equal(sequence.player.rate.value, 5);
  sequence.player.rate.value = 10;
  assert.deepEqual(habits.value.rates, { film: 0.5, sequence: 10 });
  assert.equal(opened('film').player.rate.value, 0.5);
});

test('what is said of a row and of a frame is one sentence, to be translated as a whole', () => {
  const model = modelOf();
  model.desk.select([CAR]);
  useCatalog({
    '%(name)s, %(n)s key frame, %(here)s': ['%(here)s: %(name)s (%(n)s)', '%(here)s: %(name)s (%(n)s)'],
    'Frame %(n)s, %(name)s, %(here)s': '%(name)s, %(here)s (%(n)s)',
  });
  try {
    press(model, 'ArrowUp');
    const van = model.film.nameOf(VAN);
    assert.equal(model.desk.said.value, `key frame: ${van} (1)`);
    press(model, 'Home');
    assert.equal(model.desk.said.value, `${van}, key frame (0)`);
  } finally {
    useCatalog({});
  }
});
