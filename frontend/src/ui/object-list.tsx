import { useMemo } from 'preact/hooks';
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
import { LongList, Option } from './long-list.tsx';
import type { Room } from './room.ts';

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
  const category = desk.question.categories[record.category];
  const { located } = desk.type;
  const sight = desk.sight.value;
  const choose = (event: MouseEvent): void => {
    const { value } = desk.selection;
    const more = event.shiftKey || event.ctrlKey || event.metaKey;
    desk.select(more && !value.includes(record.id) ? [...value, record.id] : [record.id]);
  };
  return (
    <Option desk={desk} record={record} place={place} count={count} offset={offset} on={on} choose={choose}>
      <span class={`swatch ${colourClass(category)}`}>
        {category === undefined ? '' : digitOf(category, desk.question.categories)}
      </span>
      <span class="cut">{category?.name}</span>
      {sight.locked.has(record.id) && <Mark name="lock" />}
      {!inSight(sight, record) && <Mark name="eyeoff" />}
      <span class="meta num">{located === undefined ? '' : sizeOf(located, record, twin)}</span>
    </Option>
  );
};

const keysOf = (desk: Desk): Readonly<Record<string, () => void>> => ({
  ArrowDown: () => cycle(desk, 1),
  ArrowUp: () => cycle(desk, -1),
  Home: () => desk.select(desk.list.value.slice(0, 1).map(({ id }) => id)),
  End: () => desk.select(desk.list.value.slice(-1).map(({ id }) => id)),
  Delete: () => removeSelected(desk),
});

/** The list of objects: the accessible twin of the picture, in step with the selection. */
const List = ({ room, desk }: { readonly room: Room; readonly desk: Desk }) => {
  const list = desk.list.value;
  const on = new Set(desk.selection.value);
  const { located } = desk.type;
  const twins = useMemo(() => (located === undefined ? null : needsPlace(located, list)), [located, list]);
  return (
    <LongList
      room={room}
      label={t('Objects in this picture')}
      ids={list.map(({ id }) => id)}
      active={desk.selection.value.at(-1)}
      keys={keysOf(desk)}
      tall
      row={(place, offset) => {
        const record = list[place];
        return record === undefined ? null : (
          <Row
            key={record.id}
            desk={desk}
            record={record}
            place={place}
            count={list.length}
            offset={offset}
            on={on.has(record.id)}
            twin={twins?.(record.id) === true}
          />
        );
      }}
    />
  );
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
