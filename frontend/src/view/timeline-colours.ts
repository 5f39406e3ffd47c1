/** The colours of a timeline out of the design's tokens; they differ from theme to theme. */
export interface Palette {
  readonly text: string;
  readonly faint: string;
  readonly surface: string;
  readonly sunken: string;
  readonly border: string;
  readonly strong: string;
  readonly accent: string;
  readonly soft: string;
  readonly hover: string;
}

/** What stands for the tokens where the system has colours of its own: a canvas is not given them by itself. */
const SYSTEM: Readonly<Record<keyof Palette, string>> = {
  text: 'CanvasText',
  faint: 'CanvasText',
  surface: 'Canvas',
  sunken: 'Canvas',
  border: 'CanvasText',
  strong: 'CanvasText',
  accent: 'Highlight',
  soft: 'Canvas',
  hover: 'Canvas',
};

const TOKENS: Readonly<Record<keyof Palette, string>> = {
  text: '--text',
  faint: '--text-3',
  surface: '--surface',
  sunken: '--sunken',
  border: '--border',
  strong: '--border-strong',
  accent: '--accent',
  soft: '--accent-soft',
  hover: '--hover',
};

/** As the page has them now. */
export const paletteOf = (element: Element): Palette => {
  const probe = document.createElement('span');
  element.append(probe);
  const read = (name: string): string => {
    probe.style.color = name;
    return getComputedStyle(probe).color;
  };
  const forced = matchMedia('(forced-colors: active)').matches;
  const names = forced ? SYSTEM : TOKENS;
  const colours = Object.entries(names).map(([key, name]) => [
    key,
    read(name.startsWith('--') ? `var(${name})` : name),
  ]);
  probe.remove();
  const palette = Object.fromEntries(colours) as unknown as Palette;
  // The system knows no softer one of its colours: the selected row gets a little of it.
  return forced ? { ...palette, soft: mixed(palette.accent, 0.3, palette.surface) } : palette;
};

const channels = (colour: string): readonly number[] | null => {
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour)?.slice(1);
  if (hex !== undefined) return hex.map((digits) => Number.parseInt(digits, 16));
  return /^rgba?\((\d+), (\d+), (\d+)/.exec(colour)?.slice(1).map(Number) ?? null;
};

/** `share` of the one colour in the other; one that is neither `#rrggbb` nor `rgb(...)` can't be mixed and stays as it is. */
export const mixed = (colour: string, share: number, into: string): string => {
  const [a, b] = [channels(colour), channels(into)];
  if (a === null || b === null) return colour;
  return `rgb(${a.map((each, i) => Math.round(each * share + (b[i] ?? 0) * (1 - share))).join(', ')})`;
};

/** Told whenever the theme changes. Returns the way to stop. */
export const watchTheme = (changed: () => void): (() => void) => {
  const asked = ['(prefers-color-scheme: dark)', '(forced-colors: active)'].map((query) => matchMedia(query));
  for (const one of asked) one.addEventListener('change', changed);
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  return () => {
    for (const one of asked) one.removeEventListener('change', changed);
    observer.disconnect();
  };
};
