import { h, render } from 'preact';
import { Client } from '../sync/client.ts';
import { openStore } from '../sync/store.ts';
import type { Boot } from '../ui/boot.ts';
import { keptSize } from './kept.ts';
import { GridRoom } from './room.ts';
import { GridScreen } from './screen.tsx';
import { GlanceSession } from './session.ts';

/** The grid in place of the editor: fetched only by its own page. */
export const mountGrid = async (element: HTMLElement, boot: Boot): Promise<void> => {
  const room = new GridRoom(boot, keptSize());
  const session = new GlanceSession(room, new Client(boot.api, boot.csrf), await openStore('grid'));
  room.session = session;
  element.replaceChildren();
  render(h(GridScreen, { room }), element);
  await session.start();
};
