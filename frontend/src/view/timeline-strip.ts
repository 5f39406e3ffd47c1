import { type StripIndex, stripFrom } from '../timeline/strip.ts';
import type { Strip } from './timeline-canvas.ts';

/** ms until the server is asked again whether the small pictures are made: soon, and then more and more seldom. */
const SOON = 2000;
const SLOWER = 1.5;
const SELDOM = 30_000;

type Rest = (ms: number) => Promise<void>;

/**
 * Which frames the strip shows, as soon as it is made; null where there is none and none is to come. `rest` waits so many ms, and
 * rejects when nobody needs the strip any more. A connection that is down for a while is waited for, too, and a server that is.
 */
export const stripIndexAt = async (url: string, rest: Rest): Promise<StripIndex | null> => {
  let told = await answerOf(url);
  for (let ms = SOON; told === 'waiting'; ms = Math.min(SELDOM, ms * SLOWER)) {
    await rest(ms);
    told = await answerOf(url);
  }
  return told;
};

type Answer = StripIndex | 'waiting' | null;

const answerOf = (url: string): Promise<Answer> => askedFor(url).catch(() => 'waiting');

/** A server with too much to do, or that is being restarted: not now is not never. */
const later = (status: number): boolean => status === 429 || status >= 500;

const askedFor = async (url: string): Promise<Answer> => {
  const reply = await fetch(url);
  if (!reply.ok) return later(reply.status) ? 'waiting' : null;
  const json = (await reply.json()) as { readonly state?: unknown };
  return json.state === 'waiting' ? 'waiting' : stripFrom(json);
};

/** So many ms, and then until the page is in sight: who has turned to another one needs no small pictures. */
const restUntilSeen =
  (signal: AbortSignal): Rest =>
  (ms) =>
    new Promise((done, fail) => {
      const over = new AbortController();
      const seen = (): void => {
        if (document.hidden) return;
        over.abort();
        done();
      };
      const timer = setTimeout(() => {
        document.addEventListener('visibilitychange', seen, { signal: over.signal });
        seen();
      }, ms);
      const stop = (): void => {
        clearTimeout(timer);
        over.abort();
        fail(signal.reason);
      };
      if (signal.aborted) stop();
      else signal.addEventListener('abort', stop, { signal: over.signal });
    });

/** The small pictures of a film, when they are made; null where they can't be had. Nothing comes any more after `signal`. */
export const loadStrip = async (
  image: string | undefined,
  index: string | undefined,
  signal: AbortSignal,
): Promise<Strip | null> => {
  if (image === undefined || index === undefined) return null;
  try {
    const known = await stripIndexAt(index, restUntilSeen(signal));
    const picture = known === null ? null : await fetch(image, { signal });
    return known === null || !picture?.ok
      ? null
      : { index: known, image: await createImageBitmap(await picture.blob()) };
  } catch {
    return null;
  }
};
