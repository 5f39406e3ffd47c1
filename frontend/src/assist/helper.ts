import type { Desk } from '../commands/desk.ts';
import type { Box, Point } from '../geometry/plane.ts';
import { t } from '../i18n.ts';
import type { Prompt } from '../tools/prompting.ts';
import type { Effect } from '../tools/tool.ts';
import { type Assist, type AssistMedia, type AssistSession, Trouble } from './assist.ts';
import { grabcut } from './grabcut.ts';
import { http } from './http.ts';
import { LivewireSession, livewire, type WayAsked } from './livewire.ts';
import { pixelsOf } from './pixels.ts';
import type { Held } from './warm.ts';

export type Ask = Extract<Effect, { do: 'ask' }>;

/** Where a helper works: one object on the desk. */
export interface Place {
  readonly desk: Desk;
  readonly image: Promise<HTMLImageElement>;
  readonly held: Held;
  /** The model server that is chosen. */
  model(): string;
}

/** What is seen of the stored file: the corners of the stage, turned back. */
const seen = (desk: Desk): Box => {
  const { width, height } = desk.stage.value;
  const corners = [0, width].flatMap((x) => [0, height].map((y) => desk.toMedia({ x, y })));
  const [xs, ys] = [corners.map(({ x }) => x), corners.map(({ y }) => y)];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return { left, top, width: Math.max(...xs) - left, height: Math.max(...ys) - top };
};

const media = ({ desk, image }: Place): AssistMedia => {
  const size = desk.question.media;
  return {
    size,
    sight: () => ({ area: seen(desk), scale: desk.viewport.value.scale * window.devicePixelRatio }),
    pixels: pixelsOf(image, size.orientation, size),
  };
};

/** Answers what the tools of one desk ask. Only the last question of all is answered: the hand has moved on. */
export class Helper {
  readonly #place: Place;
  readonly #media: AssistMedia;
  readonly #assists: Readonly<Record<string, Assist>>;
  readonly #sessions = new Map<string, AssistSession>();
  #last: Ask | null = null;
  #running = new AbortController();

  constructor(place: Place) {
    this.#place = place;
    this.#media = media(place);
    this.#assists = { livewire, grabcut, model: http(place.held, () => place.model()) };
  }

  ask(ask: Ask): void {
    this.#last = ask;
    this.#running.abort();
    this.#running = new AbortController();
    const session = this.#session(ask.of);
    if (session instanceof LivewireSession) {
      const asked = ask.request as unknown as WayAsked;
      const points = session.wayNow(asked);
      // At once, before the next frame: the line sticks to the hand.
      if (points !== null) this.#tell(ask, { points });
      else
        void this.#later(
          ask,
          session.prepare(asked).then(() => this.#again(session, asked)),
        );
    } else {
      const { prompts } = ask.request as unknown as { prompts: readonly Prompt[] };
      void this.#later(ask, session.suggest(prompts, this.#running.signal));
    }
  }

  close(): void {
    this.#last = null;
    this.#running.abort();
    for (const session of this.#sessions.values()) session.close();
    this.#sessions.clear();
  }

  #session(of: string): AssistSession {
    const known = this.#sessions.get(of);
    if (known !== undefined) return known;
    const assist = this.#assists[of];
    if (assist === undefined) throw new Error(`no helper ${of}`);
    const made = assist.open(this.#media);
    this.#sessions.set(of, made);
    return made;
  }

  /** The ways are known now; the hand may be elsewhere, and then another question waits for the same ways. */
  #again(session: LivewireSession, asked: WayAsked): { points: readonly Point[] } {
    return { points: session.wayNow(asked) ?? [asked.from, asked.to] };
  }

  async #later(ask: Ask, answer: Promise<object>): Promise<void> {
    try {
      this.#tell(ask, await answer);
    } catch (fault) {
      const said = fault instanceof Trouble ? fault.message : '';
      this.#tell(ask, { problem: said === '' ? t('This helper can’t be used here. Draw the shape by hand.') : said });
    }
  }

  #tell(ask: Ask, answer: object): void {
    if (ask === this.#last) this.#place.desk.send({ type: 'told', ask: ask.ask, ...answer });
  }
}
