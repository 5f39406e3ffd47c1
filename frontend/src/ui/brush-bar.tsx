import { effect } from '@preact/signals-core';
import { useEffect } from 'preact/hooks';
import type { Desk } from '../commands/desk.ts';
import { percent, t } from '../i18n.ts';
import { caps, keepFocus } from './parts.tsx';
import type { Room } from './room.ts';

const KEY = 'touchstone-paint';

/** How this person painted last, on this machine. */
const recall = ({ paint }: Desk): void => {
  try {
    const { radius, apart, opacity } = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Record<string, unknown>;
    if (typeof radius === 'number' && radius > 0) paint.radius.value = radius;
    if (typeof apart === 'boolean') paint.apart.value = apart;
    if (typeof opacity === 'number') paint.opacity.value = opacity;
  } catch {
    // Storage is switched off or holds something else: the brush begins as it fits the picture.
  }
};

const keep = ({ paint: { radius, apart, opacity } }: Desk): void => {
  const now = JSON.stringify({ radius: radius.value, apart: apart.value, opacity: opacity.value });
  try {
    localStorage.setItem(KEY, now);
  } catch {
    // As above.
  }
};

const Slider = (props: {
  label: string;
  text: string;
  value: number;
  least: number;
  most: number;
  set(to: number): void;
}) => (
  <label class="row">
    <span class="muted">{props.label}</span>
    <input
      type="range"
      class="least"
      min={props.least}
      max={props.most}
      step="any"
      value={props.value}
      aria-label={props.label}
      aria-valuetext={props.text}
      onInput={(event) => props.set(Number(event.currentTarget.value))}
    />
    <span class="tiny num">{props.text}</span>
  </label>
);

const Apart = ({ room, desk }: { readonly room: Room; readonly desk: Desk }) => (
  <>
    <button
      type="button"
      class="btn sm ghost"
      aria-pressed={desk.paint.apart.value}
      title={`${t('A stroke takes its pixels from other objects')}  ${caps(room.keyOf('apart')).join(' ')}`}
      onMouseDown={keepFocus}
      onClick={() => room.run('apart')}
    >
      {t('No overlap')}
    </button>
    <button
      type="button"
      class="btn sm"
      disabled={desk.selection.value.length === 0}
      title={`${t('The next stroke begins another object')}  ${caps(room.keyOf('next-mask')).join(' ')}`}
      onMouseDown={keepFocus}
      onClick={() => room.run('next-mask')}
    >
      {t('Next object')}
    </button>
  </>
);

/** Size of the brush and what goes with painting; remembered from object to object. */
export const BrushBar = ({ room, desk }: { readonly room: Room; readonly desk: Desk }) => {
  useEffect(() => {
    recall(desk);
    return effect(() => keep(desk));
  }, [desk]);
  const { painting, tools = [] } = desk.type.located ?? {};
  const { radius, opacity } = desk.paint;
  if (!tools.includes('brush') || (painting === undefined && desk.machine.value.tool !== 'brush')) return null;
  const most = Math.log(Math.max(desk.picture.width, desk.picture.height) / 4);
  return (
    <div class="floating paints">
      <Slider
        label={t('Brush')}
        text={t('%(n)s px', { n: 2 * radius.value })}
        value={Math.log(radius.value)}
        least={Math.log(0.5)}
        most={most}
        set={(to) => {
          radius.value = Math.round(2 * Math.exp(to)) / 2;
        }}
      />
      {painting !== undefined && (
        <Slider
          label={t('Tint')}
          text={percent(opacity.value)}
          value={opacity.value}
          least={0}
          most={1}
          set={(to) => {
            opacity.value = to;
          }}
        />
      )}
      {painting?.oneEachClass === false && <Apart room={room} desk={desk} />}
    </div>
  );
};
