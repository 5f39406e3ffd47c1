import { between, both, type Diff, NOTHING, updating } from '../doc/diff.ts';
import type { Film } from '../doc/film.ts';
import { t, tn } from '../i18n.ts';
import {
  type AttributeValue,
  attributesOf,
  type InstanceRecord,
  type KeyRecord,
  keyOf,
  type LabelRecord,
  OBJECT,
  objectOf,
} from '../task-types/question.ts';
import { known, shifted, within, withValue } from '../task-types/stretches.ts';
import { geometryAt, placeOf, trackOf, withTrack } from '../task-types/tracks.ts';
import type { Desk } from './desk.ts';
import { rejecting } from './proposals.ts';

/** What a person can do to tracks and their key frames, each as one step of the history. */

const byId = (records: readonly LabelRecord[]): Readonly<Record<string, LabelRecord>> =>
  Object.fromEntries(records.map((record) => [record.id, record]));

const added = (...records: readonly LabelRecord[]): Diff => ({ ...NOTHING, added: byId(records) });

const removed = (...records: readonly LabelRecord[]): Diff => ({ ...NOTHING, removed: byId(records) });

const all = (diffs: readonly Diff[]): Diff => diffs.reduce(both, NOTHING);

/** The selected tracks that may be changed, seen now or not. */
export const chosenTracks = (desk: Desk): InstanceRecord[] =>
  desk.selection.value.flatMap((id) => {
    const record = desk.sight.value.locked.has(id) ? undefined : desk.film?.record(id);
    return record === undefined ? [] : [record];
  });

/** The key frame of a track here, as it is or as it would be; null where the track is not shown. */
const keyHere = (film: Film, track: InstanceRecord, frame: number): KeyRecord | null => {
  const keys = film.keysOf(track.id);
  const at = geometryAt(track, keys, frame);
  return at === null ? null : keyOf(track.id, frame, at, keys[placeOf(keys, frame)]?.occluded);
};

/** This key frame put in, in the place of one that is there. */
const putting = (film: Film, key: KeyRecord): Diff => {
  const before = film.keyAt(key.track, key.frame);
  return before === undefined ? added(key) : updating(before, key);
};

/** For each selected track what is to be changed; nothing is written where nothing is. */
const eachTrack = (desk: Desk, change: (track: InstanceRecord, film: Film, frame: number) => Diff | null): number => {
  const { film } = desk;
  if (film === null) return 0;
  const diffs = chosenTracks(desk).flatMap((track) => change(track, film, film.frame.peek()) ?? []);
  if (diffs.length > 0) desk.write(all(diffs));
  return diffs.length;
};

/** A key frame where the shape already is: what comes later no longer moves it here. */
export const setKey = (desk: Desk): void => {
  const count = eachTrack(desk, (track, film, frame) => {
    if (film.keyAt(track.id, frame) !== undefined) return null;
    const key = keyHere(film, track, frame);
    return key === null ? null : added(key);
  });
  desk.said.value = count > 0 ? t('Key frame set') : t('It is a key frame already, or nothing is shown here.');
};

/** A track keeps one shape at least, and begins with one. Null where nothing is to be removed. */
const withoutKey = (film: Film, id: string, frame: number): Diff | null => {
  const key = film.keyAt(id, frame);
  const rest = film.keysOf(id).filter((one) => one !== key);
  const start = rest.findIndex(({ at }) => at !== null);
  return key === undefined || start === -1 ? null : removed(key, ...rest.slice(0, start));
};

export const removeKeyHere = (desk: Desk): void => {
  const count = eachTrack(desk, ({ id }, film, frame) => withoutKey(film, id, frame));
  desk.said.value =
    count > 0 ? t('Key frame removed') : t('A track keeps one key frame. Delete removes the whole track.');
};

/** How far a key frame may go: it does not pass its neighbours, nor the track's own end. */
export const roomOfKey = (desk: Desk, id: string, frame: number): readonly [number, number] => {
  const { film } = desk;
  const record = film?.record(id);
  if (film === null || record === undefined) return [frame, frame];
  const keys = film.keysOf(id);
  const place = placeOf(keys, frame);
  const before = keys[place - 1]?.frame ?? film.first - 1;
  const after = keys[place + 1]?.frame ?? (trackOf(record).end ?? film.last) + 1;
  return [before + 1, after - 1];
};

