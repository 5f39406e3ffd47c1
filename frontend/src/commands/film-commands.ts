import { t } from '../i18n.ts';
import type { Command, Context } from './registry.ts';

const filmed = ({ desk }: Context): boolean => desk.film !== null;

const go = (
  id: string,
  title: string,
  keys: readonly string[],
  to: (context: Context) => number | undefined,
): Command => ({
  id,
  title,
  group: 'play',
  keys,
  when: filmed,
  run: (context) => {
    const frame = to(context);
    if (context.desk.film !== null && frame !== undefined) context.desk.film.wanted.value = frame;
  },
});

/** Places in a film that only films have; to step, to play and to go faster is the same for clips. */
export const filmCommands = (): Command[] => [
  go('first-frame', t('First frame'), ['Home'], ({ desk }) => desk.film?.first),
  go('last-frame', t('Last frame'), ['End'], ({ desk }) => desk.film?.last),
];
