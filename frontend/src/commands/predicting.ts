import { adding, both, type Diff, isEmpty, NOTHING, updating } from '../doc/diff.ts';
import type { Film } from '../doc/film.ts';
import type { Box, Point } from '../geometry/plane.ts';
import { t, tn } from '../i18n.ts';
import { apart, carried, type Way } from '../task-types/carried.ts';
import { moving } from '../task-types/film-shapes.ts';
import { type InstanceRecord, type Json, type KeyRecord, keyOf } from '../task-types/question.ts';
import { placeOf, trackOf, withTrack } from '../task-types/tracks.ts';
import type { Desk } from './desk.ts';
import { chosenTracks } from './tracks.ts';

/** Shapes that follow their things through the next frames: what is followed, what is made of it, and what is said. */

/** What is followed, px of the stored file: an outline, or all within the bounds. */
export interface Region {
  readonly bounds: Box;
  readonly outline: readonly Point[] | null;
}

/**
 * Why a thing can't be followed further: it has left the picture; little of it is still inside, and stays; it looks different (hidden, or another scene); what is seen of it
 * moves every way; it has nothing to hold on to.
 */
export type Lost = 'gone' | 'cut' | 'unlike' | 'unsteady' | 'plain';

/** Where a thing went, frame by frame after the first; shorter than it was asked for where it was lost. */
export interface Followed {
  readonly ways: readonly Way[];
  readonly lost: Lost | null;
  /** Of what is gone: how it goes on after that by its speed, until it is out. */
  readonly leaving: readonly Way[];
}

/** Looks at the frames after `from` up to `last`. `told`: how far it is. Rejects when it is stopped. */
export type Follow = (
  regions: readonly Region[],
  from: number,
  last: number,
  told: (frame: number) => void,
) => Promise<readonly Followed[]>;

/** In the origin of shapes that it made. */
const MODEL = 'follow-1';
/** Key frames are left out where the shape lies within so many px without them: of a picture this wide, or less ... */
const TOLERANCE = 1;
const WIDE = 1280;
/** ... and of a larger shape within this share of the root of its area: no hand draws it finer. */
const SHARE = 0.01;
/** Px: points and lines are followed by what is around them. */
const LEAST_SIDE = 32;

/** A shape in the frame that is shown, and the last frame that it may be predicted for. */
interface Start {
  readonly record: InstanceRecord;
  readonly shape: InstanceRecord;
  readonly last: number;
  /** What leaves may be carried out as far as this: up to the person's next key frame or end. */
  readonly room: number;
  /** A key frame of the person ends it. */
  readonly stopped: boolean;
}

const startOf = (film: Film, record: InstanceRecord, frame: number, most: number): Start | null => {
  const shape = film.at(record.id, frame);
  if (shape === null) return null;
  const far = Math.min(most, film.last);
  // Of single shapes each would be one more that nobody has seen.
  if (!film.tracked) return { record, shape, last: far, room: far, stopped: false };
  const next = film.keysOf(record.id)[placeOf(film.keysOf(record.id), frame) + 1]?.frame ?? Infinity;
  const room = Math.min(film.last, trackOf(record).end ?? Infinity, next - 1);
  const last = Math.min(most, room);
  return { record, shape, last, room, stopped: last === next - 1 };
};

/** The selected things, or all that are seen. */
const startsOf = (desk: Desk, film: Film, frame: number, most: number): Start[] => {
  const chosen = desk.selection.peek().length > 0 ? chosenTracks(desk) : desk.inReach();
  return chosen.flatMap(({ id }) => {
    const record = film.record(id);
    return (record === undefined ? null : startOf(film, record, frame, most)) ?? [];
  });
};

const grown = ({ left, top, width, height }: Box): Box => {
  const [x, y] = [Math.max(width, LEAST_SIDE), Math.max(height, LEAST_SIDE)];
  return { left: left - (x - width) / 2, top: top - (y - height) / 2, width: x, height: y };
};

const regionOf = ({ type, question }: Desk, shape: InstanceRecord): Region => {
  const { located } = type;
  if (located === undefined) throw new Error('nothing is located');
  const bounds = located.bounds(shape);
  const outline = located.rings(shape)?.[0] ?? turnedOutline(located.draw(shape, question).paths) ?? null;
  const thin = outline === null && located.draw(shape, question).boxes.length === 0;
  return { bounds: thin ? grown(bounds) : bounds, outline };
};

/** Of a turned box, which is drawn as a closed line. */
const turnedOutline = (
  paths: readonly { readonly points: readonly number[]; readonly closed: boolean }[],
): Point[] | undefined => {
  const path = paths.find(({ closed }) => closed);
  return path?.points.flatMap((x, i) => (i % 2 === 0 ? [{ x, y: path.points[i + 1] ?? 0 }] : []));
};

