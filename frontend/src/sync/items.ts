import { Desk } from '../commands/desk.ts';
import type { Proposals } from '../commands/proposals.ts';
import { between, type Diff } from '../doc/diff.ts';
import { Document } from '../doc/document.ts';
import { openSource } from '../media/source.ts';
import { taskType } from '../task-types/index.ts';
import { lenient } from '../task-types/lenient.ts';
import { type LabelRecord, OBJECT } from '../task-types/question.ts';
import type { TaskType } from '../task-types/task-type.ts';
import { Fault } from '../task-types/validation.ts';
import type { Opened } from '../ui/room.ts';
import { type DraftRow, keepUnsent, keptDrafts, unsentOf } from './drafts.ts';
import { newId } from './ids.ts';
import type { Store } from './store.ts';
import type { Lease } from './wire.ts';

/** A leased object, ready to be shown. */
export interface Item {
  readonly lease: Lease;
  readonly opened: Opened;
  /** Changes that an earlier visit could not send, already in the document. */
  readonly unsent: readonly DraftRow[];
  /** The first thing that a new draft must say: what the document began with. */
  readonly beginning: Diff | null;
  readonly revision: number;
  /** An earlier visit and another tab both went on from one draft: theirs to compare with. */
  readonly clash: Readonly<Record<string, LabelRecord>> | null;
}

/** The bundle is older than the job: it does not know this kind of question. */
export class UnknownTaskType extends Error {}

const loaded = (
  type: TaskType,
  { question }: Pick<Lease, 'question'>,
  answer: Lease['answer_to_start_from'],
): LabelRecord[] => {
  try {
    return type.load(answer, question);
  } catch (fault) {
    if (fault instanceof Fault) return type.load(null, question);
    throw fault;
  }
};

const proposalsOf = (type: TaskType, lease: Lease): Proposals | null => {
  if (lease.proposals === null) return null;
  const { model, confidence, parts, answer } = lease.proposals;
  // What was read from a manifest may lack fields that a person must fill in: it can be proposed all the same.
  return { model, confidence, parts, records: loaded(type, { question: lenient(lease.question) }, answer) };
};

const byId = (records: readonly LabelRecord[]): Record<string, LabelRecord> =>
  Object.fromEntries(records.map((record) => [record.id, record]));

/** A draft's first diff says what the document began with; it is no step of the person. */
const steps = (log: readonly Diff[]): Diff[] => log.filter(({ added }) => !(OBJECT in added));

const withDiffs = (records: readonly LabelRecord[], rows: readonly DraftRow[]): LabelRecord[] => {
  const document = new Document(records);
  for (const { diff } of rows) document.apply(diff, 'load');
  return [...document.records.values()];
};

const typeOf = (lease: Lease): TaskType => {
  const type = taskType(lease.task_type);
  if (type === undefined) throw new UnknownTaskType(lease.task_type);
  return type;
};

const openedFrom = (lease: Lease, type: TaskType, records: readonly LabelRecord[], log: readonly Diff[]): Opened => {
  const { question, media } = lease;
  const urls = {
    ...media,
    original: media.original ?? '',
    view: media.view ?? null,
    thumbnail: media.thumbnail ?? null,
  };
  const desk = new Desk({ type, question, records, log, proposals: proposalsOf(type, lease) }, newId);
  return {
    assignment: lease.assignment,
    name: lease.object.name,
    lease: { object: lease.object.id, assignment: lease.assignment, token: lease.token },
    desk,
    source: openSource(question.media, urls, desk.film === null ? null : [desk.film.first, desk.film.last]),
  };
};

type Draft = NonNullable<Lease['draft']>;

/** A draft at revision 0 is one that never took a change. */
const draftOf = ({ draft }: Lease): Draft | null => (draft !== null && draft.revision > 0 ? draft : null);

/** A new draft's rows start with the beginning itself, which the document already holds. */
const changes = (rows: readonly DraftRow[]): DraftRow[] => rows.filter(({ diff }) => !(OBJECT in diff.added));

interface Recalled {
  readonly records: readonly LabelRecord[];
  readonly log: readonly Diff[];
  readonly unsent: readonly DraftRow[];
  readonly clash: Item['clash'];
}

/** What an earlier visit left: on the server, and in this browser. */
const recalled = (beginning: readonly LabelRecord[], draft: Draft | null, rows: readonly DraftRow[]): Recalled => {
  const unsent = unsentOf(rows, draft);
  if (unsent === null) {
    return { records: clashing(beginning, rows), log: [], unsent: [], clash: draft?.document ?? {} };
  }
  const base = draft === null ? beginning : Object.values(draft.document);
  const log = steps([...(draft?.history ?? []), ...unsent.map(({ diff }) => diff)]);
  return { records: withDiffs(base, changes(unsent)), log, unsent, clash: null };
};

/** From a lease: the document from the draft or the answer to start from, what this browser kept, and the bytes begun. */
export const itemFrom = async (lease: Lease, store: Store, owner: number): Promise<Item> => {
  const type = typeOf(lease);
  const draft = draftOf(lease);
  const beginning = loaded(type, lease, lease.answer_to_start_from);
  const rows = await keptDrafts(store, owner, lease.assignment);
  const { records, log, unsent, clash } = recalled(beginning, draft, rows);
  if (clash === null) await keepUnsent(store, rows, unsent, draft?.revision ?? 0);
  return {
    lease,
    opened: openedFrom(lease, type, records, log),
    unsent,
    beginning: draft === null && unsent.length === 0 ? between({}, byId(beginning)) : null,
    revision: draft?.revision ?? 0,
    clash,
  };
};

/** What this browser had, as well as its rows tell: updates bring their whole record along. */
const clashing = (beginning: readonly LabelRecord[], rows: readonly DraftRow[]): LabelRecord[] => {
  const records = new Map(beginning.map((record) => [record.id, record]));
  for (const { diff } of rows) {
    for (const id of Object.keys(diff.removed)) records.delete(id);
    for (const record of Object.values(diff.added)) records.set(record.id, record);
    for (const [, to] of Object.values(diff.updated)) records.set(to.id, to);
  }
  return [...records.values()];
};

/** An answered object again, with its state whole. */
export const itemAgain = (lease: Lease, records: readonly LabelRecord[], log: readonly Diff[]): Item => ({
  lease,
  opened: openedFrom(lease, typeOf(lease), records, log),
  unsent: [],
  beginning: null,
  revision: lease.draft?.revision ?? 0,
  clash: null,
});
