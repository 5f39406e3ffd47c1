import { effect, type Signal, signal } from '@preact/signals-core';
import { percent, t } from '../i18n.ts';
import type { Command, Context } from './registry.ts';

/** How a person has the pictures of a job shown: on their own screen alone, never part of an answer. */
export interface Looks {
  /** Factors; 1 is as the file has it. */
  readonly brightness: number;
  readonly contrast: number;
  /** Enlarged pixels are blended instead of shown as squares. */
  readonly smooth: boolean;
  /** The magnifier goes with the hand. */
  readonly loupe: boolean;
}

export const AS_IT_IS: Looks = { brightness: 1, contrast: 1, smooth: false, loupe: false };

/** Bounds of brightness and contrast: beyond them everything is one colour. */
export const LEAST = 0.2;
export const MOST = 4;
const STEP = 1.15;

/** Kept within the bounds; a step that crosses 1 stops there, so that nobody has to search for it. */
export const stepped = (value: number, up: boolean): number => {
  const next = up ? value * STEP : value / STEP;
  const crosses = (value < 1 && next > 1) || (value > 1 && next < 1) || Math.abs(next - 1) < 0.01;
  return crosses ? 1 : Math.min(MOST, Math.max(LEAST, next));
};

/** As a CSS filter; '' for none. */
export const filterOf = ({ brightness, contrast }: Looks): string =>
  brightness === 1 && contrast === 1 ? '' : `brightness(${brightness}) contrast(${contrast})`;

const isFactor = (value: unknown): value is number => typeof value === 'number' && value >= LEAST && value <= MOST;

/** What an earlier visit kept, as far as it makes sense; the magnifier begins put away. */
export const looksFrom = (text: string | null): Looks => {
  try {
    const { brightness, contrast, smooth } = JSON.parse(text ?? 'null') as Partial<Looks>;
    return {
      ...AS_IT_IS,
      ...(isFactor(brightness) ? { brightness } : {}),
      ...(isFactor(contrast) ? { contrast } : {}),
      smooth: smooth === true,
    };
  } catch {
    return AS_IT_IS;
  }
};

/** As much of a browser's storage as is needed here. */
export interface Keeps {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

/** The looks of a job, kept in this browser from visit to visit where it lets us. */
export const rememberedLooks = (job: number, storage: () => Keeps): Signal<Looks> => {
  const key = `touchstone-looks-${job}`;
  const looks = signal(AS_IT_IS);
  try {
    looks.value = looksFrom(storage().getItem(key));
  } catch {
    // Storage is switched off: the looks last as long as the page.
  }
  effect(() => {
    const text = JSON.stringify(looks.value);
    try {
      storage().setItem(key, text);
    } catch {
      // As above.
    }
  });
  return looks;
};

const pictured = ({ desk, host }: Context): boolean => desk.pictured && host.looks !== undefined;

const look = (
  id: string,
  title: string,
  keys: readonly string[],
  change: (looks: Looks) => Looks,
  say: (looks: Looks) => string,
): Command => ({
  id,
  title,
  group: 'look',
  keys,
  when: pictured,
  run: ({ desk, host }) => {
    if (host.looks === undefined) return;
    host.looks.value = change(host.looks.value);
    desk.said.value = say(host.looks.value);
  },
});

const brightness = (looks: Looks): string => t('Brightness %(n)s', { n: percent(looks.brightness) });
const contrast = (looks: Looks): string => t('Contrast %(n)s', { n: percent(looks.contrast) });

export const lookingCommands = (): Command[] => [
  look(
    'loupe',
    t('Magnifier'),
    ['z'],
    (looks) => ({ ...looks, loupe: !looks.loupe }),
    ({ loupe }) => (loupe ? t('Magnifier on') : t('Magnifier off')),
  ),
  look(
    'brighter',
    t('Brighter'),
    ['Alt+PageUp'],
    (looks) => ({ ...looks, brightness: stepped(looks.brightness, true) }),
    brightness,
  ),
  look(
    'darker',
    t('Darker'),
    ['Alt+PageDown'],
    (looks) => ({ ...looks, brightness: stepped(looks.brightness, false) }),
    brightness,
  ),
  look(
    'more-contrast',
    t('More contrast'),
    ['Alt+Shift+PageUp'],
    (looks) => ({ ...looks, contrast: stepped(looks.contrast, true) }),
    contrast,
  ),
  look(
    'less-contrast',
    t('Less contrast'),
    ['Alt+Shift+PageDown'],
    (looks) => ({ ...looks, contrast: stepped(looks.contrast, false) }),
    contrast,
  ),
  look(
    'smooth',
    t('Smooth or square pixels when enlarged'),
    [],
    (looks) => ({ ...looks, smooth: !looks.smooth }),
    ({ smooth }) => (smooth ? t('Smooth pixels') : t('Square pixels')),
  ),
  look(
    'as-it-is',
    t('Brightness and contrast as in the file'),
    ['Alt+0'],
    (looks) => ({ ...looks, brightness: 1, contrast: 1 }),
    () => t('As in the file'),
  ),
];
