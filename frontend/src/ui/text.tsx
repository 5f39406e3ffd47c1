import { useEffect, useState } from 'preact/hooks';
import type { Desk } from '../commands/desk.ts';
import type { Reading } from '../commands/reading.ts';
import { read } from '../commands/spans.ts';
import { t, tn } from '../i18n.ts';
import type { Source } from '../media/source.ts';
import { codePointsOf } from '../text/code-points.ts';
import { SpanStage } from '../view/span-stage.ts';
import { TextStage } from '../view/text-stage.ts';
import type { Opened, Room } from './room.ts';
import { SpanTools } from './span-tools.tsx';
import { ProposalBar, Remove, type Stands, Unseen, useMedia } from './stage.tsx';

/** All that a text needs comes at once. */
export { spanCommands } from '../commands/span-commands.ts';
export { SelectedSpan, SpanList } from './span-panel.tsx';

interface Props {
  readonly room: Room;
  readonly opened: Opened;
}

const PLACE = 'touchstone-place';

/** Where in the text a person was, over a reload. */
const remembered = (assignment: number): number => {
  try {
    const [of, line] = JSON.parse(sessionStorage.getItem(PLACE) ?? '[]') as number[];
    return of === assignment ? (line ?? 0) : 0;
  } catch {
    return 0;
  }
};

const remember = (assignment: number, line: number): void => {
  try {
    sessionStorage.setItem(PLACE, JSON.stringify([assignment, line]));
  } catch {
    // Storage is switched off: the text begins at its top again, that is all.
  }
};

const withSpans = (host: HTMLElement, desk: Desk, reading: Reading, assignment: number): Stands => {
  const stage = new SpanStage(host, reading);
  stage.showLine(remembered(assignment));
  const keep = (): void => remember(assignment, stage.line);
  window.addEventListener('pagehide', keep);
  return {
    close: () => {
      window.removeEventListener('pagehide', keep);
      stage.close();
      reading.close();
      desk.reading.value = null;
    },
  };
};

const mount = async (host: HTMLElement, { desk, assignment }: Opened, source: Source): Promise<Stands> => {
  const text = source.kind === 'text' ? await source.ready : '';
  const reading = read(desk, text);
  return reading === null ? new TextStage(host, text) : withSpans(host, desk, reading, assignment);
};

const useLength = (source: Source): number | null => {
  const [count, setCount] = useState<number | null>(null);
  useEffect(() => {
    if (source.kind !== 'text') return;
    source.ready.then(
      (text) => setCount(codePointsOf(text)),
      () => undefined,
    );
  }, [source]);
  return count;
};

/** A text to be read, or to be labeled word by word. */
export const TextView = ({ room, opened }: Props) => {
  const { host, state } = useMedia(room, opened, (into) => mount(into, opened, opened.source));
  const count = useLength(opened.source);
  const { desk } = opened;
  const spanned = desk.type.spanned !== undefined;
  return (
    <>
      {/* biome-ignore lint/a11y/useAriaPropsSupportedByRole: one of the two roles, each with what it may have */}
      <div
        class={`doc plain-text ${spanned ? 'spans' : ''}`}
        id="stage"
        tabIndex={0}
        // To a screen reader it is a text with a caret, which can't be written in: keys are the editor's.
        role={spanned ? 'textbox' : 'region'}
        aria-readonly={spanned ? true : undefined}
        aria-multiline={spanned ? true : undefined}
        aria-label={
          spanned
            ? t('The text. Arrow keys go from word to word, with Shift they take more, a digit labels')
            : t('The text')
        }
        ref={host}
      >
        <p class="faint tiny doc-facts">
          <bdi>{opened.name}</bdi>
          {count !== null && ` · ${tn('%(n)s character', '%(n)s characters', count)}`}
        </p>
        <Unseen state={state} room={room} />
      </div>
      {spanned && <SpanTools room={room} desk={desk} />}
      {spanned && <Remove room={room} desk={desk} />}
      <ProposalBar room={room} desk={desk} />
    </>
  );
};
