import { useState } from 'preact/hooks';
import { t } from '../i18n.ts';
import { Late } from './late.tsx';
import { IconButton } from './parts.tsx';
import type { Room } from './room.ts';

const load = () => import('./look-panel.tsx').then(({ LookPanel }) => LookPanel);

/** How pictures are shown: a button beside the zoom, and what it opens. */
export const LookControls = ({ room }: { readonly room: Room }) => {
  const [open, setOpen] = useState(false);
  const { brightness, contrast, loupe } = room.looks.value;
  return (
    <>
      <IconButton
        icon="contrast"
        label={t('Brightness, contrast, magnifier')}
        pressed={open || brightness !== 1 || contrast !== 1 || loupe}
        onClick={() => setOpen(!open)}
      />
      {open && <Late load={load} props={{ room }} quiet />}
    </>
  );
};
