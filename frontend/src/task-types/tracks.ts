import type { Between } from '../geometry/interpolation.ts';
import { moving } from './film-shapes.ts';
import {
  attributesOf,
  type InstanceRecord,
  isInstance,
  type Json,
  type KeyRecord,
  keyId,
  keyOf,
  type LabelRecord,
  type Question,
  type Stretch,
} from './question.ts';
import { framesOf, holdsUntil, known, stretchesAsJson, valuesAt, withValue } from './stretches.ts';
import type { Edit, Film, Timed } from './task-type.ts';

/** What a track's own record holds; its key frames are records of their own. */
export interface Track {
  /** The last frame in which it is shown; null: it goes on to the last one that is asked for. */
  readonly end: number | null;
  readonly values: readonly Stretch[];
}

export const trackOf = ({ geometry }: InstanceRecord): Track => geometry as unknown as Track;

export const withTrack = (record: InstanceRecord, change: Partial<Track>): InstanceRecord => {
  const { end, values } = { ...trackOf(record), ...change };
  return { ...record, geometry: { end, values: stretchesAsJson(values) } };
};

/** The place of the key frame that holds at `frame`; -1 before the first. */
export const placeOf = (keys: readonly KeyRecord[], frame: number): number => {
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((keys[middle]?.frame ?? 0) <= frame) low = middle + 1;
    else high = middle;
  }
  return low - 1;
};

interface Interval {
  readonly b: KeyRecord;
  readonly between: Between<Json>;
}

/** What was prepared of an interval, by its first key frame: the same pair is asked for frame after frame. */
const intervals = new WeakMap<KeyRecord, Interval>();

const intervalOf = (shape: string, a: KeyRecord, b: KeyRecord): Interval => {
  const ready = intervals.get(a);
  if (ready?.b === b) return ready;
  const made = { b, between: moving(shape, a.at, b.at) };
  intervals.set(a, made);
  return made;
};

/** The geometry in a frame (EDITOR.md, Interpolation); null where the track is not shown. */
export const geometryAt = (record: InstanceRecord, keys: readonly KeyRecord[], frame: number): Json => {
  const place = placeOf(keys, frame);
  const a = keys[place];
  const { end } = trackOf(record);
  if (a === undefined || a.at === null || (end !== null && frame > end)) return null;
  const b = keys[place + 1];
  if (b === undefined || b.at === null || a.frame === frame || a.at === b.at) return a.at;
  return intervalOf(record.shape, a, b).between((frame - a.frame) / (b.frame - a.frame));
};

const at = (record: InstanceRecord, keys: readonly KeyRecord[], frame: number): InstanceRecord | null => {
  const geometry = geometryAt(record, keys, frame);
  return geometry === null ? null : { ...record, geometry, attributes: valuesAt(trackOf(record).values, frame) };
};

/** Changes of records put together one by one. */
class Writing {
  readonly added: Record<string, LabelRecord> = {};
  readonly updated: Record<string, readonly [LabelRecord, LabelRecord]> = {};
  readonly removed: Record<string, LabelRecord> = {};
  readonly #frame: number;
  readonly #film: Film;
  readonly #question: Question;

  constructor(frame: number, film: Film, question: Question) {
    this.#frame = frame;
    this.#film = film;
    this.#question = question;
  }

  add(record: LabelRecord): void {
    if (isInstance(record)) this.#begin(record);
    else this.added[record.id] = record;
  }

  update([from, to]: readonly [LabelRecord, LabelRecord]): void {
    if (isInstance(from) && isInstance(to)) this.#change(from, to);
    else this.updated[to.id] = [from, to];
  }

  remove(record: LabelRecord): void {
    if (isInstance(record)) this.#end(record);
    else this.removed[record.id] = record;
  }

  #begin(seen: InstanceRecord): void {
    const { id, geometry, attributes, category } = seen;
    const [, last] = framesOf(this.#question);
    const values = Object.keys(attributes).length === 0 ? [] : [{ from: this.#frame, to: last, attributes }];
    const kept = known(values, attributesOf(this.#question, category));
    this.added[id] = { ...seen, attributes: {}, geometry: { end: null, values: stretchesAsJson(kept) } };
    const key = keyOf(id, this.#frame, geometry);
    this.added[key.id] = key;
  }

  #end(record: InstanceRecord): void {
    this.removed[record.id] = this.#film.record(record.id) ?? record;
    for (const key of this.#film.keysOf(record.id)) this.removed[key.id] = key;
  }

  #change(from: InstanceRecord, to: InstanceRecord): void {
    const track = this.#film.record(from.id);
    if (track === undefined) return;
    if (from.geometry !== to.geometry) this.#key(track.id, to.geometry);
    const next = this.#told(track, from, to);
    if (next !== track) this.updated[track.id] = [track, next];
  }

  /** A key frame here: the one that is there changed, or one more. */
  #key(track: string, geometry: Json): void {
    const keys = this.#film.keysOf(track);
    const before = keys[placeOf(keys, this.#frame)];
    const key = keyOf(track, this.#frame, geometry, before?.occluded);
    if (before?.id === keyId(track, this.#frame)) this.updated[key.id] = [before, key];
    else this.added[key.id] = key;
  }

  /** What the track carries apart from its shape. A value that is changed here holds until it changes next. */
  #told(track: InstanceRecord, from: InstanceRecord, to: InstanceRecord): InstanceRecord {
    const { category, group, order, origin } = to;
    const same =
      category === track.category && group === track.group && order === track.order && origin === track.origin;
    const next = same ? track : { ...track, category, group, order, origin };
    if (category !== track.category) return this.#ofClass(next);
    if (from.attributes === to.attributes) return next;
    const [, last] = framesOf(this.#question);
    const names = new Set([...Object.keys(from.attributes), ...Object.keys(to.attributes)]);
    let { values } = trackOf(track);
    for (const name of names) {
      if (from.attributes[name] === to.attributes[name]) continue;
      values = withValue(values, name, to.attributes[name], this.#frame, holdsUntil(values, name, this.#frame, last));
    }
    return withTrack(next, { values });
  }

  /** Only what its new class knows too. */
  #ofClass(track: InstanceRecord): InstanceRecord {
    const whole = new Set(attributesOf(this.#question, track.category, 'track').map(({ name }) => name));
    const attributes = Object.fromEntries(Object.entries(track.attributes).filter(([name]) => whole.has(name)));
    const values = known(trackOf(track).values, attributesOf(this.#question, track.category));
    return withTrack({ ...track, attributes }, { values });
  }
}

const written = ({ added, updated, removed }: Edit, frame: number, film: Film, question: Question): Edit => {
  const writing = new Writing(frame, film, question);
  for (const record of Object.values(added)) writing.add(record);
  for (const pair of Object.values(updated)) writing.update(pair);
  for (const record of Object.values(removed)) writing.remove(record);
  return { added: writing.added, updated: writing.updated, removed: writing.removed };
};

export const tracks: Timed = { tracked: true, frameOf: () => null, at, written };
