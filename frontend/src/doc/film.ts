import { type Signal, signal } from '@preact/signals-core';
import {
  type InstanceRecord,
  isInstance,
  type KeyRecord,
  keyId,
  type LabelRecord,
  type Question,
} from '../task-types/question.ts';
import { framesOf } from '../task-types/stretches.ts';
import type { Film as Held, Timed } from '../task-types/task-type.ts';
import { placeOf } from '../task-types/tracks.ts';
import { type Diff, isEmpty, NOTHING } from './diff.ts';
import { Document, type Source } from './document.ts';
import { InstanceList } from './instance-list.ts';

/** Frames `first` to `last` in which a track is shown, and whether it is hidden behind something there. */
export interface Stay {
  readonly first: number;
  readonly last: number;
  readonly occluded: boolean;
}

const NO_KEYS: readonly KeyRecord[] = [];

const same = (a: InstanceRecord | undefined, b: InstanceRecord): boolean =>
  a !== undefined &&
  a.geometry === b.geometry &&
  a.attributes === b.attributes &&
  a.category === b.category &&
  a.order === b.order &&
  a.group === b.group &&
  a.origin === b.origin;

/**
 * The things of a video in one frame after the other. The document holds tracks and key frames; `seen` holds plain shapes, those of the
 * frame that is shown, and is kept in step with both. What draws and what picks deals with `seen` alone.
 */
export class Film implements Held {
  readonly seen = new Document();
  /** The frame whose picture is on the screen. */
  readonly frame: Signal<number>;
  /** The frame that the person wants to see; who shows pictures follows it. */
  readonly wanted: Signal<number>;
  readonly first: number;
  readonly last: number;
  readonly tracked: boolean;
  readonly #doc: Document;
  readonly #timed: Timed;
  readonly #question: Question;
  readonly #all: InstanceList;
  readonly #keys = new Map<string, readonly KeyRecord[]>();
  /** Of things in one frame each: what is in it. */
  readonly #inFrame = new Map<number, Set<string>>();
  #names: ReadonlyMap<string, string> | null = null;
  /** What was found of a track, as long as it and its key frames are the same. */
  readonly #stretches = new WeakMap<InstanceRecord, { readonly keys: readonly KeyRecord[]; readonly made: Stay[] }>();

  constructor(doc: Document, timed: Timed, question: Question) {
    this.#doc = doc;
    this.#timed = timed;
    this.#question = question;
    this.tracked = timed.tracked;
    [this.first, this.last] = framesOf(question);
    this.frame = signal(this.first);
    this.wanted = signal(this.first);
    this.#all = new InstanceList(doc);
    this.#index();
    doc.listen(({ diff, source }) => this.#changed(diff, source));
    this.show(this.first);
  }

  /** Every track, or every shape of every frame, in the order of the list. */
  get all(): readonly InstanceRecord[] {
    return this.#all.value;
  }

  record(id: string): InstanceRecord | undefined {
    const record = this.#doc.get(id);
    return isInstance(record) ? record : undefined;
  }

  /** The key frames of a track, ascending. */
  keysOf(track: string): readonly KeyRecord[] {
    return this.#keys.get(track) ?? NO_KEYS;
  }

  keyAt(track: string, frame: number): KeyRecord | undefined {
    const record = this.#doc.get(keyId(track, frame));
    return record?.kind === 'key' ? record : undefined;
  }

  /** The frame of a thing that is in one alone. */
  frameOf(record: InstanceRecord): number | null {
    return this.#timed.frameOf(record);
  }

  /** The ids of the things that are in one frame alone, by that frame. */
  get inFrames(): ReadonlyMap<number, ReadonlySet<string>> {
    return this.#inFrame;
  }

  /** What a thing looks like in a frame; null where it is not there. */
  at(id: string, frame: number): InstanceRecord | null {
    const record = this.record(id);
    return record === undefined ? null : this.#timed.at(record, this.keysOf(id), frame, this.#question);
  }

  /** Whether a track is hidden behind something in the frame that is shown. */
  occludedHere(id: string): boolean {
    const keys = this.keysOf(id);
    return keys.length > 0 && keys[placeOf(keys, this.frame.peek())]?.occluded === true;
  }

  /** Go where a thing is to be seen: nowhere, where it is seen already. */
  visit(id: string): void {
    const [stay] = this.stretches(id);
    if (stay !== undefined && this.at(id, this.wanted.peek()) === null) this.wanted.value = stay.first;
  }

  /** Where a change was made; of one that was made before the page was opened its key frame tells. */
  goTo(frame: number | undefined, { added, updated, removed }: Diff): void {
    const records = [...Object.values(added), ...Object.values(updated).map(([, to]) => to), ...Object.values(removed)];
    const there = frame ?? records.find((record) => record.kind === 'key')?.frame;
    if (there !== undefined) this.wanted.value = there;
  }

  /** Things with all that belongs to them, as a change that puts them in; place and origin are those of `chosen`. */
  taking(chosen: readonly InstanceRecord[]): Diff {
    const records = chosen.flatMap(({ id, order, origin }) =>
      this.recordsOf(id).map((one) => (isInstance(one) ? { ...one, order, origin } : one)),
    );
    return { ...NOTHING, added: Object.fromEntries(records.map((record) => [record.id, record])) };
  }

  /** A thing with all that belongs to it. */
  recordsOf(id: string): LabelRecord[] {
    const record = this.record(id);
    return record === undefined ? [] : [record, ...this.keysOf(id)];
  }

  /** Where a thing is shown; neighbours that are alike are one. */
  stretches(id: string): Stay[] {
    const record = this.record(id);
    if (record === undefined) return [];
    const single = this.#timed.frameOf(record);
    if (single !== null) return [{ first: single, last: single, occluded: false }];
    const keys = this.keysOf(id);
    const before = this.#stretches.get(record);
    if (before?.keys === keys) return before.made;
    const made: Stay[] = [];
    for (const stay of this.#stays(id)) {
      const last = made.at(-1);
      if (last !== undefined && last.last + 1 === stay.first && last.occluded === stay.occluded) {
        made[made.length - 1] = { ...last, last: stay.last };
      } else made.push(stay);
    }
    this.#stretches.set(record, { keys, made });
    return made;
  }

  *#stays(id: string): Generator<Stay> {
    const keys = this.keysOf(id);
    const { end } = (this.record(id)?.geometry ?? { end: null }) as { end?: number | null };
    const stop = end ?? this.last;
    for (const [i, { frame, at, occluded }] of keys.entries()) {
      const last = Math.min(stop, (keys[i + 1]?.frame ?? stop + 1) - 1);
      if (at !== null && frame <= last) yield { first: frame, last, occluded };
    }
  }