export const moveKey = (desk: Desk, id: string, from: number, to: number): void => {
  const key = desk.film?.keyAt(id, from);
  const [least, most] = roomOfKey(desk, id, from);
  const frame = Math.min(Math.max(to, least), most);
  if (key === undefined || frame === from) return;
  desk.write(both(removed(key), added(keyOf(id, frame, key.at, key.occluded))));
  desk.said.value = t('Key frame moved to %(n)s', { n: frame });
};

/** The last frame in which a track is shown; key frames after it go. Null: it goes on to the last one. */
export const setEnd = (desk: Desk, id: string, end: number | null): void => {
  const { film } = desk;
  const record = film?.record(id);
  if (film === null || record === undefined) return;
  const first = film.keysOf(id)[0]?.frame ?? film.first;
  const last = end === null || end >= film.last ? null : Math.max(end, first);
  const beyond = last === null ? [] : film.keysOf(id).filter(({ frame }) => frame > last);
  if (trackOf(record).end === last && beyond.length === 0) return;
  desk.write(both(updating(record, withTrack(record, { end: last })), removed(...beyond)));
};

/** The selected tracks end with this frame; where they do already, they go on. */
export const endHere = (desk: Desk): void => {
  const { film } = desk;
  if (film === null) return;
  const frame = film.frame.peek();
  const tracks = chosenTracks(desk).filter(({ id }) => (film.keysOf(id)[0]?.frame ?? frame + 1) <= frame);
  if (tracks.length === 0) return;
  const ended = tracks.every((track) => trackOf(track).end === frame);
  const diffs = tracks.map((track) => {
    const beyond = ended ? [] : film.keysOf(track.id).filter((key) => key.frame > frame);
    return both(updating(track, withTrack(track, { end: ended ? null : frame })), removed(...beyond));
  });
  const lost = diffs.reduce((sum, diff) => sum + Object.keys(diff.removed).length, 0);
  desk.write(all(diffs));
  if (ended) desk.said.value = t('Goes on to the last frame');
  else if (lost === 0) desk.said.value = t('Ends with frame %(n)s', { n: frame });
  else desk.said.value = tn('Ends here; %(n)s later key frame went', 'Ends here; %(n)s later key frames went', lost);
};

/** Absent from here to the next key frame, or there again. What moved up to here goes on doing so. */
const absentFrom = (track: InstanceRecord, film: Film, frame: number): Diff | null => {
  const keys = film.keysOf(track.id);
  if (keys[0]?.frame === frame || keyHere(film, track, frame) === null) return null;
  const before = keyHere(film, track, frame - 1);
  const gone = putting(film, keyOf(track.id, frame, null));
  const moved = before !== null && keys[placeOf(keys, frame - 1)]?.frame !== frame - 1;
  return moved ? both(putting(film, before), gone) : gone;
};

/** With the shape that it had when it was last seen. What had ended before comes back after a gap, and goes on. */
const thereAgain = (track: InstanceRecord, film: Film, frame: number): Diff | null => {
  const keys = film.keysOf(track.id).slice(0, placeOf(film.keysOf(track.id), frame) + 1);
  const last = keys.filter(({ at }) => at !== null).at(-1);
  if (last === undefined) return null;
  const back = putting(film, keyOf(track.id, frame, last.at));
  const { end } = trackOf(track);
  if (end === null || frame <= end) return back;
  const gap = end + 1 < frame ? [added(keyOf(track.id, end + 1, null))] : [];
  return all([updating(track, withTrack(track, { end: null })), ...gap, back]);
};

export const toggleAbsent = (desk: Desk): void => {
  const { film } = desk;
  const frame = film?.frame.peek() ?? 0;
  const shown = chosenTracks(desk).some(({ id }) => film?.at(id, frame) != null);
  const count = eachTrack(desk, shown ? absentFrom : thereAgain);
  if (count === 0) desk.said.value = t('A track begins with a shape. Move its first key frame, or delete the track.');
  else desk.said.value = shown ? t('Absent from here on') : t('There again');
};

/** Hidden behind something from here to the next key frame, or seen. */
export const toggleOccluded = (desk: Desk): void => {
  const { film } = desk;
  const frame = film?.frame.peek() ?? 0;
  const hidden = chosenTracks(desk).some(({ id }) => {
    const keys = film?.keysOf(id) ?? [];
    return keys[placeOf(keys, frame)]?.occluded === true;
  });
  const count = eachTrack(desk, (track, held, here) => {
    const key = keyHere(held, track, here);
    return key === null ? null : putting(held, keyOf(track.id, here, key.at, !hidden));
  });
  if (count > 0) desk.said.value = hidden ? t('Seen from here on') : t('Hidden from here on');
};

