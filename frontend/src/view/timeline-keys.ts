import { moveKey } from '../commands/tracks.ts';
import { t, tn } from '../i18n.ts';
import { middleOf, zoomed } from '../timeline/axis.ts';
import { type Bar, barAt, extentOf, type Mark, markAt, nearestMark, type Track } from '../timeline/tracks.ts';
import type { TimelineModel } from './timeline-model.ts';

const LOOKS = (): Readonly<Record<Bar['look'], string>> => ({
  seen: t('between key frames'),
  hidden: t('hidden, between key frames'),
  held: t('held'),
  'held-hidden': t('hidden, held'),
  gap: t('absent'),
  ghost: t('proposed'),
});

const MARKS = (): Readonly<Record<Mark['look'], string>> => ({
  seen: t('key frame'),
  hidden: t('key frame, hidden from here on'),
  absent: t('absent from here on'),
  tick: t('in this frame'),
});

/** What a track is in a frame, in words. */
export const hereInWords = (track: Track, frame: number): string => {
  const mark = markAt(track, frame);
  if (mark !== undefined) return MARKS()[mark.look];
  const bar = barAt(track, frame);
  if (bar !== undefined) return LOOKS()[bar.look];
  const [first = 0] = extentOf(track) ?? [];
  return frame < first ? t('not there yet') : t('no longer there');
};

/** A row in words, for a screen reader. */
const rowInWords = (track: Track, frame: number): string => {
  const [count, words] = [track.marks.length, { name: track.name, here: hereInWords(track, frame) }];
  return track.marks[0]?.look === 'tick'
    ? tn('%(name)s, %(n)s frame, %(here)s', '%(name)s, %(n)s frames, %(here)s', count, words)
    : tn('%(name)s, %(n)s key frame, %(here)s', '%(name)s, %(n)s key frames, %(here)s', count, words);
};

const selectRow = (model: TimelineModel, by: 1 | -1): boolean => {
  const rows = model.rows.value.filter(({ ghost }) => ghost !== true);
  const { desk, film, active } = model;
  const now = rows.findIndex((track) => track.id === active?.id);
  const next = rows[now === -1 ? (by === 1 ? 0 : rows.length - 1) : now + by];
  if (next === undefined) return true;
  if (film.tracked) desk.select([next.id]);
  else {
    const first = film.all.find(({ category }) => category === next.category);
    if (first !== undefined) desk.select([first.id]);
  }
  desk.said.value = rowInWords(next, film.frame.value);
  return true;
};

const go = (model: TimelineModel, frame: number): boolean => {
  const { film, desk, active } = model;
  const to = Math.max(film.first, Math.min(film.last, frame));
  model.seek(to);
  desk.said.value =
    active === undefined
      ? t('Frame %(n)s', { n: to })
      : t('Frame %(n)s, %(name)s, %(here)s', { n: to, name: active.name, here: hereInWords(active, to) });
  return true;
};

const toKey = (model: TimelineModel): boolean => {
  const mark = model.active === undefined ? undefined : nearestMark(model.active, model.film.wanted.value);
  return mark === undefined || go(model, mark.frame);
};

/** The key frame under the playhead, and the playhead with it. */
const carryKey = (model: TimelineModel, by: 1 | -1): boolean => {
  const { active, film, desk } = model;
  const frame = film.wanted.value;
  const mark = active === undefined ? undefined : markAt(active, frame);
  if (active !== undefined && desk.sight.value.locked.has(active.id)) {
    desk.said.value = t('Locked');
    return true;
  }
  if (active === undefined || mark === undefined || mark.look === 'tick') {
    desk.said.value = t('No key frame here');
    return true;
  }
  moveKey(desk, active.id, frame, frame + by);
  if (film.keyAt(active.id, frame + by) !== undefined) go(model, frame + by);
  return true;
};

/** Around the playhead. */
const zoom = (model: TimelineModel, factor: number): boolean => {
  const { axis, film } = model;
  axis.value = zoomed(axis.value, factor, middleOf(axis.value, film.wanted.value));
  return true;
};

/** Frames that Shift with an arrow goes. */
const LEAP = 10;

/** What the keys of the timeline do. */
const KEYS: Readonly<Record<string, (model: TimelineModel) => boolean>> = {
  ArrowLeft: (model) => go(model, model.film.wanted.value - 1),
  ArrowRight: (model) => go(model, model.film.wanted.value + 1),
  'Shift+ArrowLeft': (model) => go(model, model.film.wanted.value - LEAP),
  'Shift+ArrowRight': (model) => go(model, model.film.wanted.value + LEAP),
  'Alt+ArrowLeft': (model) => carryKey(model, -1),
  'Alt+ArrowRight': (model) => carryKey(model, 1),
  ArrowUp: (model) => selectRow(model, -1),
  ArrowDown: (model) => selectRow(model, 1),
  Home: (model) => go(model, model.film.first),
  End: (model) => go(model, model.film.last),
  Enter: toKey,
  '+': (model) => zoom(model, 1.6),
  'Shift++': (model) => zoom(model, 1.6),
  '-': (model) => zoom(model, 1 / 1.6),
};

/** A key on the timeline itself; true when it was for it. */
export const pressOnTimeline = (model: TimelineModel, event: KeyboardEvent): boolean => {
  if (event.ctrlKey || event.metaKey) return false;
  const chord = `${event.altKey ? 'Alt+' : ''}${event.shiftKey ? 'Shift+' : ''}${event.key}`;
  return KEYS[chord]?.(model) ?? false;
};
