import { useState } from 'preact/hooks';
import type { Desk } from '../commands/desk.ts';
import type { Reading } from '../commands/reading.ts';
import { labelFound, link, typesBetween, unlabeled } from '../commands/spans.ts';
import { t, tn } from '../i18n.ts';
import { MOST_FOUND, type Wanted } from '../text/finding.ts';
import { Icon } from './icons.tsx';
import { IconButton, Keys, keepFocus } from './parts.tsx';
import type { Room } from './room.ts';

interface Props {
  readonly room: Room;
  readonly desk: Desk;
}

interface ReadingProps {
  readonly room: Room;
  readonly reading: Reading;
}

/** A button of the tools that runs a command. */
const Tool = ({
  room,
  command,
  label,
  pressed,
}: {
  readonly room: Room;
  readonly command: string;
  readonly label: string;
  readonly pressed?: boolean;
}) => (
  <button
    type="button"
    class="btn quiet sm"
    aria-pressed={pressed}
    title={room.registry.get(command)?.title}
    onMouseDown={keepFocus}
    onClick={() => room.run(command)}
  >
    {label} <Keys chord={room.keyOf(command)} />
  </button>
);

/** How text is taken and what is done with it, beside the text. */
const Bar = ({ room, reading }: ReadingProps) => {
  const { desk, spanned } = reading;
  const relates = spanned.relationTypes(desk.question).length > 0;
  return (
    <div class="floating span-tools" role="toolbar" aria-label={t('Tools')}>
      <Tool room={room} command="snap-by" label={t('Whole words')} pressed={reading.by.value === 'word'} />
      <Tool room={room} command="at-once" label={t('Label at once')} pressed={reading.atOnce.value} />
      {relates && desk.selected().length === 1 && reading.linking.value === null && (
        <Tool room={room} command="relate" label={t('Relate')} />
      )}
      <Tool room={room} command="find-all" label={t('Find all')} pressed={reading.wanted.value !== null} />
    </div>
  );
};

/** A relation in the making: what is asked for now. */
const Link = ({ reading }: ReadingProps) => {
  const now = reading.linking.value;
  if (now === null) return null;
  const from = reading.span(now.from);
  const types = now.to === null ? [] : typesBetween(reading, now.from, now.to);
  return (
    <div class="floating making" role="group" aria-label={t('A relation in the making')}>
      <b class="cut link-words">
        <bdi>{from === undefined ? '' : reading.spanned.spanOf(from).text}</bdi>
      </b>
      {now.to === null && <span>{t('leads where? Click the span, or Tab to it and press Enter.')}</span>}
      {types.map(({ name }, place) => (
        <button key={name} type="button" class="btn sm" onMouseDown={keepFocus} onClick={() => link(reading, name)}>
          {name} <Keys chord={String(place + 1)} />
        </button>
      ))}
      <IconButton
        icon="x"
        label={t('Drop it')}
        chord="Escape"
        onClick={() => {
          reading.linking.value = null;
        }}
      />
    </div>
  );
};

interface TickProps {
  readonly label: string;
  readonly on: boolean;
  set(on: boolean): void;
}

const Tick = ({ label, on, set }: TickProps) => (
  <label class="choice">
    <input type="checkbox" checked={on} onChange={(event) => set(event.currentTarget.checked)} />
    {label}
  </label>
);

const counted = (found: number, left: number): string => {
  if (found >= MOST_FOUND) return t('%(n)s or more. Look for something longer.', { n: found });
  if (left === found) return tn('%(n)s found', '%(n)s found', found);
  return t('%(n)s found, %(have)s have it already', { n: found, have: found - left });
};

/** Words to look for, how many there are, and all of them labeled as one step. */
const FindAll = ({ room, reading, wanted }: ReadingProps & { readonly wanted: Wanted }) => {
  const { desk } = reading;
  const [category, setCategory] = useState(desk.category.value);
  desk.version.value;
  const found = reading.found.value.length;
  const left = found >= MOST_FOUND ? 0 : unlabeled(reading, category).length;
  const set = (change: Partial<Wanted>): void => {
    reading.wanted.value = { ...wanted, ...change };
  };
  const close = (): void => {
    reading.wanted.value = null;
    document.getElementById('stage')?.focus({ preventScroll: true });
  };
  const all = (): void => {
    if (left === 0) return;
    labelFound(reading, category);
    room.toast.value = {
      text: desk.said.value,
      action: { label: t('Undo'), run: () => room.run('undo') },
    };
    close();
  };
  return (
    <search class="floating find-all" aria-label={t('Find words and label them all')}>
      <div class="row">
        <Icon name="search" />
        <input
          class="input sm"
          type="text"
          aria-label={t('Words to find')}
          autoFocus
          dir="auto"
          value={wanted.words}
          onInput={(event) => set({ words: event.currentTarget.value })}
          onKeyDown={(event) => {
            if (event.key === 'Escape') close();
            else if (event.key === 'Enter' && !event.isComposing) all();
            else return;
            event.preventDefault();
            event.stopPropagation();
          }}
        />
        <IconButton icon="x" label={t('Close')} chord="Escape" onClick={close} />
      </div>
      <div class="row">
        <Tick label={t('As capitalised here')} on={wanted.exact} set={(exact) => set({ exact })} />
        <Tick label={t('Whole words')} on={wanted.wholeWords} set={(wholeWords) => set({ wholeWords })} />
      </div>
      <div class="row">
        <span class="grow muted" role="status">
          {wanted.words === '' ? t('Type what to look for') : counted(found, left)}
        </span>
        <select
          class="input sm"
          aria-label={t('Class for all')}
          value={category}
          onChange={(event) => setCategory(Number(event.currentTarget.value))}
        >
          {desk.question.categories.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
        <button type="button" class="btn sm" disabled={left === 0} onClick={all}>
          {tn('Label %(n)s', 'Label all %(n)s', left)} <Keys chord="Enter" />
        </button>
      </div>
    </search>
  );
};

export const SpanTools = ({ room, desk }: Props) => {
  const reading = desk.reading.value;
  desk.version.value;
  if (reading === null) return null;
  const wanted = reading.wanted.value;
  return (
    <>
      <Bar room={room} reading={reading} />
      <Link room={room} reading={reading} />
      {wanted !== null && <FindAll room={room} reading={reading} wanted={wanted} />}
    </>
  );
};
