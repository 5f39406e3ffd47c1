import { effect, type Signal } from '@preact/signals-core';
import { h, render } from 'preact';
import type { Desk } from '../commands/desk.ts';
import { percent, t } from '../i18n.ts';
import type { Source } from '../media/source.ts';
import { layMap } from './map.ts';
import { markWords } from './marks.ts';
import { gathered, type Named, parts, type Reasons, sides, signed, spoken, type Why } from './reasons.ts';

/** What is open, as far as it matters here. */
interface Subject {
  readonly assignment: number;
  readonly desk: Desk;
  readonly source: Source;
}

/** Who is asked, and who knows how to take the reasons away again. */
interface Reader {
  readonly boot: { readonly api: string };
  readonly opened: Signal<unknown>;
  hush: (() => void) | null;
}

/** Named in the panel; the marks and the map have them all. */
const MOST = 6;
/** Strong enough to see, with the picture under it. */
const STRENGTH = 0.55;

interface Shown {
  readonly title: string;
  readonly model: string;
  readonly pro: readonly Named[];
  readonly contra: readonly Named[];
  readonly rest: number;
  /** Of a map: sets its opacity. */
  readonly strength: ((share: number) => void) | null;
  readonly problem: string;
}

const Line = ({
  side,
  words,
  named,
}: {
  readonly side: string;
  readonly words: string;
  readonly named: readonly Named[];
}) => (
  <p>
    <span class={`sample ${side}`} />
    <b>{words}</b> {named.length === 0 && <span class="muted">{t('nothing')}</span>}
    {named.map(({ name, weight }) => (
      <span class="reason" key={name}>
        <bdi>{name}</bdi> <span class="num muted">{signed(weight)}</span>
      </span>
    ))}
  </p>
);

const Panel = ({ shown, close }: { readonly shown: Shown; close(): void }) => (
  <>
    <header>
      <h2>{shown.title}</h2>
      <button type="button" class="btn quiet sm" onMouseDown={(event) => event.preventDefault()} onClick={close}>
        {t('Close')} <kbd class="not-phone">Esc</kbd>
      </button>
    </header>
    {shown.problem !== '' ? (
      <p role="alert">{shown.problem}</p>
    ) : (
      <>
        <Line side="pro" words={t('For')} named={shown.pro} />
        <Line side="contra" words={t('Against')} named={shown.contra} />
        {shown.strength !== null && (
          <label class="row">
            <span class="muted">{t('Strength of the map')}</span>
            <input
              type="range"
              min="0"
              max="100"
              value={STRENGTH * 100}
              onInput={(event) => shown.strength?.(Number(event.currentTarget.value) / 100)}
              aria-valuetext={percent(STRENGTH)}
            />
          </label>
        )}
        <p class="tiny muted">
          {t('%(model)s, in log-odds against the average object. All else: %(rest)s', {
            model: shown.model,
            rest: signed(shown.rest),
          })}
        </p>
      </>
    )}
  </>
);

const NO_ANSWER = { what: '', todo: '' };

const ask = async (api: string, assignment: number): Promise<Why | string> => {
  try {
    const reply = await fetch(`${api}/assignments/${assignment}/why`, {
      credentials: 'same-origin',
      headers: { Accept: 'application/json' },
      signal: AbortSignal.timeout(30_000),
    });
    if (reply.ok) return (await reply.json()) as Why;
    const { what, todo } = { ...NO_ANSWER, ...((await reply.json()) as Partial<typeof NO_ANSWER>) };
    return `${what} ${todo}`.trim();
  } catch {
    return t('No answer came. Try again when the connection is back.');
  }
};

/** Draw the reasons over the object. Returns what to name in the panel, and how to take it away. */
const draw = (
  stage: HTMLElement,
  desk: Desk,
  text: string,
  reasons: Reasons,
): { named: Named[]; strength: Shown['strength']; close(): void } => {
  if (reasons.regions !== null) {
    const { strength, close } = layMap(stage, desk, reasons.regions);
    strength(STRENGTH);
    return { named: parts(reasons.regions), strength, close };
  }
  const article = stage.querySelector('article');
  const close = article === null ? () => undefined : markWords(article, text, reasons.words);
  return { named: gathered(text, reasons.words), strength: null, close };
};

/** The reasons for the proposal shown over its object, or taken away when they are there. */
export const toggle = async (reader: Reader, { assignment, desk, source }: Subject): Promise<void> => {
  if (reader.hush !== null) {
    reader.hush();
    return;
  }
  const stage = document.getElementById('stage');
  if (stage === null) return;
  const panel = document.createElement('section');
  panel.className = source.kind === 'text' ? 'why' : 'floating why';
  const ends: (() => void)[] = [];
  const hush = (): void => {
    if (reader.hush !== hush) return;
    reader.hush = null;
    for (const end of ends) end();
    render(null, panel);
    panel.remove();
  };
  reader.hush = hush;
  const open = reader.opened.peek();
  ends.push(
    effect(() => {
      if (reader.opened.value !== open) hush();
    }),
  );
  const [why, text] = await Promise.all([ask(reader.boot.api, assignment), source.kind === 'text' ? source.ready : '']);
  if (reader.hush !== hush) return;
  const shown = typeof why === 'string' ? failed(why) : told(stage, desk, text, why, ends);
  desk.said.value = shown.problem === '' ? spoken(shown.title, shown.pro, shown.contra) : shown.problem;
  panel.setAttribute('aria-label', t('Why this proposal'));
  render(
    h(Panel, {
      shown: { ...shown, title: shown.problem === '' ? t('Why %(name)s?', { name: shown.title }) : t('Why?') },
      close: hush,
    }),
    panel,
  );
  if (source.kind === 'text') stage.prepend(panel);
  else stage.append(panel);
};

const failed = (problem: string): Shown => ({
  title: '',
  model: '',
  pro: [],
  contra: [],
  rest: 0,
  strength: null,
  problem,
});

/** Of several proposed classes the one that the machine is surest of. */
const told = (stage: HTMLElement, desk: Desk, text: string, why: Why, ends: (() => void)[]): Shown => {
  const [reasons] = [...why.reasons].sort((a, b) => b.margin - a.margin);
  if (reasons === undefined) return failed(t('No class is proposed, so there is nothing to explain.'));
  const drawn = draw(stage, desk, text, reasons);
  ends.push(drawn.close);
  const title = desk.question.categories[reasons.category]?.name ?? '';
  return {
    ...failed(''),
    title,
    model: why.model,
    ...sides(drawn.named, MOST),
    rest: reasons.rest,
    strength: drawn.strength,
  };
};
