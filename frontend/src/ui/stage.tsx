import { computed, effect } from '@preact/signals-core';
import { useEffect, useRef, useState } from 'preact/hooks';
import { helpLazily } from '../assist/lazily.ts';
import { warm } from '../assist/warm.ts';
import type { Desk } from '../commands/desk.ts';
import { accept, shownProposals } from '../commands/proposals.ts';
import { percent, t, tn } from '../i18n.ts';
import type { Source } from '../media/source.ts';
import { quietlyFocus } from '../view/focus.ts';
import { Icon } from './icons.tsx';
import { Late } from './late.tsx';
import { LookControls } from './look-controls.tsx';
import { Making } from './making.tsx';
import { caps, IconButton, Keys, keepFocus } from './parts.tsx';
import type { Opened, Room } from './room.ts';

interface Props {
  readonly room: Room;
  readonly opened: Opened;
}

/** What shows the bytes, and how it is taken away again. */
export interface Stands {
  close(): void;
}

/** A medium's stage comes with the first of its objects. */
const mount = async (host: HTMLElement, room: Room, desk: Desk, source: Source): Promise<Stands> => {
  if (source.kind === 'video') {
    const [{ ClipStage }] = await Promise.all([import('../view/clip-stage.ts'), source.ready]);
    return new ClipStage(host, source);
  }
  if (source.kind === 'film') return (await import('../view/film-stage.ts')).mountFilm(host, desk, room.looks, source);
  if (source.kind !== 'image') throw new Error('A text has a stage of its own.');
  const [{ ImageStage }, image] = await Promise.all([import('../view/image-stage.ts'), source.ready]);
  return new ImageStage(host, desk, room.looks, image);
};

type State = 'waiting' | 'slow' | 'shown' | 'failed';

/** Nothing for 300 ms, then a skeleton: most objects are there before. */
const PATIENCE = 300;

/** Whatever a tool asks of a helper; a model server sees the picture as soon as its tool is taken. */
const useHelpers = (room: Room, { desk, source, lease }: Opened): void => {
  useEffect(() => {
    if (source.kind !== 'image') return;
    const held = room.held(lease);
    const end = helpLazily({ desk, image: source.ready, held, model: () => room.model.value });
    const asked = computed(() => (room.foresees || desk.machine.value.tool === 'model' ? room.model.value : ''));
    const stop = effect(() => {
      if (asked.value === '') return;
      room.foresees = true;
      warm(held, asked.value);
    });
    return () => {
      stop();
      end();
    };
  }, [room, desk, source, lease]);
};

/** Mount what shows the bytes once they are there. */
export const useMedia = (
  room: Room,
  { desk, source }: Opened,
  show: (host: HTMLElement) => Promise<Stands> = (host) => mount(host, room, desk, source),
) => {
  const host = useRef<HTMLDivElement>(null);
  const [state, setState] = useState<State>('waiting');
  useEffect(() => {
    let shown: Stands | null = null;
    let gone = false;
    const slow = setTimeout(() => setState('slow'), PATIENCE);
    const begin = async (into: HTMLElement): Promise<void> => {
      try {
        shown = await show(into);
        setState('shown');
      } catch {
        setState('failed');
      }
      clearTimeout(slow);
      if (gone) shown?.close();
    };
    if (host.current !== null) void begin(host.current);
    if (host.current !== null) quietlyFocus(host.current);
    return () => {
      gone = true;
      clearTimeout(slow);
      shown?.close();
    };
  }, [room, desk, source]);
  return { host, state };
};

export const Unseen = ({ state, room }: { readonly state: State; readonly room: Room }) => {
  if (state === 'slow') {
    return <span class="skeleton stage-skeleton" role="status" aria-label={t('Loading')} />;
  }
  if (state !== 'failed') return null;
  return (
    <div class="empty stage-message" role="alert">
      <Icon name="warn" />
      <h2>{t('This can’t be shown')}</h2>
      <p>{t('The file did not arrive or can’t be read. Skip it and say so; the lead will see it.')}</p>
      <button type="button" class="btn" onClick={() => room.open('skip')}>
        {t('Skip')}
      </button>
    </div>
  );
};

/** By itself, since it changes with every frame of a gesture. */
const ZoomNow = ({ desk }: { readonly desk: Desk }) => (
  <span class="tiny num zoom-now not-phone">{percent(desk.viewport.value.scale)}</span>
);

