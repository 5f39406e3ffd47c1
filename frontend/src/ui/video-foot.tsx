import { FilmTransport } from './film-transport.tsx';
import type { Opened, Room } from './room.ts';
import { Transport } from './transport.tsx';

interface Props {
  readonly room: Room;
  readonly opened: Opened;
}

/** What lies under a video. */
export const VideoFoot = ({ room, opened }: Props) =>
  opened.source.kind === 'video' ? (
    <Transport room={room} clip={opened.source} />
  ) : (
    <FilmTransport room={room} opened={opened} />
  );
