import type { Room } from './room.ts';

const TYPING = 'input:not([type="checkbox"]):not([type="radio"]):not([type="range"]), textarea, select, [contenteditable="true"]';
/** These answer to Enter and Space themselves. */
const PRESSABLE = 'button, a[href], summary, input, label';

const isTyping = (target: EventTarget | null): boolean => target instanceof Element && target.matches(TYPING);

const hasItsOwn = (event: KeyboardEvent, stage: HTMLElement | null): boolean => {
  const { target, key } = event;
  if (!(target instanceof Element)) return false;
  if ((key === 'Enter' || key === ' ') && target.closest(PRESSABLE) !== null) return true;
  // Tab walks through objects only inside the picture; elsewhere it walks through the page.
  if (key === 'Tab') return target !== stage;
  // Sliders, radio groups and lists move by arrows themselves.
  return key.startsWith('Arrow') && target.closest('input, [role="listbox"], [role="radiogroup"]') !== null;
};

/** One listener for the whole editor: silent while a dialog is open, in text fields, and while an input method composes. */
export const listenToKeys = (room: Room, stage: () => HTMLElement | null): (() => void) => {
  const stop = new AbortController();
  const { signal } = stop;
  const down = (event: KeyboardEvent): void => {
    const context = room.context();
    if (event.defaultPrevented || event.isComposing || context === null || room.panel.value !== null) return;
    if (isTyping(event.target) || hasItsOwn(event, stage())) return;
    const press = {
      key: event.key,
      code: event.code,
      ctrl: event.ctrlKey || event.metaKey,
      shift: event.shiftKey,
      alt: event.altKey,
    };
    // Holding Enter down must not submit object after object.
    if (event.repeat && (event.key === 'Enter' || event.key === ' ')) {
      event.preventDefault();
      return;
    }
    if (room.registry.press(press, context)) event.preventDefault();
    else if (event.key === ' ' && context.desk.question.media.kind === 'image') {
      event.preventDefault();
      context.desk.send({ type: 'grip', on: true });
    }
  };
  const up = (event: KeyboardEvent): void => {
    if (event.key === ' ') room.context()?.desk.send({ type: 'grip', on: false });
  };
  window.addEventListener('keydown', down, { signal });
  window.addEventListener('keyup', up, { signal });
  return () => stop.abort();
};
