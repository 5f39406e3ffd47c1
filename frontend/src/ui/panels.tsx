import type { Desk } from '../commands/desk.ts';
import type { Context } from '../commands/registry.ts';
import { t } from '../i18n.ts';
import { WholeObject } from './attributes.tsx';
import { ClassFinder } from './class-list.tsx';
import { Finder } from './finder.tsx';
import { Late } from './late.tsx';
import { caps, Modal } from './parts.tsx';
import { ProposalList } from './proposal-list.tsx';
import type { Opened, Room } from './room.ts';
import { SkipForm } from './skip-form.tsx';
import { hasThings, SelectedThing, Things } from './things.tsx';

const loadHelp = () => import('./help.tsx').then(({ Help }) => Help);

const Palette = ({ room, context }: { readonly room: Room; readonly context: Context }) => (
  <Finder
    id="found-commands"
    label={t('What do you want to do?')}
    listLabel={t('Commands found')}
    none={t('No command has this in its name.')}
    find={(text) => {
      const wanted = text.trim().toLowerCase();
      return room.registry.commands.filter(
        ({ id, title, when }) =>
          when(context) &&
          id !== 'palette' &&
          // Steps of the arrow keys are many alike: they come when they are asked for.
          (wanted !== '' || !/^(crosshair|move|size|extend|end|start|word|character|line|text|relation)-/.test(id)) &&
          title.toLowerCase().includes(wanted),
      );
    }}
    keyOf={({ id }) => id}
    show={({ title, keys }) => (
      <>
        {title}
        <span class="meta">
          {caps(keys[0] ?? '').map((cap) => (
            <kbd key={cap}>{cap}</kbd>
          ))}
        </span>
      </>
    )}
    take={({ id }) => {
      room.close();
      room.run(id);
    }}
  />
);

const sheetTitle = ({ type }: Desk): string => (hasThings(type) ? t('Objects') : t('Attributes'));

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
        <Modal kind="sheet" title={sheetTitle(desk)} onClose={close}>
          {hasThings(desk.type) && <Things room={room} desk={desk} />}
          <ProposalList desk={desk} />
          <SelectedThing room={room} desk={desk} />
          <WholeObject room={room} desk={desk} />
        </Modal>
      );
    default:
      return null;
  }
};
