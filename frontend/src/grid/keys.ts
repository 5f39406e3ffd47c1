/** Keys of the grid. Nothing here knows the DOM. */

/** A key for each of the first pictures: two rows of the keyboard and most of the third; S, X, Z, V and I mean other things. */
export const TILE_KEYS: readonly string[] = [...'1234567890qwertyuopadfghjkl'];

export type Action =
  | { readonly do: 'go'; readonly to: Step; readonly range: boolean }
  | { readonly do: 'mark'; readonly at: number | null; readonly range: boolean }
  | { readonly do: 'undo' | 'redo' | 'submit' | 'back' | 'look' | 'instructions' | 'keys' };

export type Step = 'left' | 'right' | 'up' | 'down' | 'first' | 'last';

export interface Press {
  readonly key: string;
  readonly code: string;
  readonly ctrl: boolean;
  readonly shift: boolean;
  readonly alt: boolean;
}

const STEPS: Readonly<Record<string, Step>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
  Home: 'first',
  End: 'last',
};

const PLAIN: Readonly<Record<string, Action>> = {
  Enter: { do: 'submit' },
  Backspace: { do: 'back' },
  z: { do: 'undo' },
  v: { do: 'look' },
  i: { do: 'instructions' },
  '?': { do: 'keys' },
};

/** The letter or digit at this place of the keyboard, for layouts that write other letters. */
const letterOf = ({ key, code }: Press): string => {
  const lower = key.toLowerCase();
  if (/^[a-z0-9?]$/.test(lower) || key.length > 1 || key === ' ') return lower.length === 1 ? lower : key;
  return /^(?:Key([A-Z])|Digit(\d))$/.exec(code)?.slice(1).find(Boolean)?.toLowerCase() ?? lower;
};

const withCtrl = (letter: string, shift: boolean): Action | null => {
  if (letter === 'z') return { do: shift ? 'redo' : 'undo' };
  return letter === 'y' ? { do: 'redo' } : null;
};

/** What a key means; null for what is none of ours. */
export const actionOf = (press: Press): Action | null => {
  const letter = letterOf(press);
  if (press.alt) return null;
  if (press.ctrl) return withCtrl(letter, press.shift);
  const step = STEPS[letter];
  if (step !== undefined) return { do: 'go', to: step, range: press.shift };
  if (letter === ' ' || letter === 'x') return { do: 'mark', at: null, range: press.shift };
  if (letter === 'z' && press.shift) return { do: 'redo' };
  const tile = TILE_KEYS.indexOf(letter);
  return tile >= 0 ? { do: 'mark', at: tile, range: false } : (PLAIN[letter] ?? null);
};

/** Where a tile stands on the screen, px. */
export interface Place {
  readonly left: number;
  readonly top: number;
}

const sideways: Partial<Record<Step, (at: number, count: number) => number>> = {
  left: (at) => Math.max(0, at - 1),
  right: (at, count) => Math.min(count - 1, at + 1),
  first: () => 0,
  last: (_at, count) => count - 1,
};

/** The tile that an arrow leads to: up and down go to the nearest of the next row, whatever group it is in. */
export const stepFrom = (at: number, step: Step, places: readonly Place[]): number => {
  const along = sideways[step];
  if (along !== undefined) return along(at, places.length);
  const from = places[at];
  if (from === undefined) return at;
  const sign = step === 'down' ? 1 : -1;
  const ahead = places.flatMap(({ top }) => (sign * (top - from.top) > 1 ? [top] : []));
  if (ahead.length === 0) return at;
  const row = sign > 0 ? Math.min(...ahead) : Math.max(...ahead);
  return places.reduce((best, { left, top }, i) => {
    if (Math.abs(top - row) > 1) return best;
    const before = places[best];
    const closer = before === undefined || Math.abs(before.top - row) > 1;
    return closer || Math.abs(left - from.left) < Math.abs(before.left - from.left) ? i : best;
  }, at);
};
