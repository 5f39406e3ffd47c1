import { Refused, Unreachable } from './client.ts';
import type { Row, Store, StoreName } from './store.ts';
import type { ProblemBody } from './wire.ts';

/** Something that a person gave and the server has not acknowledged yet. */
export interface SendRow extends Row {
  readonly key: string;
  /** ms; until then it may be taken back. */
  readonly notBefore: number;
  readonly at: number;
  /** The server said no: it waits for the person, not for the network. */
  readonly refused: ProblemBody | null;
}

export interface QueueEvents<R extends SendRow, Reply> {
  changed(): void;
  accepted(row: R, reply: Reply): void;
  refused(row: R, problem: ProblemBody): void;
  signedOut(): void;
}

const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 60_000;

/** Sends rows in the background, one after the other, again and again until each is answered: over reloads too. */
export class SendQueue<R extends SendRow, Reply> {
  readonly #send: (row: R) => Promise<Reply>;
  readonly #store: Store;
  readonly #name: StoreName;
  readonly #events: QueueEvents<R, Reply>;
  #rows: R[] = [];
  #busy = false;
  #online = true;
  #wait = FIRST_WAIT;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #kept: Promise<void> = Promise.resolve();

  constructor(send: (row: R) => Promise<Reply>, store: Store, name: StoreName, events: QueueEvents<R, Reply>) {
    this.#send = send;
    this.#store = store;
    this.#name = name;
    this.#events = events;
  }

  /** Rows of earlier visits. Returns those that the server has refused: they need the person. */
  async restore(owner: number): Promise<R[]> {
    const rows = await this.#store.all<R>(this.#name, [owner]);
    this.#rows = rows.filter(({ refused }) => refused === null).sort((a, b) => a.at - b.at);
    this.#changed();
    void this.#drive();
    return rows.filter(({ refused }) => refused !== null);
  }

  get rows(): readonly R[] {
    return this.#rows;
  }

  get waiting(): number {
    return this.#rows.length;
  }

  /** The last try did not get through. */
  get offline(): boolean {
    return !this.#online;
  }

  /** Only the last row can be taken back: one that waited for that goes out when the next one is given. */
  add(row: R): void {
    this.#rows = [...this.#rows.map((before) => ({ ...before, notBefore: 0 })), row];
    this.#kept = this.#store.put(this.#name, row).catch(() => undefined);
    this.#changed();
    clearTimeout(this.#timer);
    void this.#drive();
  }

  /** The last row again, while it has not gone out. */
  takeBack(now: number): R | null {
    const last = this.#rows.at(-1);
    if (last === undefined || last.notBefore <= now) return null;
    this.#rows.pop();
    void this.forget(last);
    this.#changed();
    return last;
  }

  async forget({ owner, key }: R): Promise<void> {
    await this.#kept;
    await this.#store.remove(this.#name, [owner, key]).catch(() => undefined);
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
    // Whatever went wrong, also in who listens: the rows that wait go on.
    let again: 'now' | 'later' = 'later';
    try {
      again = await this.#deliver(row);
    } finally {
      this.#busy = false;
      if (again === 'now') void this.#drive();
      else this.#retry();
    }
  }

  #retry(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#drive(), this.#wait);
    this.#wait = Math.min(2 * this.#wait, LONGEST_WAIT);
  }

  async #deliver(row: R): Promise<'now' | 'later'> {
    // The row must be safe here before the server can have it: a crash in between sends it again with the same key.
    await this.#kept;
    try {
      const reply = await this.#send(row);
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

  #drop(row: R): void {
    this.#rows = this.#rows.filter(({ key }) => key !== row.key);
    this.#changed();
  }

  async #failed(row: R, fault: unknown): Promise<'now' | 'later'> {
    if (fault instanceof Refused && !fault.passing && !fault.signedOut) {
      this.#online = true;
      const refused = { ...row, refused: fault.body };
      await this.#store.put(this.#name, refused).catch(() => undefined);
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
