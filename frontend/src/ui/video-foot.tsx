import { FilmTransport } from './film-transport.tsx';
import type { Opened, Room } from './room.ts';
import { Timeline } from './timeline.tsx';
import { Transport } from './transport.tsx';

/** What stands beside a film comes with what lies under it: parts that are asked for together are one file. */
export { FilmTracks, FrameThings } from './track-panel.tsx';

interface Props {
  readonly room: Room;
  readonly opened: Opened;
}

/** What lies under a video. */
export const VideoFoot = ({ room, opened }: Props) =>
  opened.source.kind === 'video' ? (
    <Transport room={room} clip={opened.source} />
  ) : (
    <>
      <FilmTransport room={room} opened={opened} />
      <Timeline room={room} opened={opened} />
    </>
  );
