import { Desk } from '../src/commands/desk.ts';
import type { Proposals } from '../src/commands/proposals.ts';
import { loadFilms } from '../src/doc/films.ts';
import {
  blankObject,
  type InstanceRecord,
  type KeyRecord,
  keyOf,
  type LabelRecord,
  type Question,
} from '../src/task-types/question.ts';
import type { TaskType } from '../src/task-types/task-type.ts';
import { videoObjectTracking } from '../src/task-types/video-object-tracking.ts';
import { someQuestion, uuid } from './some.ts';

await loadFilms();

/** A question about a video of 40 frames, with attributes of a frame, of a track, and from frame to frame. */
export const filmQuestion = (frames = 40): Question => ({
  ...someQuestion(),
  tools: ['box', 'polygon', 'polyline', 'keypoint'],
  attributes: [
    ...(['frame', 'track', 'instance'] as const).map((scope) => ({
      name: `${scope} state`,
      kind: 'choice' as const,
      scope,
      choices: ['on', 'off'],
      minimum: null,
      maximum: null,
      required: false,
    })),
  ],
  media: { kind: 'video', width: 640, height: 480, orientation: 1, text: '', frames, duration: frames / 25 },
  frames: null,
});

export const someTrack = (id: string, more: Partial<InstanceRecord> = {}): InstanceRecord => ({
  kind: 'instance',
  id,
  order: 0,
  shape: 'box',
  category: 0,
  geometry: { end: null, values: [] },
  attributes: {},
  group: null,
  origin: null,
  ...more,
});

/** A key frame with a box of 40 x 30 px whose left edge is told; null: absent. */
export const someKey = (track: string, frame: number, left: number | null, occluded = false): KeyRecord =>
  keyOf(track, frame, left === null ? null : { left, top: 20, width: 40, height: 30 }, occluded);

let made = 0;

export const filmDesk = (
  records: readonly LabelRecord[],
  type: TaskType = videoObjectTracking,
  question = filmQuestion(),
  proposals: Proposals | null = null,
): Desk => {
  const desk = new Desk({ type, question, records: [blankObject, ...records], log: [], proposals }, () =>
    uuid(2_000_000 + made++),
  );
  desk.resize({ width: 640, height: 480 });
  desk.wish({ scale: 1, x: 0, y: 0 });
  return desk;
};

/** The left edge of a thing in a frame; null where it is not shown. */
export const leftAt = (desk: Desk, id: string, frame: number): number | null =>
  (desk.film?.at(id, frame)?.geometry as { left: number } | undefined)?.left ?? null;
