import type { Edges, Extent } from './edges.ts';

export interface Wanted {
  readonly words: string;
  /** Capitals matter. */
  readonly exact: boolean;
  readonly wholeWords: boolean;
}

/** More than this are not meant: a single letter in a long text. */
export const MOST_FOUND = 5_000;

const escaped = (words: string): string => words.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

/** Every place where these words stand, none over another, in whole characters: places in UTF-16 units. */
export const findAll = (edges: Edges, { words, exact, wholeWords }: Wanted): Extent[] => {
  if (words === '') return [];
  const found: Extent[] = [];
  // A pattern folds capitals by Unicode without changing lengths, as `toLowerCase` would.
  for (const { index, 0: match } of edges.text.matchAll(new RegExp(escaped(words), exact ? 'gu' : 'giu'))) {
    const place = { from: index, to: index + match.length };
    if (fits(edges, place, wholeWords)) found.push(place);
    if (found.length === MOST_FOUND) break;
  }
  return found;
};

const fits = (edges: Edges, { from, to }: Extent, wholeWords: boolean): boolean => {
  if (!edges.isCharacterEdge(from) || !edges.isCharacterEdge(to)) return false;
  return !wholeWords || (edges.isWordEdge(from) && edges.isWordEdge(to));
};
