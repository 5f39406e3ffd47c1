import type { Signal } from '@preact/signals-core';
import type { InstanceRecord } from '../task-types/question.ts';
import type { Desk } from './desk.ts';
import type { Looks } from './looking.ts';

export type PanelName = 'keys' | 'palette' | 'classes' | 'instructions' | 'skip' | 'objects';

/** A clip that plays. Exact frames come with the frame source; this is playback. */
export interface Player {
  toggle(): void;
  step(frames: number): void;
  speed(factor: number): void;
}

/** Model servers: the one that is asked now, '' where there is none, and on to the next. */
export interface Models {
  readonly chosen: string;
  next(): string;
}

/** What commands need of the world beyond the desk. */
export interface Host {
  submit(andStop: boolean): void;
  /** Take the last answer back while that is possible; false when there is none. */
  takeBack(): boolean;
  /** The answer goes out by itself when a class is chosen. */
  readonly submitsOnDigit: boolean;
  open(panel: PanelName): void;
  /** Close what stands open beside the work; false when nothing does. */
  stopReading(): boolean;
  leaveRegion(): void;
  readonly player: Player | null;
  /** How pictures are shown to this person. */
  readonly looks?: Signal<Looks>;
  /** The model servers that can be asked. */
  readonly models?: Models;
  /** Show why the machine proposes this, or take it away. */
  why?(): void;
  clipboard: readonly InstanceRecord[];
  /** The shapes of the object that was submitted last. */
  readonly previous: readonly InstanceRecord[];
}

export interface Context {
  readonly desk: Desk;
  readonly host: Host;
}

export type Group = 'draw' | 'track' | 'label' | 'look' | 'finish' | 'play';

/** One thing a person can do. Every key, button, menu and palette entry goes through one of these. */
export interface Command {
  readonly id: string;
  readonly title: string;
  readonly group: Group;
  /** Chords as "v", "Shift+a", "Ctrl+z", "Alt+ArrowLeft", "?"; several mean the same. */
  readonly keys: readonly string[];
  when(context: Context): boolean;
  /** Whether it has a use for this kind of object at all, whatever is selected just now; the help asks. */
  belongs?(context: Context): boolean;
  /** Exactly false: the key was not for this after all, and goes its usual way. */
  run(context: Context): unknown;
}

/** A key as pressed; `code` is its place on the keyboard. */
export interface KeyPress {
  readonly key: string;
  readonly code: string;
  readonly ctrl: boolean;
  readonly shift: boolean;
  readonly alt: boolean;
}

/** The letter or digit at this place of the keyboard, for layouts that write other letters (or need Shift for digits). */
const byPlace = ({ key, code }: KeyPress): string => {
  const found = /^(?:Key([A-Z])|Digit(\d))$/.exec(code);
  const letter = found?.[1]?.toLowerCase() ?? found?.[2];
  return letter === undefined || /^[a-z0-9]$/i.test(key) ? key : letter;
};

const chord = (press: KeyPress, name: string, shift: boolean): string =>
  [press.ctrl && 'Ctrl', press.alt && 'Alt', shift && 'Shift', name].filter(Boolean).join('+');

/** How this press may be written in a keymap, the best first. */
export const chordsOf = (press: KeyPress): string[] => {
  const plain = press.key === ' ' ? 'Space' : press.key;
  const places = byPlace(press);
  const names = places === press.key ? [plain] : [plain, places];
  return names.flatMap((name) => {
    const lower = name.length === 1 ? name.toLowerCase() : name;
    const symbol = name.length === 1 && !/\p{L}/u.test(name);
    return symbol ? [chord(press, lower, false), chord(press, lower, press.shift)] : [chord(press, lower, press.shift)];
  });
};

/** A person's own keys by command id: "b", or several. */
export type Remaps = Readonly<Record<string, string | readonly string[]>>;

/** The commands with their keys; a remapped key is taken from whoever had it. */
export class Registry {
  readonly commands: readonly Command[];
  readonly #byChord = new Map<string, Command[]>();

  constructor(commands: readonly Command[], remaps: Remaps = {}) {
    const own = new Set(Object.values(remaps).flat());
    this.commands = commands.map((command) => {
      const mine = remaps[command.id];
      const keys = mine === undefined ? command.keys.filter((key) => !own.has(key)) : [mine].flat();
      return { ...command, keys };
    });
    for (const command of this.commands) {
      for (const key of command.keys) this.#byChord.set(key, [...(this.#byChord.get(key) ?? []), command]);
    }
  }

  get(id: string): Command | undefined {
    return this.commands.find((command) => command.id === id);
  }

  /** Run the first command for this key that fits the moment. True when one took it. */
  press(press: KeyPress, context: Context): boolean {
    for (const name of chordsOf(press)) {
      for (const command of this.#byChord.get(name) ?? []) {
        if (command.when(context) && command.run(context) !== false) return true;
      }
    }
    return false;
  }

  run(id: string, context: Context): void {
    const command = this.get(id);
    if (command?.when(context) === true) command.run(context);
  }
}
