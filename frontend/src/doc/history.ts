import { type Diff, inverse, isEmpty, same } from './diff.ts';
import type { Document } from './document.ts';

/** One step back: the diff, and what was selected on either side of it; of a video, in which frame it was made. */
export interface Entry {
  readonly diff: Diff;
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly frame?: number;
}

/**
 * Undo and redo as diffs: no snapshots, no closures. `do` applies and remembers; what other sources apply is not ours to undo.
 * A mark is a place in the history; `backTo` undoes down to it and forgets what was undone.
 */
export class History {
  readonly #document: Document;
  readonly #done: Entry[] = [];
  readonly #undone: Entry[] = [];

  constructor(document: Document) {
    this.#document = document;
  }

  get done(): readonly Entry[] {
    return this.#done;
  }

  get canUndo(): boolean {
    return this.#done.length > 0;
  }

  get canRedo(): boolean {
    return this.#undone.length > 0;
  }

  do(diff: Diff, before: readonly string[], after: readonly string[], frame?: number): void {
    if (isEmpty(diff)) return;
    this.#document.apply(diff, 'user');
    this.#done.push({ diff, before, after, ...(frame === undefined ? {} : { frame }) });
    this.#undone.length = 0;
  }

  undo(): Entry | undefined {
    const entry = this.#done.pop();
    if (entry === undefined) return undefined;
    this.#document.apply(inverse(entry.diff), 'user');
    this.#undone.push(entry);
    return entry;
  }

  redo(): Entry | undefined {
    const entry = this.#undone.pop();
    if (entry === undefined) return undefined;
    this.#document.apply(entry.diff, 'user');
    this.#done.push(entry);
    return entry;
  }

  mark(): number {
    return this.#done.length;
  }

  /** Undo down to a mark, for good. */
  backTo(mark: number): void {
    while (this.#done.length > mark) {
      this.undo();
      this.#undone.pop();
    }
  }

  /**
   * The stacks again from the plain list of diffs that a draft keeps. An undo was logged as the inverse of the diff before it
   * and a redo as the diff itself, so they are told apart by comparing. The document already holds the result.
   */
  recall(log: readonly Diff[]): void {
    for (const diff of log) {
      const last = this.#done.at(-1);
      const next = this.#undone.at(-1);
      if (last !== undefined && same(diff, inverse(last.diff))) {
        this.#done.pop();
        this.#undone.push(last);
      } else if (next !== undefined && same(diff, next.diff)) {
        this.#undone.pop();
        this.#done.push(next);
      } else {
        this.#done.push({ diff, before: [], after: Object.keys({ ...diff.added, ...diff.updated }) });
        this.#undone.length = 0;
      }
    }
  }
}
