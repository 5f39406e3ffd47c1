import type { Diff } from '../doc/diff.ts';
import { t } from '../i18n.ts';
import type { Json } from '../task-types/question.ts';
import type { Answered, Held, Leases, PageHeld, Pages, PageTaken, ProblemBody } from './wire.ts';

/** The server understood and says no (or failed): what, where, and what to do. */
export class Refused extends Error {
  readonly body: ProblemBody;

  constructor(body: ProblemBody) {
    super(body.what);
    this.body = body;
  }

  /** Nothing is wrong with what was sent; later it will do. */
  get passing(): boolean {
    return this.body.status >= 500 || this.body.status === 429 || this.body.status === 408;
  }

  /** The person is no longer signed in. */
  get signedOut(): boolean {
    return this.body.status === 401 || this.body.status === 403;
  }
}

/** No answer came: no connection, or the server is down. */
export class Unreachable extends Error {}

interface Call {
  readonly method: 'POST' | 'PATCH' | 'PUT';
  readonly path: string;
  readonly body: unknown;
  readonly keepalive?: boolean;
}

const problemOf = async (reply: Response): Promise<ProblemBody> => {
  const plain = { code: 'unknown', what: t('The server could not do this.'), where: '', todo: t('Try again later.') };
  try {
    const body: unknown = await reply.json();
    return { ...plain, ...(typeof body === 'object' ? body : {}), status: reply.status };
  } catch {
    return { ...plain, status: reply.status };
  }
};

/** A call that takes longer is given up and tried again, ms: large answers on slow lines get more. */
export const patienceFor = (characters: number): number => 30_000 + characters / SLOW_LINE;
/** Characters a ms. */
const SLOW_LINE = 50;

export class Client {
  readonly #api: string;
  readonly #csrf: string;

  constructor(api: string, csrf: string) {
    this.#api = api;
    this.#csrf = csrf;
  }

  async #call<T>({ method, path, body, keepalive = false }: Call): Promise<T> {
    let reply: Response;
    const text = JSON.stringify(body);
    try {
      reply = await fetch(`${this.#api}${path}`, {
        method,
        credentials: 'same-origin',
        keepalive,
        headers: { 'Content-Type': 'application/json', Accept: 'application/json', 'X-CSRFToken': this.#csrf },
        body: text,
        ...(keepalive ? {} : { signal: AbortSignal.timeout(patienceFor(text.length)) }),
      });
    } catch (cause) {
      throw new Unreachable('No answer came.', { cause });
    }
    if (!reply.ok) throw new Refused(await problemOf(reply));
    try {
      return (await reply.json()) as T;
    } catch (cause) {
      throw new Unreachable('The answer broke off.', { cause });
    }
  }

  /** Up to `count` leases beyond those named as held; the person's own live ones come first. */
  leases(job: number, count: number, purpose: string, held: readonly number[]): Promise<Leases> {
    return this.#call({ method: 'POST', path: `/jobs/${job}/leases`, body: { count, purpose, held } });
  }

  /** A page of the grid of up to `count` objects, beyond the pages named as held; the person's own live one comes first. */
  page(job: number, count: number, held: readonly number[]): Promise<Pages> {
    return this.#call({ method: 'POST', path: `/jobs/${job}/leases`, body: { count, purpose: 'glance', held } });
  }

  renewPage(page: number, token: string): Promise<PageHeld> {
    return this.#call({ method: 'POST', path: `/pages/${page}/renew`, body: { token } });
  }

  releasePage(page: number, token: string): Promise<unknown> {
    return this.#call({ method: 'POST', path: `/pages/${page}/release`, body: { token }, keepalive: true });
  }

  answerPage(
    page: number,
    body: { token: string; key: string; active_seconds: number; wrong: readonly number[] },
  ): Promise<PageTaken> {
    return this.#call({ method: 'POST', path: `/pages/${page}/answer`, body });
  }

  renew(assignment: number, token: string): Promise<Held> {
    return this.#call({ method: 'POST', path: `/assignments/${assignment}/renew`, body: { token } });
  }

  release(assignment: number, token: string): Promise<unknown> {
    return this.#call({ method: 'POST', path: `/assignments/${assignment}/release`, body: { token }, keepalive: true });
  }

  decline(assignment: number, token: string, reason: string): Promise<unknown> {
    return this.#call({ method: 'POST', path: `/assignments/${assignment}/decline`, body: { token, reason } });
  }

  draft(
    assignment: number,
    token: string,
    base: number,
    diffs: readonly Diff[],
    keepalive: boolean,
  ): Promise<{ revision: number }> {
    const path = `/assignments/${assignment}/draft`;
    return this.#call({ method: 'PATCH', path, body: { token, base, diffs }, keepalive });
  }

  saveKeys(keys: Readonly<Record<string, readonly string[]>>): Promise<unknown> {
    return this.#call({ method: 'PUT', path: '/own/keys', body: { keys } });
  }

  answer(
    assignment: number,
    body: { token: string; key: string; active_seconds: number; answer: Json },
  ): Promise<Answered> {
    return this.#call({ method: 'POST', path: `/assignments/${assignment}/answer`, body });
  }
}
