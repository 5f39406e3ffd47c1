import { computed, effect, type ReadonlySignal, type Signal, signal, untracked } from '@preact/signals-core';
import type { Desk } from '../commands/desk.ts';
import type { Film } from '../doc/film.ts';
import { type Axis, fitted, isFitted, keptInSight, resized } from '../timeline/axis.ts';
import type { Grip } from '../timeline/gestures.ts';
import { scrolledTo } from '../timeline/rows.ts';
import { arranged, extentOf, isHere, type Track } from '../timeline/tracks.ts';
import type { Habits } from './timeline-habits.ts';
import { ghostsOn, tracksOn } from './timeline-tracks.ts';

/** A track that the hand holds, and how it would lie if the hand let go now. */
export interface InHand {
  readonly grip: Grip;
  readonly to: number;
  readonly track: Track;
}

interface Over {
  readonly id: string;
  readonly frame: number | null;
}

const NOBODY: ReadonlySet<string> = new Set();

/** What a timeline shows, as signals. It knows no element of the page. */
export class TimelineModel {
  readonly desk: Desk;
  readonly film: Film;
  readonly habits: Signal<Habits>;
  readonly axis: Signal<Axis>;
  /** px that the rows are scrolled by, and px of them that are in sight. */
  readonly top: Signal<number> = signal(0);
  readonly height: Signal<number> = signal(0);
  readonly inHand: Signal<InHand | null> = signal(null);
  /** The row, and the key frame in it, that the mouse is over. */
  readonly over: Signal<Over | null> = signal(null);
  /** The same, also where the mouse is over the thing in the picture or in the list. */
  readonly pointed: ReadonlySignal<Over | null>;
  /** A phone has room for one row alone. */
  readonly narrow: Signal<boolean> = signal(false);
  /** The hand drags the playhead: the axis stays where it is. */
  scrubs = false;
  /** Every track, in the order of the list. */
  readonly tracks: ReadonlySignal<readonly Track[]>;
  /** Tracks that a model proposes. Single shapes that it proposes are too many for a row each. */
  readonly ghosts: ReadonlySignal<readonly Track[]>;
  /** Those that have a row, in the order of the rows, as they are. */
  readonly arranged: ReadonlySignal<readonly Track[]>;
  /** The same, the one in the hand as the hand holds it. */
  readonly rows: ReadonlySignal<readonly Track[]>;
  /** Ids of rows. */
  readonly selected: ReadonlySignal<ReadonlySet<string>>;
  readonly #stop: () => void;

  constructor(desk: Desk, film: Film, habits: Signal<Habits>) {
    this.desk = desk;
    this.film = film;
    this.habits = habits;
    this.axis = signal(fitted(film.first, film.last, 800));
    this.tracks = tracksOn(desk, film);
    this.ghosts = film.tracked ? ghostsOn(desk) : signal([]);
    this.selected = computed(() => new Set(this.#rowsOf(desk.selection.value)));
    this.arranged = computed(() => {
      const { here, order } = habits.value;
      const { classes } = desk.sight.value;
      const kept = here || classes.size > 0 ? this.selected.value : NOBODY;
      const how = { order: film.tracked ? order : 'class', kept, without: classes } as const;
      const choice = { ...how, here: here && film.tracked ? film.frame.value : null };
      return [...arranged(this.tracks.value, choice), ...arranged(this.ghosts.value, choice)];
    });
    this.pointed = computed(() => {
      const id = desk.hover.value;
      return this.over.value ?? (id === null || !film.tracked ? null : { id, frame: null });
    });
    this.rows = computed(() => {
      const held = this.inHand.value?.track;
      const rows = this.narrow.value ? this.#one() : this.arranged.value;
      return held === undefined ? rows : rows.map((track) => (track.id === held.id ? held : track));
    });
    this.#stop = effect(() => this.#follow(film.wanted.value));
  }

  close(): void {
    this.#stop();
  }

  /** The row of the selected track; where none is, of one that is in the frame. */
  #one(): readonly Track[] {
    const rows = this.arranged.value;
    const frame = this.film.frame.value;
    const one =
      rows.find(({ id }) => this.selected.value.has(id)) ?? rows.find((track) => isHere(track, frame)) ?? rows[0];
    return one === undefined ? [] : [one];
  }

  #follow(frame: number): void {
    untracked(() => {
      if (!this.scrubs) this.axis.value = keptInSight(this.axis.value, frame);
    });
  }

  #rowsOf(ids: readonly string[]): readonly string[] {
    if (this.film.tracked) return ids;
    // An id says nothing of its class, which may change.
    this.desk.version.value;
    return ids.map((id) => `class ${this.film.record(id)?.category}`);
  }

  /** The row of the keys: of several selected the last one. */
  get active(): Track | undefined {
    const id = [...this.selected.value].at(-1);
    return this.rows.value.find((track) => track.id === id);
  }

  measured(width: number, height: number): void {
    this.axis.value = resized(this.axis.value, width);
    this.height.value = height;
  }

  fit(): void {
    const { first, last, width } = this.axis.value;
    this.axis.value = fitted(first, last, width);
  }

  get fits(): boolean {
    return isFitted(this.axis.value);
  }

  /** How far to scroll for a row to be in sight. */
  topFor(id: string): number {
    const place = this.rows.peek().findIndex((track) => track.id === id);
    return scrolledTo(place, this.top.peek(), this.height.peek());
  }

  /** In the selection, or out of it. */
  toggle({ id, ghost }: Track): void {
    const { desk, film } = this;
    if (!film.tracked || ghost === true) return;
    const now = desk.selection.value;
    desk.select(now.includes(id) ? now.filter((each) => each !== id) : [...now, id]);
  }

  /** By the name of its row: selected; what is only proposed is shown where it begins. */
  pick(track: Track): void {
    const { desk, film } = this;
    if (track.ghost === true) {
      this.seek(extentOf(track)?.[0] ?? film.first);
      return;
    }
    const first = film.tracked ? track : film.all.find(({ category }) => category === track.category);
    if (first !== undefined) desk.select([first.id]);
  }

  seek(frame: number): void {
    const { film } = this;
    film.wanted.value = Math.max(film.first, Math.min(film.last, frame));
  }

  adopt(change: Partial<Habits>): void {
    this.habits.value = { ...this.habits.value, ...change };
  }
}
