/** What must outlive a reload but is no answer yet: marks of open pages, and how many objects a person likes on a page. */

const marksKey = (owner: number, page: number): string => `touchstone-marks ${owner} ${page}`;
const SIZE = 'touchstone-grid-size';
export const SIZES = [12, 28, 60] as const;

const read = (key: string): unknown => {
  try {
    return JSON.parse(localStorage.getItem(key) ?? 'null');
  } catch {
    return null; // storage is switched off, or holds what we did not write
  }
};

const write = (key: string, value: unknown): void => {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // As above: marks then live as long as the page does.
  }
};

export const keepMarks = (owner: number, page: number, wrong: Iterable<number>): void =>
  write(marksKey(owner, page), [...wrong]);

export const keptMarks = (owner: number, page: number): number[] => {
  const value = read(marksKey(owner, page));
  return Array.isArray(value) ? value.filter((one) => typeof one === 'number') : [];
};

export const forgetMarks = (owner: number, page: number): void => {
  try {
    localStorage.removeItem(marksKey(owner, page));
  } catch {
    // As above.
  }
};

export const keptSize = (): number => {
  const value = read(SIZE);
  if (SIZES.some((size) => size === value)) return value as number;
  return window.matchMedia('(max-width: 48rem)').matches ? SIZES[0] : SIZES[1];
};

export const keepSize = (size: number): void => write(SIZE, size);
