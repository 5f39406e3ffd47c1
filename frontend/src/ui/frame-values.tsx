import { type Signal, signal } from '@preact/signals-core';
import type { Desk } from '../commands/desk.ts';
import { setFrameAttribute, setValue } from '../commands/tracks.ts';
import type { Film } from '../doc/film.ts';
import { t } from '../i18n.ts';
import { frameFields } from '../task-types/film-shapes.ts';
import {
  type Attribute,
  type AttributeValue,
  attributesOf,
  type InstanceRecord,
  objectOf,
  type Stretch,
} from '../task-types/question.ts';
import { holdsUntil, valuesAt } from '../task-types/stretches.ts';
import { trackOf } from '../task-types/tracks.ts';
import { AttributeField } from './attribute-field.tsx';
import { keepFocus } from './parts.tsx';
import type { Room } from './room.ts';

/** For which frames a value is set: from the one that is shown to the next change, for that one alone, or as typed. */
type Reach = 'on' | 'here' | 'typed';

interface Frames {
  /** The film that a typed range is of. */
  readonly of: Film | null;
  readonly reach: Reach;
  readonly from: number;
  readonly to: number;
}

const reaches = (): readonly (readonly [Reach, string, string])[] => [
  ['on', t('On'), t('From this frame to where the value changes next')],
  ['here', t('Here'), t('This frame only')],
  ['typed', t('Range'), t('From one frame to another')],
];

const titles = (): Readonly<Record<Reach, string>> => ({
  on: t('From this frame on'),
  here: t('In this frame only'),
  typed: t('In these frames'),
});

/** A range was typed for another film: it says nothing of this one. */
const heldFor = (frames: Signal<Frames>, film: Film): Frames => {
  const held = frames.value;
  const here = film.frame.peek();
  return held.reach === 'typed' && held.of !== film ? { of: film, reach: 'on', from: here, to: here } : held;
};

/** One for tracks and one for frames, as long as the page stands: whoever goes through a film sets the same kind of range again and again. */
const ofTracks: Signal<Frames> = signal({ of: null, reach: 'on', from: 0, to: 0 });
const ofFrames: Signal<Frames> = signal({ of: null, reach: 'on', from: 0, to: 0 });

interface FieldsProps {
  readonly room: Room;
  readonly film: Film;
  readonly title: string;
  readonly fields: readonly Attribute[];
  readonly stretches: readonly Stretch[];
  readonly frames: Signal<Frames>;
  /** Says whose fields they are, so that none keeps what was typed for another. */
  readonly owner: string;
  set(name: string, value: AttributeValue | undefined, from: number, to: number): void;
}

const Typed = ({ film, frames }: { readonly film: Film; readonly frames: Signal<Frames> }) => {
  const { from, to } = frames.value;
  const within = (text: string): number => Math.min(Math.max(Math.round(Number(text)), film.first), film.last);
  const field = (label: string, value: number, change: (value: number) => Partial<Frames>) => (
    <label class="field">
      <span class="hint">{label}</span>
      <input
        class="input sm num"
        type="number"
        min={film.first}
        max={film.last}
        step="1"
        value={value}
        onChange={(event) => {
          frames.value = { ...frames.value, ...change(within(event.currentTarget.value)) };
        }}
      />
    </label>
  );
  return (
    <div class="numbers">
      {field(t('From frame'), from, (value) => ({ from: value, to: Math.max(value, to) }))}
      {field(t('To frame'), to, (value) => ({ to: value, from: Math.min(from, value) }))}
    </div>
  );
};

/** As far as a value reaches; nothing where it goes on to the end. */
const Until = ({ words }: { readonly words: string }) => (words === '' ? null : <span class="hint num">{words}</span>);

/** Attributes that change from frame to frame, with the frames that a new value is for. */
const Fields = ({ room, film, title, fields, stretches, frames, owner, set }: FieldsProps) => {
  const frame = film.frame.value;
  const held = heldFor(frames, film);
  const { reach } = held;
  // Of a range what all of its frames have; else what the frame has that is shown.
  const at = reach === 'typed' ? held.from : frame;
  const values = valuesAt(stretches, at);
  const until = (name: string): number => holdsUntil(stretches, name, at, film.last);
  const differs = (name: string): boolean => reach === 'typed' && until(name) < held.to;
  const inWords = (name: string): string => {
    const last = until(name);
    if (differs(name)) return t('not the same in all of them');
    return reach === 'typed' || values[name] === undefined || last >= film.last ? '' : t('to frame %(n)s', { n: last });
  };
  const range = (name: string): readonly [number, number] => {
    if (reach === 'typed') return [held.from, held.to];
    return [frame, reach === 'here' ? frame : until(name)];
  };
  if (fields.length === 0) return null;
  return (
    <section aria-label={title}>
      <header>
        <h2>{title}</h2>
        <div class="segments reach" role="group" aria-label={t('Frames that a value is set for')}>
          {reaches().map(([name, words, tip]) => (
            <button
              key={name}
              type="button"
              aria-pressed={reach === name}
              aria-label={tip}
              title={tip}
              onMouseDown={keepFocus}
              onClick={() => {
                frames.value = { of: film, reach: name, from: frame, to: name === 'typed' ? film.last : frame };
              }}
            >
              {words}
            </button>
          ))}
        </div>
      </header>
      <div class="stack">
        {reach === 'typed' && <Typed film={film} frames={frames} />}
        {fields.map((attribute) => (
          <div key={`${owner} ${attribute.name}`} class="lasting">
            <AttributeField
              room={room}
              of="instance"
              attribute={attribute}
              value={differs(attribute.name) ? undefined : values[attribute.name]}
              set={(value) => set(attribute.name, value, ...range(attribute.name))}
            />
            <Until words={inWords(attribute.name)} />
          </div>
        ))}
      </div>
    </section>
  );
};

interface Props {
  readonly room: Room;
  readonly desk: Desk;
  readonly film: Film;
}

/** What the selected tracks carry from frame to frame. */
export const TrackValues = ({ room, desk, film, record }: Props & { readonly record: InstanceRecord }) => (
  <Fields
    room={room}
    film={film}
    title={titles()[heldFor(ofTracks, film).reach]}
    fields={attributesOf(desk.question, record.category)}
    stretches={trackOf(record).values}
    frames={ofTracks}
    owner={record.id}
    set={(name, value, from, to) => setValue(desk, name, value, from, to)}
  />
);

/** What the frames themselves carry. */
export const FrameValues = ({ room, desk, film }: Props) => (
  <Fields
    room={room}
    film={film}
    title={t('About the frame')}
    fields={frameFields(desk.question)}
    stretches={objectOf(desk.doc.records).frames ?? []}
    frames={ofFrames}
    owner="frame"
    set={(name, value, from, to) => setFrameAttribute(desk, name, value, from, to)}
  />
);
