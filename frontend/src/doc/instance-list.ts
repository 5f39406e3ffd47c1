import { type InstanceRecord, instancesOf, isInstance, type LabelRecord } from '../task-types/question.ts';
import type { Diff } from './diff.ts';
import type { Document } from './document.ts';

/** More changes than this at once, and the list is sorted anew. */
const FEW = 32;

const before = (a: InstanceRecord, b: InstanceRecord): number => a.order - b.order || (a.id < b.id ? -1 : 1);

/** Where a record stands in a sorted list, or -1. */
const placeOf = (list: readonly InstanceRecord[], record: InstanceRecord): number => {
  let [low, high] = [0, list.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = list[middle] as InstanceRecord;
    if (found.id === record.id) return middle;
    if (before(found, record) < 0) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
};

/** Each changed record in the place of the old one; false where that is not all. */
const exchanged = (list: InstanceRecord[], pairs: readonly (readonly [LabelRecord, LabelRecord])[]): boolean =>
  pairs.every(([from, to]) => {
    if (!isInstance(from) || !isInstance(to)) return isInstance(from) === isInstance(to);
    const place = from.order === to.order ? placeOf(list, from) : -1;
    if (place !== -1) list[place] = to;
    return place !== -1;
  });

const without = (list: InstanceRecord[], gone: readonly InstanceRecord[]): boolean =>
  gone.every((record) => {
    const place = placeOf(list, record);
    return place !== -1 && list.splice(place, 1).length === 1;
  });

/** The list after a change; null where sorting anew is as quick. */
const after = (list: readonly InstanceRecord[], { added, updated, removed }: Diff): InstanceRecord[] | null => {
  const fresh = Object.values(added).filter(isInstance);
  const gone = Object.values(removed).filter(isInstance);
  const next = [...list];
  if (!exchanged(next, Object.values(updated)) || !without(next, gone)) return null;
  return fresh.length === 0 ? next : [...next, ...fresh].sort(before);
};

/**
 * The instances in the order of the list, kept in step with the document: sorting 20,000 of them after each nudge would cost more
 * than drawing it. What a reader has in the hand never changes under them: a change makes another list.
 */
export class InstanceList {
  readonly #document: Document;
  /** Null: not known since the last large change. */
  #list: readonly InstanceRecord[] | null = null;

  constructor(document: Document) {
    this.#document = document;
    document.listen(({ diff, size }) => {
      this.#list = this.#list === null || size > FEW ? null : after(this.#list, diff);
    });
  }

  get value(): readonly InstanceRecord[] {
    this.#list ??= instancesOf(this.#document.records);
    return this.#list;
  }
}
