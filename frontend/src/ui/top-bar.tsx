import { useEffect, useRef } from 'preact/hooks';
import { t, tn } from '../i18n.ts';
import { Icon } from './icons.tsx';
import { IconButton, keepFocus } from './parts.tsx';
import type { Room } from './room.ts';

/** Saved, saving, or how many answers are kept here: always at the same place. */
export const Saved = ({ room }: { readonly room: Pick<Room, 'saving'> }) => {
  const { state, waiting } = room.saving.value;
  const text =
    state === 'offline'
      ? waiting === 0
        ? t('No connection')
        : tn('%(n)s answer kept on this machine', '%(n)s answers kept on this machine', waiting)
      : state === 'saving'
        ? t('Saving')
        : t('Saved');
  const icon = state === 'offline' ? 'offline' : state === 'saving' ? 'saving' : 'saved';
  return (
    <span class="saved" role="status">
      <Icon name={icon} />
      <span class={state === 'offline' ? '' : 'not-phone'}>{text}</span>
    </span>
  );
};

/** The streak: how much of what this person can still do today is done. */
const Progress = ({ room }: { readonly room: Room }) => {
  const bar = useRef<HTMLSpanElement>(null);
  const today = room.today.value;
  const { open, today: before } = room.boot.progress;
  const all = Math.max(today, before + open);
  const share = all === 0 ? 0 : today / all;
  useEffect(() => {
    if (bar.current !== null) bar.current.style.width = `${100 * share}%`;
  }, [share]);
  return (
    <div class="batch">
      <span class="streak thin" aria-hidden="true">
        <span class="is-done" ref={bar} />
      </span>
      <span class="num">
        {today}
        <span class="not-phone"> {t('of %(all)s today', { all })}</span>
        <span class="only-phone">&nbsp;/ {all}</span>
      </span>
    </div>
  );
};

export const TopBar = ({ room }: { readonly room: Room }) => {
  const { job, urls } = room.boot;
  const name = room.opened.value?.name;
  return (
    <header class="topbar">
      <a
        class="btn quiet icon sm"
        href={urls.leave}
        aria-label={t('Leave, your work is kept')}
        title={t('Leave, your work is kept')}
        onClick={(event) => {
          event.preventDefault();
          room.session.leave();
        }}
      >
        <Icon name="left" />
      </a>
      <div class="job-name">
        <b class="cut">{job.name}</b>
        <span class="cut">{[job.title, name].filter(Boolean).join(' · ')}</span>
      </div>
      <Progress room={room} />
      <span class="grow" />
      <Saved room={room} />
      {room.instructions !== null && (
        <>
          <button
            type="button"
            class="btn quiet sm not-phone"
            aria-expanded={room.reading.value}
            onMouseDown={keepFocus}
            onClick={() => room.open('instructions')}
          >
            <Icon name="book" />
            {t('Instructions')}
          </button>
          <IconButton
            icon="book"
            class="only-phone"
            label={t('Instructions')}
            onClick={() => room.open('instructions')}
          />
        </>
      )}
      <IconButton
        icon="keys"
        class="not-phone"
        label={t('Keyboard shortcuts')}
        chord={room.keyOf('keys')}
        onClick={() => room.open('keys')}
      />
    </header>
  );
};
