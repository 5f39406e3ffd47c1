import { LEAST, type Looks, MOST } from '../commands/looking.ts';
import { percent, t } from '../i18n.ts';
import { Keys, keepFocus } from './parts.tsx';
import type { Room } from './room.ts';

interface SliderProps {
  readonly label: string;
  readonly value: number;
  set(value: number): void;
}

/** In steps of the same proportion: half is as far from the middle as twice. */
const Slider = ({ label, value, set }: SliderProps) => (
  <label class="row">
    <span>{label}</span>
    <input
      type="range"
      min={Math.log(LEAST)}
      max={Math.log(MOST)}
      step="any"
      value={Math.log(value)}
      aria-valuetext={percent(value)}
      onInput={(event) => set(Math.exp(Number(event.currentTarget.value)))}
    />
    <span class="num tiny">{percent(value)}</span>
  </label>
);

interface TickProps {
  readonly label: string;
  readonly on: boolean;
  readonly chord: string;
  run(): void;
}

const Toggle = ({ label, on, chord, run }: TickProps) => (
  <button type="button" class="btn sm" aria-pressed={on} onMouseDown={keepFocus} onClick={run}>
    {label} <Keys chord={chord} />
  </button>
);

/** Brightness, contrast, the magnifier, how pixels are enlarged. */
export const LookPanel = ({ room }: { readonly room: Room }) => {
  const looks = room.looks.value;
  const set = (change: Partial<Looks>): void => {
    room.looks.value = { ...room.looks.value, ...change };
  };
  const changed = looks.brightness !== 1 || looks.contrast !== 1;
  return (
    <div class="floating looks" role="group" aria-label={t('How the picture is shown')}>
      <Slider label={t('Brightness')} value={looks.brightness} set={(brightness) => set({ brightness })} />
      <Slider label={t('Contrast')} value={looks.contrast} set={(value) => set({ contrast: value })} />
      <div class="row">
        <Toggle label={t('Magnifier')} on={looks.loupe} chord={room.keyOf('loupe')} run={() => room.run('loupe')} />
        <Toggle label={t('Smooth')} on={looks.smooth} chord={room.keyOf('smooth')} run={() => room.run('smooth')} />
        <button
          type="button"
          class="btn sm"
          disabled={!changed}
          onMouseDown={keepFocus}
          onClick={() => room.run('as-it-is')}
        >
          {t('Reset')}
        </button>
      </div>
    </div>
  );
};
