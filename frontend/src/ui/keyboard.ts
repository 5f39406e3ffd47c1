import type { KeyPress } from '../commands/registry.ts';
import type { Room } from './room.ts';

const TYPING =
  'input:not([type="checkbox"]):not([type="radio"]):not([type="range"]), textarea, select, [contenteditable="true"]';
/** These answer to Enter and Space themselves. */
const PRESSABLE = 'button, a[href], summary, input, label';

const isTyping = (target: EventTarget | null): boolean => target instanceof Element && target.matches(TYPING);

const hasItsOwn = (event: KeyboardEvent, stage: HTMLElement | null): boolean => {
  const { target, key } = event;
  if (!(target instanceof Element)) return false;
  // Ticks and options answer to Space and arrows: from them, too, Enter submits.
  if (key === 'Enter' && target.matches('input[type="checkbox"], input[type="radio"]')) return false;
  if ((key === 'Enter' || key === ' ') && target.closest(PRESSABLE) !== null) return true;
  // Tab walks through objects only inside the picture; elsewhere it walks through the page.
  if (key === 'Tab') return target !== stage;
  // Sliders, radio groups, lists and what is read move by arrows themselves.
  return key.startsWith('Arrow') && target.closest('input, dialog, [role="listbox"], [role="radiogroup"]') !== null;
};

export const pressOf = (event: KeyboardEvent): KeyPress => ({
  key: event.key,
  code: event.code,
  ctrl: event.ctrlKey || event.metaKey,
  shift: event.shiftKey,
  alt: event.altKey,
});

/** Holding Enter down must not submit object after object. */
const isHeld = ({ repeat, key }: KeyboardEvent): boolean => repeat && (key === 'Enter' || key === ' ');

const pressed = (room: Room, event: KeyboardEvent): boolean => {
  const context = room.context();
  if (context === null || isHeld(event)) return isHeld(event);
  if (room.registry.press(pressOf(event), context)) return true;
  if (event.key !== ' ' || context.desk.question.media.kind !== 'image') return false;
  context.desk.send({ type: 'grip', on: true });
  return true;
};

/** One listener for the whole editor: silent while a dialog is open, in text fields, and while an input method composes. */
export const listenToKeys = (room: Room, stage: () => HTMLElement | null): (() => void) => {
  const stop = new AbortController();
  const { signal } = stop;
  const down = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing || room.panel.value !== null) return;
    if (isTyping(event.target) || hasItsOwn(event, stage())) return;
    if (pressed(room, event)) event.preventDefault();
  };
  const up = (event: KeyboardEvent): void => {
    if (event.key === ' ') room.context()?.desk.send({ type: 'grip', on: false });
  };
  window.addEventListener('keydown', down, { signal });
  window.addEventListener('keyup', up, { signal });
  return () => stop.abort();
};
