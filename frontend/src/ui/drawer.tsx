import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../i18n.ts';
import { quietlyFocus } from '../view/focus.ts';
import { IconButton } from './parts.tsx';
import type { Room } from './room.ts';

/** Whoever had the focus has it again; the picture, if that is gone with its object. */
const giveBack = (before: Element | null): void => {
  const stage = document.getElementById('stage');
  if (before instanceof HTMLElement && before.isConnected && before !== document.body && before !== stage) {
    before.focus({ preventScroll: true });
  } else if (stage !== null) quietlyFocus(stage);
};

/** Whoever shows instructions. */
type Reader = Pick<Room, 'reading' | 'instructions' | 'keyOf' | 'stopReading'>;

/** The lead's words, which the server has sanitised, beside the work: every key and the picture go on working. */
const Instructions = ({ room, html, version }: { readonly room: Reader; readonly html: string; version: number }) => {
  const box = useRef<HTMLDialogElement>(null);
  const words = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (words.current !== null) words.current.innerHTML = html;
  }, [html]);
  useLayoutEffect(() => {
    const before = document.activeElement;
    const drawer = box.current;
    drawer?.show();
    return () => {
      if (drawer === null || drawer.contains(document.activeElement)) giveBack(before);
    };
  }, []);
  return (
    <dialog
      ref={box}
      class="drawer"
      aria-labelledby="drawer-title"
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        room.stopReading();
      }}
    >
      <header>
        <h2 id="drawer-title">{t('Instructions')}</h2>
        <IconButton icon="x" label={t('Close')} chord={room.keyOf('instructions')} onClick={() => room.stopReading()} />
      </header>
      <div class="body stack">
        <div class="stack instructions" ref={words} />
        <p class="hint">{t('Version %(version)s', { version })}</p>
      </div>
    </dialog>
  );
};

export const Drawer = ({ room }: { readonly room: Reader }) => {
  const { instructions } = room;
  if (!room.reading.value || instructions === null) return null;
  return <Instructions room={room} html={instructions.html} version={instructions.version} />;
};
