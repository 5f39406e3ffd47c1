import { adding, both, type Diff, updating } from '../doc/diff.ts';
import {
  blankObject,
  type InstanceRecord,
  isInstance,
  type LabelRecord,
  OBJECT,
  objectOf,
} from '../task-types/question.ts';
import type { Desk } from './desk.ts';

/** What a model proposes for the data object on the desk. */
export interface Proposals {
  readonly model: string;
  /** Confidence of the whole, [0, 1]. */
  readonly confidence: number;
  /** Confidence of each instance by id. */
  readonly parts: Readonly<Record<string, number>>;
  readonly records: readonly LabelRecord[];
}

export interface Proposal {
  readonly id: string;
  readonly category: number;
  readonly confidence: number;
  /** The shape, where one is proposed; else it is a class for the whole. */
  readonly record: InstanceRecord | null;
}

/** The proposals that nobody has taken or turned down yet, the surest first. */
export const openProposals = (desk: Desk): Proposal[] => {
  const { proposals, doc } = desk;
  if (proposals === null) return [];
  const object = objectOf(doc.records);
  // Of a video those that are in the frame: there may be thousands of key frames in all.
  const now = desk.ghosts === null ? proposals.records : [...desk.ghosts.seen.records.values()];
  const open = now.flatMap((record): Proposal[] => {
    if (!isInstance(record)) return ofTheWhole(desk, proposals, record);
    if (doc.get(record.id) !== undefined || desk.reading.value?.twinOf(record) !== undefined) return [];
    const confidence = proposals.parts[record.id] ?? proposals.confidence;
    return [{ id: record.id, category: record.category, confidence, record }];
  });
  return open
    .filter(({ id }) => !object.rejected.includes(id))
    .sort((a, b) => b.confidence - a.confidence || a.category - b.category);
};

/** A proposed class while there is none; of several, each that is not chosen yet, to be taken or turned down by itself. */
const ofTheWhole = (
  { type: { chosen }, doc }: Desk,
  { confidence, parts }: Proposals,
  record: LabelRecord,
): Proposal[] => {
  if (chosen === undefined) return [];
  const now = chosen.chosen(objectOf(doc.records));
  if (!chosen.several && now.length > 0) return [];
  return chosen
    .chosen(record)
    .filter((category) => !now.includes(category))
    .map((category) => ({
      id: chosen.several ? `${record.id}/${category}` : record.id,
      category,
      confidence: parts[String(category)] ?? confidence,
      record: null,
    }));
};

/** Those that are shown: at least as sure as the person asks. A class for the whole is always shown. */
export const shownProposals = (desk: Desk): Proposal[] =>
  openProposals(desk).filter(({ confidence, record }) => record === null || confidence >= desk.least.value);

/** Turning ids down, as part of a change. They stay turned down until undone. */
export const rejecting = (desk: Desk, ids: readonly string[]): Diff => {
  const object = objectOf(desk.doc.records);
  const rejected = [...new Set([...object.rejected, ...ids])];
  const present = desk.doc.get(OBJECT);
  if (present === undefined) return adding({ ...blankObject, rejected });
  return updating(object, { ...object, rejected });
};

export const reject = (desk: Desk, ids: readonly string[]): void => {
  if (ids.length > 0) desk.commit(rejecting(desk, ids));
};

/** Where a class has one shape only: those that become part of one that is there. */
const joining = (desk: Desk, taken: readonly InstanceRecord[]): string[] => {
  if (desk.type.located?.painting?.oneEachClass !== true) return [];
  const free = desk.list.value.filter(({ id }) => !desk.sight.value.locked.has(id));
  const classes = new Set(free.map(({ category }) => category));
  return taken.filter(({ category }) => classes.has(category)).map(({ id }) => id);
};

/** Take proposals as they are, as one step of the history. */
export const accept = (desk: Desk, wanted: readonly Proposal[]): void => {
  const model = desk.proposals?.model ?? '';
  let order = desk.nextOrder();
  const taken = wanted.flatMap(({ record }): InstanceRecord[] =>
    record === null ? [] : [{ ...record, order: order++, origin: { model, how: 'accepted' } }],
  );
  if (desk.ghosts !== null) {
    // Of a video a thing is taken whole, with all its frames.
    desk.write(
      desk.ghosts.taking(taken),
      taken.slice(-1).map(({ id }) => id),
    );
    return;
  }
  const object = objectOf(desk.doc.records);
  const chosen = wanted
    .filter(({ record }) => record === null)
    .reduce<LabelRecord>((whole, { category }) => desk.type.chosen?.choose(whole, category) ?? whole, object);
  const joined = joining(desk, taken);
  // They are not there by their own names afterwards, and would be proposed again.
  const diff = joined.length === 0 ? adding(...taken) : both(adding(...taken), rejecting(desk, joined));
  const last = taken.at(-1);
  desk.commit(
    chosen === object ? diff : both(diff, updating(object, chosen)),
    last === undefined ? desk.selection.value : [last.id],
  );
};
