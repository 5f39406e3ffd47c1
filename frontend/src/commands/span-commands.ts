import { t } from '../i18n.ts';
import type { By } from '../text/edges.ts';
import type { Reading } from './reading.ts';
import type { Command, Context } from './registry.ts';
import {
  acceptHere,
  beginLink,
  cycleSpans,
  jumpCaret,
  lineStep,
  link,
  linkTo,
  rejectHere,
  removeSelectedSpans,
  stepCaret,
  stepEdge,
  typesBetween,
} from './spans.ts';

type Fits = (reading: Reading) => boolean;
type Runs = (reading: Reading, context: Context) => unknown;

const reads = ({ desk }: Context): boolean => desk.type.spanned !== undefined;
const always: Fits = () => true;
const spans: Fits = ({ desk }) => desk.selected().length > 0;
const chosen: Fits = ({ desk }) => desk.selection.value.length > 0;

/** A command of a text that has come. */
const of = (
  id: string,
  title: string,
  group: Command['group'],
  keys: readonly string[],
  fits: Fits,
  runs: Runs,
): Command => ({
  id,
  title,
  group,
  keys,
  belongs: reads,
  when: ({ desk }) => desk.reading.value !== null && fits(desk.reading.value),
  run: (context) => {
    const reading = context.desk.reading.value;
    return reading === null ? false : runs(reading, context);
  },
});

interface Way {
  readonly key: string;
  readonly way: 1 | -1;
  readonly word: string;
}

/** Keys go on in the order of reading, whatever the direction of the script. */
const ways = (): readonly Way[] => [
  { key: 'Right', way: 1, word: t('on') },
  { key: 'Left', way: -1, word: t('back') },
];

const units = (): readonly (readonly [By, string, string])[] => [
  ['word', '', t('word')],
  ['character', 'Ctrl+', t('character')],
];

/** Over words and characters, and what is passed over extended. */
const steps = (): Command[] =>
  ways().flatMap(({ key, way, word }) =>
    units().flatMap(([by, prefix, unit]): Command[] => [
      of(
        `${by}-${key.toLowerCase()}`,
        t('One %(unit)s %(way)s', { unit, way: word }),
        'look',
        [`${prefix}Arrow${key}`],
        always,
        (reading) => stepCaret(reading, by, way, false),
      ),
      of(
        `extend-${by}-${key.toLowerCase()}`,
        t('Extend by one %(unit)s %(way)s', { unit, way: word }),
        'label',
        [`${prefix}Shift+Arrow${key}`],
        always,
        (reading) => stepCaret(reading, by, way, true),
      ),
    ]),
  );

/** Either end of the selected span, by a word or a character. */
const edges = (): Command[] =>
  ways().flatMap(({ key, way, word }) =>
    units().flatMap(([by, prefix, unit]): Command[] => [
      of(
        `end-${by}-${key.toLowerCase()}`,
        t('The end of the span one %(unit)s %(way)s', { unit, way: word }),
        'label',
        [`${prefix}Alt+Arrow${key}`],
        spans,
        (reading) => stepEdge(reading, 'end', by, way),
      ),
      of(
        `start-${by}-${key.toLowerCase()}`,
        t('The start of the span one %(unit)s %(way)s', { unit, way: word }),
        'label',
        [`${prefix}Alt+Shift+Arrow${key}`],
        spans,
        (reading) => stepEdge(reading, 'start', by, way),
      ),
    ]),
  );

const lineOf = ({ edges, caret, draft }: Reading) =>
  edges.extentOfLine(edges.lineOf(draft.value?.focus.from ?? caret.value));

/** To where a key leads that is not one word away; null where there is nothing. */
const jumps = (): readonly (readonly [string, string, string, (reading: Reading) => number | null])[] => [
  ['line-down', t('A line down'), 'ArrowDown', (reading) => lineStep(reading, 1)],
  ['line-up', t('A line up'), 'ArrowUp', (reading) => lineStep(reading, -1)],
  ['line-start', t('To the beginning of the paragraph'), 'Home', (reading) => lineOf(reading).from],
  ['line-end', t('To the end of the paragraph'), 'End', (reading) => lineOf(reading).to],
  ['text-start', t('To the beginning of the text'), 'Ctrl+Home', () => 0],
  ['text-end', t('To the end of the text'), 'Ctrl+End', ({ text }) => text.length],
];

const withShift = (key: string): string =>
  key.startsWith('Ctrl+') ? key.replace('Ctrl+', 'Ctrl+Shift+') : `Shift+${key}`;

