import { type Axis, frameAt, leftOf, middleOf, placeAt } from './axis.ts';
import { type Bar, barAt, type Mark, nearestMark, placeFrom, type Track } from './tracks.ts';

/** px of a row, as the stylesheet has it. */
export const ROW = 30;

/** The places of the rows in sight: from, and one past the last. */
export const rowsInSight = (top: number, height: number, count: number): readonly [number, number] => [
  Math.max(0, Math.min(count, Math.floor(top / ROW))),
  Math.max(0, Math.min(count, Math.ceil((top + height) / ROW))),
];

/** How far to scroll so that a row is in sight. */
export const scrolledTo = (place: number, top: number, height: number): number => {
  if (place < 0) return top;
  return place * ROW < top ? place * ROW : Math.max(top, (place + 1) * ROW - height);
};

/** A bar on the canvas, px. */
export interface DrawnBar {
  readonly x: number;
  readonly width: number;
  readonly look: Bar['look'];
}

export interface DrawnMark {
  readonly x: number;
  readonly frame: number;
  readonly look: Mark['look'];
}

/** Bars and keys nearer than this are one on the canvas, px: no eye parts them, and a row costs what its width costs. */
const FINEST = 0.75;
const APART = 3;

/** Where a bar is drawn in sight; at least a px wide, or a track of few frames would vanish. */
const drawnBar = (axis: Axis, { first, last, look }: Bar): DrawnBar => {
  const x = Math.max(-2, leftOf(axis, first));
  const end = Math.min(axis.width + 2, leftOf(axis, last + 1));
  return { x, width: Math.max(1, end - x), look };
};

/** The bars in sight. */
export const drawnBars = (axis: Axis, { bars }: Pick<Track, 'bars'>): DrawnBar[] => {
  const made: DrawnBar[] = [];
  const past = placeAt(axis, axis.width);
  let place = placeFrom(bars, ({ last }) => last + 1, placeAt(axis, 0));
  for (let bar = bars[place]; bar !== undefined && bar.first <= past; bar = bars[place]) {
    made.push(drawnBar(axis, bar));
    const next = bar.last + 1 + FINEST / axis.scale;
    place = Math.max(
      place + 1,
      placeFrom(bars, ({ last }) => last + 1, next),
    );
  }
  return made;
};

/** The key frames in sight; of those that would lie on each other, the first. */
export const drawnMarks = (axis: Axis, { marks }: Pick<Track, 'marks'>): DrawnMark[] => {
  const made: DrawnMark[] = [];
  const past = placeAt(axis, axis.width + REACH);
  let place = placeFrom(marks, ({ frame }) => frame + 1, placeAt(axis, -REACH));
  for (let mark = marks[place]; mark !== undefined && mark.frame <= past; mark = marks[place]) {
    made.push({ ...mark, x: middleOf(axis, mark.frame) });
    place = Math.max(
      place + 1,
      placeFrom(marks, ({ frame }) => frame, mark.frame + APART / axis.scale),
    );
  }
  return made;
};

/** px around the middle of a key within which it is meant. */
const REACH = 8;
/** px beyond the end of a track within which its end is meant. */
const END_REACH = 14;

export type Hit =
  | { readonly on: 'nothing' }
  /** A row, where the track is not. */
  | { readonly on: 'row'; readonly track: Track; readonly frame: number }
  | { readonly on: 'bar'; readonly track: Track; readonly frame: number }
  | { readonly on: 'key'; readonly track: Track; readonly frame: number }
  | { readonly on: 'end'; readonly track: Track; readonly frame: number };

/** Whether its end can be held: one that goes away by an absent key frame ends there. */
export const hasEnd = ({ marks, bars }: Track): boolean =>
  bars.length > 0 && marks.length > 0 && marks.at(-1)?.look !== 'absent';

const keyAt = (axis: Axis, track: Track, x: number): Mark | undefined => {
  const mark = nearestMark(track, placeAt(axis, x) - 0.5);
  return mark !== undefined && Math.abs(middleOf(axis, mark.frame) - x) <= REACH ? mark : undefined;
};

/** Left of the first key lies its handle, where the diamond is too narrow for a hand. */
const startAt = (axis: Axis, { marks }: Track, x: number): Mark | undefined => {
  const first = marks[0];
  const off = first === undefined ? -1 : middleOf(axis, first.frame) - x;
  return off > 0 && off <= END_REACH ? first : undefined;
};

const endsAt = (axis: Axis, track: Track, x: number): boolean => {
  const last = track.bars.at(-1);
  if (last === undefined || !hasEnd(track)) return false;
  const off = x - leftOf(axis, last.last + 1);
  return off >= -REACH / 2 && off <= END_REACH;
};

/** What lies at a point of the rows: arithmetic only. `y` counts from the top of the first row. */
export const hitAt = (axis: Axis, tracks: readonly Track[], x: number, y: number): Hit => {
  const track = tracks[Math.floor(y / ROW)];
  if (track === undefined || y < 0) return { on: 'nothing' };
  const key = keyAt(axis, track, x);
  if (key !== undefined) return { on: 'key', track, frame: key.frame };
  if (endsAt(axis, track, x)) return { on: 'end', track, frame: track.bars.at(-1)?.last ?? 0 };
  const start = startAt(axis, track, x);
  if (start !== undefined) return { on: 'key', track, frame: start.frame };
  const frame = frameAt(axis, x);
  const bar = barAt(track, Math.floor(placeAt(axis, x)));
  return { on: bar === undefined || bar.look === 'gap' ? 'row' : 'bar', track, frame };
};