/** The shapes of the frames after the first, as far as there are any. */
const shapesOf = (desk: Desk, { shape, last, room }: Start, { ways, leaving }: Followed, frame: number): Json[] => {
  const made: Json[] = [];
  const all = [...ways.slice(0, last - frame), ...(desk.film?.tracked ? leaving : [])];
  for (const way of all.slice(0, room - frame)) {
    const next = carried(shape.shape, shape.geometry, way, desk.question.media);
    if (next === null) break;
    made.push(next);
  }
  return made;
};

/**
 * Of shapes frame by frame, the first being the one that all begins with, the places of those that are needed: what lies between two is
 * within `tolerance` of what would be drawn there. The last one always is.
 */
export const thinned = (shape: string, shapes: readonly Json[], tolerance: number): number[] => {
  const fits = (a: number, b: number): boolean => {
    const between = moving(shape, shapes[a] ?? null, shapes[b] ?? null);
    for (let i = a + 1; i < b; i += 1) {
      if (apart(between((i - a) / (b - a)), shapes[i] ?? null) > tolerance) return false;
    }
    return true;
  };
  const kept: number[] = [];
  for (let at = 0; at < shapes.length - 1; ) {
    let next = at + 1;
    while (next + 1 < shapes.length && fits(at, next + 1)) next += 1;
    kept.push(next);
    at = next;
  }
  return kept;
};

/** Key frames for a track; where the prediction begins it gets one, too. */
const keysFor = (desk: Desk, film: Film, { record, shape }: Start, frame: number, shapes: readonly Json[]): Diff => {
  const { width = 0, height = 0 } = desk.type.located?.bounds(shape) ?? {};
  const tolerance = Math.max(TOLERANCE, desk.question.media.width / WIDE, SHARE * Math.sqrt(width * height));
  const keys = film.keysOf(record.id);
  const occluded = keys[placeOf(keys, frame)]?.occluded;
  const begin = film.keyAt(record.id, frame) === undefined ? [keyOf(record.id, frame, shape.geometry, occluded)] : [];
  const all = [shape.geometry, ...shapes];
  const made = thinned(record.shape, all, tolerance).map(
    (place): KeyRecord => keyOf(record.id, frame + place, all[place] ?? null, occluded),
  );
  return adding(...begin, ...made);
};

/** It has left the picture: the track ends where it was seen last, or is absent until the person's next key frame, or their end. */
const leavingFor = (film: Film, { start, left }: Outcome): Diff => {
  if (left === null) return NOTHING;
  const record = film.record(start.record.id) ?? start.record;
  return left.ends
    ? updating(record, withTrack(record, { end: left.seen }))
    : adding(keyOf(record.id, left.seen + 1, null));
};

const momentsFor = (desk: Desk, { record }: Start, frame: number, shapes: readonly Json[], order: number): Diff =>
  adding(
    ...shapes.map((at, i) => ({
      ...record,
      id: desk.newId(),
      order: order + i,
      geometry: { frame: frame + 1 + i, at },
      origin: { model: MODEL, how: 'accepted' } as const,
    })),
  );

/** The thing as it is now; null where it was changed since it was looked at: people go on working meanwhile. */
const asBefore = (film: Film, start: Start, frame: number): Start | null => {
  const { record, shape, last } = start;
  const now = film.record(record.id);
  const next = now === undefined ? null : startOf(film, now, frame, last);
  const same = next !== null && next.last === last && apart(next.shape.geometry, shape.geometry) === 0;
  return same ? { ...start, room: next.room } : null;
};

/** Of tracks the same are selected as before; of single shapes the last ones, so that the next prediction goes on from there. */
const written = (desk: Desk, film: Film, frame: number, outcomes: readonly Outcome[]): void => {
  let order = desk.nextOrder();
  let diff = NOTHING;
  const last: string[] = [];
  for (const outcome of outcomes) {
    const { start, shapes } = outcome;
    diff = both(diff, leavingFor(film, outcome));
    // What is to be absent from the next frame on still goes here as it did.
    if (shapes.length === 0 && typeof outcome.left?.until !== 'number') continue;
    const more = film.tracked
      ? keysFor(desk, film, start, frame, shapes)
      : momentsFor(desk, start, frame, shapes, order);
    diff = both(diff, more);
    last.push(Object.keys(more.added).at(-1) ?? '');
    order += shapes.length;
  }
  if (!isEmpty(diff)) desk.write(diff, film.tracked ? undefined : last);
};

interface Outcome {
  readonly start: Start;
  readonly shapes: readonly Json[];
  readonly lost: Lost | null;
  /** Of a track that has left the picture. */
  readonly left: Left | null;
}

interface Left {
  /** The last frame that it was seen in. */
  readonly seen: number;
  /** The key frame with which the person has it back. */
  readonly until: number | null;
  /** The person has put nothing after it, no end either: it ends. */
  readonly ends: boolean;
}

