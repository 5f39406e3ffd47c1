import { t } from '../i18n.ts';
import type { Command, Context, PanelName } from './registry.ts';

const visual = ({ desk }: Context): boolean => desk.pictured;
const always = (): boolean => true;
/** While points are being put in a frame it stays: a slip of the hand must not lose them. */
const playing = ({ desk, host }: Context): boolean =>
  host.player !== null && !(desk.film !== null && desk.hand.value.open);

const ZOOM = 1.25;

const look = (id: string, title: string, keys: readonly string[], run: (context: Context) => void): Command => ({
  id,
  title,
  group: 'look',
  keys,
  when: visual,
  run,
});

const opens = (id: string, title: string, keys: readonly string[], panel: PanelName): Command => ({
  id,
  title,
  group: 'finish',
  keys,
  when: always,
  run: ({ host }) => host.open(panel),
});

const play = (id: string, title: string, keys: readonly string[], run: (context: Context) => void): Command => ({
  id,
  title,
  group: 'play',
  keys,
  when: playing,
  run,
});

/** What Escape ends, from the inside out: a gesture, reading, the selection, being in the picture. */
const stepOut = ({ desk, host }: Context): void => {
  if (desk.hand.value.busy) desk.send({ type: 'cancel' });
  else if (desk.giveBack()) return;
  else if (desk.point.value !== null) desk.point.value = null;
  else if (host.stopReading()) return;
  else if (desk.selection.value.length > 0) desk.select([]);
  else host.leaveRegion();
};

export const finishingCommands = (): Command[] => [
  look('zoom-in', t('Zoom in'), ['+', '='], ({ desk }) => desk.zoom(ZOOM)),
  look('zoom-out', t('Zoom out'), ['-'], ({ desk }) => desk.zoom(1 / ZOOM)),
  look('fit', t('Fit the picture'), ['f'], ({ desk }) => desk.fit()),
  {
    ...look('hide', t('Hide or show labels'), ['h'], ({ desk }) => {
      desk.hidden.value = !desk.hidden.value;
      desk.said.value = desk.hidden.value ? t('Labels hidden') : t('Labels shown');
    }),
    when: ({ desk }) => desk.type.located !== undefined,
  },
  play('play', t('Play or pause'), ['Space'], ({ host }) => host.player?.toggle()),
  play('step-back', t('One frame back'), [','], ({ host }) => host.player?.step(-1)),
  play('step-on', t('One frame on'), ['.'], ({ host }) => host.player?.step(1)),
  play('slower', t('Slower'), ['Alt+,'], ({ host }) => host.player?.speed(0.5)),
  play('faster', t('Faster'), ['Alt+.'], ({ host }) => host.player?.speed(2)),
  {
    id: 'undo',
    title: t('Undo'),
    group: 'finish',
    keys: ['Ctrl+z'],
    when: always,
    run: ({ desk }) => {
      // Of a thing in the making the last point is taken back, not the thing.
      if (desk.hand.value.open) {
        desk.send({ type: 'back' });
        return;
      }
      desk.send({ type: 'cancel' });
      if (desk.history.canUndo) desk.said.value = t('Undone');
      desk.undo();
    },
  },
  {
    id: 'redo',
    title: t('Redo'),
    group: 'finish',
    keys: ['Ctrl+Shift+z', 'Ctrl+y'],
    when: always,
    run: ({ desk }) => {
      if (desk.history.canRedo) desk.said.value = t('Done again');
      desk.redo();
    },
  },
  {
    id: 'escape',
    title: t('Cancel, deselect, leave the picture'),
    group: 'look',
    keys: ['Escape'],
    when: always,
    run: stepOut,
  },
  {
    id: 'submit',
    title: t('Submit'),
    group: 'finish',
    keys: ['Enter'],
    when: ({ desk }) => !desk.hand.value.busy,
    run: ({ host }) => host.submit(false),
  },
  {
    id: 'submit-stop',
    title: t('Submit and stop'),
    group: 'finish',
    keys: ['Shift+Enter'],
    when: ({ desk }) => !desk.hand.value.busy,
    run: ({ host }) => host.submit(true),
  },
  {
    id: 'take-back',
    title: t('Take the last answer back'),
    group: 'finish',
    keys: ['Backspace'],
    when: ({ host }) => host.submitsOnDigit,
    run: ({ host }) => host.takeBack(),
  },
  opens('skip', t('Skip with a reason'), ['s'], 'skip'),
  opens('keys', t('Keyboard shortcuts'), ['?'], 'keys'),
  opens('palette', t('Find a command'), ['Ctrl+k'], 'palette'),
  opens('instructions', t('Instructions'), ['i'], 'instructions'),
];
