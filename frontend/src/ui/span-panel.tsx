import { setAttribute } from '../commands/acts.ts';
import type { Desk } from '../commands/desk.ts';
import { digitOf } from '../commands/labeling.ts';
import type { Placed, Reading } from '../commands/reading.ts';
import { cycleSpans, describeLink, reach, removeSelectedSpans } from '../commands/spans.ts';
import { t, tn } from '../i18n.ts';
import { attributesOf, type InstanceRecord, type RelationRecord } from '../task-types/question.ts';
import { colourClass } from '../view/colours.ts';
import { ClassFilter } from './arrange.tsx';
import { AttributeField } from './attribute-field.tsx';
import { hears, type ListKeys } from './list-keys.ts';
import { LongList, Option, optionId } from './long-list.tsx';
import { IconButton, keepFocus } from './parts.tsx';
import type { Room } from './room.ts';
import { through } from './through-rows.ts';

/** Letters of a row. */
const LONGEST = 120;

interface Props {
  readonly room: Room;
  readonly desk: Desk;
}

interface ReadingProps {
  readonly room: Room;
  readonly reading: Reading;
}

interface RowProps {
  readonly reading: Reading;
  readonly placed: Placed;
  readonly place: number;
  readonly count: number;
  readonly offset: number | null;
  readonly on: boolean;
}

const Row = ({ reading, placed, place, count, offset, on }: RowProps) => {
  const { desk } = reading;
  const { record } = placed;
  const category = desk.question.categories[record.category];
  const choose = (event: MouseEvent): void => {
    const now = desk.selection.value;
    if (event.ctrlKey || event.metaKey) desk.select([...now.filter((id) => id !== record.id), record.id]);
    else reading.goTo(record);
  };
  return (
    <Option desk={desk} record={record} place={place} count={count} offset={offset} on={on} choose={choose}>
      <span class={`swatch ${colourClass(category)}`}>
        {category === undefined ? '' : digitOf(category, desk.question.categories)}
      </span>
      <bdi class="cut">{reading.spanned.spanOf(record).text.slice(0, LONGEST)}</bdi>
      <span class="meta cut">{category?.name}</span>
    </Option>
  );
};

/** What the keys of a list do in this one. */
const keysOf = (reading: Reading): ListKeys => ({
  ...through(reading.placed.value, -1, ({ record }) => reading.goTo(record)),
  // From the caret where none is selected, and only through those that an arc may go to.
  ArrowDown: () => cycleSpans(reading, 1),
  ArrowUp: () => cycleSpans(reading, -1),
  Delete: () => removeSelectedSpans(reading),
});

/** The spans by place: what the text says in marks, as a list. */
const List = ({ room, reading }: ReadingProps) => {
  const { desk } = reading;
  const all = reading.placed.value;
  const on = new Set(desk.selection.value);
  return (
    <LongList
      room={room}
      label={t('Spans of this text')}
      ids={all.map(({ id }) => id)}
      active={desk.selection.value.at(-1)}
      keys={keysOf(reading)}
      keepsKeys
      row={(place, offset) => {
        const placed = all[place];
        return placed === undefined ? null : (
          <Row
            key={placed.id}
            reading={reading}
            placed={placed}
            place={place}
            count={all.length}
            offset={offset}
            on={on.has(placed.id)}
          />
        );
      }}
    />
  );
};

/** What spans have to do with each other; a row selects the arc. */
const Relations = ({ reading }: ReadingProps) => {
  const { desk } = reading;
  const all = reading.relations.value;
  const now = desk.selection.value[0];
  const place = all.findIndex(({ id }) => id === now);
  if (all.length === 0) return null;
  const go = (one: RelationRecord): void => {
    reading.select([one.id]);
    desk.said.value = describeLink(reading, one);
    const from = reading.span(one.from);
    if (from !== undefined) reading.seek(reading.extentOf(from));
  };
  const keys = { ...through(all, place, go), Delete: () => removeSelectedSpans(reading) };
  return (
    <section>
      <header>
        <h2>{tn('%(n)s relation', '%(n)s relations', all.length)}</h2>
        {place !== -1 && (
          <IconButton
            icon="trash"
            label={t('Remove the relation')}
            chord="Delete"
            onClick={() => removeSelectedSpans(reading)}
          />
        )}
      </header>
      <ul
        class="objects relations"
        role="listbox"
        aria-label={t('Relations')}
        aria-activedescendant={place === -1 ? undefined : optionId(now ?? '')}
        tabIndex={0}
        onKeyDown={hears(keys)}
      >
        {all.map((one, i) => (
          <li
            key={one.id}
            id={optionId(one.id)}
            role="option"
            aria-selected={i === place}
            aria-label={describeLink(reading, one)}
            onClick={() => go(one)}
          >
            <Ends reading={reading} relation={one} />
          </li>
        ))}
      </ul>
    </section>
  );
};

