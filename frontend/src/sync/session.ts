import { warm } from '../assist/warm.ts';
import { t } from '../i18n.ts';
import { Fault } from '../task-types/validation.ts';
import type { Notice, Room, Session } from '../ui/room.ts';
import { Activity } from './activity.ts';
import { AnswerQueue, type AnswerRow } from './answers.ts';
import { type Client, Refused } from './client.ts';
import { compare } from './conflict.ts';
import { DraftKeeper } from './drafts.ts';
import { askedBy, showFault } from './faults.ts';
import { newId } from './ids.ts';
import { type Item, itemAgain } from './items.ts';
import { lookAsBefore, rememberLook } from './look.ts';
import { Pool } from './pool.ts';
import type { Store } from './store.ts';
import type { ProblemBody, Reason } from './wire.ts';
import {
  leaseLostNotice,
  reasonOf,
  refusedNotice,
  signedOutNotice,
  tooLargeNotice,
  unfinishedNotice,
} from './words.ts';

/** How long an answer that went out on its digit can be taken back, ms. */
const TAKE_BACK = 5_000;
/** An untouched object can’t be submitted sooner than this, ms. */
const HASTE = 300;
/** Nothing was open: look again by ourselves after this, ms. */
const LOOK_AGAIN = 30_000;

/** The work of one person at one job: opens one object after the other and sees to it that nothing is lost. */
export class LabelingSession implements Session {
  readonly #room: Room;
  readonly #client: Client;
  readonly #store: Store;
  readonly #queue: AnswerQueue;
  readonly #pool: Pool;
  readonly #activity = new Activity();
  /** Assignments whose skip has not arrived. */
  readonly #skipped = new Set<number>();
  #item: Item | null = null;
  #drafts: DraftKeeper | null = null;
  #deaf: () => void = () => undefined;
  #leaving = false;
  #lookAgain: ReturnType<typeof setTimeout> | undefined;
  #draftOffline = false;
  #openedAt = 0;
  /** Two versions are being compared: one must be kept before anything goes out. */
  #comparing = false;

