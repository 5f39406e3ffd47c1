import { type Signal, signal } from '@preact/signals-core';
import type { Keeps } from '../commands/looking.ts';
import { RATES } from '../media/film-player.ts';
import type { Order } from '../timeline/tracks.ts';

/** How a person has their timeline: kept in this browser, never part of an answer. */
export interface Habits {
  readonly open: boolean;
  /** px of the rows. */
  readonly height: number;
  /** Only the tracks that are in the frame that is shown. */
  readonly here: boolean;
  readonly order: Order;
  /** How fast films are played, and sequences. */
  readonly rates: Readonly<Record<keyof typeof RATES, number>>;
}

export const HABITS: Habits = { open: true, height: 150, here: false, order: 'first', rates: { film: 1, sequence: 1 } };

const rateOf = (kind: keyof typeof RATES, rate: unknown): number => RATES[kind].find((one) => one === rate) ?? 1;
export const LEAST_HEIGHT = 60;
export const MOST_HEIGHT = 900;

/** What an earlier visit kept, as far as it makes sense. */
export const habitsFrom = (text: string | null): Habits => {
  try {
    const { open, height, here, order, rates } = JSON.parse(text ?? 'null') as Partial<Habits>;
    const fits = typeof height === 'number' && height >= LEAST_HEIGHT && height <= MOST_HEIGHT;
    return {
      open: open !== false,
      height: fits ? height : HABITS.height,
      here: here === true,
      order: order === 'class' ? 'class' : 'first',
      rates: { film: rateOf('film', rates?.film), sequence: rateOf('sequence', rates?.sequence) },
    };
  } catch {
    return HABITS;
  }
};

const KEY = 'touchstone-timeline';

/** The habits, kept from visit to visit where the browser lets us. */
export const keptHabits = (storage: () => Keeps): Signal<Habits> => {
  const habits = signal(HABITS);
  try {
    habits.value = habitsFrom(storage().getItem(KEY));
  } catch {
    // Storage is switched off: the habits last as long as the page.
  }
  habits.subscribe((now) => {
    try {
      storage().setItem(KEY, JSON.stringify(now));
    } catch {
      // As above.
    }
  });
  return habits;
};

let ours: Signal<Habits> | null = null;

/** One for the page: the next film finds the timeline as the person has left it. */
export const ourHabits = (): Signal<Habits> => {
  ours ??= keptHabits(() => localStorage);
  return ours;
};
