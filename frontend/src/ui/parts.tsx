import type { ComponentChildren, VNode } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../i18n.ts';
import { Icon, type IconName } from './icons.tsx';

/** A key as written on a key cap. */
const CAPS: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Enter: '↵',
  Shift: '⇧',
  Escape: 'Esc',
};

export const caps = (chord: string): string[] => {
  const parts = chord === '+' ? ['+'] : chord.split('+').filter((part) => part !== '');
  return parts.map((part) => CAPS[part] ?? (part.length === 1 ? part.toUpperCase() : part));
};

export const Keys = ({ chord, phone = false }: { readonly chord: string; readonly phone?: boolean }) =>
  chord === '' ? null : <kbd class={phone ? '' : 'not-phone'}>{caps(chord).join(' ')}</kbd>;

/** The mouse leaves the focus on the picture, so that Enter still submits; keys and touch reach buttons as ever. */
export const keepFocus = (event: MouseEvent): void => event.preventDefault();

interface IconButtonProps {
  /** Ours by its name, or one that comes with what needs it. */
  readonly icon: IconName | VNode;
  readonly label: string;
  readonly chord?: string;
  /** Shown beside the icon, where there is room for it. */
  readonly words?: string;
  readonly pressed?: boolean | undefined;
  readonly disabled?: boolean;
  readonly class?: string;
  onClick(): void;
}

export const IconButton = ({
  icon,
  label,
  chord = '',
  words,
  pressed,
  disabled = false,
  class: more = '',
  onClick,
}: IconButtonProps) => (
  <button
    type="button"
    class={`btn quiet ${words ? 'act' : 'icon'} sm ${more}`}
    aria-label={label}
    aria-pressed={pressed}
    title={chord === '' ? label : `${label}  ${caps(chord).join(' ')}`}
    disabled={disabled}
    onMouseDown={keepFocus}
    onClick={onClick}
  >
    {typeof icon === 'string' ? <Icon name={icon} /> : icon}
    {words && <span class="words">{words}</span>}
  </button>
);

interface ModalProps {
  readonly kind: 'dialog' | 'drawer' | 'sheet';
  readonly title: string;
  readonly children: ComponentChildren;
  readonly class?: string;
  onClose(): void;
}

/** A dialog, a drawer or a sheet: the browser's own modal, so Escape closes it, the focus stays in and goes back. */
export const Modal = ({ kind, title, children, class: more = '', onClose }: ModalProps) => {
  const box = useRef<HTMLDialogElement>(null);
  // At once: the next key, pressed in haste, is for what has opened.
  useLayoutEffect(() => {
    const dialog = box.current;
    const before = document.activeElement;
    dialog?.showModal();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement) before.focus({ preventScroll: true });
    };
  }, []);
  return (
    <dialog
      ref={box}
      class={`${kind} ${more}`}
      aria-labelledby="modal-title"
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === box.current) onClose();
      }}
    >
      <header>
        <h2 id="modal-title">{title}</h2>
        <button type="button" class="btn quiet icon sm" aria-label={t('Close')} onClick={onClose}>
          <Icon name="x" />
        </button>
      </header>
      <div class="body">{children}</div>
    </dialog>
  );
};
