import { describe, keysOfAnswer, seenShapes, shapesOf, wholeAsJson, wholeIn } from './film-shapes.ts';
import { instanceAsJson, instancesIn, type ReadsGeometry } from './instances.ts';
import {
  attributesOf,
  blankObject,
  type InstanceRecord,
  instancesOf,
  type Json,
  type JsonObject,
  type KeyRecord,
  keyOf,
  type LabelRecord,
  type Question,
  type Records,
  type Stretch,
} from './question.ts';
import { asFrame, parseStretches, stretchesAsJson } from './stretches.ts';
import type { TaskType } from './task-type.ts';
import { trackOf, tracks } from './tracks.ts';
import { asList, asObject, Fault, onlyKeys, under } from './validation.ts';

/** A track as an answer has it: one geometry. In the editor its key frames are records of their own. */
interface Whole {
  readonly keys: readonly Omit<KeyRecord, 'kind' | 'id' | 'track'>[];
  readonly end: number | null;
  readonly values: readonly Stretch[];
}

type Reads = ReadsGeometry<unknown>;

const keyIn = (raw: Json, inner: Reads, question: Question, category: number, pointer: string): Whole['keys'][0] => {
  const given = asObject(raw, pointer);
  onlyKeys(given, ['frame', 'at', 'occluded'], pointer);
  const { occluded = false } = given;
  if (typeof occluded !== 'boolean') throw new Fault(under(pointer, 'occluded'), 'This must be true or false.');
  const frame = asFrame(given.frame, question, under(pointer, 'frame'));
  if (given.at === null) return { frame, at: null, occluded: false };
  const at = under(pointer, 'at');
  return { frame, at: inner.parse(asObject(given.at, at), question, at, category) as Json, occluded };
};

const keysIn = (raw: Json | undefined, inner: Reads, question: Question, category: number, pointer: string) => {
  let before = -1;
  const keys = asList(raw, pointer).map((each, place) => {
    const key = keyIn(each, inner, question, category, under(pointer, place));
    if (key.frame <= before) throw new Fault(under(under(pointer, place), 'frame'), 'Key frames ascend, one a frame.');
    before = key.frame;
    return key;
  });
  if (keys[0]?.at == null) throw new Fault(pointer, 'A track begins with a key frame that has a shape.');
  return keys;
};

const throughFrames = (question: Question): ReadsGeometry<Whole>[] =>
  shapesOf(question).map((inner) => ({
    shape: inner.shape,
    scope: 'track',
    ...(inner.takes === undefined ? {} : { takes: inner.takes }),
    parse: (raw, asked, pointer, category) => {
      onlyKeys(raw, ['keys', 'end', 'values'], pointer);
      const keys = keysIn(raw.keys, inner, asked, category, under(pointer, 'keys'));
      const ends = under(pointer, 'end');
      const end = raw.end == null ? null : asFrame(raw.end, asked, ends);
      if (end !== null && end < (keys.at(-1)?.frame ?? 0)) {
        throw new Fault(ends, 'The track ends before its last key frame.');
      }
      const values = parseStretches(raw.values, asked, attributesOf(asked, category), under(pointer, 'values'));
      return { keys, end, values };
    },
  }));

const parse = (answer: Json, question: Question): LabelRecord[] => {
  const raw = asObject(answer, '');
  onlyKeys(raw, keysOfAnswer(question), '');
  const read = instancesIn(raw, question, throughFrames(question));
  const records = read.flatMap((record): LabelRecord[] => {
    const { keys, end, values } = record.geometry as unknown as Whole;
    const track = { ...record, geometry: { end, values: stretchesAsJson(values) } };
    return [track, ...keys.map(({ frame, at, occluded }) => keyOf(record.id, frame, at, occluded))];
  });
  return [wholeIn(raw, question), ...records];
};

/** Absent before the first shape needs no saying, and once is enough. */
const needed = (keys: readonly KeyRecord[]): KeyRecord[] =>
  keys.filter(({ at }, i) => at !== null || (i > 0 && keys[i - 1]?.at !== null));

const keyAsJson = ({ frame, at, occluded }: KeyRecord): JsonObject => ({
  frame,
  at,
  ...(occluded ? { occluded } : {}),
});

const trackAsJson = (record: InstanceRecord, all: readonly KeyRecord[]): Json => {
  const { end, values } = trackOf(record);
  const keys = needed(all);
  const geometry = {
    keys: keys.map(keyAsJson),
    // What is absent to its last frame has no other end.
    end: keys.at(-1)?.at === null ? null : end,
    ...(values.length === 0 ? {} : { values: stretchesAsJson(values) }),
  };
  return instanceAsJson({ ...record, geometry });
};

const dump = (records: Records): Json => {
  const keys = new Map<string, KeyRecord[]>();
  for (const record of records.values()) {
    if (record.kind !== 'key') continue;
    const of = keys.get(record.track);
    if (of === undefined) keys.set(record.track, [record]);
    else of.push(record);
  }
  const instances = instancesOf(records).map((record) =>
    trackAsJson(
      record,
      (keys.get(record.id) ?? []).sort((a, b) => a.frame - b.frame),
    ),
  );
  return { instances, ...wholeAsJson(records) };
};

export const videoObjectTracking: TaskType = {
  name: 'video-object-tracking',
  media: 'video',
  located: seenShapes,
  timed: tracks,
  load: (answer, question) => (answer === null ? [blankObject] : parse(answer, question)),
  dump,
  check: (answer, question) => {
    parse(answer, question);
  },
  describe: describe(({ geometry }) => (geometry as { end?: unknown }).end === undefined),
};
