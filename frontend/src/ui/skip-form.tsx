import { useState } from 'preact/hooks';
import { t } from '../i18n.ts';
import type { Room } from './room.ts';

const reasons = (): readonly string[] => [
  t('I can’t tell what the right answer is'),
  t('The file is broken or can’t be seen well'),
  t('No class fits'),
  t('I do not want to look at this'),
];

/** Skipping says why: that helps more than a guess. A digit chooses, Enter sends; own words alone are a reason too. */
export const SkipForm = ({ room }: { readonly room: Room }) => {
  const [chosen, setChosen] = useState<string | null>(null);
  const [note, setNote] = useState('');
  const all = reasons();
  // The first one stands there for those in a hurry; words of one's own push it aside unless it was chosen.
  const reason = chosen ?? (note.trim() === '' ? all[0] : undefined);
  return (
    <form
      class="stack skip"
      onSubmit={(event) => {
        event.preventDefault();
        room.close();
        room.session.skip([reason, note.trim()].filter(Boolean).join(': '));
      }}
      onKeyDown={(event) => {
        const words = all[Number(event.key) - 1];
        if (words === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
        if (event.target instanceof HTMLInputElement && event.target.type !== 'radio') return;
        setChosen(words);
        event.preventDefault();
      }}
    >
      <div role="radiogroup" aria-label={t('Why?')}>
        {all.map((words, i) => (
          <label key={words} class="choice">
            <input
              type="radio"
              name="reason"
              autoFocus={i === 0}
              checked={reason === words}
              onChange={() => setChosen(words)}
            />
            {words}
            <kbd class="not-phone">{i + 1}</kbd>
          </label>
        ))}
      </div>
      <div class="field">
        <label for="skip-note">{t('In your own words')}</label>
        <input
          id="skip-note"
          class="input"
          value={note}
          maxLength={300}
          onInput={(event) => setNote(event.currentTarget.value)}
        />
      </div>
      <div class="row">
        <button type="submit" class="btn primary">
          {t('Skip this one')} <kbd class="not-phone">↵</kbd>
        </button>
        <button type="button" class="btn" onClick={() => room.close()}>
          {t('Go on labeling it')}
        </button>
      </div>
    </form>
  );
};
