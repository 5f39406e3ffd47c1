import type { Desk } from '../commands/desk.ts';
import type { Point } from '../geometry/plane.ts';
import type { Path } from '../task-types/task-type.ts';
import { placeOf } from '../task-types/tracks.ts';

/** So many frames before and after the one that is shown. */
const REACH = 120;
/** A curve of so many places is smooth to the eye. */
const PLACES = 60;

export interface Trail {
  readonly line: Path;
  /** The key frames on it. */
  readonly keys: readonly Point[];
}

/** Where a track's middle goes around the frame that is shown, one piece for each stretch in which it is there. Media px. */
export const trailOf = ({ film, type: { located } }: Desk, id: string): Trail[] => {
  if (film === null || !film.tracked || located === undefined) return [];
  const here = film.frame.peek();
  const middle = (frame: number): Point[] => {
    const seen = film.at(id, frame);
    if (seen === null) return [];
    const { left, top, width, height } = located.bounds(seen);
    return [{ x: left + width / 2, y: top + height / 2 }];
  };
  const step = Math.max(1, Math.round((2 * REACH) / PLACES));
  const all = film.keysOf(id);
  const near = all.slice(Math.max(0, placeOf(all, here - REACH)), placeOf(all, here + REACH) + 1);
  const keys = near.filter(({ frame, at }) => at !== null && frame >= here - REACH);
  return film.stretches(id).flatMap(({ first, last }) => {
    const [from, to] = [Math.max(first, here - REACH), Math.min(last, here + REACH)];
    if (from >= to) return [];
    const own = keys.map(({ frame }) => frame).filter((frame) => frame >= from && frame <= to);
    const regular = Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step);
    const frames = [...new Set([...regular, ...own, to])].sort((a, b) => a - b);
    const points = frames.flatMap(middle).flatMap(({ x, y }) => [x, y]);
    return [{ line: { points, closed: false }, keys: own.flatMap(middle) }];
  });
};