/** In two at this frame: what is before it stays, the rest is another track. Null where one side would be empty. */
const halves = (track: InstanceRecord, film: Film, frame: number, id: string, order: number) => {
  const keys = film.keysOf(track.id);
  const before = keys.filter((key) => key.frame < frame);
  const after = keys.filter((key) => key.frame >= frame);
  const here = keyHere(film, track, frame);
  const shaped = after.findIndex(({ at }) => at !== null);
  const start = here ?? after[shaped];
  if (before.length === 0 || start === undefined || start === null) return null;
  const { end, values } = trackOf(track);
  const rest = here === null ? after.slice(shaped) : after.filter((key) => key.frame > frame);
  const moved = [...(here === null ? [] : [here]), ...rest].map((key) => keyOf(id, key.frame, key.at, key.occluded));
  const last = keyHere(film, track, frame - 1);
  const closing = last !== null && film.keyAt(track.id, frame - 1) === undefined ? [last] : [];
  const first = withTrack(track, { end: frame - 1, values: within(values, 0, frame - 1) });
  const second = withTrack(
    { ...track, id, order, origin: null },
    { end, values: within(values, start.frame, film.last) },
  );
  return { second, diff: all([updating(track, first), removed(...after), added(...closing, second, ...moved)]) };
};

export const split = (desk: Desk): void => {
  const { film } = desk;
  if (film === null) return;
  let order = desk.nextOrder();
  const made = chosenTracks(desk).flatMap(
    (track) => halves(track, film, film.frame.peek(), desk.newId(), order++) ?? [],
  );
  if (made.length === 0) {
    desk.said.value = t('Go to a frame after the first key frame; the track is split before it.');
    return;
  }
  desk.write(
    all(made.map(({ diff }) => diff)),
    made.map(({ second }) => second.id),
  );
  desk.said.value = tn('Split. The second part is selected', '%(n)s tracks split', made.length);
};

/** Why two tracks can't be one; the words of it. */
const hindrance = (film: Film, a: InstanceRecord, b: InstanceRecord): string | null => {
  if (a.shape !== b.shape) return t('They are of different shapes.');
  const starts = film.keysOf(b.id)[0]?.frame ?? 0;
  const { end } = trackOf(a);
  const late = (film.keysOf(a.id).at(-1)?.frame ?? 0) >= starts || (end !== null && end >= starts);
  return late ? t('Both are in the same frames. Split or end the first one before the second begins.') : null;
};

/** The later of two tracks becomes the rest of the earlier one. What lay between an end and the next beginning is a gap. */
export const join = (desk: Desk): void => {
  const { film } = desk;
  const tracks = chosenTracks(desk);
  const begin = ({ id }: InstanceRecord): number => film?.keysOf(id)[0]?.frame ?? 0;
  const [a, b, ...others] = tracks.sort((one, other) => begin(one) - begin(other));
  if (film === null || a === undefined || b === undefined || others.length > 0) {
    desk.said.value = t('Select two tracks to join them: Ctrl and click on the timeline or in the list.');
    return;
  }
  const wrong = hindrance(film, a, b);
  if (wrong !== null) {
    desk.said.value = wrong;
    return;
  }
  const { end, values } = trackOf(a);
  const gap = end !== null && end + 1 < begin(b) ? [keyOf(a.id, end + 1, null)] : [];
  const moved = film.keysOf(b.id).map((key) => keyOf(a.id, key.frame, key.at, key.occluded));
  const later = trackOf(b);
  const whole = withTrack(a, {
    end: later.end,
    values: known(
      [...within(values, 0, begin(b) - 1), ...within(later.values, begin(b), film.last)],
      attributesOf(desk.question, a.category),
    ),
  });
  desk.write(all([updating(a, whole), added(...gap, ...moved), removed(b, ...film.keysOf(b.id))]), [a.id]);
  desk.said.value = t('Joined');
};

/** A whole track earlier or later, as far as all of it stays within the frames. */
export const shiftTrack = (desk: Desk, id: string, by: number): void => {
  const { film } = desk;
  const record = film?.record(id);
  if (film === null || record === undefined) return;
  const keys = film.keysOf(id);
  const { end, values } = trackOf(record);
  const [first, last] = [keys[0]?.frame ?? 0, Math.max(end ?? 0, keys.at(-1)?.frame ?? 0)];
  const step = Math.min(Math.max(by, film.first - first), film.last - last);
  if (step === 0) return;
  const moved = keys.map((key) => keyOf(id, key.frame + step, key.at, key.occluded));
  // What went on to the last frame still does.
  const later = shifted(values, step).map((one, i) =>
    end === null && values[i]?.to === film.last ? { ...one, to: film.last } : one,
  );
  const change = { end: end === null ? null : end + step, values: within(later, film.first, film.last) };
  desk.write(between(byId([record, ...keys]), byId([withTrack(record, change), ...moved])));
};

