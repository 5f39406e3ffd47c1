/** Which objects of a page are marked as wrong, with undo. Immutable; assignments are the ids. */

export interface Marks {
  readonly wrong: ReadonlySet<number>;
  readonly before: readonly ReadonlySet<number>[];
  readonly after: readonly ReadonlySet<number>[];
}

export const noMarks = (wrong: Iterable<number> = []): Marks => ({ wrong: new Set(wrong), before: [], after: [] });

const changed = (marks: Marks, wrong: ReadonlySet<number>): Marks => ({
  wrong,
  before: [...marks.before, marks.wrong],
  after: [],
});

export const toggled = (marks: Marks, one: number): Marks => {
  const wrong = new Set(marks.wrong);
  if (!wrong.delete(one)) wrong.add(one);
  return changed(marks, wrong);
};

/** All of these get the state that the last of them does not have: a range is marked, or freed, as one step. */
export const ranged = (marks: Marks, all: readonly number[]): Marks => {
  const last = all.at(-1);
  if (last === undefined) return marks;
  const wrong = new Set(marks.wrong);
  const free = marks.wrong.has(last);
  for (const one of all) {
    if (free) wrong.delete(one);
    else wrong.add(one);
  }
  return changed(marks, wrong);
};

export const undone = (marks: Marks): Marks => {
  const last = marks.before.at(-1);
  if (last === undefined) return marks;
  return { wrong: last, before: marks.before.slice(0, -1), after: [...marks.after, marks.wrong] };
};

export const redone = (marks: Marks): Marks => {
  const next = marks.after.at(-1);
  if (next === undefined) return marks;
  return { wrong: next, before: [...marks.before, marks.wrong], after: marks.after.slice(0, -1) };
};
