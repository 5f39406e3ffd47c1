import { t } from '../i18n.ts';
import { objectAttributesOf } from '../task-types/object-attributes.ts';
import { Icon } from './icons.tsx';
import { Keys, keepFocus } from './parts.tsx';
import type { Opened, Room } from './room.ts';
import { hasThings } from './things.tsx';

const clock = (moment: number): string =>
  new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' }).format(moment);

/** A clock time, not a countdown. */
const Until = ({ room }: { readonly room: Room }) => {
  const until = room.until.value;
  const time = until === null ? '' : clock(until);
  const short = until === null ? t('Time over, you can still submit') : t('Yours until %(time)s', { time });
  const full =
    until === null
      ? t('Your time for this one is over. You can still submit')
      : t('Yours until %(time)s, longer while you work', { time });
  return (
    <p class="calm-time" title={full}>
      <Icon name="clock" />
      <span class="cut" aria-hidden="true">
        {short}
      </span>
      <span class="vh">{full}</span>
    </p>
  );
};

export const SubmitBox = ({ room, opened }: { readonly room: Room; readonly opened: Opened }) => {
  const { desk } = opened;
  const located = hasThings(desk.type);
  const sheet = located || objectAttributesOf(desk.question).length > 0;
  return (
    <div class="submit">
      <Until room={room} />
      <div class={`pair ${sheet ? '' : 'two'}`}>
        {sheet && (
          <button
            type="button"
            class="btn lg only-phone"
            aria-label={located ? t('Objects') : t('Attributes')}
            onClick={() => room.open('objects')}
          >
            <Icon name="layers" />
            {located && desk.list.value.length}
          </button>
        )}
        <button type="button" class="btn lg" onMouseDown={keepFocus} onClick={() => room.open('skip')}>
          {t('Skip')} <Keys chord={room.keyOf('skip')} />
        </button>
        <button type="button" class="btn lg primary" onMouseDown={keepFocus} onClick={() => room.submit(false)}>
          {t('Submit')} <Keys chord={room.keyOf('submit')} />
        </button>
      </div>
    </div>
  );
};
