import { computed, type ReadonlySignal } from '@preact/signals-core';
import type { Desk } from '../commands/desk.ts';
import type { Film } from '../doc/film.ts';
import { percent, t } from '../i18n.ts';
import { type InstanceRecord, type KeyRecord, objectOf } from '../task-types/question.ts';
import { classRow, ghostOf, type Track, trackOf } from '../timeline/tracks.ts';

interface Known {
  readonly record: InstanceRecord;
  readonly keys: readonly KeyRecord[];
  readonly name: string;
  readonly track: Track;
}

const endOf = ({ geometry }: InstanceRecord): number | null =>
  (geometry as { readonly end?: number | null } | null)?.end ?? null;

const alike = (a: readonly Track[], b: readonly Track[]): boolean =>
  a.length === b.length && a.every((track, place) => track === b[place]);

/** Every track of a film; only those that have changed are made anew, and nothing where none has. */
const trackMaker = (film: Film): (() => readonly Track[]) => {
  let known = new Map<string, Known>();
  let made: readonly Track[] = [];
  return () => {
    const now = new Map<string, Known>();
    for (const record of film.all) {
      const { id, category } = record;
      const [keys, name] = [film.keysOf(id), film.nameOf(id)];
      const before = known.get(id);
      const same = before?.record === record && before.keys === keys && before.name === name;
      const about = { id, category, name, end: endOf(record) };
      now.set(id, same ? before : { record, keys, name, track: trackOf(about, film.stretches(id), keys) });
    }
    known = now;
    const tracks = [...now.values()].map(({ track }) => track);
    if (!alike(tracks, made)) made = tracks;
    return made;
  };
};

const rowsByClass = (film: Film, { question }: Desk): readonly Track[] => {
  const frames = new Map<number, number[]>();
  for (const record of film.all) {
    const frame = film.frameOf(record);
    if (frame === null) continue;
    const some = frames.get(record.category);
    if (some === undefined) frames.set(record.category, [frame]);
    else some.push(frame);
  }
  const used = question.categories.filter(({ id }) => frames.has(id));
  return used.map(({ id, name }) => classRow(id, name, frames.get(id) ?? []));
};

/** Where things are in one frame each, a row a class; as long as they are the same, the same rows. */
const classMaker = (film: Film, desk: Desk): (() => readonly Track[]) => {
  let of: readonly InstanceRecord[] = [];
  let made: readonly Track[] = [];
  return () => {
    if (of !== film.all) [of, made] = [film.all, rowsByClass(film, desk)];
    return made;
  };
};

const known = new WeakMap<Desk, ReadonlySignal<readonly Track[]>>();

/** The tracks on a desk in the order of the list, for all who show them. */
export const tracksOn = (desk: Desk, film: Film): ReadonlySignal<readonly Track[]> => {
  const there = known.get(desk);
  if (there !== undefined) return there;
  const make = film.tracked ? trackMaker(film) : classMaker(film, desk);
  const tracks = computed(() => {
    desk.version.value;
    return make();
  });
  known.set(desk, tracks);
  return tracks;
};

/** What a model proposes and nobody has taken or turned down yet, wherever in the film it is; the same as long as that is. */
export const ghostsOn = (desk: Desk): ReadonlySignal<readonly Track[]> => {
  const { ghosts, proposals, doc, question } = desk;
  if (ghosts === null || proposals === null) return computed(() => []);
  const sureness = (id: string): number => proposals.parts[id] ?? proposals.confidence;
  const track = ({ id, category }: InstanceRecord): Track => {
    const words = { name: question.categories[category]?.name ?? '', sure: percent(sureness(id)) };
    const name = t('%(name)s, %(sure)s', words);
    return ghostOf({ id, category, name }, ghosts.stretches(id));
  };
  const all = ghosts.all.map(track);
  let made: readonly Track[] = [];
  return computed(() => {
    // Taking one and turning one down are changes like others.
    desk.version.value;
    const least = desk.least.value;
    const rejected = new Set(objectOf(doc.records).rejected);
    const open = all.filter(({ id }) => doc.get(id) === undefined && !rejected.has(id) && sureness(id) >= least);
    if (!alike(open, made)) made = open;
    return made;
  });
};
