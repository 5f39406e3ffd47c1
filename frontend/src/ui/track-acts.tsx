import type { Desk } from '../commands/desk.ts';
import { chosenTracks } from '../commands/tracks.ts';
import { t } from '../i18n.ts';
import { trackOf } from '../task-types/tracks.ts';
import { IconButton } from './parts.tsx';
import type { Room } from './room.ts';
import { FilmIcon, type FilmIconName } from './track-icons.tsx';

interface ActProps {
  readonly room: Room;
  readonly command: string;
  readonly icon: FilmIconName;
  readonly words: string;
  readonly pressed?: boolean;
  readonly disabled?: boolean;
}

/** A command as a button: the same as its key and its line in the palette. */
const Act = ({ room, command, icon, ...button }: ActProps) => {
  const { title = '', keys = [] } = room.registry.get(command) ?? {};
  const drawn = <FilmIcon name={icon} />;
  return <IconButton {...button} icon={drawn} label={title} chord={keys[0] ?? ''} onClick={() => room.run(command)} />;
};

/** What can be done with the selected tracks at the frame that is shown. */
export const TrackActs = ({ room, desk }: { readonly room: Room; readonly desk: Desk }) => {
  desk.version.value;
  const { film } = desk;
  if (film === null) return null;
  const frame = film.frame.value;
  desk.selection.value;
  const tracks = chosenTracks(desk);
  const none = tracks.length === 0;
  const every = (test: (id: string) => boolean): boolean => !none && tracks.every(({ id }) => test(id));
  const shown = (id: string): boolean => film.at(id, frame) !== null;
  const begun = (id: string): boolean => (film.keysOf(id)[0]?.frame ?? frame + 1) <= frame;
  const key = tracks.some(({ id }) => film.keyAt(id, frame) !== undefined);
  return (
    <div class="acts" role="toolbar" aria-label={t('The selected track')}>
      <Act
        room={room}
        command="split-track"
        icon="split"
        words={t('Split')}
        disabled={!tracks.some(({ id }) => begun(id))}
      />
      <Act room={room} command="join-tracks" icon="link" words={t('Join')} disabled={tracks.length !== 2} />
      <Act
        room={room}
        command="end-track"
        icon="end"
        words={t('End')}
        pressed={!none && tracks.every((track) => trackOf(track).end === frame)}
        disabled={none}
      />
      <Act
        room={room}
        command="occluded"
        icon="hidden"
        words={t('Hidden')}
        pressed={every((id) => shown(id) && film.occludedHere(id))}
        disabled={!tracks.some(({ id }) => shown(id))}
      />
      <Act
        room={room}
        command="absent"
        icon="absent"
        words={t('Absent')}
        pressed={every((id) => begun(id) && !shown(id))}
        disabled={!tracks.some(({ id }) => begun(id))}
      />
      <Act room={room} command="remove-key" icon="unkey" words={t('Remove key')} disabled={!key} />
    </div>
  );
};
