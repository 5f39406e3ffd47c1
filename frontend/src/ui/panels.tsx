import { useState } from 'preact/hooks';
import type { Command, Context } from '../commands/registry.ts';
import { t } from '../i18n.ts';
import { SelectedObject } from './attributes.tsx';
import { ClassFinder } from './class-list.tsx';
import { Late } from './late.tsx';
import { ObjectList } from './object-list.tsx';
import { caps, Modal } from './parts.tsx';
import { ProposalList } from './proposal-list.tsx';
import type { Opened, Room } from './room.ts';
import { SkipForm } from './skip-form.tsx';

const loadHelp = () => import('./help.tsx').then(({ Help }) => Help);

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
          <Late load={loadHelp} props={{ room, context }} />
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
          <SelectedObject room={room} desk={desk} />
        </Modal>
      );
    default:
      return null;
  }
};
