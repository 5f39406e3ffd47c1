import type { LabelRecord, Records } from '../task-types/question.ts';
import type { Diff } from './diff.ts';

export type Source = 'user' | 'load' | 'remote';

export interface Change {
  readonly diff: Diff;
  readonly source: Source;
  /** How many records it touches. */
  readonly size: number;
}

/** A diff that does not fit the document: it speaks of a record that is not there, or is there already. */
export class DiffMisfit extends Error {}

/**
 * The single truth of what is being labeled: records by id, changed only by `apply`. The map is updated in place (a copy of
 * 20,000 entries costs more than a frame has); a record itself never changes.
 */
export class Document {
  readonly #records = new Map<string, LabelRecord>();
  readonly #listeners = new Set<(change: Change) => void>();

  constructor(records: Iterable<LabelRecord> = []) {
    for (const record of records) this.#records.set(record.id, record);
  }

  get records(): Records {
    return this.#records;
  }

  get(id: string): LabelRecord | undefined {
    return this.#records.get(id);
  }

  /** All of the diff or, where it does not fit, none of it. Raises DiffMisfit. */
  apply(diff: Diff, source: Source): void {
    const size = this.#check(diff);
    for (const id of Object.keys(diff.removed)) this.#records.delete(id);
    for (const record of Object.values(diff.added)) this.#records.set(record.id, record);
    for (const [, to] of Object.values(diff.updated)) this.#records.set(to.id, to);
    for (const listener of this.#listeners) listener({ diff, source, size });
  }

  #check({ added, updated, removed }: Diff): number {
    const there = [...Object.keys(updated), ...Object.keys(removed)];
    const fresh = Object.keys(added);
    for (const id of there) {
      if (!this.#records.has(id)) throw new DiffMisfit(`There is no record ${id}.`);
    }
    for (const id of fresh) {
      if (this.#records.has(id) && !(id in removed)) throw new DiffMisfit(`Record ${id} is there already.`);
    }
    return there.length + fresh.length;
  }

  /** Tells of every change after it was made. Returns the way to stop. */
  listen(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The records by id, sorted: equal documents give equal JSON. */
  toJSON(): Record<string, LabelRecord> {
    return Object.fromEntries([...this.#records].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}