const leftAfter = (film: Film, { record }: Start, frame: number, seen: number): Left => {
  const keys = film.keysOf(record.id);
  const next = keys[placeOf(keys, frame) + 1];
  const until = next === undefined || next.at === null ? null : next.frame;
  return { seen, until, ends: next === undefined && trackOf(record).end === null };
};

const outcomeOf = (desk: Desk, film: Film, start: Start, followed: Followed, frame: number): Outcome => {
  const shapes = shapesOf(desk, start, followed, frame);
  const whole = (followed.lost === 'gone' ? start.room : start.last) - frame;
  const lost = shapes.length < whole ? (followed.lost ?? 'gone') : null;
  const left = film.tracked && lost === 'gone' ? leftAfter(film, start, frame, frame + shapes.length) : null;
  return { start, shapes, lost, left };
};

const because = (lost: Lost): string =>
  ({
    gone: t('it leaves the picture'),
    cut: t('too little of it is in the picture'),
    unlike: t('it looks different there, or is hidden'),
    unsteady: t('its pixels do not move as one'),
    plain: t('there is too little to hold on to'),
  })[lost];

const sentence = (film: Film, frame: number, far: number, { start, shapes, lost, left }: Outcome): string => {
  if (left !== null) {
    const words = { name: film.nameOf(start.record.id), n: left.seen, until: left.until ?? '' };
    if (left.ends) return t('%(name)s leaves the picture: its track ends with frame %(n)s.', words);
    return left.until === null
      ? t('%(name)s leaves the picture: absent after frame %(n)s.', words)
      : t('%(name)s leaves the picture: absent after frame %(n)s, until your key frame %(until)s.', words);
  }
  const words = { name: film.nameOf(start.record.id), n: frame + shapes.length, why: because(lost ?? 'gone') };
  if (shapes.length === 0) return t('%(name)s can’t be followed: %(why)s.', words);
  if (shapes.length === far) return t('After it %(name)s is lost: %(why)s.', words);
  return t('%(name)s only to frame %(n)s: %(why)s.', words);
};

/** How it went, in words: how far, and what was not followed as far. */
const told = (film: Film, frame: number, outcomes: readonly Outcome[]): string => {
  const far = Math.max(...outcomes.map(({ shapes }) => shapes.length));
  const short = outcomes.filter(({ lost }) => lost !== null);
  const said = far > 0 ? [t('Predicted to frame %(n)s.', { n: frame + far })] : [];
  const stopped = outcomes.some(({ start, shapes }) => start.stopped && shapes.length === start.last - frame);
  if (stopped && far > 0) said.push(t('The next key frame is yours.'));
  const few = short.length <= 2 ? short.map((one) => sentence(film, frame, far, one)) : [];
  if (short.length > 2)
    said.push(tn('%(n)s was not followed as far.', '%(n)s were not followed as far.', short.length));
  const gone = short.length > 2 ? short.filter(({ left }) => left !== null).length : 0;
  if (gone > 0)
    said.push(
      tn(
        '%(n)s track leaves the picture, and is not shown after that.',
        '%(n)s tracks leave the picture, and are not shown after that.',
        gone,
      ),
    );
  return [...said, ...few].join(' ');
};

/** Why there is nothing to do. */
const nothing = (film: Film, frame: number, starts: readonly Start[]): string => {
  if (starts.length === 0) return t('Nothing is shown here that could be followed. Select a thing in this frame.');
  if (frame >= film.last) return t('This is the last frame.');
  return starts.some(({ stopped }) => stopped)
    ? t('The next frame is a key frame of yours already.')
    : t('It ends with this frame.');
};

/**
 * The shapes of the selected things, or of all in sight, in the next frames: key frames where they are needed, as one step of the
 * history; none of the person's is changed. Returns what to say.
 */
export const predictNext = async (
  desk: Desk,
  follow: Follow,
  frames: number,
  progress: (frame: number) => void,
): Promise<string> => {
  const { film } = desk;
  if (film === null) return '';
  const frame = film.frame.peek();
  const all = startsOf(desk, film, frame, frame + frames);
  const starts = all.filter(({ last }) => last > frame);
  if (starts.length === 0) return nothing(film, frame, all);
  const last = Math.max(...starts.map((start) => start.last));
  const regions = starts.map(({ shape }) => regionOf(desk, shape));
  const followed = await follow(regions, frame, last, progress);
  const outcomes = starts.flatMap((start, i): Outcome[] => {
    const [one, now] = [followed[i], asBefore(film, start, frame)];
    return one === undefined || now === null ? [] : [outcomeOf(desk, film, now, one, frame)];
  });
  if (outcomes.length === 0) return t('It was changed meanwhile; nothing is predicted.');
  written(desk, film, frame, outcomes);
  const far = Math.max(...outcomes.map(({ shapes }) => shapes.length));
  // Who has gone elsewhere meanwhile stays there.
  if (film.wanted.peek() === frame && !desk.hand.peek().open) film.wanted.value = frame + far;
  return told(film, frame, outcomes);
};