  /** "Bicycle 2": the class and the number among those of the class. */
  nameOf(id: string): string {
    this.#names ??= this.#named();
    return this.#names.get(id) ?? '';
  }

  #named(): ReadonlyMap<string, string> {
    const counted = new Map<number, number>();
    return new Map(
      this.all.map(({ id, category }) => {
        const number = (counted.get(category) ?? 0) + 1;
        counted.set(category, number);
        return [id, `${this.#question.categories[category]?.name ?? ''} ${number}`];
      }),
    );
  }

  /** The picture of this frame is on the screen now. */
  show(frame: number): void {
    const before = this.frame.peek();
    const ids = this.#timed.tracked
      ? new Set([...this.all.map(({ id }) => id), ...this.seen.records.keys()])
      : new Set([...(this.#inFrame.get(before) ?? []), ...(this.#inFrame.get(frame) ?? [])]);
    this.#refresh(ids, frame, 'load');
    this.frame.value = frame;
  }

  /** A change of what is seen now, as a change of the records. */
  written(diff: Diff): Diff {
    return this.#timed.written(diff, this.frame.peek(), this, this.#question);
  }

  #refresh(ids: Iterable<string>, frame: number, source: Source): void {
    const diff = {
      added: {} as Record<string, LabelRecord>,
      updated: {} as Record<string, readonly [LabelRecord, LabelRecord]>,
      removed: {} as Record<string, LabelRecord>,
    };
    for (const id of ids) {
      const before = this.seen.get(id) as InstanceRecord | undefined;
      const now = this.at(id, frame);
      if (now === null) {
        if (before !== undefined) diff.removed[id] = before;
      } else if (before === undefined) diff.added[id] = now;
      else if (!same(before, now)) diff.updated[id] = [before, now];
    }
    if (!isEmpty(diff)) this.seen.apply(diff, source);
  }

  #index(): void {
    const keys = new Map<string, KeyRecord[]>();
    for (const record of this.#doc.records.values()) {
      if (isInstance(record)) this.#place(record);
      if (record.kind !== 'key') continue;
      const of = keys.get(record.track);
      if (of === undefined) keys.set(record.track, [record]);
      else of.push(record);
    }
    for (const of of keys.values()) of.sort((a, b) => a.frame - b.frame);
    for (const [track, of] of keys) this.#keys.set(track, of);
  }

  #place(record: InstanceRecord): void {
    const frame = this.#timed.frameOf(record);
    if (frame === null) return;
    const there = this.#inFrame.get(frame);
    if (there === undefined) this.#inFrame.set(frame, new Set([record.id]));
    else there.add(record.id);
  }

  #displace(record: InstanceRecord): void {
    const frame = this.#timed.frameOf(record);
    if (frame === null) return;
    const there = this.#inFrame.get(frame);
    there?.delete(record.id);
    if (there?.size === 0) this.#inFrame.delete(frame);
  }

  #changed(diff: Diff, source: Source): void {
    this.#names = null;
    const updated = Object.values(diff.updated);
    const gone = [...Object.values(diff.removed), ...updated.map(([from]) => from)];
    const come = [...Object.values(diff.added), ...updated.map(([, to]) => to)];
    const touched = new Set<string>();
    const tracks = new Set<string>();
    for (const record of [...gone, ...come]) {
      if (record.kind === 'key') tracks.add(record.track);
      if (isInstance(record)) touched.add(record.id);
    }
    for (const record of gone) if (isInstance(record)) this.#displace(record);
    for (const record of come) if (isInstance(record)) this.#place(record);
    for (const track of tracks) this.#rekey(track, gone, come);
    this.#refresh(new Set([...touched, ...tracks]), this.frame.peek(), source);
  }

  #rekey(track: string, gone: readonly LabelRecord[], come: readonly LabelRecord[]): void {
    const old = new Set(gone.map(({ id }) => id));
    const kept = this.keysOf(track).filter(({ id }) => !old.has(id));
    const fresh = come.filter((one): one is KeyRecord => one.kind === 'key' && one.track === track);
    const keys = [...kept, ...fresh].sort((a, b) => a.frame - b.frame);
    if (keys.length === 0) this.#keys.delete(track);
    else this.#keys.set(track, keys);
  }
}
