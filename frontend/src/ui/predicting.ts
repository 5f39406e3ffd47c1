import { following } from '../assist/following.ts';
import { predictNext } from '../commands/predicting.ts';
import { t } from '../i18n.ts';
import type { Room } from './room.ts';

/** Predicts the shapes of the next frames while the person goes on; says how far it is, and how it went. */
export const predict = async (room: Room, frames: number, stop: AbortController): Promise<void> => {
  const { film } = room;
  const desk = room.opened.peek()?.desk;
  if (film === null || desk === undefined) return;
  const action = { label: t('Stop'), run: () => stop.abort() };
  const gone = room.opened.subscribe((opened) => {
    if (opened?.desk !== desk) stop.abort();
  });
  const told = (frame: number): void => {
    room.toast.value = { text: t('Following: frame %(n)s', { n: frame }), action };
  };
  try {
    const follow = following(film.source, desk.question.media, stop.signal);
    const text = await predictNext(desk, follow, frames, told);
    desk.said.value = text;
    room.toast.value = { text };
  } catch {
    const text = stop.signal.aborted
      ? t('Prediction stopped; nothing is changed')
      : t('The frames could not be looked at. Draw the shape by hand, or try again.');
    if (room.opened.peek()?.desk === desk) room.toast.value = { text };
  } finally {
    gone();
  }
};