/** The shape as it is here in each of the next frames: of a track it stands still, of single shapes each frame gets its own. */
export const propagate = (desk: Desk, frames: number): void => {
  const { film } = desk;
  if (film === null) return;
  const frame = film.frame.peek();
  const last = Math.min(frame + frames, film.last);
  const diffs = film.tracked ? held(desk, film, frame, last) : copied(desk, film, frame, last);
  if (diffs.length === 0 || last === frame) return;
  desk.write(all(diffs));
  film.wanted.value = last;
  desk.said.value = t('Copied on to frame %(n)s', { n: last });
};

/** Key frames of the person that lie between go: the shape of here holds. */
const held = (desk: Desk, film: Film, frame: number, last: number): Diff[] =>
  chosenTracks(desk).flatMap((track) => {
    const key = keyHere(film, track, frame);
    if (key === null) return [];
    const { end } = trackOf(track);
    const until = Math.min(last, end ?? last);
    const passed = film.keysOf(track.id).filter((one) => one.frame > frame && one.frame < until);
    return all([
      putting(film, key),
      removed(...passed),
      ...(until > frame ? [putting(film, keyOf(track.id, until, key.at, key.occluded))] : []),
    ]);
  });

const copied = (desk: Desk, film: Film, frame: number, last: number): Diff[] => {
  let order = desk.nextOrder();
  return chosenTracks(desk).flatMap((record) => {
    const shape = film.at(record.id, frame);
    if (shape === null) return [];
    return Array.from({ length: last - frame }, (_, i) =>
      added({ ...record, id: desk.newId(), order: order++, geometry: { frame: frame + 1 + i, at: shape.geometry } }),
    );
  });
};

export const removeTracks = (desk: Desk, ids: readonly string[]): void => {
  const { film } = desk;
  if (film === null || ids.length === 0) return;
  const free = ids.filter((id) => !desk.sight.value.locked.has(id));
  // What came from a proposal and is removed does not come back as a proposal.
  const proposed = free.filter((id) => film.record(id)?.origin != null);
  const gone = removed(...free.flatMap((id) => film.recordsOf(id)));
  if (free.length > 0) desk.write(proposed.length === 0 ? gone : both(gone, rejecting(desk, proposed)), []);
  desk.said.value = free.length === 0 ? t('Locked') : tn('Track removed', '%(n)s tracks removed', free.length);
};

/** An attribute that changes from frame to frame, set for the frames `from` to `to`; undefined takes it away there. */
export const setValue = (
  desk: Desk,
  name: string,
  value: AttributeValue | undefined,
  from: number,
  to: number,
): void => {
  eachTrack(desk, (track) => {
    const values = withValue(trackOf(track).values, name, value, from, to);
    return updating(track, withTrack(track, { values }));
  });
};

/** An attribute of the track as a whole. */
export const setTrackAttribute = (desk: Desk, name: string, value: AttributeValue | undefined): void => {
  eachTrack(desk, (track) => {
    const { [name]: _before, ...others } = track.attributes;
    return updating(track, { ...track, attributes: value === undefined ? others : { ...others, [name]: value } });
  });
};

/** An attribute of the frames themselves. */
export const setFrameAttribute = (
  desk: Desk,
  name: string,
  value: AttributeValue | undefined,
  from: number,
  to: number,
): void => {
  const whole = objectOf(desk.doc.records);
  const frames = withValue(whole.frames ?? [], name, value, from, to);
  const next = { ...whole, frames };
  desk.write(desk.doc.get(OBJECT) === undefined ? added(next) : updating(whole, next));
};

/** The nearest key frame before (-1) or after (1) the frame that is wanted: of the selected tracks, else of any. */
export const nextKey = (desk: Desk, way: 1 | -1): number | null => {
  const { film } = desk;
  if (film === null) return null;
  const here = film.wanted.peek();
  const chosen = chosenTracks(desk);
  const tracks = chosen.length > 0 ? chosen : film.all;
  const frames = film.tracked
    ? tracks.flatMap(({ id }) => film.keysOf(id).map(({ frame }) => frame))
    : [...film.inFrames.keys()];
  const beyond = frames.filter((frame) => (frame - here) * way > 0);
  return beyond.length === 0 ? null : beyond.reduce((a, b) => (way === 1 ? Math.min(a, b) : Math.max(a, b)));
};
