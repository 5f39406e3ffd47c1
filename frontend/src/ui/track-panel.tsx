import type { ComponentType } from 'preact';
import type { Desk } from '../commands/desk.ts';
import { digitOf } from '../commands/labeling.ts';
import { inSight } from '../commands/sight.ts';
import { removeTracks, setTrackAttribute } from '../commands/tracks.ts';
import type { Film } from '../doc/film.ts';
import { t, tn } from '../i18n.ts';
import { sourceOf } from '../task-types/instances.ts';
import { attributesOf, type InstanceRecord } from '../task-types/question.ts';
import { arranged, extentOf, hiddenOf, isHere, nearestMark, type Track } from '../timeline/tracks.ts';
import { colourClass } from '../view/colours.ts';
import { ourHabits } from '../view/timeline-habits.ts';
import { hereInWords } from '../view/timeline-keys.ts';
import { tracksOn } from '../view/timeline-tracks.ts';
import { Arrange, ClassFilter } from './arrange.tsx';
import { AttributeField } from './attribute-field.tsx';
import { FrameValues, TrackValues } from './frame-values.tsx';
import { Icon, type IconName } from './icons.tsx';
import type { ListKeys } from './list-keys.ts';
import { LongList, Option } from './long-list.tsx';
import { IconButton, Keys, keepFocus } from './parts.tsx';
import type { Room } from './room.ts';
import { through } from './through-rows.ts';

interface Props {
  readonly room: Room;
  readonly desk: Desk;
}

interface Filmed extends Props {
  readonly film: Film;
}

interface NumbersProps {
  /** Place and size of a shape, to be typed. */
  readonly Numbers: ComponentType<{ readonly desk: Desk; readonly record: InstanceRecord }>;
}

/** Up to this many hidden stretches are told; of more, how many there are. */
const FEW = 3;

const span = (first: number, last: number): string => (first === last ? `${first}` : `${first} – ${last}`);

interface RowProps extends Filmed {
  readonly track: Track;
  readonly place: number;
  readonly count: number;
  readonly offset: number | null;
  readonly on: boolean;
}

/** A row in words, for a screen reader: its name, where it is, and what it is in this frame. */
const inWords = (track: Track, frame: number): string => {
  const [first, last] = extentOf(track) ?? [0, 0];
  const { name } = track;
  return t('%(name)s, frames %(first)s to %(last)s, %(here)s', { name, first, last, here: hereInWords(track, frame) });
};

const Sign = ({ name }: { readonly name: IconName }) => (
  <span class="sign">
    <Icon name={name} />
  </span>
);

const Row = ({ desk, film, track, place, count, offset, on }: RowProps) => {
  const { categories } = desk.question;
  const category = categories[track.category];
  const record = film.record(track.id);
  const frame = film.frame.value;
  const here = isHere(track, frame);
  const extent = extentOf(track);
  const sight = desk.sight.value;
  if (record === undefined) return null;
  const choose = (event: MouseEvent): void => {
    const { value } = desk.selection;
    if (event.shiftKey || event.ctrlKey || event.metaKey) {
      desk.select([...value.filter((id) => id !== track.id), track.id]);
    } else desk.select([track.id]);
  };
  return (
    <Option
      desk={desk}
      record={record}
      place={place}
      count={count}
      offset={offset}
      on={on}
      choose={choose}
      label={inWords(track, frame)}
      go={() => {
        film.wanted.value = track.marks[0]?.frame ?? frame;
      }}
    >
      <span class={`swatch ${colourClass(category)}`}>
        {category === undefined ? '' : digitOf(category, categories)}
      </span>
      <span class={`cut ${here ? '' : 'away'}`}>{track.name}</span>
      {sight.locked.has(track.id) && <Sign name="lock" />}
      {!inSight(sight, record) && <Sign name="eyeoff" />}
      <span class={`here ${here ? 'on' : ''}`} title={here ? t('In this frame') : ''} />
      <span class="meta num">{extent === null ? '' : span(...extent)}</span>
    </Option>
  );
};

/** What the keys of a list do in this one; they go through its rows, wherever in the film those are. */
const keysOf = (desk: Desk, rows: readonly Track[]): ListKeys => {
  const now = rows.findIndex(({ id }) => id === desk.selection.value.at(-1));
  return {
    ...through(rows, now, ({ id }) => desk.select([id])),
    Delete: () => {
      if (now === -1) return;
      removeTracks(desk, desk.selection.value);
      const beside = rows[now + 1] ?? rows[now - 1];
      if (beside !== undefined) desk.select([beside.id]);
    },
  };
};

const List = ({ room, desk, film }: Filmed) => {
  const all = tracksOn(desk, film).value;
  const selected = new Set(desk.selection.value);
  const { order } = ourHabits().value;
  const rows = arranged(all, { here: null, order, without: desk.sight.value.classes, kept: selected });
  return (
    <section class="tracks">
      <header>
        <h2>{tn('%(n)s track', '%(n)s tracks', all.length)}</h2>
      </header>
      {all.length === 0 ? (
        <p class="hint">
          {t('No tracks yet. Draw on the picture, go on some frames, and move the shape to where it is then.')}
        </p>
      ) : (
        <>
          <ClassFilter desk={desk} list={film.all} counted={(n) => tn('%(n)s track', '%(n)s tracks', n)} />
          <LongList
            room={room}
            label={t('Tracks of this film')}
            ids={rows.map(({ id }) => id)}
            active={desk.selection.value.at(-1)}
            keys={keysOf(desk, rows)}
            keepsKeys
            own
            row={(place, offset) => {
              const track = rows[place];
              return track === undefined ? null : (
                <Row
                  key={track.id}
                  room={room}
                  desk={desk}
                  film={film}
                  track={track}
                  place={place}
                  count={rows.length}
                  offset={offset}
                  on={selected.has(track.id)}
                />
              );
            }}
          />
        </>
      )}
    </section>
  );
};

