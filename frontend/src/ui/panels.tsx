import { useState } from 'preact/hooks';
import type { Command, Context, Group } from '../commands/registry.ts';
import { t } from '../i18n.ts';
import { SelectedObject } from './attributes.tsx';
import { ClassFinder } from './class-list.tsx';
import { ObjectList } from './object-list.tsx';
import { caps, Modal } from './parts.tsx';
import { ProposalList } from './proposal-list.tsx';
import type { Opened, Room } from './room.ts';
import { SkipForm } from './skip-form.tsx';

/** Commands that the help sums up in one line each instead of naming every key. */
const SUMMED = /^(class-|crosshair-|move-|size-)/;

const groups = (): readonly (readonly [Group, string])[] => [
  ['draw', t('Draw')],
  ['label', t('Label')],
  ['play', t('Play')],
  ['look', t('Look')],
  ['finish', t('Finish')],
];

const summed = (group: Group, located: boolean): readonly (readonly [string, string])[] => {
  if (group === 'label') return [['1–9, 0', t('Class')]];
  if (group === 'look' && located) {
    return [
      [t('Wheel'), t('Zoom')],
      [t('Space, drag'), t('Move the picture')],
    ];
  }
  if (group !== 'draw' || !located) return [];
  return [
    ['← → ↑ ↓', t('Move 1 px, with ⇧ 10 px')],
    ['Alt ← → ↑ ↓', t('Resize')],
  ];
};

const HelpGroup = ({
  title,
  commands,
  more,
}: {
  readonly title: string;
  readonly commands: readonly Command[];
  readonly more: readonly (readonly [string, string])[];
}) => (
  <section>
    <h3>{title}</h3>
    <dl>
      {commands.map((command) => (
        <div key={command.id}>
          <dt>
            {caps(command.keys[0] ?? '').map((cap) => (
              <kbd key={cap}>{cap}</kbd>
            ))}
          </dt>
          <dd>{command.title}</dd>
        </div>
      ))}
      {more.map(([key, what]) => (
        <div key={key}>
          <dt>
            <kbd>{key}</kbd>
          </dt>
          <dd>{what}</dd>
        </div>
      ))}
    </dl>
  </section>
);

/** Whether a command belongs to this kind of object at all, whatever is selected just now. */
const belongs = ({ group, id }: Command, { desk, host }: Context): boolean => {
  if (group === 'play') return host.player !== null;
  if (id === 'take-back') return host.submitsOnDigit;
  if (group === 'draw' || ['next', 'previous', 'hide'].includes(id)) return desk.type.located !== undefined;
  if (group === 'look' && id !== 'escape') return desk.question.media.kind === 'image';
  if (['accept', 'reject', 'accept-all'].includes(id)) return desk.proposals !== null;
  return true;
};

const Help = ({ room, context }: { readonly room: Room; readonly context: Context }) => {
  const located = context.desk.type.located !== undefined;
  return (
    <>
      {located && (
        <p class="small muted help-lead">
          {t(
            'A box by keys alone: B shows a crosshair. Arrow keys move it, with Shift 10 and with Ctrl 100 px at a time. Enter puts a corner, arrows size the box, Enter puts the other corner.',
          )}
        </p>
      )}
      <div class="keymap in-columns">
        {groups().map(([group, title]) => {
          const commands = room.registry.commands.filter(
            (command) =>
              command.group === group &&
              command.keys.length > 0 &&
              !SUMMED.test(command.id) &&
              belongs(command, context),
          );
          const more = summed(group, located);
          return commands.length + more.length === 0 ? null : (
            <HelpGroup key={group} title={title} commands={commands} more={more} />
          );
        })}
      </div>
    </>
  );
};

const Palette = ({ room, context }: { readonly room: Room; readonly context: Context }) => {
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const wanted = text.trim().toLowerCase();
  const found = room.registry.commands.filter(
    (command) => command.when(context) && command.id !== 'palette' && command.title.toLowerCase().includes(wanted),
  );
  const take = (command: Command | undefined): void => {
    if (command === undefined) return;
    room.close();
    room.run(command.id);
  };
  return (
    <div class="stack">
      <input
        class="input"
        role="combobox"
        aria-expanded="true"
        aria-controls="found-commands"
        aria-activedescendant={found[at] === undefined ? undefined : `command-${found[at].id}`}
        aria-label={t('What do you want to do?')}
        autoFocus
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') take(found[at]);
          else if (event.key === 'ArrowDown') setAt(Math.min(at + 1, found.length - 1));
          else if (event.key === 'ArrowUp') setAt(Math.max(at - 1, 0));
          else return;
          event.preventDefault();
        }}
      />
      <ul class="objects found" id="found-commands" role="listbox" aria-label={t('Commands found')}>
        {found.map((command, i) => (
          <li
            key={command.id}
            id={`command-${command.id}`}
            role="option"
            aria-selected={i === at}
            onClick={() => take(command)}
          >
            {command.title}
            <span class="meta">
              {caps(command.keys[0] ?? '').map((cap) => (
                <kbd key={cap}>{cap}</kbd>
              ))}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
};

/** The one panel that stands open over the work. */
export const OpenPanel = ({ room, opened }: { readonly room: Room; readonly opened: Opened | null }) => {
  const name = room.panel.value;
  const close = (): void => room.close();
  const context = room.context();
  if (name === null || opened === null || context === null) return null;
  const { desk } = opened;
  switch (name) {
    case 'keys':
      return (
        <Modal kind="dialog" title={t('Keyboard shortcuts')} onClose={close}>
          <Help room={room} context={context} />
        </Modal>
      );
    case 'palette':
      return (
        <Modal kind="dialog" class="narrow" title={t('Find a command')} onClose={close}>
          <Palette room={room} context={context} />
        </Modal>
      );
    case 'classes':
      return (
        <Modal kind="dialog" class="narrow" title={t('Find a class')} onClose={close}>
          <ClassFinder desk={desk} onDone={close} />
        </Modal>
      );
    case 'skip':
      return (
        <Modal kind="dialog" class="narrow" title={t('Skip with a reason')} onClose={close}>
          <SkipForm room={room} />
        </Modal>
      );
    case 'objects':
      return (
        <Modal kind="sheet" title={t('Objects')} onClose={close}>
          <ObjectList room={room} desk={desk} />
          <ProposalList desk={desk} />
          <SelectedObject desk={desk} />
        </Modal>
      );
    default:
      return null;
  }
};