const jumping = (): Command[] =>
  jumps().flatMap(([id, title, key, to]) => {
    const jump =
      (extend: boolean): Runs =>
      (reading) => {
        const place = to(reading);
        if (place !== null) jumpCaret(reading, place, extend);
      };
    return [
      of(id, title, 'look', [key], always, jump(false)),
      of(`extend-${id}`, t('%(title)s, extending', { title }), 'label', [withShift(key)], always, jump(true)),
    ];
  });

const types = (reading: Reading) => {
  const now = reading.linking.value;
  return now === null || now.to === null ? [] : typesBetween(reading, now.from, now.to);
};

const relates: Fits = ({ desk, spanned }) => spanned.relationTypes(desk.question).length > 0;

const asksRelations = ({ desk }: Context): boolean => (desk.type.spanned?.relationTypes(desk.question).length ?? 0) > 0;

/** A relation from the selected span to another one. */
const linking = (): Command[] => [
  {
    ...of(
      'relate',
      t('Relate the selected span to another'),
      'label',
      ['l'],
      (reading) => relates(reading) && spans(reading) && reading.linking.value === null,
      beginLink,
    ),
    belongs: asksRelations,
  },
  {
    ...of(
      'relate-take',
      t('Take the selected span as the other end'),
      'label',
      ['Enter'],
      (reading) => reading.linking.value?.to === null,
      (reading) => {
        const [record] = reading.desk.selected();
        if (record !== undefined) linkTo(reading, record.id);
      },
    ),
    belongs: asksRelations,
  },
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((place) => ({
    ...of(
      `relation-${place}`,
      t('Relation %(n)s', { n: place }),
      'label',
      [String(place)],
      (reading) => types(reading).length > 0,
      (reading) => {
        const type = types(reading)[place - 1];
        if (type !== undefined) link(reading, type.name);
      },
    ),
    belongs: () => false,
  })),
];

/** What Escape ends before all else: a relation in the making, looking for words, what is passed over. */
const stepOut: Runs = (reading) => {
  if (reading.linking.value !== null) reading.linking.value = null;
  else if (reading.wanted.value !== null) reading.wanted.value = null;
  else reading.draw(null);
};

const proposed: Fits = (reading) => reading.proposal() !== undefined;

/** Everything that only a text with spans knows. Those that another command is called like stand in its place. */
export const spanCommands = (): Command[] => [
  ...linking(),
  ...steps(),
  ...edges(),
  ...jumping(),
  of('next', t('Next span'), 'label', ['Tab'], always, (reading) => cycleSpans(reading, 1)),
  of('previous', t('Span before'), 'label', ['Shift+Tab'], always, (reading) => cycleSpans(reading, -1)),
  of('remove', t('Remove'), 'label', ['Delete', 'Backspace'], chosen, removeSelectedSpans),
  of('accept', t('Accept the proposal'), 'label', ['a'], proposed, acceptHere),
  of('reject', t('Reject the proposal'), 'label', ['r'], proposed, rejectHere),
  of('find-all', t('Find words and label them all'), 'label', ['Ctrl+f'], always, (reading) => {
    const [record] = reading.desk.selected();
    const extent = reading.range ?? (record === undefined ? null : reading.extentOf(record));
    const words = extent === null ? '' : reading.words(extent);
    reading.wanted.value = { words, exact: true, wholeWords: true };
  }),
  of('snap-by', t('Take whole words, or characters'), 'label', ['w'], always, (reading) => {
    reading.by.value = reading.by.value === 'word' ? 'character' : 'word';
    reading.desk.said.value = reading.by.value === 'word' ? t('Whole words') : t('Characters');
  }),
  of('at-once', t('Label what is passed over at once, or wait for a class'), 'label', ['q'], always, (reading) => {
    reading.atOnce.value = !reading.atOnce.value;
    reading.desk.said.value = reading.atOnce.value ? t('Labeled at once') : t('A digit labels');
  }),
  of('hide', t('Hide or show labels'), 'look', ['h'], always, ({ desk }) => {
    desk.hidden.value = !desk.hidden.value;
    desk.said.value = desk.hidden.value ? t('Labels hidden') : t('Labels shown');
  }),
  of(
    'drop-draft',
    t('Drop what is passed over'),
    'look',
    ['Escape'],
    ({ linking: now, wanted, draft }) => now.value !== null || wanted.value !== null || draft.value !== null,
    stepOut,
  ),
];
