import type { Desk } from '../commands/desk.ts';
import { digitOf } from '../commands/labeling.ts';
import { accept, reject, shownProposals } from '../commands/proposals.ts';
import { percent, t, tn } from '../i18n.ts';
import { Icon } from './icons.tsx';
import { IconButton } from './parts.tsx';

/** What the machine proposes, each with its confidence, to take or to turn down. */
export const ProposalList = ({ desk }: { readonly desk: Desk }) => {
  desk.version.value;
  const shown = shownProposals(desk);
  if (shown.length === 0) return null;
  return (
    <section>
      <header>
        <Icon name="machine" />
        <h2>{tn('%(n)s proposal by the machine', '%(n)s proposals by the machine', shown.length)}</h2>
      </header>
      <ul class="objects">
        {shown.map((proposal) => {
          const category = desk.question.categories[proposal.category];
          const sure = percent(proposal.confidence);
          const { record } = proposal;
          // Of a text the words tell more than the class, whose digit stands before them.
          const text = record === null ? undefined : desk.type.spanned?.spanOf(record).text.slice(0, 80);
          const name = text ?? category?.name ?? '';
          const words = { name: text === undefined ? name : `${category?.name} “${text}”`, sure };
          return (
            <li key={proposal.id}>
              <span class="swatch ghost">
                {category === undefined ? '' : digitOf(category, desk.question.categories)}
              </span>
              <bdi class="cut">{name}</bdi>
              <span class="meta num">{sure}</span>
              <IconButton
                icon="check"
                label={t('Accept %(name)s, %(sure)s', words)}
                onClick={() => accept(desk, [proposal])}
              />
              <IconButton
                icon="x"
                label={t('Reject %(name)s, %(sure)s', words)}
                onClick={() => reject(desk, [proposal.id])}
              />
            </li>
          );
        })}
      </ul>
    </section>
  );
};
