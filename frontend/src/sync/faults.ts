import type { Desk } from '../commands/desk.ts';
import { type InstanceRecord, objectOf, type Stretch } from '../task-types/question.ts';
import { stepOf } from '../task-types/validation.ts';
import type { Asked } from '../ui/room.ts';

/** What a JSON pointer into an answer speaks of, shown to the person who gave it. */

const ATTRIBUTE = /^(\/instances\/\d+(?:\/geometry\/values\/\d+)?|\/frames\/\d+)?\/attributes\/([^/]+)$/;
const THING = /^\/instances\/(\d+)(?:\/geometry\/(keys|values)\/(\d+))?/;
const FRAMES = /^\/frames\/(\d+)/;

/** The attribute that has to be filled in; those of frames stand beside those of things. */
export const askedBy = (pointer: string): Asked | null => {
  const [, of, name] = ATTRIBUTE.exec(pointer) ?? [];
  if (name === undefined) return null;
  return { of: of === undefined ? 'object' : 'instance', name: stepOf(name) };
};

const goTo = ({ film }: Desk, frame: number | undefined): void => {
  if (film !== null && frame !== undefined) film.wanted.value = frame;
};

/** The frame of a track's key frame, or where one of its stretches begins. */
const frameIn = (desk: Desk, { id, geometry }: InstanceRecord, part: string, place: number): number | undefined => {
  if (part === 'keys') return desk.film?.keysOf(id)[place]?.frame;
  return (geometry as { readonly values?: readonly Stretch[] }).values?.[place]?.from;
};

/** Its thing is selected; of a video its frame is gone to. */
export const showFault = (desk: Desk, pointer: string): void => {
  const frames = FRAMES.exec(pointer)?.[1];
  if (frames !== undefined) goTo(desk, objectOf(desk.doc.records).frames?.[Number(frames)]?.from);
  const [, thing, part, place] = THING.exec(pointer) ?? [];
  const record = thing === undefined ? undefined : (desk.film?.all ?? desk.list.value)[Number(thing)];
  if (record === undefined) return;
  desk.select([record.id]);
  if (part === undefined) desk.film?.visit(record.id);
  else goTo(desk, frameIn(desk, record, part, Number(place)));
};
