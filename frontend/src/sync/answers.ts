import type { Diff } from '../doc/diff.ts';
import type { Json, LabelRecord } from '../task-types/question.ts';
import { type Client, Refused, Unreachable } from './client.ts';
import type { Row, Store } from './store.ts';
import type { Answered, Lease, ProblemBody } from './wire.ts';

/** An answer that was given and not yet acknowledged, with all that it takes to open its object again. */
export interface AnswerRow extends Row {
  readonly key: string;
  readonly job: number;
  readonly lease: Lease;
  readonly answer: Json;
  readonly active_seconds: number;
  readonly records: readonly LabelRecord[];
  readonly log: readonly Diff[];
  /** ms; until then it may be taken back. */
  readonly notBefore: number;
  readonly at: number;
  /** The server said no: it waits for the person, not for the network. */
  readonly refused: ProblemBody | null;
}

export interface QueueEvents {
  changed(): void;
  accepted(row: AnswerRow, reply: Answered): void;
  refused(row: AnswerRow, problem: ProblemBody): void;
  signedOut(): void;
}

const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 60_000;

/** Sends answers in the background, one after the other, again and again until each is answered: over reloads too. */
export class AnswerQueue {
  readonly #client: Client;
  readonly #store: Store;
  readonly #events: QueueEvents;
  #rows: AnswerRow[] = [];
  #busy = false;
  #online = true;
  #wait = FIRST_WAIT;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #kept: Promise<void> = Promise.resolve();

  constructor(client: Client, store: Store, events: QueueEvents) {
    this.#client = client;
    this.#store = store;
    this.#events = events;
  }

  /** Rows of earlier visits. Returns those that the server has refused: they need the person. */
  async restore(owner: number): Promise<AnswerRow[]> {
    const rows = await this.#store.all<AnswerRow>('answers', [owner]);
    this.#rows = rows.filter(({ refused }) => refused === null).sort((a, b) => a.at - b.at);
    this.#changed();
    void this.#drive();
    return rows.filter(({ refused }) => refused !== null);
  }

  get assignments(): number[] {
    return this.#rows.map(({ lease }) => lease.assignment);
  }

  get waiting(): number {
    return this.#rows.length;
  }

  /** The last try did not get through. */
  get offline(): boolean {
    return !this.#online;
  }

  /** Only the last answer can be taken back: one that waited for that goes out when the next one is given. */
  add(row: AnswerRow): void {
    this.#rows = [...this.#rows.map((before) => ({ ...before, notBefore: 0 })), row];
    this.#kept = this.#store.put('answers', row).catch(() => undefined);
    this.#changed();
    clearTimeout(this.#timer);
    void this.#drive();
  }

  /** The last answer again, while it has not gone out. */
  takeBack(now: number): AnswerRow | null {
    const last = this.#rows.at(-1);
    if (last === undefined || last.notBefore <= now) return null;
    this.#rows.pop();
    void this.forget(last);
    this.#changed();
    return last;
  }

  async forget({ owner, key }: AnswerRow): Promise<void> {
    await this.#kept;
    await this.#store.remove('answers', [owner, key]).catch(() => undefined);
  }

  /** Try now: the network is back, or the person wants to know. */
  hurry(): void {
    clearTimeout(this.#timer);
    this.#wait = FIRST_WAIT;
    void this.#drive();
  }

  /** The person leaves: nothing is taken back any more, all of it goes out. */
  sendNow(): void {
    this.#rows = this.#rows.map((row) => ({ ...row, notBefore: 0 }));
    this.hurry();
  }

  #changed(): void {
    this.#events.changed();
  }

  async #drive(): Promise<void> {
    if (this.#busy) return;
    const [row] = this.#rows;
    if (row === undefined) return;
    const early = row.notBefore - Date.now();
    if (early > 0) {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.#drive(), early);
      return;
    }
    this.#busy = true;
    const again = await this.#send(row);
    this.#busy = false;
    if (again === 'now') void this.#drive();
    else if (again === 'later') this.#retry();
  }

  #retry(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#drive(), this.#wait);
    this.#wait = Math.min(2 * this.#wait, LONGEST_WAIT);
  }

  async #send(row: AnswerRow): Promise<'now' | 'later'> {
    const { lease, key, answer, active_seconds } = row;
    // The row must be safe here before the server can have it: a crash in between sends it again with the same key.
    await this.#kept;
    try {
      const reply = await this.#client.answer(lease.assignment, { token: lease.token, key, active_seconds, answer });
      this.#online = true;
      this.#wait = FIRST_WAIT;
      this.#drop(row);
      await this.forget(row);
      this.#events.accepted(row, reply);
      return 'now';
    } catch (fault) {
      return this.#failed(row, fault);
    }
  }

  #drop(row: AnswerRow): void {
    this.#rows = this.#rows.filter(({ key }) => key !== row.key);
    this.#changed();
  }

  async #failed(row: AnswerRow, fault: unknown): Promise<'now' | 'later'> {
    if (fault instanceof Refused && !fault.passing && !fault.signedOut) {
      this.#online = true;
      const refused = { ...row, refused: fault.body };
      await this.#store.put('answers', refused).catch(() => undefined);
      this.#drop(row);
      this.#events.refused(refused, fault.body);
      return 'now';
    }
    if (fault instanceof Refused && fault.signedOut) this.#events.signedOut();
    else if (!(fault instanceof Refused) && !(fault instanceof Unreachable)) throw fault;
    this.#online = false;
    this.#changed();
    return 'later';
  }
}
