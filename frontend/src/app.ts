import '@preact/signals';
import { h, render } from 'preact';
import { loadKind } from './commands/kinds.ts';
import { useCatalog } from './i18n.ts';
import { useVideos } from './media/source.ts';
import { Client } from './sync/client.ts';
import { LabelingSession } from './sync/session.ts';
import { openStore } from './sync/store.ts';
import type { Boot } from './ui/boot.ts';
import { Editor } from './ui/editor.tsx';
import { Room } from './ui/room.ts';

/** Put the editor into `element`; `boot` is what the page knows. */
export const mount = async (element: HTMLElement, boot: Boot): Promise<void> => {
  if (boot.i18n !== undefined) useCatalog(boot.i18n.catalog);
  const kind = loadKind(boot.job.task_type);
  if (boot.purpose === 'glance') {
    await kind;
    const { mountGrid } = await import('./grid/mount.ts');
    await mountGrid(element, boot);
    return;
  }
  const room = new Room(boot);
  const session = new LabelingSession(room, new Client(boot.api, boot.csrf), await openStore());
  room.session = session;
  element.replaceChildren();
  render(h(Editor, { room }), element);
  const type = await kind;
  if (type?.located !== undefined) room.learn((await import('./commands/outlines.ts')).outlineCommands());
  if (type?.media === 'video') useVideos((await import('./media/videos.ts')).openVideo);
  if (type?.timed !== undefined) room.learn((await import('./ui/video-commands.ts')).videoCommands(room));
  if (type?.spanned !== undefined) room.learn((await import('./ui/text.tsx')).spanCommands());
  await session.start();
};

const element = document.getElementById('editor');
const data = document.getElementById('boot');
if (element !== null && data !== null) void mount(element, JSON.parse(data.textContent ?? '') as Boot);
