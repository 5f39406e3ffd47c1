import type { Context, KeyPress } from '../commands/registry.ts';
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

/** Space held moves a film's picture as it does any; let go of at once it is a key like others. */
const TAP = 300;

const grips = ({ key }: KeyboardEvent, { desk }: Context): boolean => key === ' ' && desk.film !== null;

const pressed = (room: Room, event: KeyboardEvent): boolean => {
  const context = room.context();
  if (context === null || isHeld(event)) return isHeld(event);
  if (!grips(event, context) && room.registry.press(pressOf(event), context)) return true;
  if (event.key !== ' ' || !context.desk.pictured) return false;
  context.desk.send({ type: 'grip', on: true });
  return true;
};

/** One listener for the whole editor: silent while a dialog is open, in text fields, and while an input method composes. */
export const listenToKeys = (room: Room, stage: () => HTMLElement | null): (() => void) => {
  const stop = new AbortController();
  const { signal } = stop;
  let begun: { readonly at: number; readonly view: unknown } | null = null;
  const down = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing || room.panel.value !== null) return;
    if (isTyping(event.target) || hasItsOwn(event, stage())) return;
    const context = room.context();
    if (!event.repeat && context !== null && grips(event, context)) {
      begun = { at: event.timeStamp, view: context.desk.viewport.value };
    }
    if (pressed(room, event)) event.preventDefault();
  };
  const up = (event: KeyboardEvent): void => {
    if (event.key !== ' ') return;
    const context = room.context();
    context?.desk.send({ type: 'grip', on: false });
    const tapped = begun !== null && event.timeStamp - begun.at < TAP && begun.view === context?.desk.viewport.value;
    begun = null;
    if (tapped && context !== null) room.registry.press(pressOf(event), context);
  };
  window.addEventListener('keydown', down, { signal });
  window.addEventListener('keyup', up, { signal });
  return () => stop.abort();
};
