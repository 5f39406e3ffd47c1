import { boxesTouch, type Size } from '../geometry/plane.ts';
import { type Runs, union, without } from '../geometry/runs.ts';
import { byHand } from './instances.ts';
import { located } from './located.ts';
import { mask, maskIn, maskOf, runsOfMask } from './masks.ts';
import { type InstanceRecord, isInstance, type Json, type Question, type Records } from './question.ts';
import type { Edit, Located, Painting, Settled, Settling, TaskType } from './task-type.ts';

const withRuns = (record: InstanceRecord, runs: Runs, { media }: Question): InstanceRecord | null => {
  const geometry = maskOf(runs, media);
  return geometry === null ? null : { ...byHand(record), geometry: geometry as unknown as Json };
};

const runsOf = (record: InstanceRecord): Runs => runsOfMask(maskIn(record));

/** All masks as a change leaves them, and what of it has to be looked at: those with other pixels or another class. */
class Table {
  readonly masks: Map<string, InstanceRecord>;
  readonly touched: readonly string[];
  readonly #before: Records;
  readonly #question: Question;

  constructor(edit: Edit, before: Records, question: Question) {
    this.#before = before;
    this.#question = question;
    this.masks = new Map([...before.values()].filter(isInstance).map((record) => [record.id, record]));
    for (const id of Object.keys(edit.removed)) this.masks.delete(id);
    const touched: InstanceRecord[] = [];
    const put = (record: InstanceRecord, from: InstanceRecord | undefined): void => {
      this.masks.set(record.id, record);
      if (from?.geometry !== record.geometry || from.category !== record.category) touched.push(record);
    };
    for (const record of Object.values(edit.added)) if (isInstance(record)) put(record, undefined);
    for (const [from, to] of Object.values(edit.updated)) if (isInstance(from) && isInstance(to)) put(to, from);
    this.touched = touched.sort((a, b) => a.order - b.order).map(({ id }) => id);
  }

  /** The others that the record may share pixels with. */
  around(record: InstanceRecord): InstanceRecord[] {
    const bounds = mask.bounds(maskIn(record));
    return [...this.masks.values()].filter(
      (other) => other.id !== record.id && boxesTouch(bounds, mask.bounds(maskIn(other))),
    );
  }

  put(record: InstanceRecord, runs: Runs): void {
    const now = withRuns(record, runs, this.#question);
    if (now === null) this.masks.delete(record.id);
    else this.masks.set(record.id, now);
  }

  /** As it was before the change. */
  putBack(id: string): void {
    const record = this.#before.get(id);
    if (isInstance(record)) this.masks.set(id, record);
    else this.masks.delete(id);
  }

  /** The change that leads here; what it held beside masks stays in it. */
  edit({ added, updated, removed }: Edit): Edit {
    const plain = <T>(part: Readonly<Record<string, T>>, first: (value: T) => unknown): Record<string, T> =>
      Object.fromEntries(
        Object.entries(part).filter(([, value]) => (first(value) as { kind: string }).kind !== 'instance'),
      );
    const out = {
      added: plain(added, (record) => record),
      updated: plain(updated, ([from]) => from),
      removed: plain(removed, (record) => record),
    };
    for (const record of this.masks.values()) {
      const from = this.#before.get(record.id);
      if (from === undefined) out.added[record.id] = record;
      else if (from !== record) out.updated[record.id] = [from, record];
    }
    for (const record of this.#before.values()) {
      if (isInstance(record) && !this.masks.has(record.id)) out.removed[record.id] = record;
    }
    return out;
  }
}

/** What is put takes its pixels from all others; from those that are locked it takes none, and leaves them out itself. */
const takePixels = (table: Table, id: string, fixed: ReadonlySet<string>): void => {
  const record = table.masks.get(id);
  if (record === undefined) return;
  const others = table.around(record);
  const before = runsOf(record);
  const runs = others
    .filter((other) => fixed.has(other.id))
    .reduce((rest, other) => without(rest, runsOf(other)), before);
  if (runs.length !== before.length || runs.some((at, i) => at !== before[i])) table.put(record, runs);
  for (const other of others.filter((each) => !fixed.has(each.id))) {
    const [all, rest] = [runsOf(other), without(runsOf(other), runs)];
    if (rest.length !== all.length || rest.some((at, i) => at !== all[i])) table.put(other, rest);
  }
};

/** Two masks of one class are one: the one that was there first. Returns its id. A locked one takes nothing: all stays as it was. */
const joinTwins = (table: Table, id: string, before: Records, fixed: ReadonlySet<string>): string => {
  const record = table.masks.get(id);
  if (record === undefined) return id;
  const twin = [...table.masks.values()].find((other) => other.id !== id && other.category === record.category);
  if (twin === undefined) return id;
  if (fixed.has(twin.id)) {
    table.putBack(id);
    return id;
  }
  const [kept, gone] = before.has(id) && !before.has(twin.id) ? [record, twin] : [twin, record];
  table.masks.delete(gone.id);
  table.put(kept, union(runsOf(kept), runsOf(gone)));
  return kept.id;
};

const settle =
  (oneEachClass: boolean) =>
  (edit: Edit, after: readonly string[], records: Records, question: Question, { apart, fixed }: Settling): Settled => {
    if (!apart && !oneEachClass) return { edit, after };
    const table = new Table(edit, records, question);
    let selected = after;
    for (const id of table.touched) {
      const kept = oneEachClass ? joinTwins(table, id, records, fixed) : id;
      takePixels(table, kept, fixed);
      selected = selected.map((each) => (each === id ? kept : each));
    }
    return { edit: table.edit(edit), after: [...new Set(selected)].filter((id) => table.masks.has(id)) };
  };

const painting = (oneEachClass: boolean): Painting => ({
  oneEachClass,
  runs: runsOf,
  withRuns,
  made: (runs: Runs, size: Size) => {
    const geometry = maskOf(runs, size);
    return geometry === null ? null : { shape: mask.shape, geometry: geometry as unknown as Json };
  },
});

/** The tools that put pixels. */
const TOOLS = ['brush', 'eraser', 'fill', 'polygon', 'box', 'magnetic', 'grabcut', 'model'];

/**
 * Questions that are answered with masks. `oneEachClass`: a class has one mask and a pixel one class; else things may overlap.
 * `checkAll` looks at the masks of an answer together and throws Fault.
 */
export const painted = (
  name: string,
  oneEachClass: boolean,
  checkAll: (records: readonly InstanceRecord[], question: Question) => void,
): TaskType => {
  const family = located(name, 'image', [mask], TOOLS);
  const behaves: Located = {
    ...(family.located as Located),
    painting: painting(oneEachClass),
    settled: settle(oneEachClass),
  };
  return {
    ...family,
    located: behaves,
    load: (answer, question) => {
      const records = family.load(answer, question);
      checkAll(records.filter(isInstance), question);
      return records;
    },
    check: (answer, question) => checkAll(family.load(answer, question).filter(isInstance), question),
  };
};
