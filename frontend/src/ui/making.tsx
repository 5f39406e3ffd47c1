import type { Desk } from '../commands/desk.ts';
import { t } from '../i18n.ts';
import { IconButton } from './parts.tsx';
import type { Room } from './room.ts';

/** While a thing of many points is made: what is asked for, and by finger all that the keys do. */
export const Making = ({ room, desk }: { readonly room: Room; readonly desk: Desk }) => {
  const { note, naming, open } = desk.hand.value;
  if (note === null && !open) return null;
  return (
    <div class="floating making" role="group" aria-label={t('In the making')}>
      {note !== null && <b>{note.text}</b>}
      {naming && (
        <>
          <IconButton
            icon="eyeoff"
            label={t('Hidden point')}
            chord={room.keyOf('point-veil')}
            onClick={() => room.run('point-veil')}
          />
          <IconButton
            icon="fwd"
            label={t('Leave this point out')}
            chord={room.keyOf('point-skip')}
            onClick={() => room.run('point-skip')}
          />
        </>
      )}
      {open && (
        <>
          <IconButton
            icon="undo"
            label={t('Take the last point back')}
            chord={room.keyOf('back')}
            onClick={() => room.run('back')}
          />
          <IconButton
            icon="check"
            label={t('Finish')}
            chord={room.keyOf('finish')}
            onClick={() => room.run('finish')}
          />
          <IconButton icon="x" label={t('Drop it')} chord="Escape" onClick={() => desk.send({ type: 'cancel' })} />
        </>
      )}
    </div>
  );
};
