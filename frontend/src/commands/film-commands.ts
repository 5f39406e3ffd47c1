import { t } from '../i18n.ts';
import type { Command, Context } from './registry.ts';

const filmed = ({ desk }: Context): boolean => desk.film !== null;

/** Points are being put: they belong to this frame, and a slip of the hand must not lose them. True when the key is not to be followed. */
export const stays = ({ desk }: Context): boolean => {
  const open = desk.film !== null && desk.hand.value.open;
  if (open) desk.said.value = t('Finish the shape first, or drop it with Esc.');
  return open;
};

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
    if (stays(context)) return;
    const frame = to(context);
    if (context.desk.film !== null && frame !== undefined) context.desk.film.wanted.value = frame;
  },
});

/** Places in a film that only films have; to step, to play and to go faster is the same for clips. */
export const filmCommands = (): Command[] => [
  go('first-frame', t('First frame'), ['Home'], ({ desk }) => desk.film?.first),
  go('last-frame', t('Last frame'), ['End'], ({ desk }) => desk.film?.last),
];