interface FactsProps {
  readonly film: Film;
  readonly track: Track;
  readonly record: InstanceRecord;
}

const Facts = ({ film, track, record }: FactsProps) => {
  const frame = film.frame.value;
  const extent = extentOf(track);
  const hidden = hiddenOf(track);
  const here = hereInWords(track, frame);
  const key = film.keyAt(track.id, frame);
  return (
    <dl class="kv">
      <dt>{t('Seen')}</dt>
      <dd class="num">
        {extent === null ? t('nowhere') : t('frames %(first)s to %(last)s', { first: extent[0], last: extent[1] })}
      </dd>
      <dt>{t('Key frames')}</dt>
      <dd class="num">{track.marks.length}</dd>
      {hidden.length > 0 && (
        <>
          <dt>{t('Hidden')}</dt>
          <dd class="num">
            {hidden.length > FEW
              ? tn('%(n)s time', '%(n)s times', hidden.length)
              : hidden.map(([first, last]) => t('%(first)s to %(last)s', { first, last })).join(', ')}
          </dd>
        </>
      )}
      <dt>{t('Here')}</dt>
      <dd>{key?.at == null ? here : t('%(what)s, %(source)s', { what: here, source: sourceOf(record) })}</dd>
    </dl>
  );
};

/** The way to a track that is not in the frame that is shown. */
const Elsewhere = ({ film, track }: { readonly film: Film; readonly track: Track }) => {
  const frame = nearestMark({ marks: track.marks.filter(({ look }) => look !== 'absent') }, film.frame.value)?.frame;
  if (frame === undefined) return null;
  return (
    <section aria-label={t('The shape in this frame')}>
      <p class="hint">
        {t('It is not in this frame.')}{' '}
        <button
          type="button"
          class="btn sm"
          onMouseDown={keepFocus}
          onClick={() => {
            film.wanted.value = frame;
          }}
        >
          {t('Go to frame %(n)s', { n: frame })}
        </button>
      </p>
    </section>
  );
};

/** What belongs to the track as a whole. */
const WholeTrack = ({ room, desk, record }: Props & { readonly record: InstanceRecord }) => {
  const fields = attributesOf(desk.question, record.category, 'track');
  if (fields.length === 0) return null;
  return (
    <section aria-label={t('Whole track')}>
      <header>
        <h2>{t('Whole track')}</h2>
      </header>
      <div class="stack">
        {fields.map((attribute) => (
          <AttributeField
            key={`${record.id} ${attribute.name}`}
            room={room}
            of="instance"
            attribute={attribute}
            value={record.attributes[attribute.name]}
            set={(value) => setTrackAttribute(desk, attribute.name, value)}
          />
        ))}
      </div>
    </section>
  );
};

/** What the selected track is, and what it carries. */
const Selected = ({ room, desk, film, Numbers }: Filmed & NumbersProps) => {
  const ids = desk.selection.value;
  const all = tracksOn(desk, film).value;
  const record = film.record(ids.at(-1) ?? '');
  const track = all.find(({ id }) => id === record?.id);
  if (record === undefined || track === undefined) return null;
  const seen = film.at(record.id, film.frame.value);
  const several = ids.length > 1;
  const shared = ids.every((id) => film.record(id)?.category === record.category);
  return (
    <>
      <section aria-label={t('The selected track')}>
        <header>
          <h2 class="cut">{several ? tn('%(n)s track', '%(n)s tracks', ids.length) : track.name}</h2>
          <Arrange room={room} desk={desk} />
          <IconButton
            icon="trash"
            label={room.registry.get('remove-track')?.title ?? ''}
            chord={room.keyOf('remove-track')}
            onClick={() => room.run('remove-track')}
          />
        </header>
        {!several && <Facts film={film} track={track} record={record} />}
        {ids.length === 2 && (
          <p class="hint">
            {t('The later one can become the rest of the earlier one.')}{' '}
            <button type="button" class="btn sm" onMouseDown={keepFocus} onClick={() => room.run('join-tracks')}>
              {t('Join')} <Keys chord={room.keyOf('join-tracks')} />
            </button>
          </p>
        )}
      </section>
      {shared && <WholeTrack room={room} desk={desk} record={record} />}
      {shared && <TrackValues room={room} desk={desk} film={film} record={record} />}
      {!several && seen === null && <Elsewhere film={film} track={track} />}
      {!several && seen !== null && (
        <section aria-label={t('The shape in this frame')}>
          <header>
            <h2>{t('In this frame')}</h2>
          </header>
          <Numbers desk={desk} record={seen} />
        </section>
      )}
    </>
  );
};

/** The selected track, and all of them. */
export const FilmTracks = (props: Props & NumbersProps) => {
  const { room, desk } = props;
  desk.version.value;
  const { film } = desk;
  if (film === null) return null;
  return (
    <>
      <div class="about">
        <Selected {...props} film={film} />
        <FrameValues room={room} desk={desk} film={film} />
      </div>
      <List room={room} desk={desk} film={film} />
    </>
  );
};

/** What the frame carries, where things are in one frame each. */
export const FrameThings = ({ room, desk }: Props) => {
  desk.version.value;
  const { film } = desk;
  return film === null ? null : <FrameValues room={room} desk={desk} film={film} />;
};
