import type { Placed, Reading } from '../commands/reading.ts';
import type { Extent } from '../text/edges.ts';
import { colourClass } from './colours.ts';

/** Marks that nobody sees: they are shown by a sign of their own over the text. U+200C and U+200D belong to scripts and emoji. */
const UNSEEN = /(?![\t\n])[\p{Cc}\u00ad\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

/** An unseen character and the letters that stand for it. */
export interface Sign {
  readonly unit: number;
  readonly name: string;
}

const NAMES: Readonly<Record<number, string>> = {
  13: 'CR',
  173: 'SHY',
  8203: 'ZWSP',
  8206: 'LRM',
  8207: 'RLM',
  8232: 'LS',
  8233: 'PS',
  8234: 'LRE',
  8235: 'RLE',
  8236: 'PDF',
  8237: 'LRO',
  8238: 'RLO',
  8288: 'WJ',
  8294: 'LRI',
  8295: 'RLI',
  8296: 'FSI',
  8297: 'PDI',
  65279: 'BOM',
};

const nameOf = (code: number): string => NAMES[code] ?? code.toString(16).toUpperCase().padStart(2, '0');

/** The unseen characters of a stretch. */
export const signsIn = (text: string, { from, to }: Extent): Sign[] =>
  [...text.slice(from, to).matchAll(UNSEEN)].map(({ index, 0: match }) => ({
    unit: from + index,
    name: nameOf(match.charCodeAt(0)),
  }));

type Adding = (name: string, extent: Extent) => void;

const addSpans = (reading: Reading, near: readonly Placed[], add: Adding): void => {
  const { desk } = reading;
  const on = new Set(desk.selection.value);
  const held = reading.held.value;
  for (const { id, record } of near) {
    const shown = held?.id === id ? held : record;
    const colour = colourClass(desk.question.categories[record.category]);
    const extent = reading.extentOf(shown);
    add(`span-${colour}-${reading.lanes.value.get(id) ?? 0}`, extent);
    if (on.has(id)) add('chosen', extent);
    else if (desk.hover.value === id) add('hovered', extent);
  }
};

const addProposals = (reading: Reading, within: Extent, add: Adding): void => {
  const at = reading.proposal()?.id;
  for (const { id, record } of reading.proposals.value) {
    if (record === null) continue;
    const extent = reading.extentOf(record);
    if (extent.from >= within.to || extent.to <= within.from) continue;
    add('ghost', extent);
    if (id === at) add('asked', extent);
  }
};

/** Which words of a stretch are marked, and how. */
export const looksOf = (reading: Reading, near: readonly Placed[], within: Extent): ReadonlyMap<string, Extent[]> => {
  const looks = new Map<string, Extent[]>();
  const add: Adding = (name, extent) => {
    const list = looks.get(name);
    if (list === undefined) looks.set(name, [extent]);
    else list.push(extent);
  };
  if (!reading.desk.hidden.value) {
    addSpans(reading, near, add);
    addProposals(reading, within, add);
  }
  for (const extent of reading.found.value) {
    if (extent.from < within.to && extent.to > within.from) add('found', extent);
  }
  const { range } = reading;
  if (range !== null) add('passed', range);
  return looks;
};
