/** A stretch of text, in any one way of counting. */
export interface Stretch {
  readonly id: string;
  readonly start: number;
  readonly end: number;
}

/** By place; of two that begin together the longer one first, since it lies around the other. */
export const byPlace = (a: Stretch, b: Stretch): number =>
  a.start - b.start || b.end - a.end || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/**
 * The lane of each stretch, 0 next to the words, so that no two that overlap share one: what lies inside gets the lower lane. They
 * must be sorted by place. Beyond `most` lanes the last one is shared.
 */
export const lanesOf = (sorted: readonly Stretch[], most: number): ReadonlyMap<string, number> => {
  const lanes = new Map<string, number>();
  for (const group of groups(sorted)) {
    const ends: number[][] = [];
    // The shorter ones first: they lie inside.
    for (const one of [...group].sort((a, b) => a.end - a.start - (b.end - b.start) || byPlace(a, b))) {
      lanes.set(one.id, freeLane(ends, one, most));
    }
  }
  return lanes;
};

/** Those that hang together by overlapping. */
function* groups(sorted: readonly Stretch[]): Generator<readonly Stretch[]> {
  let group: Stretch[] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const one of sorted) {
    if (one.start >= end && group.length > 0) {
      yield group;
      group = [];
    }
    group.push(one);
    end = Math.max(end, one.end);
  }
  if (group.length > 0) yield group;
}

/** `taken` holds the starts and ends in each lane, one after the other. */
const freeLane = (taken: number[][], { start, end }: Stretch, most: number): number => {
  for (let lane = 0; ; lane += 1) {
    const there = taken[lane] ?? [];
    if (lane === most - 1 || isFree(there, start, end)) {
      there.push(start, end);
      taken[lane] = there;
      return lane;
    }
  }
};

const isFree = (there: readonly number[], start: number, end: number): boolean => {
  for (let i = 0; i < there.length; i += 2) {
    if (start < (there[i + 1] ?? 0) && end > (there[i] ?? 0)) return false;
  }
  return true;
};
