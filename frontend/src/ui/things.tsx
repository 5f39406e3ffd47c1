import type { Desk } from '../commands/desk.ts';
import type { TaskType } from '../task-types/task-type.ts';
import { Numbers, SelectedObject } from './attributes.tsx';
import { ClassOfTheWhole } from './class-list.tsx';
import { Late } from './late.tsx';
import { ObjectList } from './object-list.tsx';
import type { Room } from './room.ts';

interface Props {
  readonly room: Room;
  readonly desk: Desk;
}

const spans = () => import('./text.tsx');
const loadList = () => spans().then(({ SpanList }) => SpanList);
const loadSelected = () => spans().then(({ SelectedSpan }) => SelectedSpan);

const film = () => import('./video-foot.tsx');
const loadTracks = () => film().then(({ FilmTracks }) => FilmTracks);
const loadFrame = () => film().then(({ FrameThings }) => FrameThings);

/** Whether an answer is made of things in the object, and not of what is said of the whole alone. */
export const hasThings = ({ located, spanned }: TaskType): boolean => located !== undefined || spanned !== undefined;

/** What has been labeled: the things in a picture, the spans of a text, or the class of the whole. */
export const Things = ({ room, desk }: Props) => {
  if (desk.type.spanned !== undefined) return <Late load={loadList} props={{ room, desk }} />;
  // What is here already is handed in: a part that is fetched later and holds it, too, would break it out of what comes first.
  if (desk.type.timed?.tracked) return <Late load={loadTracks} props={{ room, desk, Numbers }} />;
  return desk.type.located === undefined ? (
    <ClassOfTheWhole room={room} desk={desk} />
  ) : (
    <ObjectList room={room} desk={desk} />
  );
};

/** What the selected one of them carries. */
export const SelectedThing = ({ room, desk }: Props) => {
  const { spanned, timed } = desk.type;
  if (spanned !== undefined) return <Late load={loadSelected} props={{ room, desk }} />;
  return (
    <>
      {!timed?.tracked && <SelectedObject room={room} desk={desk} />}
      {timed?.tracked === false && <Late load={loadFrame} props={{ room, desk }} />}
    </>
  );
};
