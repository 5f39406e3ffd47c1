import RBush from 'rbush';
import type { Box, Point } from '../geometry/plane.ts';
import { type InstanceRecord, isInstance, type LabelRecord } from '../task-types/question.ts';
import type { Document } from './document.ts';

interface Entry {
  readonly minX: number;
  readonly minY: number;
  readonly maxX: number;
  readonly maxY: number;
  readonly id: string;
}

/** A change of more than this, and of more than one in so many, is cheaper to index by loading all anew. */
const FEW = 32;

/** Which instances are near a point or in a box; kept in step with the document. Media px. */
export class SpatialIndex {
  readonly #tree = new RBush<Entry>();
  /** Nothing is kept in step until the next search: all is loaded anew then. */
  #stale = true;
  readonly #entries = new Map<string, Entry>();
  readonly #document: Document;
  readonly #bounds: (record: InstanceRecord) => Box;

  constructor(document: Document, bounds: (record: InstanceRecord) => Box) {
    this.#document = document;
    this.#bounds = bounds;
    document.listen(({ diff: { added, updated, removed }, size }) => {
      if (size > FEW && size * FEW > this.#entries.size) this.#stale = true;
      if (this.#stale) return;
      for (const id of Object.keys(removed)) this.#drop(id);
      for (const record of Object.values(added)) this.#put(record);
      for (const [, to] of Object.values(updated)) this.#put(to);
    });
  }

  #entry(record: InstanceRecord): Entry {
    const { left, top, width, height } = this.#bounds(record);
    return { minX: left, minY: top, maxX: left + width, maxY: top + height, id: record.id };
  }

  #drop(id: string): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    this.#tree.remove(entry);
    this.#entries.delete(id);
  }

  #put(record: LabelRecord): void {
    this.#drop(record.id);
    if (!isInstance(record)) return;
    const entry = this.#entry(record);
    this.#entries.set(entry.id, entry);
    this.#tree.insert(entry);
  }

  #load(): void {
    const all = [...this.#document.records.values()].filter(isInstance).map((record) => this.#entry(record));
    this.#entries.clear();
    for (const entry of all) this.#entries.set(entry.id, entry);
    this.#tree.clear().load(all);
    this.#stale = false;
  }

  /** Ids whose bounds lie within `reach` of the point. */
  near(at: Point, reach: number): string[] {
    return this.inside({ left: at.x - reach, top: at.y - reach, width: 2 * reach, height: 2 * reach });
  }

  /** Ids whose bounds touch the box. */
  inside({ left, top, width, height }: Box): string[] {
    if (this.#stale) this.#load();
    return this.#tree.search({ minX: left, minY: top, maxX: left + width, maxY: top + height }).map(({ id }) => id);
  }
}
