import type { Diff } from '../doc/diff.ts';
import { same } from '../doc/diff.ts';
import type { LabelRecord } from '../task-types/question.ts';
import { type Client, Refused, Unreachable } from './client.ts';
import type { Row, Store } from './store.ts';

/** Sent after this long without a change, and at the latest after this long with changes, ms. */
const IDLE = 2_000;
const AT_LATEST = 15_000;
/** A keepalive request may not be larger, bytes. */
const MOST_KEPT_ALIVE = 60_000;

/** One request carries no more, characters; a single larger change goes by itself. */
const MOST_SENT = 1_500_000;

/** One change that the server has not acknowledged; `base` is the draft's revision that it goes on top of. */
export interface DraftRow extends Row {
  readonly assignment: number;
  readonly place: number;
  readonly base: number;
  readonly diff: Diff;
}

/** A change of more records is kept as text, and written once the picture was painted: copying it holds up the hand. */
const MOST_AT_ONCE = 200;

const sizeOf = ({ added, updated, removed }: Diff): number =>
  [added, updated, removed].reduce((sum, part) => sum + Object.keys(part).length, 0);

/** The first changes, as many as fit one request and one at least. */
const beginning = (rows: readonly DraftRow[]): DraftRow[] => {
  let room = MOST_SENT;
  const end = rows.findIndex(({ diff }, i) => {
    room -= JSON.stringify(diff).length;
    return room < 0 && i > 0;
  });
  return end < 0 ? [...rows] : rows.slice(0, end);
};

/** As it stands in the store. */
interface KeptRow extends Omit<DraftRow, 'diff'> {
  readonly diff: Diff | string;
}

/** The changes of an object that this browser kept, oldest first. */
export const keptDrafts = async (store: Store, owner: number, assignment: number): Promise<DraftRow[]> => {
  const rows = await store.all<KeptRow>('drafts', [owner, assignment]);
  return rows.map((row) => ({
    ...row,
    diff: typeof row.diff === 'string' ? (JSON.parse(row.diff) as Diff) : row.diff,
  }));
};

export interface Conflict {
  readonly revision: number;
  readonly document: Readonly<Record<string, LabelRecord>>;
}

export interface DraftEvents {
  saving(): void;
  saved(): void;
  offline(): void;
  conflict(theirs: Conflict): void;
  /** A single change is more than the server takes: it stays in this browser and in the answer to come. */
  tooLarge(): void;
}

export interface DraftPlace {
  readonly owner: number;
  readonly assignment: number;
  readonly token: string;
  readonly revision: number;
}

/** Keeps the changes of one object: each in the browser at once, together on the server a moment later. */
export class DraftKeeper {
  readonly #client: Client;
  readonly #store: Store;
  readonly #place: DraftPlace;
  readonly #events: DraftEvents;
  #revision: number;
  #next: number;
  #pending: DraftRow[];
  #sending = false;
  #closed = false;
  #conflict = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Since when something waits, ms. */
  #since: number | null = null;

  /** `unsent` are rows of an earlier visit, already part of the document. */
  constructor(client: Client, store: Store, place: DraftPlace, unsent: readonly DraftRow[], events: DraftEvents) {
    this.#client = client;
    this.#store = store;
    this.#place = place;
    this.#events = events;
    this.#revision = place.revision;
    this.#pending = [...unsent];
    this.#next = (unsent.at(-1)?.place ?? -1) + 1;
    if (unsent.length > 0) this.#later();
  }

  get revision(): number {
    return this.#revision;
  }

  get waiting(): boolean {
    return this.#pending.length > 0;
  }

