import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { cycle, removeSelected } from '../commands/acts.ts';
import type { Desk } from '../commands/desk.ts';
import { digitOf } from '../commands/labeling.ts';
import { needsPlace, sizeOf } from '../commands/rows.ts';
import { inSight } from '../commands/sight.ts';
import { t, tn } from '../i18n.ts';
import type { InstanceRecord } from '../task-types/question.ts';
import { colourClass } from '../view/colours.ts';
import { ClassFilter } from './arrange.tsx';
import { Icon, type IconName } from './icons.tsx';
import type { Room } from './room.ts';

/** Height of a row in px, as the stylesheet has it; only rows in sight (and the selected one) are in the page. */
const ROW = 30;
const AROUND = 6;
/** Shorter lists are in the page whole. */
const SHORT = 60;
/** The least height of a long list in px; beside the picture it fills the panel. */
const LONG = 12 * ROW;

const optionId = (id: string): string => `object-${id}`;

interface RowProps {
  readonly desk: Desk;
  readonly record: InstanceRecord;
  readonly place: number;
  readonly count: number;
  readonly offset: number | null;
  /** Another row would read the same. */
  readonly twin: boolean;
  readonly on: boolean;
}

const Mark = ({ name }: { readonly name: IconName }) => (
  <span class="sign">
    <Icon name={name} />
  </span>
);

const Row = ({ desk, record, place, count, offset, twin, on }: RowProps) => {
  const row = useRef<HTMLLIElement>(null);
  const category = desk.question.categories[record.category];
  const { located } = desk.type;
  const sight = desk.sight.value;
  useEffect(() => {
    if (row.current !== null) row.current.style.top = offset === null ? '' : `${offset}px`;
  }, [offset]);
  return (
    <li
      ref={row}
      id={optionId(record.id)}
      role="option"
      aria-selected={on}
      aria-setsize={count}
      aria-posinset={place + 1}
      aria-label={desk.type.describe(record, desk.question)}
      class={[offset !== null && 'placed', !inSight(sight, record) && 'unseen'].filter(Boolean).join(' ')}
      onClick={(event) => {
        const { value } = desk.selection;
        const more = event.shiftKey || event.ctrlKey || event.metaKey;
        desk.select(more && !value.includes(record.id) ? [...value, record.id] : [record.id]);
      }}
      onPointerEnter={() => {
        desk.hover.value = record.id;
      }}
      onPointerLeave={() => {
        desk.hover.value = null;
      }}
    >
      <span class={`swatch ${colourClass(category)}`}>
        {category === undefined ? '' : digitOf(category, desk.question.categories)}
      </span>
      <span class="cut">{category?.name}</span>
      {sight.locked.has(record.id) && <Mark name="lock" />}
      {!inSight(sight, record) && <Mark name="eyeoff" />}
      <span class="meta num">{located === undefined ? '' : sizeOf(located, record, twin)}</span>
    </li>
  );
};

const rowsInSight = (top: number, height: number, count: number, selected: number): number[] => {
  const first = Math.max(0, Math.floor(top / ROW) - AROUND);
  const last = Math.min(count, Math.ceil((top + height) / ROW) + AROUND);
  const rows = Array.from({ length: Math.max(0, last - first) }, (_, i) => first + i);
  // The active option must exist for a screen reader to find it.
  return selected === -1 || rows.includes(selected) ? rows : [...rows, selected];
};

const keysOf = (desk: Desk): Readonly<Record<string, () => void>> => ({
  ArrowDown: () => cycle(desk, 1),
  ArrowUp: () => cycle(desk, -1),
  Home: () => desk.select(desk.list.value.slice(0, 1).map(({ id }) => id)),
  End: () => desk.select(desk.list.value.slice(-1).map(({ id }) => id)),
  Delete: () => removeSelected(desk),
});

/** A long list scrolls to the selected row by itself; a short one scrolls with the panel around it. */
const keepInSight = (box: HTMLElement, long: boolean, place: number): void => {
  box.style.height = long ? `${LONG}px` : '';
  if (place < 0) return;
  if (!long) box.children[place]?.scrollIntoView({ block: 'nearest' });
  else if (place * ROW < box.scrollTop) box.scrollTop = place * ROW;
  else box.scrollTop = Math.max(box.scrollTop, (place + 1) * ROW - box.clientHeight);
};

/** The list of objects: the accessible twin of the picture, in step with the selection. */
const List = ({ room, desk }: { readonly room: Room; readonly desk: Desk }) => {
  const box = useRef<HTMLUListElement>(null);
  const [top, setTop] = useState(0);
  const list = desk.list.value;
  const on = new Set(desk.selection.value);
  const active = desk.selection.value.at(-1);
  const place = list.findIndex(({ id }) => id === active);
  const long = list.length > SHORT;
  const { located } = desk.type;
  const twins = useMemo(() => (located === undefined ? null : needsPlace(located, list)), [located, list]);
  useEffect(() => {
    room.exit = box.current;
  });
  useEffect(() => {
    if (box.current !== null) keepInSight(box.current, long, place);
  }, [long, place]);
  const rows = long
    ? rowsInSight(top, box.current?.clientHeight ?? 3 * LONG, list.length, place)
    : list.map((_, i) => i);
  return (
    <ul
      ref={box}
      class={`objects ${long ? 'long' : ''}`}
      role="listbox"
      aria-multiselectable="true"
      aria-label={t('Objects in this picture')}
      aria-activedescendant={place === -1 ? undefined : optionId(list[place]?.id ?? '')}
      tabIndex={0}
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
      onKeyDown={(event) => {
        const act = event.ctrlKey || event.altKey ? undefined : keysOf(desk)[event.key];
        if (act === undefined) return;
        event.preventDefault();
        act();
      }}
    >
      {long && <Spacer height={list.length * ROW} />}
      {rows.map((i) => {
        const record = list[i];
        return record === undefined ? null : (
          <Row
            key={record.id}
            desk={desk}
            record={record}
            place={i}
            count={list.length}
            offset={long ? i * ROW : null}
            on={on.has(record.id)}
            twin={twins?.(record.id) === true}
          />
        );
      })}
    </ul>
  );
};

const Spacer = ({ height }: { readonly height: number }) => {
  const box = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (box.current !== null) box.current.style.height = `${height}px`;
  }, [height]);
  return <li ref={box} role="presentation" class="spacer" />;
};

export const ObjectList = ({ room, desk }: { readonly room: Room; readonly desk: Desk }) => {
  const count = desk.list.value.length;
  return (
    <section>
      <header>
        <h2>{tn('%(n)s object', '%(n)s objects', count)}</h2>
      </header>
      {count === 0 ? (
        <p class="hint">
          {t(
            'Nothing drawn yet. Draw on the picture, or press the key of a tool and use the arrow keys. If there is nothing to find, submit as it is.',
          )}
        </p>
      ) : (
        <>
          <ClassFilter desk={desk} />
          <List room={room} desk={desk} />
        </>
      )}
    </section>
  );
};
