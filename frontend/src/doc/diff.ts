import type { LabelRecord } from '../task-types/question.ts';

/** A change of the document as plain data: it can be sent, kept, turned round and applied again. */
export interface Diff {
  readonly added: Readonly<Record<string, LabelRecord>>;
  readonly updated: Readonly<Record<string, readonly [LabelRecord, LabelRecord]>>;
  readonly removed: Readonly<Record<string, LabelRecord>>;
}

export const NOTHING: Diff = { added: {}, updated: {}, removed: {} };

export const inverse = ({ added, updated, removed }: Diff): Diff => ({
  added: removed,
  updated: Object.fromEntries(Object.entries(updated).map(([id, [from, to]]) => [id, [to, from] as const])),
  removed: added,
});

export const isEmpty = ({ added, updated, removed }: Diff): boolean =>
  [added, updated, removed].every((part) => Object.keys(part).length === 0);

const byId = (records: readonly LabelRecord[]): Record<string, LabelRecord> =>
  Object.fromEntries(records.map((record) => [record.id, record]));

export const adding = (...records: readonly LabelRecord[]): Diff => ({ ...NOTHING, added: byId(records) });

export const removing = (...records: readonly LabelRecord[]): Diff => ({ ...NOTHING, removed: byId(records) });

export const updating = (from: LabelRecord, to: LabelRecord): Diff => ({
  ...NOTHING,
  updated: { [from.id]: [from, to] },
});

/** Many records changed at once. */
export const updatingAll = (pairs: readonly (readonly [LabelRecord, LabelRecord])[]): Diff => ({
  ...NOTHING,
  updated: Object.fromEntries(pairs.map((pair) => [pair[0].id, pair] as const)),
});

/** Two changes of different records as one. */
export const both = (a: Diff, b: Diff): Diff => ({
  added: { ...a.added, ...b.added },
  updated: { ...a.updated, ...b.updated },
  removed: { ...a.removed, ...b.removed },
});

/** Equal as data, whatever the order of keys (a diff comes back from a server that sorts them). */
export const same = (a: unknown, b: unknown): boolean => {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => key in b && same((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]))
  );
};

/** What turns one set of records into another. */
export const between = (
  before: Readonly<Record<string, LabelRecord>>,
  after: Readonly<Record<string, LabelRecord>>,
): Diff => {
  const gone = Object.values(before).filter(({ id }) => !(id in after));
  const fresh = Object.values(after).filter(({ id }) => !(id in before));
  const changed = Object.values(after).filter(({ id }) => id in before && !same(before[id], after[id]));
  const pairs = changed.flatMap((to) => {
    const from = before[to.id];
    return from === undefined ? [] : [[to.id, [from, to] as const] as const];
  });
  return { added: byId(fresh), updated: Object.fromEntries(pairs), removed: byId(gone) };
};
