import { useEffect, useMemo, useRef } from 'preact/hooks';
import { digitOf } from '../commands/labeling.ts';
import type { Film } from '../doc/film.ts';
import { t, tn } from '../i18n.ts';
import { zoomed } from '../timeline/axis.ts';
import { ROW, rowsInSight } from '../timeline/rows.ts';
import type { Track } from '../timeline/tracks.ts';
import { colourClass } from '../view/colours.ts';
import { LEAST_HEIGHT, MOST_HEIGHT, ourHabits } from '../view/timeline-habits.ts';
import { pressOnTimeline } from '../view/timeline-keys.ts';
import { TimelineModel } from '../view/timeline-model.ts';
import { loadStrip } from '../view/timeline-strip.ts';
import { TimelineView } from '../view/timeline-view.ts';
import { IconButton, keepFocus } from './parts.tsx';
import type { Opened, Room } from './room.ts';
import { TrackActs } from './track-acts.tsx';
import { FilmIcon } from './track-icons.tsx';

interface Props {
  readonly room: Room;
  readonly model: TimelineModel;
}

/** The name of a row beside it, for the eye and the mouse: the list of tracks says the same to everybody else. */
const Name = ({
  model,
  track,
  place,
}: {
  readonly model: TimelineModel;
  readonly track: Track;
  readonly place: number;
}) => {
  const row = useRef<HTMLButtonElement>(null);
  const top = place * ROW - model.top.value;
  const { film } = model;
  const { categories } = model.desk.question;
  const category = categories[track.category];
  const on = model.selected.value.has(track.id);
  useEffect(() => {
    if (row.current !== null) row.current.style.transform = `translateY(${top}px)`;
  }, [top]);
  return (
    <button
      ref={row}
      type="button"
      tabIndex={-1}
      class={`th ${on ? 'on' : ''} ${model.pointed.value?.id === track.id ? 'over' : ''}`}
      title={track.name}
      onMouseDown={keepFocus}
      onClick={(event) => (event.ctrlKey || event.metaKey ? model.toggle(track) : model.pick(track))}
      onDblClick={() => model.seek(track.marks[0]?.frame ?? film.first)}
    >
      <span class={`swatch ${colourClass(category)} ${track.ghost === true ? 'ghost' : ''}`}>
        {category === undefined ? '' : digitOf(category, categories)}
      </span>
      <span class="cut">{track.name}</span>
    </button>
  );
};

const Names = ({ model }: { readonly model: TimelineModel }) => {
  const rows = model.rows.value;
  const [from, past] = rowsInSight(model.top.value, model.height.value, rows.length);
  return (
    <div class="tl-names" aria-hidden="true">
      {rows.slice(from, past).map((track, i) => (
        <Name key={track.id} model={model} track={track} place={from + i} />
      ))}
    </div>
  );
};

const Empty = ({ model }: { readonly model: TimelineModel }) => {
  const all = model.tracks.value.length;
  if (model.rows.value.length > 0) return null;
  return (
    <p class="hint tl-empty">
      {all > 0
        ? t('Nothing in this frame.')
        : model.film.tracked
          ? t('No tracks yet. Draw on the picture: every shape begins a track at the frame that is shown.')
          : t('Nothing drawn yet. Every frame with something in it gets a mark here.')}
    </p>
  );
};

/** The rows scroll as one: names and canvas stand still and are drawn anew, so that neither runs ahead of the other. */
const Rows = ({ model }: { readonly model: TimelineModel }) => {
  const long = useRef<HTMLDivElement>(null);
  const still = useRef<HTMLDivElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const height = model.rows.value.length * ROW;
  const wanted = model.narrow.value ? ROW : model.habits.value.height;
  const sight = model.height.value;
  const active = [...model.selected.value].at(-1);
  useEffect(() => {
    if (scroller.current !== null) scroller.current.style.height = `${wanted}px`;
  }, [wanted]);
  useEffect(() => {
    if (long.current !== null) long.current.style.height = `${Math.max(height, sight)}px`;
    if (still.current !== null) still.current.style.height = `${sight}px`;
  }, [height, sight]);
  useEffect(() => {
    if (active !== undefined && scroller.current !== null && sight > 0)
      scroller.current.scrollTop = model.topFor(active);
  }, [active, sight]);
  return (
    <div
      class="tl-rows"
      ref={scroller}
      onScroll={(event) => {
        model.top.value = event.currentTarget.scrollTop;
      }}
    >
      <div class="tl-long" ref={long}>
        <div class="tl-still" ref={still}>
          <Names model={model} />
          <div
            class="tl-sheet"
            role="application"
            tabIndex={0}
            aria-label={t(
              'Timeline. Left and right step through the frames, up and down through the tracks, Enter goes to the nearest key frame, Alt with left or right moves the key frame that is shown',
            )}
            onKeyDown={(event) => {
              if (pressOnTimeline(model, event)) event.preventDefault();
            }}
          >
            <canvas class="tl-canvas" />
          </div>
          <Empty model={model} />
        </div>
      </div>
    </div>
  );
};

