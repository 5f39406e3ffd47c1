import { useEffect, useRef } from 'preact/hooks';
import { setCategory } from '../commands/acts.ts';
import type { Desk } from '../commands/desk.ts';
import { digitOf } from '../commands/labeling.ts';
import { t } from '../i18n.ts';
import { objectOf } from '../task-types/question.ts';
import { colourClass } from '../view/colours.ts';
import { Icon, type IconName, isIcon } from './icons.tsx';
import { caps, IconButton, keepFocus } from './parts.tsx';
import type { Room } from './room.ts';

interface Props {
  readonly room: Room;
  readonly desk: Desk;
}

interface ToolProps {
  readonly room: Room;
  readonly command: string;
  readonly icon: IconName;
  readonly pressed?: boolean;
  readonly disabled?: boolean;
  onClick?(): void;
}

const ToolButton = ({ room, command, icon, pressed, disabled = false, onClick }: ToolProps) => {
  const { title = '', keys = [] } = room.registry.get(command) ?? {};
  const key = keys[0] ?? '';
  return (
    <button
      type="button"
      class="tool"
      aria-pressed={pressed}
      aria-label={key === '' ? title : t('%(title)s, key %(key)s', { title, key: caps(key).join(' ') })}
      title={`${title}  ${caps(key).join(' ')}`}
      disabled={disabled}
      onMouseDown={keepFocus}
      onClick={onClick ?? (() => room.run(command))}
    >
      <Icon name={icon} />
      {key.length === 1 && <small aria-hidden="true">{key.toUpperCase()}</small>}
    </button>
  );
};

/** What is done to outlines that are there. */
const Outlines = ({ room, desk }: Props) => {
  const count = desk.selection.value.length;
  const tool = desk.machine.value.tool;
  return (
    <>
      <hr />
      <ToolButton room={room} command="snap" icon="snap" pressed={desk.snapping.value} />
      <ToolButton room={room} command="cut" icon="cut" pressed={tool === 'cut'} disabled={count === 0} />
      <ToolButton room={room} command="hole" icon="hole" pressed={tool === 'hole'} disabled={count !== 1} />
      <ToolButton room={room} command="join" icon="join" disabled={count < 2} />
    </>
  );
};

/** The tools that this type draws with, without the one for a model server where there is none. */
const offered = (room: Room, desk: Desk): readonly string[] =>
  desk.tools.filter((id) => id !== 'model' || room.model.value !== '');

/** The tools of a picture, undo and redo. */
export const Rail = ({ room, desk }: Props) => {
  desk.version.value;
  const tool = desk.machine.value.tool;
  return (
    <div class="rail" role="toolbar" aria-label={t('Tools')} aria-orientation="vertical">
      <ToolButton room={room} command="select" icon="select" pressed={tool === 'select'} />
      {offered(room, desk).map((id) => (
        // By mouse the crosshair of the keys would only be in the way.
        <ToolButton
          key={id}
          room={room}
          command={id}
          icon={isIcon(id) ? id : 'box'}
          pressed={tool === id}
          onClick={() => desk.useTool(id)}
        />
      ))}
      {desk.type.located?.painting === undefined && desk.tools.includes('polygon') && (
        <Outlines room={room} desk={desk} />
      )}
      <hr />
      <ToolButton room={room} command="undo" icon="undo" disabled={!desk.history.canUndo} />
      <ToolButton room={room} command="redo" icon="redo" disabled={!desk.history.canRedo} />
      <hr />
      <ToolButton room={room} command="hide" icon={desk.hidden.value ? 'eyeoff' : 'eye'} pressed={desk.hidden.value} />
    </div>
  );
};

/** More classes than this and the bar offers to find one by typing. */
export const FEW = 10;

/** The classes with their digits; the chosen one scrolls into view. */
export const LabelBar = ({ room, desk }: Props) => {
  const bar = useRef<HTMLDivElement>(null);
  desk.version.value;
  const { categories } = desk.question;
  const { chosen } = desk.type;
  const on = chosen === undefined ? [desk.category.value] : chosen.chosen(objectOf(desk.doc.records));
  const first = on[0];
  useEffect(() => {
    if (first === undefined) return;
    bar.current?.querySelector('[aria-pressed="true"]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [first]);
  return (
    <div class="labelbar" role="toolbar" aria-label={t('Classes')} ref={bar}>
      {categories.map((category) => (
        <button
          key={category.id}
          type="button"
          class={`cls ${colourClass(category)}`}
          aria-pressed={on.includes(category.id)}
          onMouseDown={keepFocus}
          onClick={() => setCategory(desk, category.id)}
        >
          <span class="swatch">{digitOf(category, categories)}</span>
          {category.name}
        </button>
      ))}
      <span class="grow" />
      {categories.length > FEW && (
        <IconButton
          icon="search"
          label={t('Find a class')}
          chord={room.keyOf('find-class')}
          onClick={() => room.open('classes')}
        />
      )}
      {desk.type.located === undefined && (
        <>
          <IconButton
            icon="undo"
            label={t('Undo')}
            chord={room.keyOf('undo')}
            disabled={!desk.history.canUndo}
            onClick={() => room.run('undo')}
          />
          <IconButton
            icon="redo"
            label={t('Redo')}
            chord={room.keyOf('redo')}
            disabled={!desk.history.canRedo}
            onClick={() => room.run('redo')}
          />
        </>
      )}
    </div>
  );
};
