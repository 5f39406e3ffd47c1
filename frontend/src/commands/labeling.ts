import { t } from '../i18n.ts';
import { setCategory } from './acts.ts';
import { accept, reject, shownProposals } from './proposals.ts';
import type { Command, Context } from './registry.ts';

const proposed = ({ desk }: Context): boolean => shownProposals(desk).length > 0;

/** The digit that chooses a class: the job's own, else its place among the first ten. */
export const digitOf = (
  category: { readonly id: number; readonly key: string },
  all: readonly { readonly key: string }[],
): string => {
  if (all.some(({ key }) => key !== '')) return /^\d$/.test(category.key) ? category.key : '';
  return category.id < 9 ? String(category.id + 1) : category.id === 9 ? '0' : '';
};

const digit = (key: string): Command => {
  const find = ({ desk }: Context) =>
    desk.question.categories.find((category) => digitOf(category, desk.question.categories) === key);
  return {
    id: `class-${key}`,
    title: t('Class %(key)s', { key }),
    group: 'label',
    keys: [key],
    when: (context) => find(context) !== undefined,
    run: (context) => {
      const category = find(context);
      if (category === undefined) return;
      setCategory(context.desk, category.id);
      if (context.host.submitsOnDigit && context.desk.type.chosen?.several === false) context.host.submit(false);
    },
  };
};

export const labelingCommands = (): Command[] => [
  ...['1', '2', '3', '4', '5', '6', '7', '8', '9', '0'].map(digit),
  {
    id: 'find-class',
    title: t('Find a class'),
    group: 'label',
    keys: ['/'],
    when: () => true,
    run: ({ host }) => host.open('classes'),
  },
  {
    id: 'accept',
    title: t('Accept the proposal'),
    group: 'label',
    keys: ['a'],
    when: proposed,
    run: ({ desk }) => {
      const [first] = shownProposals(desk);
      if (first === undefined) return;
      accept(desk, [first]);
      desk.said.value = t('Accepted: %(name)s', { name: desk.question.categories[first.category]?.name ?? '' });
    },
  },
  {
    id: 'reject',
    title: t('Reject the proposal'),
    group: 'label',
    keys: ['r'],
    when: proposed,
    run: ({ desk }) => {
      const [first] = shownProposals(desk);
      if (first === undefined) return;
      reject(desk, [first.id]);
      desk.said.value = t('Rejected: %(name)s', { name: desk.question.categories[first.category]?.name ?? '' });
    },
  },
  {
    id: 'why',
    title: t('Why this proposal'),
    group: 'label',
    keys: ['Shift+y'],
    // Shapes come without reasons.
    when: ({ desk }) => desk.proposals !== null && desk.type.chosen !== undefined,
    run: ({ host }) => host.why?.(),
  },
  {
    id: 'accept-all',
    title: t('Accept all that are shown'),
    group: 'label',
    keys: ['Shift+a'],
    when: proposed,
    run: ({ desk }) => {
      const shown = shownProposals(desk);
      accept(desk, shown);
      desk.said.value = t('Accepted: %(n)s', { n: shown.length });
    },
  },
];