/** Which tracks have a row, in which order; how near. */
const Choosing = ({ model }: { readonly model: TimelineModel }) => {
  const { here, order } = model.habits.value;
  const { tracked } = model.film;
  const middle = (): number => model.axis.value.width / 2;
  const zoom = (factor: number): void => {
    model.axis.value = zoomed(model.axis.value, factor, middle());
  };
  return (
    <>
      {tracked && (
        <div class="segments" role="group" aria-label={t('Tracks that have a row')}>
          <button
            type="button"
            aria-pressed={!here}
            onMouseDown={keepFocus}
            onClick={() => model.adopt({ here: false })}
          >
            {t('All')}
          </button>
          <button
            type="button"
            aria-pressed={here}
            title={t('Only the tracks in this frame')}
            onMouseDown={keepFocus}
            onClick={() => model.adopt({ here: true })}
          >
            {t('Here')}
          </button>
        </div>
      )}
      {tracked && (
        <IconButton
          icon={<FilmIcon name={order === 'class' ? 'byclass' : 'byfirst'} />}
          label={
            order === 'class'
              ? t('Ordered by class. Order by first frame')
              : t('Ordered by first frame. Order by class')
          }
          onClick={() => model.adopt({ order: order === 'class' ? 'first' : 'class' })}
        />
      )}
      <span class="tl-zoom">
        <IconButton
          icon="minus"
          label={t('Less of the timeline’s detail')}
          disabled={model.fits}
          onClick={() => zoom(1 / 1.6)}
        />
        <IconButton icon="fit" label={t('The whole film')} disabled={model.fits} onClick={() => model.fit()} />
        <IconButton icon="plus" label={t('More of the timeline’s detail')} onClick={() => zoom(1.6)} />
      </span>
    </>
  );
};

/** The height of the rows, by a drag or by the arrows. */
const Grip = ({ model }: { readonly model: TimelineModel }) => {
  const held = useRef<{ readonly y: number; readonly height: number } | null>(null);
  const { height } = model.habits.value;
  const set = (to: number): void => {
    const most = Math.min(MOST_HEIGHT, window.innerHeight / 2);
    model.adopt({ height: Math.round(Math.max(LEAST_HEIGHT, Math.min(most, to))) });
  };
  return (
    <div
      class="tl-grip"
      role="separator"
      aria-orientation="horizontal"
      aria-label={t('Height of the timeline')}
      aria-valuenow={height}
      aria-valuemin={LEAST_HEIGHT}
      aria-valuemax={MOST_HEIGHT}
      tabIndex={0}
      onKeyDown={(event) => {
        const by = event.key === 'ArrowUp' ? ROW : event.key === 'ArrowDown' ? -ROW : 0;
        if (by === 0) return;
        event.preventDefault();
        set(height + by);
      }}
      onPointerDown={(event) => {
        held.current = { y: event.clientY, height };
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        if (held.current !== null) set(held.current.height + held.current.y - event.clientY);
      }}
      onPointerUp={() => {
        held.current = null;
      }}
    />
  );
};

const Tools = ({ room, model }: Props) => (
  <div class="tl-tools">
    <Grip model={model} />
    {model.film.tracked && <TrackActs room={room} desk={model.desk} />}
    <span class="grow" />
    <Choosing model={model} />
  </div>
);

/** Tells how much there is, and folds the rows away. */
const Head = ({ model }: { readonly model: TimelineModel }) => {
  const { open } = model.habits.value;
  const count = model.tracks.value.length;
  const words = model.film.tracked
    ? tn('%(n)s track', '%(n)s tracks', count)
    : tn('%(n)s class', '%(n)s classes', count);
  return (
    <div class="th tl-head">
      <IconButton
        icon={<FilmIcon name={open ? 'down' : 'up'} />}
        label={open ? t('Fold the timeline') : t('Unfold the timeline')}
        onClick={() => model.adopt({ open: !open })}
      />
      <span class="cut">{words}</span>
    </div>
  );
};

const Frames = ({ room, opened, film }: { readonly room: Room; readonly opened: Opened; readonly film: Film }) => {
  const { desk, source } = opened;
  const root = useRef<HTMLDivElement>(null);
  const model = useMemo(() => new TimelineModel(desk, film, ourHabits()), [desk]);
  const { open } = model.habits.value;
  useEffect(() => () => model.close(), [model]);
  useEffect(() => {
    const find = <E extends Element>(name: string): E | null => root.current?.querySelector<E>(name) ?? null;
    const ruler = find<HTMLCanvasElement>('.tl-ruler canvas');
    const playhead = find<HTMLElement>('.playhead');
    const bubble = find<HTMLElement>('.tl-bubble');
    if (root.current === null || ruler === null || playhead === null || bubble === null) return;
    const view = new TimelineView(model, {
      root: root.current,
      ruler,
      playhead,
      bubble,
      rows: find<HTMLCanvasElement>('.tl-canvas'),
      scroller: find<HTMLElement>('.tl-rows'),
      overview: find<HTMLCanvasElement>('.tl-overview canvas'),
    });
    const urls = source.kind === 'film' ? source.urls : null;
    const stop = new AbortController();
    void loadStrip(urls?.strip, urls?.['strip-index'], stop.signal).then((strip) => {
      if (!stop.signal.aborted) view.strip.value = strip;
      else if (strip?.image instanceof ImageBitmap) strip.image.close();
    });
    return () => {
      stop.abort();
      view.close();
    };
  }, [model, open]);
  return (
    <div class={`timeline ${open ? '' : 'folded'}`} role="group" aria-label={t('Timeline')} ref={root}>
      {open && <Tools room={room} model={model} />}
      <div class="tl-body">
        <div class="tl-top">
          <Head model={model} />
          <div class="tl-ruler" aria-hidden="true">
            <canvas />
          </div>
        </div>
        {open && <Rows model={model} />}
        <div class="tl-heads" aria-hidden="true">
          <span class="playhead" />
          <span class="tl-bubble" hidden />
        </div>
      </div>
      {open && (
        <div class="tl-overview" aria-hidden="true">
          <canvas />
        </div>
      )}
    </div>
  );
};

/** Frames across, a row a track. */
export const Timeline = ({ room, opened }: { readonly room: Room; readonly opened: Opened }) =>
  opened.desk.film === null ? null : (
    <Frames key={opened.assignment} room={room} opened={opened} film={opened.desk.film} />
  );