const Ends = ({ reading, relation }: { readonly reading: Reading; readonly relation: RelationRecord }) => {
  const words = (id: string): string => {
    const record = reading.span(id);
    return record === undefined ? '' : reading.spanned.spanOf(record).text.slice(0, LONGEST);
  };
  return (
    <>
      <bdi class="cut">{words(relation.from)}</bdi>
      <span class="relation-type">{relation.type}</span>
      <bdi class="cut">{words(relation.to)}</bdi>
    </>
  );
};

export const SpanList = ({ room, desk }: Props) => {
  const reading = desk.reading.value;
  const count = desk.list.value.length;
  if (reading === null) return null;
  return (
    <>
      <section>
        <header>
          <h2>{tn('%(n)s span', '%(n)s spans', count)}</h2>
        </header>
        {count === 0 ? (
          <p class="hint">
            {t(
              'Nothing labeled yet. Drag over words, or go to them with the arrow keys, then press the digit of a class. If there is nothing to find, submit as it is.',
            )}
          </p>
        ) : (
          <>
            <ClassFilter desk={desk} counted={(n) => tn('%(n)s span', '%(n)s spans', n)} />
            <List room={room} reading={reading} />
          </>
        )}
      </section>
      <Relations room={room} reading={reading} />
    </>
  );
};

/** Where a span begins and ends by typing: the way without a drag. */
const Ranges = ({ reading, record }: { readonly reading: Reading; readonly record: InstanceRecord }) => {
  const { start, end } = reading.spanned.spanOf(record);
  const { points, edges } = reading;
  const set = (from: number, to: number): void => {
    const unit = (point: number): number => points.toUnit(point);
    reach(reading, record, { from: edges.floor(unit(from), 'character'), to: edges.ceil(unit(to), 'character') });
  };
  const field = (label: string, value: number, change: (value: number) => void) => (
    <label class="field">
      <span class="hint">{label}</span>
      <input
        class="input sm num"
        type="number"
        min="0"
        max={points.length}
        step="1"
        value={value}
        onChange={(event) => change(Math.round(Number(event.currentTarget.value)))}
      />
    </label>
  );
  return (
    <div class="numbers">
      {field(t('Start'), start, (value) => set(value, end))}
      {field(t('End'), end, (value) => set(start, value))}
    </div>
  );
};

/** What the selected span carries. */
export const SelectedSpan = ({ room, desk }: Props) => {
  desk.version.value;
  const reading = desk.reading.value;
  const [record, ...others] = desk.selected();
  if (reading === null || record === undefined) return null;
  const several = others.length > 0;
  const title = several
    ? tn('%(n)s span', '%(n)s spans', others.length + 1)
    : reading.spanned.spanOf(record).text.slice(0, LONGEST);
  const category = desk.question.categories[record.category];
  const shared = others.every((other) => other.category === record.category);
  return (
    <section aria-label={t('Attributes of the selected span')}>
      <header>
        <h2 class="cut">
          <bdi>{title}</bdi>
        </h2>
        <IconButton icon="trash" label={t('Remove')} chord="Delete" onClick={() => removeSelectedSpans(reading)} />
      </header>
      <div class="stack">
        {shared && (
          <p class="span-class">
            <span class={`swatch ${colourClass(category)}`}>
              {category === undefined ? '' : digitOf(category, desk.question.categories)}
            </span>
            {category?.name}
          </p>
        )}
        {shared &&
          attributesOf(desk.question, record.category).map((attribute) => (
            <AttributeField
              key={`${record.id} ${attribute.name}`}
              room={room}
              of="instance"
              attribute={attribute}
              value={record.attributes[attribute.name]}
              set={(value) => setAttribute(desk, attribute.name, value)}
            />
          ))}
        {!several && <Ranges reading={reading} record={record} />}
        {!several && (
          <p class="hint">
            <button
              type="button"
              class="btn quiet sm"
              onMouseDown={keepFocus}
              onClick={() => {
                room.close();
                room.run('find-all');
              }}
            >
              {t('Find the same words')}
            </button>
          </p>
        )}
      </div>
    </section>
  );
};
