import { bitmapOf, filled } from '../geometry/masks.ts';
import type { Point } from '../geometry/plane.ts';
import { runsOfCounts } from '../geometry/rle.ts';
import { t } from '../i18n.ts';
import type { Prompt } from '../tools/prompting.ts';
import { type Assist, type AssistMedia, type AssistSession, type Suggestion, Trouble } from './assist.ts';
import type { Held } from './warm.ts';

/** As our server says it; it has checked the model server's reply. */
interface Reply {
  readonly model: string;
  readonly mask: { readonly counts: string } | null;
  readonly polygon: { readonly vertices: readonly Point[]; readonly holes?: readonly (readonly Point[])[] } | null;
  readonly score: number | null;
}

const isReply = (body: unknown): body is Reply =>
  typeof body === 'object' && body !== null && typeof (body as Reply).model === 'string' && 'mask' in body;

const troubleOf = async (reply: Response): Promise<Trouble> => {
  try {
    const { what, todo } = (await reply.json()) as { what?: unknown; todo?: unknown };
    return new Trouble([what, todo].filter((part) => typeof part === 'string' && part !== '').join(' '));
  } catch {
    return new Trouble('');
  }
};

class HttpSession implements AssistSession {
  readonly #media: AssistMedia;
  readonly #held: Held;
  readonly #model: () => string;

  constructor(media: AssistMedia, held: Held, model: () => string) {
    this.#media = media;
    this.#held = held;
    this.#model = model;
  }

  async suggest(prompts: readonly Prompt[], signal: AbortSignal): Promise<Suggestion> {
    const { api, csrf, lease } = this.#held;
    let body: unknown;
    try {
      const reply = await fetch(`${api}/assist/${this.#model()}/suggest`, {
        method: 'POST',
        credentials: 'same-origin',
        headers: { 'Content-Type': 'application/json', Accept: 'application/json', 'X-CSRFToken': csrf },
        body: JSON.stringify({ ...lease, prompts }),
        signal,
      });
      if (!reply.ok) throw await troubleOf(reply);
      body = await reply.json();
    } catch (fault) {
      if (fault instanceof Trouble || signal.aborted) throw fault;
      throw new Trouble(t('The server does not answer. Draw the shape by hand.'), { cause: fault });
    }
    return this.#read(body);
  }

  #read(body: unknown): Suggestion {
    const odd = (): Trouble => new Trouble(t('The model’s reply can’t be used. Draw the shape by hand.'));
    if (!isReply(body)) throw odd();
    const { size } = this.#media;
    const said = { model: body.model, ...(body.score === null ? {} : { score: body.score }) };
    try {
      if (body.mask !== null) {
        const runs = runsOfCounts(body.mask.counts, size);
        return runs.length === 0 ? {} : { ...said, bitmap: bitmapOf(runs, size.height) };
      }
      if (body.polygon === null) throw odd();
      const { vertices, holes = [] } = body.polygon;
      if (holes.length === 0) return { ...said, points: vertices };
      return { ...said, bitmap: bitmapOf(filled([vertices, ...holes], size), size.height) };
    } catch {
      throw odd();
    }
  }

  close(): void {}
}

/** A model server, asked through ours. `model` says which one is chosen now. */
export const http = (held: Held, model: () => string): Assist => ({
  id: 'http',
  prompts: ['box', 'point+', 'point-'],
  open: (media) => new HttpSession(media, held, model),
});