const Zoom = ({ room, desk }: { readonly room: Room; readonly desk: Desk }) => (
  <div class="floating zoom">
    <IconButton
      icon="minus"
      label={t('Zoom out')}
      chord={room.keyOf('zoom-out')}
      onClick={() => room.run('zoom-out')}
    />
    <ZoomNow desk={desk} />
    <IconButton icon="plus" label={t('Zoom in')} chord={room.keyOf('zoom-in')} onClick={() => room.run('zoom-in')} />
    <IconButton icon="fit" label={t('Fit the picture')} chord={room.keyOf('fit')} onClick={() => room.run('fit')} />
    <LookControls room={room} />
  </div>
);

/** On a phone the panel's own button is a sheet away. */
export const Remove = ({ room, desk }: { readonly room: Room; readonly desk: Desk }) => {
  const count = desk.selection.value.length;
  if (count === 0) return null;
  // A point that was tapped is what the bin is for; there is no other way to it by finger.
  const point = desk.point.value !== null;
  return (
    <div class="floating remove only-phone">
      <IconButton
        icon="trash"
        label={point ? t('Take the point out') : tn('Remove the selected object', 'Remove %(n)s objects', count)}
        onClick={() => room.run(point ? 'remove-point' : 'remove')}
      />
    </div>
  );
};

/** How many proposals are shown, from which confidence on, and all of them taken at once. */
export const ProposalBar = ({ room, desk }: { readonly room: Room; readonly desk: Desk }) => {
  desk.version.value;
  const shown = shownProposals(desk);
  const shapes = desk.proposals?.records.some(({ kind }) => kind === 'instance') === true;
  if (desk.proposals === null || (shown.length === 0 && !shapes)) return null;
  return (
    <div class="floating proposals">
      <span>
        <b>{shown.length}</b> {tn('proposal', 'proposals', shown.length)}
      </span>
      {shapes && (
        <label class="row not-phone">
          <span class="muted">{t('at least %(share)s', { share: percent(desk.least.value) })}</span>
          <input
            type="range"
            min="0"
            max="100"
            class="least"
            value={Math.round(desk.least.value * 100)}
            aria-label={t('Show proposals with at least this confidence')}
            onInput={(event) => {
              desk.least.value = Number(event.currentTarget.value) / 100;
            }}
          />
        </label>
      )}
      <button
        type="button"
        class="btn sm"
        disabled={shown.length === 0}
        onMouseDown={keepFocus}
        onClick={() => accept(desk, shown)}
      >
        {shapes ? t('Accept all') : t('Accept')} <Keys chord={shapes ? 'Shift+a' : 'a'} />
      </button>
      {!shapes && (
        <button type="button" class="btn sm" onMouseDown={keepFocus} onClick={() => room.why()}>
          {t('Why?')} <Keys chord={room.keyOf('why')} />
        </button>
      )}
    </div>
  );
};

const ImageOrClip = ({ room, opened }: Props) => {
  const { host, state } = useMedia(room, opened);
  useHelpers(room, opened);
  const { desk, source } = opened;
  const picture = source.kind !== 'video';
  const key = caps(room.keyOf(desk.tools[0] ?? '')).join(' ');
  const label = !picture
    ? t('Clip. Space plays and pauses, comma and full stop step')
    : desk.type.located === undefined
      ? t('Picture. A digit chooses its class')
      : source.kind === 'film'
        ? t('Film. %(key)s draws by keys, Tab goes through the objects, comma and full stop step, Space plays', { key })
        : t('Picture. %(key)s draws by keys, Tab goes through the objects', { key });
  return (
    <div class="stage-wrap" id="stage" role="application" aria-label={label} tabIndex={0} ref={host}>
      <Unseen state={state} room={room} />
      {picture && <Zoom room={room} desk={desk} />}
      {desk.type.located !== undefined && <Remove room={room} desk={desk} />}
      {desk.type.located !== undefined && <Making room={room} desk={desk} />}
      {picture && desk.tools.includes('brush') && <Late load={loadBrushes} props={{ room, desk }} quiet />}
      <ProposalBar room={room} desk={desk} />
    </div>
  );
};

const loadBrushes = () => import('./brush-bar.tsx').then(({ BrushBar }) => BrushBar);

const loadText = () => import('./text.tsx').then(({ TextView }) => TextView);

export const Stage = (props: Props) =>
  props.opened.source.kind === 'text' ? (
    <div class="stage-wrap">
      <Late load={loadText} props={props} />
    </div>
  ) : (
    <ImageOrClip {...props} />
  );