  constructor(room: Room, client: Client, store: Store) {
    this.#room = room;
    this.#client = client;
    this.#store = store;
    this.#pool = new Pool(client, store, room.boot, ({ object, assignment, token }) => {
      if (room.foresees) warm(room.held({ object: object.id, assignment, token }), room.model.value);
    });
    this.#queue = new AnswerQueue(client, store, {
      changed: () => this.#status(),
      accepted: ({ lease }) => this.#accepted(lease.assignment),
      refused: (row, problem) => this.#bringBack(row, problem),
      signedOut: () => this.#signedOut(),
    });
  }

  async start(): Promise<void> {
    const refused = await this.#queue.restore(this.#room.boot.me.id);
    this.#heartbeat();
    window.addEventListener('pagehide', () => this.#hide());
    window.addEventListener('pageshow', ({ persisted }) => {
      // The browser kept the whole page; its leases did not wait.
      if (persisted) window.location.reload();
    });
    window.addEventListener('online', () => this.#queue.hurry());
    await this.#fill();
    const [row] = refused;
    if (row?.refused != null && row.job === this.#room.boot.job.id) this.#bringBack(row, row.refused);
  }

  /** Ask for leases; open the first when nothing is open. */
  async #fill(): Promise<void> {
    try {
      const gone = [...this.#skipped, ...this.#queue.assignments];
      const reason = await this.#pool.fill(this.#item === null ? 0 : 1, gone);
      if (this.#item === null && !this.#leaving) this.#openNext(reason);
    } catch (fault) {
      this.#fillFailed(fault);
    }
  }

  #fillFailed(fault: unknown): void {
    if (fault instanceof Refused && fault.signedOut) this.#signedOut();
    if (this.#item !== null) return;
    this.#room.phase.value = 'failed';
    this.#room.opened.value = null;
    this.#room.reason.value = reasonOf(fault);
    this.#again();
  }

  #again(): void {
    clearTimeout(this.#lookAgain);
    this.#lookAgain = setTimeout(() => {
      if (this.#item === null && !this.#leaving) void this.#fill();
    }, LOOK_AGAIN);
  }

  #openNext(reason: Reason | null): void {
    const item = this.#pool.next();
    if (item !== undefined) {
      this.#open(item);
      return;
    }
    this.#item = null;
    this.#room.opened.value = null;
    this.#room.reason.value = reason;
    this.#room.phase.value = 'empty';
    this.#again();
  }

  #open(item: Item): void {
    this.#item = item;
    const { lease, opened } = item;
    const owner = this.#room.boot.me.id;
    const place = { owner, assignment: lease.assignment, token: lease.token, revision: item.revision };
    const drafts = new DraftKeeper(this.#client, this.#store, place, item.unsent, {
      saving: () => this.#status(),
      saved: () => this.#draftState(false),
      offline: () => this.#draftState(true),
      conflict: (theirs) => this.#conflict(item, drafts, theirs.revision, theirs.document),
      tooLarge: () => this.#put(tooLargeNotice()),
    });
    let beginning = item.beginning;
    this.#drafts = drafts;
    this.#deaf = opened.desk.doc.listen(({ diff, source }) => {
      if (source !== 'user') return;
      if (beginning !== null) drafts.add(beginning);
      beginning = null;
      drafts.add(diff);
      this.#forgive();
    });
    this.#activity.restart();
    this.#openedAt = Date.now();
    this.#comparing = false;
    lookAsBefore(opened);
    this.#room.until.value = this.#pool.until(lease.assignment);
    this.#room.notices.value = this.#room.notices.value.filter(({ what }) => what === signedOutNotice().what);
    this.#room.opened.value = opened;
    this.#room.phase.value = 'open';
    this.#status();
    if (item.clash !== null) this.#conflict(item, drafts, item.revision, item.clash);
  }

  #conflict(item: Item, drafts: DraftKeeper, revision: number, document: Item['clash']): void {
    if (document === null || this.#item !== item) return;
    this.#comparing = true;
    compare(this.#room, item, { revision, document }, (diff) => {
      this.#comparing = false;
      void drafts.settle({ revision, document }, diff);
    });
  }

  /** What a refusal said no longer holds once the person changes something. */
  #forgive(): void {
    this.#room.asked.value = null;
    this.#room.notices.value = this.#room.notices.value.filter(({ until }) => until !== 'change');
  }

  #put(notice: Notice): void {
    const others = this.#room.notices.value.filter(({ what }) => what !== notice.what);
    this.#room.notices.value = [...others, notice];
  }

  submit(andStop: boolean): void {
    const item = this.#item;
    if (item === null || this.#hasty(item)) return;
    const { desk } = item.opened;
    if (this.#comparing) {
      this.#room.say(t('Keep one of the two versions first.'));
      return;
    }
    desk.send({ type: 'cancel' });
    const answer = desk.type.dump(desk.doc.records);
    try {
      desk.type.check(answer, desk.question);
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      this.#unfinished(item, fault.pointer, fault.message);
      return;
    }
    const now = Date.now();
    this.#queue.add({
      owner: this.#room.boot.me.id,
      key: newId(),
      job: this.#room.boot.job.id,
      lease: { ...item.lease, draft: null },
      answer,
      active_seconds: this.#activity.seconds(),
      records: [...desk.doc.records.values()],
      log: desk.history.done.map(({ diff }) => diff),
      notBefore: this.#room.submitsOnDigit && !andStop ? now + TAKE_BACK : now,
      at: now,
      refused: null,
    });
    this.#room.today.value += 1;
    this.#room.previous = desk.list.value;
    this.#putAway();
    this.#pool.drop(item.lease.assignment);
    if (this.#room.submitsOnDigit) this.#offerBack(item.opened.name);
    if (andStop) void this.#stop();
    else this.#goOn();
  }

  #offerBack(name: string): void {
    const action = { label: t('Take it back'), run: () => void this.takeBack() };
    this.#room.toast.value = { text: t('“%(name)s” submitted', { name }), action };
  }

  /** A second press of the key, meant for the object before, must not send this one unseen. */
  #hasty({ opened }: Item): boolean {
    return Date.now() - this.#openedAt < HASTE && !opened.desk.history.canUndo;
  }

  /** The open object leaves the table. */
  #putAway(): void {
    this.#deaf();
    void this.#drafts?.close();
    const source = this.#item?.opened.source;
    this.#drafts = null;
    this.#item = null;
    // The stage lets go of the bytes in this frame; they may be freed after it.
    if (source !== undefined) setTimeout(() => source.close(), 1000);
  }

  #goOn(): void {
    const next = this.#pool.next();
    if (next !== undefined) this.#open(next);
    else {
      this.#room.phase.value = 'loading';
      this.#room.opened.value = null;
    }
    void this.#fill();
  }

  #unfinished(item: Item, pointer: string, what: string): void {
    this.#ask(item, pointer);
    item.opened.desk.said.value = what;
    this.#put(unfinishedNotice(what));
  }

  /** Show what a pointer into the answer speaks of: its instance is selected, its attribute takes the focus. */
  #ask(item: Item, pointer: string): void {
    showFault(item.opened.desk, pointer);
    this.#room.asked.value = askedBy(pointer);
  }

  #accepted(assignment: number): void {
    this.#pool.drop(assignment);
    if (!this.#leaving) void this.#fill();
  }

  /** The server refused an answer: the person sees that object again, as it was, and why. */
  #bringBack(row: AnswerRow, problem: ProblemBody): void {
    void this.#queue.forget(row);
    this.#room.today.value = Math.max(0, this.#room.today.value - 1);
    this.#returnTo(row);
    this.#put(refusedNotice(row.lease.object.name, problem));
    if (this.#item !== null) this.#ask(this.#item, problem.where);
  }

  #returnTo(row: AnswerRow): void {
    const before = this.#item;
    if (before !== null) {
      this.#deaf();
      this.#drafts?.pause();
      this.#pool.putBack({
        ...before,
        beginning: null,
        unsent: [],
        revision: this.#drafts?.revision ?? before.revision,
      });
    }
    this.#pool.adopt(row.lease);
    this.#open(itemAgain(row.lease, row.records, row.log));
    void this.#renew();
  }

  takeBack(): boolean {
    const row = this.#queue.takeBack(Date.now());
    this.#room.toast.value = null;
    if (row === null) return false;
    this.#room.today.value = Math.max(0, this.#room.today.value - 1);
    this.#returnTo(row);
    return true;
  }

  skip(reason: string): void {
    const item = this.#item;
    if (item === null) return;
    const { assignment, token } = item.lease;
    this.#putAway();
    this.#pool.drop(assignment);
    // Until the server knows of it, it would hand this very lease out again as the person's own.
    this.#skipped.add(assignment);
    this.#client
      .decline(assignment, token, reason)
      .then(() => this.#skipped.delete(assignment))
      .catch(() => {
        this.#room.toast.value = { text: t('The skip did not arrive. You may be asked for it again.') };
      });
    this.#goOn();
  }

  leave(): void {
    void this.#stop();
  }

  retry(): void {
    this.#room.phase.value = 'loading';
    this.#queue.hurry();
    void this.#fill();
  }

  saveKeys(keys: Readonly<Record<string, readonly string[]>>): Promise<unknown> {
    return this.#client.saveKeys(keys);
  }

  /** Send what waits, give the leases back, go. Answers that can't go out now stay here and go out next time. */
  async #stop(): Promise<void> {
    this.#leaving = true;
    this.#queue.sendNow();
    await this.#drafts?.send();
    await this.#pool.releaseAll();
    const deadline = Date.now() + 4000;
    while (this.#queue.waiting > 0 && this.#room.saving.value.state !== 'offline' && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    window.location.assign(this.#room.boot.urls.leave);
  }

  #hide(): void {
    if (this.#item !== null) rememberLook(this.#item.opened);
    void this.#drafts?.send(true);
    this.#pool.releaseAhead();
  }

  #heartbeat(): void {
    const lease = 1000 * this.#room.boot.job.lease_seconds;
    const beat = async (): Promise<void> => {
      // Who has gone for longer than a lease lets it go; coming back takes it up again if it is still free.
      if (this.#activity.idle < lease && !this.#leaving) await this.#renew();
      setTimeout(() => void beat(), lease / 3);
    };
    setTimeout(() => void beat(), lease / 3);
  }

  async #renew(): Promise<void> {
    const lost = await this.#pool.renew();
    const open = this.#item?.lease.assignment;
    if (open === undefined) return;
    this.#room.until.value = this.#pool.until(open);
    if (!lost.includes(open)) return;
    this.#put(leaseLostNotice());
  }

  #signedOut(): void {
    this.#put(signedOutNotice());
  }

  #draftState(offline: boolean): void {
    this.#draftOffline = offline;
    this.#status();
  }

  #status(): void {
    const waiting = this.#queue.waiting;
    const offline = this.#queue.offline || this.#draftOffline;
    const saving = waiting > 0 || this.#drafts?.waiting === true;
    this.#room.saving.value = { state: offline ? 'offline' : saving ? 'saving' : 'saved', waiting };
  }
}