  add(diff: Diff): void {
    const { owner, assignment } = this.#place;
    const row = { owner, assignment, place: this.#next, base: this.#revision, diff };
    this.#next += 1;
    this.#pending.push(row);
    if (sizeOf(diff) <= MOST_AT_ONCE) this.#keep(row);
    else setTimeout(() => this.#keepLarge(row));
    this.#events.saving();
    this.#later();
  }

  #keep(row: KeptRow): void {
    this.#store.put('drafts', row).catch(() => undefined);
  }

  /** Unless it has gone out meanwhile. */
  #keepLarge(row: DraftRow): void {
    if (this.#pending.includes(row)) this.#keep({ ...row, diff: JSON.stringify(row.diff) });
  }

  #later(wait = IDLE): void {
    const now = Date.now();
    this.#since ??= now;
    clearTimeout(this.#timer);
    if (this.#closed || this.#conflict) return;
    this.#timer = setTimeout(() => void this.send(), Math.max(0, Math.min(wait, this.#since + AT_LATEST - now)));
  }

  /** Send what waits. `leaving`: the page may be gone before an answer comes. */
  async send(leaving = false): Promise<void> {
    if (this.#closed || this.#conflict || this.#sending || this.#pending.length === 0) return;
    const batch = beginning(this.#pending);
    const { assignment, token } = this.#place;
    const diffs = batch.map(({ diff }) => diff);
    if (leaving && JSON.stringify(this.#pending.map(({ diff }) => diff)).length > MOST_KEPT_ALIVE) return;
    this.#sending = true;
    this.#since = null;
    clearTimeout(this.#timer);
    try {
      const { revision } = await this.#client.draft(assignment, token, this.#revision, diffs, leaving);
      await this.#acknowledged(batch, revision);
    } catch (fault) {
      this.#failed(fault);
    } finally {
      this.#sending = false;
    }
    // More than one request holds follows at once.
    if (this.#pending.length > 0) this.#later(batch.length > 0 && this.#since === null ? 0 : IDLE);
    else if (!this.#closed) this.#events.saved();
  }

  async #acknowledged(batch: readonly DraftRow[], revision: number): Promise<void> {
    const { owner, assignment } = this.#place;
    this.#revision = revision;
    this.#pending = this.#pending.slice(batch.length).map((row) => ({ ...row, base: revision }));
    try {
      for (const row of this.#pending) await this.#store.put('drafts', row);
      for (const { place } of batch) await this.#store.remove('drafts', [owner, assignment, place]);
    } catch {
      // A full disk keeps nothing here; the server has it, and will have what follows.
    }
  }

  #failed(fault: unknown): void {
    if (fault instanceof Refused && fault.body.code === 'draft-outdated') {
      this.#conflict = true;
      this.#events.conflict({ revision: fault.body.revision ?? 0, document: fault.body.document ?? {} });
    } else if (fault instanceof Unreachable || (fault instanceof Refused && fault.passing)) {
      this.#since = Date.now();
      this.#events.offline();
      this.#later(AT_LATEST);
    } else {
      // The lease or the sign-in is gone, or a change is too large. The changes stay in this browser and in the answer to come.
      this.#closed = true;
      if (fault instanceof Refused && fault.body.status === 413) this.#events.tooLarge();
    }
  }

  /** After a conflict: go on from the server's revision with this change on top of it. */
  async settle(theirs: Conflict, diff: Diff): Promise<void> {
    const { owner, assignment } = this.#place;
    await this.#store.remove('drafts', [owner, assignment]);
    this.#pending = [];
    this.#revision = theirs.revision;
    this.#conflict = false;
    this.add(diff);
  }

  /** The object is answered or left: nothing more is sent, nothing is kept. */
  async close(): Promise<void> {
    this.pause();
    this.#pending = [];
    await this.#store.remove('drafts', [this.#place.owner, this.#place.assignment]).catch(() => undefined);
  }

  /** Nothing more is sent by itself; what waits stays in the browser. */
  pause(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }
}

/**
 * Which of an earlier visit's rows still have to go out, given the server's draft: those that it does not end with, as when
 * the page closed before the acknowledgement came. Null where somebody else (another tab) went on from the same revision.
 */
export const unsentOf = (
  rows: readonly DraftRow[],
  draft: { readonly revision: number; readonly history: readonly Diff[] } | null,
): readonly DraftRow[] | null => {
  const [first] = rows;
  if (first === undefined || first.base === (draft?.revision ?? 0)) return rows;
  const history = draft?.history ?? [];
  const diffs = rows.map(({ diff }) => diff);
  for (let sent = Math.min(rows.length, history.length); sent > 0; sent -= 1) {
    if (same(history.slice(-sent), diffs.slice(0, sent))) return rows.slice(sent);
  }
  return null;
};

/** Of an object's rows only `unsent` are kept, on top of the revision `base`. */
export const keepUnsent = async (
  store: Store,
  rows: readonly DraftRow[],
  unsent: readonly DraftRow[],
  base: number,
): Promise<void> => {
  for (const row of unsent) {
    const moved: DraftRow = { ...row, base };
    if (row.base !== base) await store.put('drafts', moved);
  }
  for (const row of rows) {
    if (!unsent.includes(row)) await store.remove('drafts', [row.owner, row.assignment, row.place]);
  }
};
