import { t } from '../i18n.ts';
import { stays } from './film-commands.ts';
import type { Command, Context } from './registry.ts';
import {
  chosenTracks,
  endHere,
  join,
  nextKey,
  propagate,
  removeKeyHere,
  removeTracks,
  setKey,
  split,
  toggleAbsent,
  toggleOccluded,
} from './tracks.ts';

/** What a person can do to the things of a video through its frames. */

/** A second of film, about: as far as a copy goes at once. */
const FAR = 10;

const filmed = ({ desk }: Context): boolean => desk.film !== null;
const tracked = ({ desk }: Context): boolean => desk.film?.tracked === true;
const chosen = (context: Context): boolean => tracked(context) && chosenTracks(context.desk).length > 0;

const act = (id: string, title: string, key: string, run: (context: Context) => unknown): Command => ({
  id,
  title,
  group: 'track',
  keys: key === '' ? [] : [key],
  when: chosen,
  belongs: tracked,
  run,
});

const go = (id: string, title: string, keys: readonly string[], way: 1 | -1): Command => ({
  id,
  title,
  group: 'play',
  keys,
  when: filmed,
  run: (context) => {
    const { desk } = context;
    if (stays(context)) return;
    const frame = nextKey(desk, way);
    if (frame !== null && desk.film !== null) desk.film.wanted.value = frame;
    else desk.said.value = way === 1 ? t('No key frame after this one') : t('No key frame before this one');
  },
});

const copying = (id: string, title: string, key: string, frames: number): Command => ({
  id,
  title,
  group: 'track',
  keys: [key],
  when: (context) => filmed(context) && chosenTracks(context.desk).length > 0,
  belongs: filmed,
  run: ({ desk }) => propagate(desk, frames),
});

export const trackCommands = (): Command[] => [
  act('set-key', t('Set a key frame'), 'q', ({ desk }) => setKey(desk)),
  act('remove-key', t('Remove the key frame'), 'Shift+q', ({ desk }) => removeKeyHere(desk)),
  act('end-track', t('End the track here, or let it go on'), 'e', ({ desk }) => endHere(desk)),
  act('occluded', t('Hidden from here on, or seen'), 'o', ({ desk }) => toggleOccluded(desk)),
  act('absent', t('Absent from here on, or there again'), 'Shift+o', ({ desk }) => toggleAbsent(desk)),
  act('split-track', t('Split the track before this frame'), 'x', ({ desk }) => split(desk)),
  act('join-tracks', t('Join two tracks'), 'g', ({ desk }) => join(desk)),
  act('remove-track', t('Remove the whole track'), 'Shift+Delete', ({ desk }) =>
    removeTracks(
      desk,
      chosenTracks(desk).map(({ id }) => id),
    ),
  ),
  go('key-back', t('Key frame before'), ['Shift+,', '<'], -1),
  go('key-on', t('Next key frame'), ['Shift+.', '>'], 1),
  copying('copy-on', t('Copy on to the next frame'), 'Shift+c', 1),
  copying('copy-far', t('Copy on to the next %(n)s frames', { n: FAR }), 'Alt+c', FAR),
];
