import type { Client } from './client.ts';
import { Refused } from './client.ts';
import { type Item, itemFrom } from './items.ts';
import type { Store } from './store.ts';
import type { Lease, Reason } from './wire.ts';

/** Leases that are asked for beyond the open one. Never more: leases are others' work. */
const AHEAD = 2;

interface Held {
  readonly lease: Lease;
  /** ms */
  until: number;
}

/** The leases that this page holds: the open object's and those of the next ones, fetched and decoded ahead. */
export class Pool {
  readonly #client: Client;
  readonly #store: Store;
  readonly #job: number;
  readonly #purpose: string;
  readonly #owner: number;
  /** Told of each object that is fetched ahead, and again when it is the next one. */
  readonly #ahead: (lease: Lease) => void;
  readonly #held = new Map<number, Held>();
  #ready: Item[] = [];
  #filling: Promise<Reason | null> | null = null;

  constructor(
    client: Client,
    store: Store,
    boot: { job: { id: number }; purpose: string; me: { id: number } },
    ahead: (lease: Lease) => void = () => undefined,
  ) {
    this.#client = client;
    this.#store = store;
    this.#job = boot.job.id;
    this.#purpose = boot.purpose;
    this.#owner = boot.me.id;
    this.#ahead = ahead;
  }

  /** The next object that is ready, taken out. */
  next(): Item | undefined {
    const [item, after] = this.#ready;
    this.#ready = this.#ready.slice(1);
    if (after !== undefined) this.#ahead(after.lease);
    return item;
  }

  /** Put an object back in front: the person returns to another first. */
  putBack(item: Item): void {
    this.#ready.unshift(item);
  }

  until(assignment: number): number | null {
    return this.#held.get(assignment)?.until ?? null;
  }

  /** The lease is answered, skipped or lost. */
  drop(assignment: number): void {
    this.#held.delete(assignment);
    for (const { lease, opened } of this.#ready) if (lease.assignment === assignment) opened.source.close();
    this.#ready = this.#ready.filter(({ lease }) => lease.assignment !== assignment);
  }

  adopt(lease: Lease): void {
    this.#held.set(lease.assignment, { lease, until: Date.now() });
  }

  /** Ask for what is missing. `others` are assignments that are answered here and not yet acknowledged. The reason for none. */
  fill(open: number, others: readonly number[]): Promise<Reason | null> {
    this.#filling ??= this.#fill(open, others).finally(() => {
      this.#filling = null;
    });
    return this.#filling;
  }

  async #fill(open: number, others: readonly number[]): Promise<Reason | null> {
    const count = AHEAD + 1 - open - this.#ready.length;
    if (count <= 0) return null;
    const held = [...new Set([...this.#held.keys(), ...others])].slice(-10);
    const { leases, reason } = await this.#client.leases(this.#job, count, this.#purpose, held);
    for (const lease of leases) {
      if (this.#held.has(lease.assignment) || others.includes(lease.assignment)) continue;
      this.#held.set(lease.assignment, { lease, until: Date.now() + 1000 * lease.expires_in });
      // Not in one line: the list may be another one after the wait.
      const item = await itemFrom(lease, this.#store, this.#owner);
      this.#ready.push(item);
      this.#ahead(lease);
    }
    return reason;
  }

  /** Renew all leases; returns the assignments that are lost. */
  async renew(): Promise<number[]> {
    const lost: number[] = [];
    for (const [assignment, held] of [...this.#held]) {
      try {
        const { expires_in } = await this.#client.renew(assignment, held.lease.token);
        held.until = Date.now() + 1000 * expires_in;
      } catch (fault) {
        if (!(fault instanceof Refused) || fault.passing || fault.signedOut) continue;
        this.drop(assignment);
        lost.push(assignment);
      }
    }
    return lost;
  }

  /** The page goes away, perhaps only to be loaded again: what nobody has seen yet goes back, the open object stays. */
  releaseAhead(): void {
    for (const { lease } of this.#ready) {
      this.#held.delete(lease.assignment);
      this.#client.release(lease.assignment, lease.token).catch(() => undefined);
    }
    this.#ready = [];
  }

  /** Give all back: others can have them. */
  async releaseAll(): Promise<void> {
    const all = [...this.#held.values()];
    this.#held.clear();
    this.#ready = [];
    await Promise.allSettled(all.map(({ lease }) => this.#client.release(lease.assignment, lease.token)));
  }
}
