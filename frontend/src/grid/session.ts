import { t, tn } from '../i18n.ts';
import { Activity } from '../sync/activity.ts';
import type { Client } from '../sync/client.ts';
import { newId } from '../sync/ids.ts';
import type { SendQueue } from '../sync/send-queue.ts';
import type { Store } from '../sync/store.ts';
import type { Page, PageTaken, ProblemBody, Reason } from '../sync/wire.ts';
import { reasonOf, signedOutNotice } from '../sync/words.ts';
import type { Notice } from '../ui/room.ts';
import { forgetMarks, keepMarks, keepSize, keptMarks } from './kept.ts';
import { type Marks, noMarks, ranged, redone, toggled, undone } from './marks.ts';
import { PagePool, type PageRow, pageQueue, type Ready } from './pages.ts';
import type { GridRoom, GridSession, OpenPage } from './room.ts';
import { groupsOf, type Tile, tilesOf } from './tiles.ts';

/** How long a submitted page can be taken back, ms; sooner when the next one is submitted. */
const TAKE_BACK = 6_000;
/** A page can’t be submitted sooner than this after it is shown, ms: a second press was meant for the one before. */
const HASTE = 300;
/** Nothing was open: look again by ourselves after this, ms. */
const LOOK_AGAIN = 30_000;
/** The next page waits no longer than this for its small pictures, ms. */
const PATIENCE = 5_000;

const decoded = (url: string): Promise<unknown> => {
  const image = new Image();
  image.src = url;
  return image.decode().catch(() => undefined);
};

const opened = (page: Page): OpenPage => {
  const groups = groupsOf(tilesOf(page));
  return { id: page.id, groups, tiles: groups.flatMap(({ tiles }) => tiles) };
};

/** Everything that a page shows, in the browser's hands before anybody waits for it. */
const fetched = async (page: Page): Promise<OpenPage> => {
  const ready = opened(page);
  const all = Promise.all(ready.tiles.flatMap(({ thumbnail }) => (thumbnail === null ? [] : [decoded(thumbnail)])));
  await Promise.race([all, new Promise((done) => setTimeout(done, PATIENCE))]);
  return ready;
};

/** The work of one person at one job's grid: one page after the other, and nothing is lost. */
export class GlanceSession implements GridSession {
  readonly #room: GridRoom;
  readonly #queue: SendQueue<PageRow, PageTaken>;
  readonly #pool: PagePool<OpenPage>;
  readonly #activity = new Activity();
  #open: Ready<OpenPage> | null = null;
  #anchor = 0;
  #openedAt = 0;
  #leaving = false;
  #lookAgain: ReturnType<typeof setTimeout> | undefined;

