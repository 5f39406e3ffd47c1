import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { t, tn } from '../i18n.ts';
import type { FilmPlayer } from '../media/film-player.ts';
import type { FilmSource } from '../media/film-source.ts';
import { quietlyFocus } from '../view/focus.ts';
import { Icon } from './icons.tsx';
import { IconButton, Keys, keepFocus } from './parts.tsx';
import { ChangingButton, running } from './predictions.ts';
import type { Opened, Room } from './room.ts';

interface Props {
  readonly room: Room;
  readonly opened: Opened;
}

/** Minutes, seconds and hundredths. */
const clock = (seconds: number): string => {
  const hundredths = Math.floor(Math.max(0, seconds) * 100 + 1e-6);
  const rest = `${(hundredths % 6000) / 100}`;
  const [whole = '0', parts = ''] = rest.split('.');
  return `${Math.floor(hundredths / 6000)}:${whole.padStart(2, '0')}.${parts.padEnd(2, '0')}`;
};

/** The speeds of a film as they are written. */
const SPEEDS: Readonly<Record<number, string>> = { 0.25: '¼', 0.5: '½', 1: '1×', 2: '2×', 4: '4×' };
/** Those that a phone has room for: of a film, and of a sequence in pictures a second. */
const ON_PHONES: Readonly<Record<'film' | 'sequence', readonly number[]>> = { film: [0.5, 1, 2], sequence: [1, 5, 10] };

/** Acts on tracks that stand beside the player, where the kind of question has them. */
const ACTS: readonly string[] = ['set-key', 'predict-next'];
/** While shapes are predicted, how to stop that stands where it was begun. */
const PREDICTING: readonly string[] = ['set-key', 'stop-predicting'];

interface Playing {
  readonly player: FilmPlayer;
  readonly source: FilmSource;
}

/** The number of the frame on screen, to be read and to be typed. */
const FrameNumber = ({ opened, player }: { readonly opened: Opened; readonly player: FilmPlayer }) => {
  const { film } = opened.desk;
  const [typed, setTyped] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const digits = `${film?.last ?? 0}`.length;
  useLayoutEffect(() => {
    if (field.current !== null) field.current.style.width = `calc(${digits}ch + 0.6rem)`;
  }, [digits]);
  if (film === null) return null;
  const go = (): void => {
    const frame = Number.parseInt(typed ?? '', 10);
    setTyped(null);
    if (Number.isFinite(frame)) player.seek(frame);
  };
  return (
    <input
      class="frame-number num"
      type="text"
      inputMode="numeric"
      autocomplete="off"
      aria-label={t('Frame; type a number to go there')}
      title={t('Type a number to go to that frame')}
      ref={field}
      value={typed ?? `${film.frame.value}`}
      onFocus={(event) => event.currentTarget.select()}
      onInput={(event) => setTyped(event.currentTarget.value)}
      onBlur={() => setTyped(null)}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== 'Escape') return;
        event.preventDefault();
        event.stopPropagation();
        if (event.key === 'Enter') go();
        event.currentTarget.blur();
        const stage = document.getElementById('stage');
        if (stage !== null) quietlyFocus(stage);
      }}
    />
  );
};

/** Where in the film, in frames and in time. */
const Place = ({ opened, player, source }: Playing & { readonly opened: Opened }) => {
  const { film, question } = opened.desk;
  if (film === null) return null;
  const { frames } = question.media;
  const frame = film.frame.value;
  const seconds = source.table?.seconds(frame) ?? 0;
  const part = film.first > 0 || film.last < frames - 1;
  const how = source.how.value === 'decoder' ? t('Frames are decoded here') : t('Frames come from the server');
  return (
    <span class="film-place num" title={how}>
      <FrameNumber opened={opened} player={player} />
      <span class="muted">
        {part
          ? t('%(first)s to %(last)s', { first: film.first, last: film.last })
          : t('of %(frames)s', { frames: film.last + 1 })}
      </span>
      <span class="faint not-phone">{clock(seconds)}</span>
    </span>
  );
};

const Speeds = ({ player }: { readonly player: FilmPlayer }) => {
  const kind = player.kind.value;
  const pictures = kind === 'sequence';
  return (
    <span class="segments" role="group" aria-label={pictures ? t('Pictures a second') : t('Speed')}>
      {player.rates.map((rate) => (
        <button
          key={rate}
          type="button"
          class={ON_PHONES[kind].includes(rate) ? '' : 'not-phone'}
          aria-pressed={player.rate.value === rate}
          title={pictures ? tn('%(n)s picture a second', '%(n)s pictures a second', rate) : ''}
          onMouseDown={keepFocus}
          onClick={() => player.play(rate)}
        >
          {pictures ? t('%(n)s/s', { n: rate }) : SPEEDS[rate]}
        </button>
      ))}
    </span>
  );
};

const Acts = ({ room, opened }: Props) => {
  const changing = useRef(new ChangingButton()).current;
  // What can be done goes with what is selected and shown.
  opened.desk.version.value;
  opened.desk.selection.value;
  const context = room.context();
  if (context === null) return null;
  const stop = running.value;
  changing.means(stop === null ? 'predict' : 'stop', performance.now());
  const press = (event: MouseEvent, id: string): void => {
    const changes = id !== 'set-key';
    // By keys it is pressed by who knows what for: no tap that comes late.
    if (changes && event.detail > 0 && !changing.takes(performance.now())) return;
    if (changes && stop !== null) stop.abort();
    else room.run(id);
  };
  const commands = (stop !== null ? PREDICTING : ACTS)
    .flatMap((id) => room.registry.get(id) ?? [])
    .filter((command) => command.belongs?.(context) ?? true);
  if (commands.length === 0) return null;
  return (
    <span class="film-acts">
      {commands.map((command, place) => (
        // The same button goes on as the one that stops: whoever has pressed it is still there.
        <button
          key={ACTS[place]}
          type="button"
          class="btn quiet sm"
          disabled={!(command.id === 'stop-predicting' || command.when(context))}
          onMouseDown={keepFocus}
          onClick={(event) => press(event, command.id)}
        >
          {command.title} <Keys chord={command.keys[0] ?? ''} />
        </button>
      ))}
    </span>
  );
};

/** Step, play, place and speed of a film. */
export const FilmTransport = ({ room, opened }: Props) => {
  const film = room.film;
  if (film === null) return null;
  const { player, source } = film;
  const playing = player.playing.value;
  const words = playing ? t('Pause') : t('Play');
  return (
    <div class="transport film" role="group" aria-label={t('Film')}>
      <IconButton
        icon="back"
        label={t('One frame back')}
        chord={room.keyOf('step-back')}
        onClick={() => room.run('step-back')}
      />
      <button
        type="button"
        class="btn icon sm"
        aria-label={words}
        title={`${words}  Space`}
        onMouseDown={keepFocus}
        onClick={() => player.toggle()}
      >
        <Icon name={playing ? 'pause' : 'play'} />
      </button>
      <IconButton
        icon="fwd"
        label={t('One frame on')}
        chord={room.keyOf('step-on')}
        onClick={() => room.run('step-on')}
      />
      <Place opened={opened} player={player} source={source} />
      <span class="grow" />
      <Acts room={room} opened={opened} />
      <Speeds player={player} />
    </div>
  );
};
