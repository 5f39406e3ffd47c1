/** What a timeline knows of a track, as plain data: where it is shown, and what it looks like there. */

/** A run of frames, both ends included. */
export interface Bar {
  readonly first: number;
  readonly last: number;
  /** Held: after the last key frame, where nobody has looked any more. */
  readonly look: 'seen' | 'hidden' | 'held' | 'held-hidden' | 'gap' | 'ghost';
}

export interface Mark {
  readonly frame: number;
  /** A tick: no key frame, but a frame in which there is something. */
  readonly look: 'seen' | 'hidden' | 'absent' | 'tick';
}

/** A track, or, where things have none, all things of a class: ticks without bars. */
export interface Track {
  readonly id: string;
  readonly name: string;
  readonly category: number;
  /** Ascending, without overlap. */
  readonly bars: readonly Bar[];
  /** Ascending. */
  readonly marks: readonly Mark[];
  /** The frame after which it is over, where somebody has said so. */
  readonly end: number | null;
  /** Only proposed: nobody can hold it. */
  readonly ghost?: true;
}

/** Where it is shown, as a desk's film tells it. */
export interface Shown {
  readonly first: number;
  readonly last: number;
  readonly occluded: boolean;
}

/** A key frame, as far as a timeline needs it. */
export interface Key {
  readonly frame: number;
  readonly occluded: boolean;
  readonly at: unknown;
}

const markOf = ({ frame, at, occluded }: Key): Mark => ({
  frame,
  look: at === null ? 'absent' : occluded ? 'hidden' : 'seen',
});

/** One stretch as bars: what is known, up to the last key frame and with it, and what is held after that. */
const partsOf = ({ first, last, occluded }: Shown, lastKey: number): Bar[] => {
  const known: Bar = { first, last: Math.min(last, lastKey), look: occluded ? 'hidden' : 'seen' };
  const held: Bar = { first: Math.max(first, lastKey + 1), last, look: occluded ? 'held-hidden' : 'held' };
  return [known, held].filter((bar) => bar.first <= bar.last);
};

/** The bars of where it is shown; what lies between two stretches is a gap. */
export const barsOf = (shown: readonly Shown[], lastKey: number): Bar[] => {
  const bars: Bar[] = [];
  for (const one of shown) {
    const next = (bars.at(-1)?.last ?? one.first - 1) + 1;
    if (next < one.first) bars.push({ first: next, last: one.first - 1, look: 'gap' });
    bars.push(...partsOf(one, lastKey));
  }
  return bars;
};

export const trackOf = (
  about: Pick<Track, 'id' | 'name' | 'category' | 'end'>,
  shown: readonly Shown[],
  keys: readonly Key[],
): Track => ({
  ...about,
  bars: barsOf(shown, keys.at(-1)?.frame ?? Number.POSITIVE_INFINITY),
  marks: keys.map(markOf),
});

/** A track as a model proposes it: where it would be shown. */
export const ghostOf = (about: Pick<Track, 'id' | 'name' | 'category'>, shown: readonly Shown[]): Track => ({
  ...about,
  ghost: true,
  end: null,
  marks: [],
  bars: barsOf(shown, Number.POSITIVE_INFINITY).map((bar) => (bar.look === 'gap' ? bar : { ...bar, look: 'ghost' })),
});

/** The first place of an ascending list whose value is at least `least`; the length where none is. */
export const placeFrom = <T>(list: readonly T[], value: (one: T) => number, least: number): number => {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value(list[middle] as T) < least) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** The bar that a frame lies in. */
export const barAt = ({ bars }: Pick<Track, 'bars'>, frame: number): Bar | undefined => {
  const bar = bars[placeFrom(bars, ({ last }) => last, frame)];
  return bar !== undefined && bar.first <= frame ? bar : undefined;
};

/** The key frame, or the tick, of a frame. */
export const markAt = ({ marks }: Pick<Track, 'marks'>, frame: number): Mark | undefined => {
  const mark = marks[placeFrom(marks, (one) => one.frame, frame)];
  return mark?.frame === frame ? mark : undefined;
};

export const isHere = (track: Pick<Track, 'bars' | 'marks'>, frame: number): boolean => {
  const mark = markAt(track, frame);
  if (mark?.look === 'tick') return true;
  const bar = barAt(track, frame);
  return bar !== undefined && bar.look !== 'gap';
};

/** A row a class, with a tick for every frame that has any of them. `frames` may hold a frame more than once. */
export const classRow = (category: number, name: string, frames: Iterable<number>): Track => ({
  id: `class ${category}`,
  name,
  category,
  end: null,
  bars: [],
  marks: [...new Set(frames)].sort((a, b) => a - b).map((frame) => ({ frame, look: 'tick' })),
});

/** From where to where it is shown; null for one that never is. */
export const extentOf = ({ bars }: Pick<Track, 'bars'>): readonly [number, number] | null => {
  const [first, last] = [bars[0], bars.at(-1)];
  return first === undefined || last === undefined ? null : [first.first, last.last];
};

/** The stretches in which it is hidden, runs that touch taken together. */
export const hiddenOf = ({ bars }: Pick<Track, 'bars'>): (readonly [number, number])[] => {
  const made: [number, number][] = [];
  for (const { first, last, look } of bars) {
    if (look !== 'hidden' && look !== 'held-hidden') continue;
    const before = made.at(-1);
    if (before !== undefined && before[1] + 1 === first) before[1] = last;
    else made.push([first, last]);
  }
  return made;
};

/** The key frame nearest to a frame; of two equally near the earlier one. */
export const nearestMark = ({ marks }: Pick<Track, 'marks'>, frame: number): Mark | undefined => {
  const place = placeFrom(marks, (mark) => mark.frame, frame);
  const [before, after] = [marks[place - 1], marks[place]];
  if (before === undefined || after === undefined) return before ?? after;
  return after.frame - frame < frame - before.frame ? after : before;
};

export type Order = 'first' | 'class';

export interface Choice {
  /** Only those that are shown in this frame; null: all of them. */
  readonly here: number | null;
  readonly order: Order;
  /** Class ids that are put out of sight. */
  readonly without?: ReadonlySet<number>;
  /** These stay, wherever they are. */
  readonly kept?: ReadonlySet<string>;
}

const begins = (track: Track): number => track.marks[0]?.frame ?? extentOf(track)?.[0] ?? Number.POSITIVE_INFINITY;

/** The rows of a timeline. */
export const arranged = (tracks: readonly Track[], { here, order, without, kept }: Choice): Track[] => {
  const fits = (track: Track): boolean =>
    without?.has(track.category) !== true && (here === null || isHere(track, here));
  const some = tracks.filter((track) => kept?.has(track.id) === true || fits(track));
  const begin = new Map(some.map((track) => [track, begins(track)]));
  const byFirst = (a: Track, b: Track): number => (begin.get(a) ?? 0) - (begin.get(b) ?? 0) || 0;
  return some.sort((a, b) => (order === 'class' ? a.category - b.category : 0) || byFirst(a, b));
};
