import { effect, type Signal, untracked } from '@preact/signals-core';
import type { FilmPlayer } from '../media/film-player.ts';
import type { Habits } from './timeline-habits.ts';

/** A film plays as fast as the last one of its kind did; what is chosen is kept. Returns how to end that. */
export const keepRate = ({ kind, rate }: Pick<FilmPlayer, 'kind' | 'rate'>, habits: Signal<Habits>): (() => void) => {
  let of: string | null = null;
  return effect(() => {
    const [which, chosen] = [kind.value, rate.value];
    const { rates } = habits.peek();
    if (which !== of) {
      of = which;
      rate.value = rates[which];
    } else if (rates[which] !== chosen)
      untracked(() => {
        habits.value = { ...habits.peek(), rates: { ...rates, [which]: chosen } };
      });
  });
};
