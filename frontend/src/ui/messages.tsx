import { useEffect } from 'preact/hooks';
import { t } from '../i18n.ts';
import { Icon } from './icons.tsx';
import type { Room } from './room.ts';

/** Banners stay until what they speak of is mended. */
export const Notices = ({ room }: { readonly room: Pick<Room, 'notices'> }) => (
  <div class="notices">
    {room.notices.value.map((notice) => (
      <div
        key={notice.what}
        class={`banner ${notice.tone === 'plain' ? '' : notice.tone}`}
        role={notice.tone === 'bad' ? 'alert' : 'status'}
      >
        <Icon name={notice.tone === 'plain' ? 'info' : 'warn'} />
        <span class="grow">
          <b>{notice.what}</b> {notice.todo}
        </span>
        {notice.actions.map(({ label, run }) => (
          <button key={label} type="button" class="btn sm" onClick={run}>
            {label}
          </button>
        ))}
      </div>
    ))}
  </div>
);

/** ms; as long as the last answer can be taken back. */
const TOAST = 5000;

export const Toast = ({ room }: { readonly room: Pick<Room, 'toast'> }) => {
  const toast = room.toast.value;
  useEffect(() => {
    if (toast === null) return undefined;
    const timer = setTimeout(() => {
      if (room.toast.peek() === toast) room.toast.value = null;
    }, TOAST);
    return () => clearTimeout(timer);
  }, [toast]);
  if (toast === null) return null;
  return (
    <div class="toast editor-toast" role="status">
      {toast.text}
      {toast.action !== undefined && (
        <button type="button" class="btn sm" onClick={toast.action.run}>
          {toast.action.label}
        </button>
      )}
    </div>
  );
};

/** What a screen must say of itself when nothing is open on it. */
export interface Emptiness extends Pick<Room, 'reason' | 'phase' | 'boot'> {
  readonly session: { retry(): void };
}

/** Nothing is open: why, and what to do. */
export const NothingOpen = ({ room }: { readonly room: Emptiness }) => {
  const reason = room.reason.value;
  const failed = room.phase.value === 'failed';
  return (
    <div class="stage-wrap">
      <div class="empty stage-message" role={failed ? 'alert' : 'status'}>
        <svg class="art" viewBox="0 0 120 80" aria-hidden="true">
          <path
            class="stone"
            d="M24 26C34 10 62 6 82 16c20 9 24 26 18 40-7 14-24 20-44 18-22-2-38-12-40-26-1-8 2-15 8-22z"
          />
          <path class="vein" d="M34 54C50 50 74 38 90 22" />
        </svg>
        <h2>{reason?.what ?? t('That is all for now')}</h2>
        <p>{reason?.todo ?? t('New work comes when the next round is ready.')}</p>
        <div class="row">
          <button type="button" class="btn" onClick={() => room.session.retry()}>
            {t('Look again')}
          </button>
          <a class="btn" href={room.boot.urls.leave}>
            {t('Back to my jobs')}
          </a>
        </div>
      </div>
    </div>
  );
};
