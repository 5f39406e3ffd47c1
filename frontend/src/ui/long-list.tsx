import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Desk } from '../commands/desk.ts';
import { inSight } from '../commands/sight.ts';
import type { InstanceRecord } from '../task-types/question.ts';
import { hears, type ListKeys } from './list-keys.ts';
import type { Room } from './room.ts';

/** Height of a row in px, as the stylesheet has it; only rows in sight (and the active one) are in the page. */
const ROW = 30;
const AROUND = 6;
/** Shorter lists are in the page whole. */
const SHORT = 60;
/** The least height of a long list in px; beside the picture it fills the panel. */
const LONG = 12 * ROW;

export const optionId = (id: string): string => `object-${id}`;

interface OptionProps {
  readonly desk: Desk;
  readonly record: InstanceRecord;
  readonly place: number;
  readonly count: number;
  /** px from the top of a long list; null in a short one. */
  readonly offset: number | null;
  readonly on: boolean;
  readonly choose: (event: MouseEvent) => void;
  /** The row in words; left out: what the type says of the record. */
  readonly label?: string;
  /** What a double click does. */
  readonly go?: () => void;
  readonly children: ComponentChildren;
}

/** One instance as a row: in step with the selection, and with what is pointed at. */
export const Option = ({ desk, record, place, count, offset, on, choose, label, go, children }: OptionProps) => {
  const row = useRef<HTMLLIElement>(null);
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
      aria-label={label ?? desk.type.describe(record, desk.question)}
      class={[offset !== null && 'placed', !inSight(desk.sight.value, record) && 'unseen'].filter(Boolean).join(' ')}
      onClick={choose}
      {...(go === undefined ? {} : { onDblClick: go })}
      onPointerEnter={() => {
        desk.hover.value = record.id;
      }}
      onPointerLeave={() => {
        desk.hover.value = null;
      }}
    >
      {children}
    </li>
  );
};

const rowsInSight = (top: number, height: number, count: number, active: number): number[] => {
  const first = Math.max(0, Math.floor(top / ROW) - AROUND);
  const last = Math.min(count, Math.ceil((top + height) / ROW) + AROUND);
  const rows = Array.from({ length: Math.max(0, last - first) }, (_, i) => first + i);
  // The active option must exist for a screen reader to find it.
  return active === -1 || rows.includes(active) ? rows : [...rows, active];
};

/** A long list scrolls to the active row by itself; a short one scrolls with the panel around it. */
const keepInSight = (box: HTMLElement, long: boolean, place: number): void => {
  if (place < 0) return;
  if (!long) box.children[place]?.scrollIntoView({ block: 'nearest' });
  else if (place * ROW < box.scrollTop) box.scrollTop = place * ROW;
  else box.scrollTop = Math.max(box.scrollTop, (place + 1) * ROW - box.clientHeight);
};

const Spacer = ({ height }: { readonly height: number }) => {
  const box = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (box.current !== null) box.current.style.height = `${height}px`;
  }, [height]);
  return <li ref={box} role="presentation" class="spacer" />;
};

interface LongListProps {
  readonly room: Room;
  readonly label: string;
  readonly ids: readonly string[];
  readonly active: string | undefined;
  readonly keys: ListKeys;
  /** A long list is given its least height; without, the stylesheet has it. */
  readonly tall?: boolean;
  /** It scrolls by itself however short it is, and what is around it stays where it is. */
  readonly own?: boolean;
  /** A key that the list takes is nobody else's. */
  readonly keepsKeys?: boolean;
  /** The row of a place, `offset` px from the top of a long list. */
  readonly row: (place: number, offset: number | null) => ComponentChildren;
}

/** A listbox of as many rows as there are, of which only those in sight are in the page. */
export const LongList = ({ room, label, ids, active, keys, tall, own, keepsKeys, row }: LongListProps) => {
  const box = useRef<HTMLUListElement>(null);
  const [top, setTop] = useState(0);
  const place = active === undefined ? -1 : ids.indexOf(active);
  const long = ids.length > SHORT;
  useEffect(() => {
    room.exit = box.current;
  });
  useEffect(() => {
    if (box.current === null) return;
    if (tall) box.current.style.height = long ? `${LONG}px` : '';
    keepInSight(box.current, long || own === true, place);
  }, [long, place]);
  const rows = long ? rowsInSight(top, box.current?.clientHeight ?? 3 * LONG, ids.length, place) : ids.map((_, i) => i);
  return (
    <ul
      ref={box}
      class={`objects ${long ? 'long' : ''}`}
      role="listbox"
      aria-multiselectable="true"
      aria-label={label}
      aria-activedescendant={place === -1 ? undefined : optionId(active ?? '')}
      tabIndex={0}
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
      onKeyDown={hears(keys, keepsKeys === true)}
    >
      {long && <Spacer height={ids.length * ROW} />}
      {rows.map((i) => row(i, long ? i * ROW : null))}
    </ul>
  );
};
