import { barsOf, type Mark, placeFrom, type Shown, type Track } from './tracks.ts';

/** What the hand holds of a track: one of its key frames, its end, or all of it by the frame that was under the hand. */
export interface Grip {
  readonly of: 'key' | 'end' | 'all';
  readonly frame: number;
}

/** The frames of the film, both included. */
export interface Ends {
  readonly first: number;
  readonly last: number;
}

const clamp = (value: number, least: number, most: number): number => Math.max(least, Math.min(most, value));

const keyBounds = (track: Track, frame: number, film: Ends): readonly [number, number] => {
  const { marks } = track;
  const place = placeFrom(marks, (mark) => mark.frame, frame);
  const before = marks[place - 1]?.frame ?? film.first - 1;
  const after = marks[place + 1]?.frame ?? (track.end ?? film.last) + 1;
  return [before + 1, after - 1];
};

/** The last frame that somebody has spoken of: what is held beyond it to the end of the film may run out of it. */
const lastSaid = ({ marks, end }: Track, frame: number): number => end ?? marks.at(-1)?.frame ?? frame;

/**
 * Where it comes to lie when the hand is at frame `to`: a key frame stays between its neighbours, an end after the last key frame,
 * and a track within the film. Of `all`, the frame that the held one comes to.
 */
export const landing = (track: Track, grip: Grip, to: number, film: Ends): number => {
  const first = track.marks[0]?.frame ?? grip.frame;
  switch (grip.of) {
    case 'key': {
      const [least, most] = keyBounds(track, grip.frame, film);
      return clamp(to, least, Math.max(least, most));
    }
    case 'end':
      return clamp(to, track.marks.at(-1)?.frame ?? film.first, film.last);
    case 'all': {
      const by = clamp(
        to - grip.frame,
        film.first - first,
        Math.max(film.first - first, film.last - lastSaid(track, first)),
      );
      return grip.frame + by;
    }
  }
};

/** The bars as they were told: what is held belongs to what goes before it. */
const shownOf = ({ bars }: Track): Shown[] => {
  const made: Shown[] = [];
  for (const { first, last, look } of bars) {
    const before = made.at(-1);
    if (look === 'gap') continue;
    if (look.startsWith('held') && before?.last === first - 1) made[made.length - 1] = { ...before, last };
    else made.push({ first, last, occluded: look.endsWith('hidden') });
  }
  return made;
};

const rebuilt = (track: Track, shown: readonly Shown[], marks: readonly Mark[], end: number | null): Track => ({
  ...track,
  end,
  marks,
  bars: barsOf(shown, marks.at(-1)?.frame ?? Number.POSITIVE_INFINITY),
});

/** Stretches begin and end at key frames: those of this one go along. */
const movedKey = (track: Track, from: number, to: number): Track =>
  rebuilt(
    track,
    shownOf(track).map((one) => ({
      ...one,
      first: one.first === from ? to : one.first,
      last: one.last === from - 1 ? to - 1 : one.last,
    })),
    track.marks.map((mark) => (mark.frame === from ? { ...mark, frame: to } : mark)),
    track.end,
  );

const ended = (track: Track, end: number): Track => {
  const shown = shownOf(track);
  return rebuilt(
    track,
    [...shown.slice(0, -1), ...shown.slice(-1).map((one) => ({ ...one, last: end }))],
    track.marks,
    end,
  );
};

/** What is held to the end of the film stays so. */
const shifted = (track: Track, by: number, film: Ends): Track => {
  const open = track.end === null && track.marks.at(-1)?.look !== 'absent';
  const shown = shownOf(track);
  return rebuilt(
    track,
    shown.map(({ first, last, occluded }, place) => ({
      first: first + by,
      last: open && place === shown.length - 1 ? film.last : last + by,
      occluded,
    })),
    track.marks.map((mark) => ({ ...mark, frame: mark.frame + by })),
    track.end === null ? null : track.end + by,
  );
};

/** What the track would look like there, while the hand still moves. */
export const held = (track: Track, grip: Grip, to: number, film: Ends): Track => {
  switch (grip.of) {
    case 'key':
      return movedKey(track, grip.frame, to);
    case 'end':
      return ended(track, to);
    case 'all':
      return shifted(track, to - grip.frame, film);
  }
};
