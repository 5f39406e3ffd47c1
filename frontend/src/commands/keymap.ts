import type { Command, Remaps } from './registry.ts';

/** A person's map as lists of chords. */
export type Keymap = Readonly<Record<string, readonly string[]>>;

export const asKeymap = (remaps: Remaps): Keymap =>
  Object.fromEntries(Object.entries(remaps).map(([id, keys]) => [id, [keys].flat()]));

const without = (keymap: Keymap, id: string): Keymap =>
  Object.fromEntries(Object.entries(keymap).filter(([each]) => each !== id));

/** The map with this one key for a command. Another that the person gave it to loses it; the usual ones yield by themselves. */
export const withKey = (keymap: Keymap, id: string, chord: string): Keymap => {
  const others = Object.entries(without(keymap, id)).map(([each, keys]): [string, readonly string[]] => [
    each,
    keys.filter((key) => key !== chord),
  ]);
  return { ...Object.fromEntries(others), [id]: [chord] };
};

/** The map with a command's usual keys again. */
export const asUsual = (keymap: Keymap, id: string): Keymap => without(keymap, id);

/** The commands that have this key just now, but for the one it is meant for. */
export const holders = (commands: readonly Command[], id: string, chord: string): readonly Command[] =>
  commands.filter((command) => command.id !== id && command.keys.includes(chord));
