import { type Client, Refused } from '../sync/client.ts';
import { SendQueue, type SendRow } from '../sync/send-queue.ts';
import type { Store } from '../sync/store.ts';
import type { Page, PageTaken, Reason } from '../sync/wire.ts';

/** A page that was submitted and not yet acknowledged, with all that it takes to open it again. */
export interface PageRow extends SendRow {
  readonly job: number;
  readonly page: Page;
  readonly wrong: readonly number[];
  readonly active_seconds: number;
}

export const pageQueue = (
  client: Client,
  store: Store,
  events: ConstructorParameters<typeof SendQueue<PageRow, PageTaken>>[3],
): SendQueue<PageRow, PageTaken> =>
  new SendQueue(
    ({ page, key, active_seconds, wrong }) =>
      client.answerPage(page.id, { token: page.token, key, active_seconds, wrong }),
    store,
    'pages',
    events,
  );

/** Pages that are fetched beyond the open one. */
const AHEAD = 1;

/** A page that could be shown this moment. */
export interface Ready<T> {
  readonly page: Page;
  readonly opened: T;
}

/** The pages that this screen holds: the open one and the next, made ready ahead by `open`. */
export class PagePool<T> {
  readonly #client: Client;
  readonly #job: number;
  readonly #open: (page: Page) => Promise<T>;
  readonly #held = new Map<number, Page>();
  #ready: Ready<T>[] = [];
  #filling: Promise<Reason | null> | null = null;

  constructor(client: Client, job: number, open: (page: Page) => Promise<T>) {
    this.#client = client;
    this.#job = job;
    this.#open = open;
  }

  next(): Ready<T> | undefined {
    return this.#ready.shift();
  }

  /** The person returns to another page first. */
  putBack(ready: Ready<T>): void {
    this.#ready.unshift(ready);
  }

  hold(page: Page): void {
    this.#held.set(page.id, page);
  }

  /** The page is submitted or lost. */
  drop(page: number): void {
    this.#held.delete(page);
    this.#ready = this.#ready.filter((each) => each.page.id !== page);
  }

  /** Ask for what is missing. `others` are pages that are submitted here and not yet acknowledged. The reason for none. */
  fill(open: number, size: number, others: readonly number[]): Promise<Reason | null> {
    this.#filling ??= this.#fill(open, size, others).finally(() => {
      this.#filling = null;
    });
    return this.#filling;
  }

  async #fill(open: number, size: number, others: readonly number[]): Promise<Reason | null> {
    while (open + this.#ready.length < 1 + AHEAD) {
      const held = [...new Set([...this.#held.keys(), ...others])].slice(-10);
      const { page, reason } = await this.#client.page(this.#job, size, held);
      if (page === null || held.includes(page.id)) return reason;
      this.hold(page);
      const opened = await this.#open(page);
      this.#ready.push({ page, opened });
      if (open === 0) return null;
    }
    return null;
  }

  /** Renew all pages. The pages that are lost, and until when the others are held, ms. */
  async renew(): Promise<number[]> {
    const lost: number[] = [];
    for (const page of [...this.#held.values()]) {
      try {
        await this.#client.renewPage(page.id, page.token);
      } catch (fault) {
        if (!(fault instanceof Refused) || fault.passing || fault.signedOut) continue;
        this.#held.delete(page.id);
        this.#ready = this.#ready.filter((each) => each.page.id !== page.id);
        lost.push(page.id);
      }
    }
    return lost;
  }

  /** The pages that nobody has seen yet go back to others; the open one stays, for it may only be loaded again. */
  releaseAhead(): void {
    for (const { page } of this.#ready) {
      this.#held.delete(page.id);
      this.#client.releasePage(page.id, page.token).catch(() => undefined);
    }
    this.#ready = [];
  }

  async releaseAll(): Promise<void> {
    const all = [...this.#held.values()];
    this.#held.clear();
    this.#ready = [];
    await Promise.allSettled(all.map((page) => this.#client.releasePage(page.id, page.token)));
  }
}