  constructor(room: GridRoom, client: Client, store: Store) {
    this.#room = room;
    this.#pool = new PagePool(client, room.boot.job.id, fetched);
    this.#queue = pageQueue(client, store, {
      changed: () => this.#status(),
      accepted: ({ page }) => this.#accepted(page.id),
      refused: (row, problem) => this.#refused(row, problem),
      signedOut: () => this.#put(signedOutNotice()),
    });
  }

  async start(): Promise<void> {
    const refused = await this.#queue.restore(this.#room.boot.me.id);
    for (const row of refused) if (row.refused !== null) this.#refused(row, row.refused);
    this.#heartbeat();
    window.addEventListener('pagehide', () => this.#pool.releaseAhead());
    window.addEventListener('pageshow', ({ persisted }) => {
      if (persisted) window.location.reload();
    });
    window.addEventListener('online', () => this.#queue.hurry());
    await this.#fill();
  }

  async #fill(): Promise<void> {
    try {
      const sent = this.#queue.rows.map(({ page }) => page.id);
      const reason = await this.#pool.fill(this.#open === null ? 0 : 1, this.#room.size.value, sent);
      if (this.#open === null && !this.#leaving) this.#openNext(reason);
    } catch (fault) {
      if (this.#open !== null) return;
      this.#room.phase.value = 'failed';
      this.#room.reason.value =
        fault instanceof RangeError
          ? { what: t('This screen does not know this kind of question yet.'), todo: t('Load the page again.') }
          : reasonOf(fault);
      this.#again();
    }
  }

  #again(): void {
    clearTimeout(this.#lookAgain);
    this.#lookAgain = setTimeout(() => {
      if (this.#open === null && !this.#leaving) void this.#fill();
    }, LOOK_AGAIN);
  }

  #openNext(reason: Reason | null): void {
    const next = this.#pool.next();
    if (next !== undefined) {
      this.#show(next, keptMarks(this.#room.boot.me.id, next.page.id));
      void this.#fill();
      return;
    }
    this.#room.page.value = null;
    this.#room.reason.value = reason;
    this.#room.phase.value = 'empty';
    this.#again();
  }

  #show(ready: Ready<OpenPage>, wrong: readonly number[]): void {
    this.#open = ready;
    this.#anchor = 0;
    this.#openedAt = Date.now();
    this.#activity.restart();
    const room = this.#room;
    room.looked.value = null;
    room.at.value = 0;
    room.marks.value = noMarks(wrong);
    room.page.value = ready.opened;
    room.phase.value = 'open';
    room.notices.value = room.notices.value.filter(({ until }) => until !== 'change');
    room.said.value = tn('%(n)s picture', '%(n)s pictures', ready.opened.tiles.length);
  }

  #tile(at: number): Tile | undefined {
    return this.#open?.opened.tiles[at];
  }

  mark(at: number, range: boolean): void {
    const tile = this.#tile(at);
    if (tile === undefined) return;
    const { marks } = this.#room;
    if (range) {
      const [low, high] = [Math.min(at, this.#anchor), Math.max(at, this.#anchor)];
      const all = this.#open?.opened.tiles.slice(low, high + 1).map(({ assignment }) => assignment) ?? [];
      this.#change(ranged(marks.value, at < this.#anchor ? all.reverse() : all));
    } else this.#change(toggled(marks.value, tile.assignment));
    this.#anchor = at;
    this.#room.at.value = at;
    const words = { name: tile.name, n: marks.value.wrong.size };
    this.#room.said.value = marks.value.wrong.has(tile.assignment)
      ? t('%(name)s marked as wrong. %(n)s marked.', words)
      : t('%(name)s counts as right. %(n)s marked.', words);
  }

  #change(marks: Marks): void {
    this.#room.marks.value = marks;
    if (this.#open !== null) keepMarks(this.#room.boot.me.id, this.#open.page.id, marks.wrong);
  }

  undo(): void {
    this.#change(undone(this.#room.marks.value));
    this.#room.said.value = t('%(n)s marked', { n: this.#room.marks.value.wrong.size });
  }

  redo(): void {
    this.#change(redone(this.#room.marks.value));
    this.#room.said.value = t('%(n)s marked', { n: this.#room.marks.value.wrong.size });
  }

  submit(): void {
    const open = this.#open;
    const now = Date.now();
    if (open === null || now - this.#openedAt < HASTE) return;
    const { boot, done, canGoBack, page, phase } = this.#room;
    this.#queue.add({
      owner: boot.me.id,
      key: newId(),
      job: boot.job.id,
      page: open.page,
      wrong: [...this.#room.marks.value.wrong],
      active_seconds: this.#activity.seconds(),
      notBefore: now + TAKE_BACK,
      at: now,
      refused: null,
    });
    done.value += 1;
    canGoBack.value = true;
    setTimeout(() => this.#status(), TAKE_BACK + 10);
    this.#open = null;
    const next = this.#pool.next();
    if (next !== undefined) this.#show(next, keptMarks(boot.me.id, next.page.id));
    else {
      const action = { label: t('Take it back'), run: () => this.takeBack() };
      this.#room.toast.value = { text: t('Page submitted'), action };
      phase.value = 'loading';
      page.value = null;
    }
    void this.#fill();
  }

  takeBack(): void {
    const row = this.#queue.takeBack(Date.now());
    this.#room.toast.value = null;
    this.#status();
    if (row === null) return;
    this.#room.done.value = Math.max(0, this.#room.done.value - 1);
    this.#return(row);
  }

  #return(row: PageRow): void {
    if (this.#open !== null) this.#pool.putBack(this.#open);
    this.#pool.hold(row.page);
    this.#show({ page: row.page, opened: opened(row.page) }, row.wrong);
  }

  #accepted(page: number): void {
    forgetMarks(this.#room.boot.me.id, page);
    this.#pool.drop(page);
    if (!this.#leaving) void this.#fill();
  }

  /** A page that the server does not take: said once, and let go. What it refuses a page for, no person can mend. */
  #refused(row: PageRow, problem: ProblemBody): void {
    void this.#queue.forget(row);
    forgetMarks(row.owner, row.page.id);
    this.#pool.drop(row.page.id);
    this.#put({
      tone: 'bad',
      what:
        tn('A page of %(n)s was not accepted: ', 'A page of %(n)s was not accepted: ', row.page.objects.length) +
        problem.what,
      todo: problem.todo,
      actions: [],
      until: 'change',
    });
    void this.#fill();
  }

  #put(notice: Notice): void {
    const others = this.#room.notices.value.filter(({ what }) => what !== notice.what);
    this.#room.notices.value = [...others, notice];
  }

  /** Another number of objects: from the next page that is not fetched yet. */
  resize(count: number): void {
    keepSize(count);
    this.#room.size.value = count;
    this.#pool.releaseAhead();
    void this.#fill();
  }

  retry(): void {
    this.#room.phase.value = 'loading';
    this.#queue.hurry();
    void this.#fill();
  }

  leave(): void {
    void this.#stop();
  }

  /** Send what waits, give the pages back, go. What can't go out now stays here and goes out next time. */
  async #stop(): Promise<void> {
    this.#leaving = true;
    this.#queue.sendNow();
    const deadline = Date.now() + 4000;
    while (this.#queue.waiting > 0 && !this.#queue.offline && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    for (const { page } of this.#queue.rows) this.#pool.drop(page.id);
    await this.#pool.releaseAll();
    window.location.assign(this.#room.boot.urls.leave);
  }

  #heartbeat(): void {
    const lease = 1000 * this.#room.boot.job.lease_seconds;
    const beat = async (): Promise<void> => {
      if (this.#activity.idle < lease && !this.#leaving) await this.#renew();
      setTimeout(() => void beat(), lease / 3);
    };
    setTimeout(() => void beat(), lease / 3);
  }

  async #renew(): Promise<void> {
    const lost = await this.#pool.renew();
    const open = this.#open?.page.id;
    if (open === undefined || !lost.includes(open)) return;
    this.#put({
      tone: 'plain',
      what: t('Your hold on this page has ended.'),
      todo: t('Your marks are kept. Submit it all the same: what nobody else has taken counts.'),
      actions: [],
      until: 'change',
    });
  }

  #status(): void {
    const now = Date.now();
    const rows = this.#queue.rows;
    const waiting = rows.reduce((sum, { page }) => sum + page.objects.length, 0);
    const last = rows.at(-1);
    this.#room.canGoBack.value = last !== undefined && last.notBefore > now;
    const busy = rows.some(({ notBefore }) => notBefore <= now);
    const state = this.#queue.offline ? 'offline' : busy ? 'saving' : 'saved';
    this.#room.saving.value = { state, waiting };
  }
}
