import type { Category } from '../task-types/question.ts';

/** Label colours are the same in both themes; they are read from the design's tokens once. */
const cache = new Map<string, string>();

const token = (name: string): string => {
  const known = cache.get(name);
  if (known !== undefined) return known;
  const value = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  cache.set(name, value);
  return value;
};

export const inkColour = (): string => token('--label-ink') || '#101312';

const index = ({ id, colour }: Category): number => (colour >= 1 && colour <= 12 ? colour : (id % 12) + 1);

export const colourOf = (category: Category): string => token(`--label-${index(category)}`) || 'currentColor';

/** The class name that carries the colour in CSS: c1 ... c12. */
export const colourClass = (category: Category | undefined): string =>
  `c${category === undefined ? 1 : index(category)}`;

/** From the 13th class on colours repeat with a dashed line. */
export const isDashed = ({ id }: Category): boolean => id >= 12;
