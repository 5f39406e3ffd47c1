import { t } from '../i18n.ts';
import type { ClipSource } from '../media/clip-source.ts';
import { Icon } from './icons.tsx';
import { IconButton, keepFocus } from './parts.tsx';
import type { Room } from './room.ts';

const clock = (seconds: number): string => {
  const whole = Math.max(0, seconds);
  const minutes = Math.floor(whole / 60);
  return `${minutes}:${(whole - 60 * minutes).toFixed(2).padStart(5, '0')}`;
};

const SHOWN: readonly (readonly [number, string])[] = [
  [0.5, '½'],
  [1, '1×'],
  [2, '2×'],
];

/** Play, step, place and speed of a clip. */
export const Transport = ({ room, clip }: { readonly room: Room; readonly clip: ClipSource }) => {
  const playing = clip.playing.value;
  const [time, length] = [clip.time.value, clip.length.value];
  return (
    <div class="transport">
      <IconButton icon="back" label={t('One frame back')} chord="," onClick={() => room.run('step-back')} />
      <button
        type="button"
        class="btn icon sm"
        aria-label={playing ? t('Pause') : t('Play')}
        title={`${playing ? t('Pause') : t('Play')}  Space`}
        onMouseDown={keepFocus}
        onClick={() => clip.toggle()}
      >
        <Icon name={playing ? 'pause' : 'play'} />
      </button>
      <IconButton icon="fwd" label={t('One frame on')} chord="." onClick={() => room.run('step-on')} />
      <span class="num clip-time">
        <b>{clock(time)}</b> <span class="muted">{t('of %(length)s', { length: clock(length) })}</span>
      </span>
      <input
        type="range"
        class="grow"
        min="0"
        max={Math.max(length, 0.01)}
        step="0.01"
        value={time}
        aria-label={t('Place in the clip')}
        aria-valuetext={clock(time)}
        onInput={(event) => clip.seek(Number(event.currentTarget.value))}
      />
      <span class="segments not-phone" role="group" aria-label={t('Speed')}>
        {SHOWN.map(([rate, name]) => (
          <button
            key={rate}
            type="button"
            aria-pressed={clip.rate.value === rate}
            onMouseDown={keepFocus}
            onClick={() => clip.play(rate)}
          >
            {name}
          </button>
        ))}
      </span>
    </div>
  );
};
