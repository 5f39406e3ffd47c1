import { filmCommands } from '../commands/film-commands.ts';
import type { Command, Context } from '../commands/registry.ts';
import { trackCommands } from '../commands/track-commands.ts';
import { t } from '../i18n.ts';
import { running } from './predictions.ts';
import type { Room } from './room.ts';

/** Frames that are predicted at once, and with Shift. */
const FAR = 10;
const FARTHER = 30;

const filmed = ({ desk }: Context): boolean => desk.film !== null;

/** Shapes in the next frames. What looks at the frames is fetched when it is first used. */
const predicting = (room: Room): Command[] => {
  const predict = (frames: number): void => {
    running.peek()?.abort();
    const stop = new AbortController();
    running.value = stop;
    import('./predicting.ts')
      .then(({ predict }) => predict(room, frames, stop))
      .catch(() => {
        room.toast.value = { text: t('This part could not be fetched. Try again when the connection is back.') };
      })
      .finally(() => {
        if (running.peek() === stop) running.value = null;
      });
  };
  const next = (id: string, key: string, frames: number): Command => ({
    id,
    title: t('Predict next %(n)s', { n: frames }),
    group: 'track',
    keys: [key],
    when: (context) => filmed(context) && context.desk.list.value.length > 0,
    belongs: filmed,
    run: () => predict(frames),
  });
  return [
    next('predict-next', 'n', FAR),
    next('predict-far', 'Shift+n', FARTHER),
    {
      id: 'stop-predicting',
      title: t('Stop predicting'),
      group: 'track',
      keys: ['Escape'],
      // Its key first lets go of what is in the hand; its button stops it at once.
      when: (context) => filmed(context) && running.value !== null && !context.desk.hand.value.busy,
      belongs: filmed,
      run: () => running.value?.abort(),
    },
  ];
};

/** X, G and O are for tracks in a video: what they do to a shape in a picture has Alt beside it. */
const BESIDE: Readonly<Record<string, string>> = { cut: 'Alt+x', join: 'Alt+g', 'point-veil': 'Alt+o' };

const besideTracks = (commands: readonly Command[]): Command[] =>
  commands.flatMap((command) => {
    const key = BESIDE[command.id];
    return key === undefined ? [] : [{ ...command, keys: [key] }];
  });

/** What there is to do with the frames of a video, and with its things through them. */
export const videoCommands = (room: Room): Command[] => [
  ...predicting(room),
  ...filmCommands(),
  ...trackCommands(),
  ...besideTracks(room.registry.commands),
];
