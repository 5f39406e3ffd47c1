import { describe, keysOfAnswer, seenShapes, shapesOf, wholeAsJson, wholeIn } from './film-shapes.ts';
import { instanceAsJson, instancesIn, type ReadsGeometry } from './instances.ts';
import { blankObject, type InstanceRecord, instancesOf, type Json, type Question } from './question.ts';
import { asFrame } from './stretches.ts';
import type { Edit, TaskType, Timed } from './task-type.ts';
import { asObject, onlyKeys, under } from './validation.ts';

/** A shape in one frame. */
interface Moment {
  readonly frame: number;
  readonly at: Json;
}

const momentOf = ({ geometry }: InstanceRecord): Moment => geometry as unknown as Moment;

const inFrames = (question: Question): ReadsGeometry<Moment>[] =>
  shapesOf(question).map((inner) => ({
    shape: inner.shape,
    ...(inner.takes === undefined ? {} : { takes: inner.takes }),
    parse: (raw, asked, pointer, category) => {
      onlyKeys(raw, ['frame', 'at'], pointer);
      const frame = asFrame(raw.frame, asked, under(pointer, 'frame'));
      const at = under(pointer, 'at');
      return { frame, at: inner.parse(asObject(raw.at, at), asked, at, category) as Json };
    },
  }));

const plains = new WeakMap<InstanceRecord, InstanceRecord>();

/** What a record looks like in its frame: the same object each time. */
const seen = (record: InstanceRecord): InstanceRecord => {
  const known = plains.get(record);
  if (known !== undefined) return known;
  const plain = { ...record, geometry: momentOf(record).at };
  plains.set(record, plain);
  return plain;
};

const inFrame = (record: InstanceRecord, frame: number): InstanceRecord => ({
  ...record,
  geometry: { frame, at: record.geometry },
});

const timed: Timed = {
  tracked: false,
  frameOf: (record) => momentOf(record).frame,
  at: (record, _keys, frame) => (momentOf(record).frame === frame ? seen(record) : null),
  written: ({ added, updated, removed }, frame, film): Edit => {
    const whole = (record: InstanceRecord): InstanceRecord => film.record(record.id) ?? inFrame(record, frame);
    return {
      added: Object.fromEntries(
        Object.entries(added).map(([id, one]) => [id, one.kind === 'instance' ? inFrame(one, frame) : one]),
      ),
      updated: Object.fromEntries(
        Object.entries(updated).map(([id, [from, to]]) => [
          id,
          from.kind === 'instance' && to.kind === 'instance' ? [whole(from), inFrame(to, frame)] : [from, to],
        ]),
      ),
      removed: Object.fromEntries(
        Object.entries(removed).map(([id, one]) => [id, one.kind === 'instance' ? whole(one) : one]),
      ),
    };
  },
};

const parse = (answer: Json, question: Question) => {
  const raw = asObject(answer, '');
  onlyKeys(raw, keysOfAnswer(question), '');
  const instances = instancesIn(raw, question, inFrames(question));
  return [wholeIn(raw, question), ...instances];
};

export const videoObjectDetection: TaskType = {
  name: 'video-object-detection',
  media: 'video',
  located: seenShapes,
  timed,
  load: (answer, question) => (answer === null ? [blankObject] : parse(answer, question)),
  dump: (records) => ({ instances: instancesOf(records).map(instanceAsJson), ...wholeAsJson(records) }),
  check: (answer, question) => {
    parse(answer, question);
  },
  describe: describe(({ geometry }) => (geometry as Partial<Moment>).frame === undefined),
};
