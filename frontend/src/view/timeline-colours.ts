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

/** As the page has them now. */
export const paletteOf = (element: Element): Palette => {
  const style = getComputedStyle(element);
  const token = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    text: token('text'),
    faint: token('text-3'),
    surface: token('surface'),
    sunken: token('sunken'),
    border: token('border'),
    strong: token('border-strong'),
    accent: token('accent'),
    soft: token('accent-soft'),
    hover: token('hover'),
  };
};

const channels = (colour: string): readonly number[] | null => {
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(colour);
  const long = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour);
  const found = long?.slice(1) ?? short?.slice(1).map((digit) => digit + digit);
  return found === undefined ? null : found.map((digits) => Number.parseInt(digits, 16));
};

/** `share` of the one colour in the other; a system colour (forced colours) can't be mixed and stays as it is. */
export const mixed = (colour: string, share: number, into: string): string => {
  const [a, b] = [channels(colour), channels(into)];
  if (a === null || b === null) return colour;
  return `rgb(${a.map((each, i) => Math.round(each * share + (b[i] ?? 0) * (1 - share))).join(',')})`;
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
