import type { Desk } from '../commands/desk.ts';
import { toggleClass } from '../commands/sight.ts';
import { t, tn } from '../i18n.ts';
import type { InstanceRecord } from '../task-types/question.ts';
import { colourClass } from '../view/colours.ts';
import { Icon } from './icons.tsx';
import { IconButton, keepFocus } from './parts.tsx';
import type { Room } from './room.ts';

interface Props {
  readonly room: Room;
  readonly desk: Desk;
}

/** Out of sight, out of reach, to the front, to the back: for what is selected. */
export const Arrange = ({ room, desk }: Props) => {
  const { hidden, locked } = desk.sight.value;
  const ids = desk.selection.value;
  const isHidden = ids.every((id) => hidden.has(id));
  const isLocked = ids.every((id) => locked.has(id));
  const button = (command: string, icon: Parameters<typeof IconButton>[0]['icon'], pressed?: boolean) => (
    <IconButton
      icon={icon}
      label={room.registry.get(command)?.title ?? ''}
      chord={room.keyOf(command)}
      {...(pressed === undefined ? {} : { pressed })}
      onClick={() => room.run(command)}
    />
  );
  return (
    <div class="arrange" role="toolbar" aria-label={t('Arrange')}>
      {button('zoom-to', 'fit')}
      {button('hide-selected', isHidden ? 'eyeoff' : 'eye', isHidden)}
      {button('lock', isLocked ? 'lock' : 'unlock', isLocked)}
      {button('to-front', 'front')}
      {button('to-back', 'backmost')}
    </div>
  );
};

/** The classes in this picture, or of what `list` holds, with their counts; a press hides or shows one. */
export const ClassFilter = ({
  desk,
  list = desk.list.value,
  counted = (n) => tn('%(n)s object', '%(n)s objects', n),
}: {
  readonly desk: Desk;
  readonly list?: readonly InstanceRecord[];
  /** How many there are, in words. */
  readonly counted?: (n: number) => string;
}) => {
  const counts = new Map<number, number>();
  for (const { category } of list) counts.set(category, (counts.get(category) ?? 0) + 1);
  const { classes } = desk.sight.value;
  const there = desk.question.categories.filter(({ id }) => counts.has(id) || classes.has(id));
  if (there.length < 2 && classes.size === 0) return null;
  return (
    <div class="class-filter" role="group" aria-label={t('Classes that are shown')}>
      {there.map((category) => {
        const shown = !classes.has(category.id);
        const { name } = category;
        const n = counts.get(category.id) ?? 0;
        return (
          <button
            key={category.id}
            type="button"
            class={`chip ${colourClass(category)}`}
            aria-pressed={shown}
            aria-label={t('%(name)s, %(count)s', { name, count: counted(n) })}
            title={shown ? t('Hide %(name)s', { name }) : t('Show %(name)s', { name })}
            onMouseDown={keepFocus}
            onClick={() => toggleClass(desk, category.id)}
          >
            <Icon name={shown ? 'eye' : 'eyeoff'} />
            <span class="cut">{name}</span>
            <span class="count num">{n}</span>
          </button>
        );
      })}
    </div>
  );
};
