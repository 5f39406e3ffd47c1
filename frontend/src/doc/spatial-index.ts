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

/** Which instances are near a point or in a box; kept in step with the document. Media px. */
export class SpatialIndex {
  readonly #tree = new RBush<Entry>();
  readonly #entries = new Map<string, Entry>();
  readonly #bounds: (record: InstanceRecord) => Box;

  constructor(document: Document, bounds: (record: InstanceRecord) => Box) {
    this.#bounds = bounds;
    const all = [...document.records.values()].filter(isInstance).map((record) => this.#entry(record));
    for (const entry of all) this.#entries.set(entry.id, entry);
    this.#tree.load(all);
    document.listen(({ diff }) => {
      for (const id of Object.keys(diff.removed)) this.#drop(id);
      for (const record of Object.values(diff.added)) this.#put(record);
      for (const [, to] of Object.values(diff.updated)) this.#put(to);
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

  /** Ids whose bounds lie within `reach` of the point. */
  near(at: Point, reach: number): string[] {
    return this.inside({ left: at.x - reach, top: at.y - reach, width: 2 * reach, height: 2 * reach });
  }

  /** Ids whose bounds touch the box. */
  inside({ left, top, width, height }: Box): string[] {
    return this.#tree.search({ minX: left, minY: top, maxX: left + width, maxY: top + height }).map(({ id }) => id);
  }
}
