import { type Action, actionOf, type Place, stepFrom } from './keys.ts';
import type { GridRoom } from './room.ts';

/** These answer to keys themselves. */
const TYPING = 'input, textarea, select, [contenteditable="true"], dialog';
const PRESSABLE = 'button, a[href], summary';

const placesOf = (room: GridRoom): Place[] => {
  const count = room.page.peek()?.tiles.length ?? 0;
  return Array.from({ length: count }, (_, at) => {
    const box = document.querySelector(`[data-at="${at}"]`)?.getBoundingClientRect();
    return { left: box?.left ?? 0, top: box?.top ?? 0 };
  });
};

const goTo = (room: GridRoom, at: number): void => {
  room.at.value = at;
  const tile = document.querySelector<HTMLElement>(`[data-at="${at}"]`);
  tile?.focus({ preventScroll: true });
  tile?.scrollIntoView({ block: 'nearest' });
};

const act = (room: GridRoom, action: Action): void => {
  const { session } = room;
  switch (action.do) {
    case 'go': {
      const from = room.at.value;
      goTo(room, stepFrom(from, action.to, placesOf(room)));
      if (action.range && room.at.value !== from) session.mark(room.at.value, true);
      return;
    }
    case 'mark':
      session.mark(action.at ?? room.at.value, action.range);
      if (action.at !== null && room.at.value === action.at) goTo(room, action.at);
      return;
    case 'look':
      room.looked.value = room.page.value?.tiles[room.at.value] ?? null;
      return;
    case 'instructions':
      if (room.instructions !== null) room.reading.value = !room.reading.value;
      return;
    case 'keys':
      room.keysShown.value = true;
      return;
    case 'back':
      session.takeBack();
      return;
    default:
      session[action.do]();
  }
};

const isTheirs = ({ target, key }: KeyboardEvent): boolean => {
  if (!(target instanceof Element)) return false;
  if (target.closest(TYPING) !== null) return true;
  return (key === 'Enter' || key === ' ') && target.closest(PRESSABLE) !== null;
};

/** Holding a key down must not submit page after page, nor mark and free by turns. */
const isHeld = (event: KeyboardEvent, action: Action): boolean => event.repeat && action.do !== 'go';

export const listenToKeys = (room: GridRoom): (() => void) => {
  const stop = new AbortController();
  const { signal } = stop;
  const down = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing || room.keysShown.value || isTheirs(event)) return;
    const action = actionOf({
      key: event.key,
      code: event.code,
      ctrl: event.ctrlKey || event.metaKey,
      shift: event.shiftKey,
      alt: event.altKey,
    });
    if (action === null || (room.page.value === null && action.do !== 'back')) return;
    event.preventDefault();
    if (!isHeld(event, action)) act(room, action);
  };
  const up = (event: KeyboardEvent): void => {
    if (event.key.toLowerCase() === 'v') room.looked.value = null;
  };
  window.addEventListener('keydown', down, { signal });
  window.addEventListener('keyup', up, { signal });
  window.addEventListener(
    'blur',
    () => {
      room.looked.value = null;
    },
    { signal },
  );
  return () => stop.abort();
};
