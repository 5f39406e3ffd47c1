import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals-core';
import { type InstanceRecord, isInstance, type RelationRecord } from '../task-types/question.ts';
import { isRelation, relationsOf } from '../task-types/relations.ts';
import type { Span, Spanned } from '../task-types/task-type.ts';
import { type CodePoints, pointsOf } from '../text/code-points.ts';
import { type By, Edges, type Extent, lastUpTo } from '../text/edges.ts';
import { findAll, type Wanted } from '../text/finding.ts';
import { byPlace, lanesOf, type Stretch } from '../text/lanes.ts';
import type { Desk } from './desk.ts';
import { type Proposal, shownProposals } from './proposals.ts';
import { inSight } from './sight.ts';

/** A span with its place in code points. */
export interface Placed extends Stretch {
  readonly record: InstanceRecord;
}

/** What a person has passed over and not labeled yet: from the word or character where it began to that of the hand. UTF-16 units. */
export interface Draft {
  readonly anchor: Extent;
  readonly focus: Extent;
}

/** A relation in the making: its other end is asked for, and then its type. Ids of spans. */
export interface Linking {
  readonly from: string;
  readonly to: string | null;
}

/** What a class does that is chosen just now; true where it was of use. */
export type Labels = (reading: Reading, category: number) => boolean;

/** Lines under words that are told apart; what overlaps more often shares the last one. */
export const LANES = 4;

/** The text on the desk, its spans by place, and what is in the hand. There is one as soon as the text has come. */
export class Reading {
  readonly desk: Desk;
  readonly spanned: Spanned;
  readonly points: CodePoints;
  readonly edges: Edges;
  /** The place from which keys go on, in UTF-16 units. */
  readonly caret: Signal<number> = signal(0);
  readonly draft: Signal<Draft | null> = signal(null);
  /** A span one end of which is in the hand. */
  readonly held: Signal<InstanceRecord | null> = signal(null);
  readonly linking: Signal<Linking | null> = signal(null);
  /** What all occurrences are looked for of, while that stands open. */
  readonly wanted: Signal<Wanted | null> = signal(null);
  readonly found: ReadonlySignal<readonly Extent[]>;
  /** The proposal that the person has pointed at. */
  readonly asked: Signal<string | null> = signal(null);
  /** What a hand takes: whole words, or characters; Alt does the other. */
  readonly by: Signal<By>;
  /** What is passed over gets the class in use as soon as it is let go. */
  readonly atOnce: Signal<boolean> = signal(false);
  /** The span that was labeled at once: nobody chose it, so a class is meant for the next one. */
  fresh: string | null = null;
  /** The place to be seen next; a new object each time. */
  readonly sought: Signal<Extent | null> = signal(null);
  readonly placed: ReadonlySignal<readonly Placed[]>;
  readonly lanes: ReadonlySignal<ReadonlyMap<string, number>>;
  readonly relations: ReadonlySignal<readonly RelationRecord[]>;
  /** By place. */
  readonly proposals: ReadonlySignal<readonly Proposal[]>;
  /** The place a line up or down from one; set by the view, which knows where lines break. */
  lineStep: ((unit: number, by: 1 | -1) => number | null) | null = null;
  readonly #kept = new WeakMap<InstanceRecord, Placed>();
  readonly #ends: ReadonlySignal<readonly number[]>;
  readonly #labels: Labels;
  readonly #stop: () => void;

  constructor(desk: Desk, spanned: Spanned, text: string, labels: Labels) {
    this.desk = desk;
    this.#labels = labels;
    this.spanned = spanned;
    this.points = pointsOf(text);
    this.edges = new Edges(text);
    this.by = signal(desk.question.settings.snap === 'characters' ? 'character' : 'word');
    this.placed = computed(() => desk.list.value.map((record) => this.#place(record)).sort(byPlace));
    this.#ends = computed(() => furthest(this.placed.value));
    this.lanes = computed(() => lanesOf(this.placed.value, LANES));
    this.relations = computed(() => {
      desk.version.value;
      return relationsOf(desk.doc.records);
    });
    this.found = computed(() => (this.wanted.value === null ? [] : findAll(this.edges, this.wanted.value)));
    this.proposals = computed(() => {
      desk.version.value;
      return shownProposals(desk)
        .filter(({ record }) => record !== null)
        .sort((a, b) => this.#startOf(a) - this.#startOf(b) || b.confidence - a.confidence);
    });
    this.#stop = effect(() => {
      const [first] = desk.selected();
      if (first?.id !== this.fresh) this.fresh = null;
      if (first === undefined) return;
      this.draft.value = null;
      this.caret.value = this.extentOf(first).from;
    });
  }

  close(): void {
    this.#stop();
  }

  get text(): string {
    return this.points.text;
  }

  #startOf({ record }: Proposal): number {
    return record === null ? 0 : this.spanned.spanOf(record).start;
  }

  #place(record: InstanceRecord): Placed {
    const kept = this.#kept.get(record);
    if (kept !== undefined) return kept;
    const { start, end } = this.spanned.spanOf(record);
    const placed = { id: record.id, start, end, record };
    this.#kept.set(record, placed);
    return placed;
  }

  /** In UTF-16 units. */
  extentOf(record: InstanceRecord): Extent {
    const { start, end } = this.spanned.spanOf(record);
    return { from: this.points.toUnit(start), to: this.points.toUnit(end) };
  }

  /** With the words as they stand on the screen. */
  spanOf({ from, to }: Extent): Span {
    return { start: this.points.ofUnit(from), end: this.points.ofUnit(to), text: this.text.slice(from, to) };
  }

  words({ from, to }: Extent): string {
    return this.text.slice(from, to);
  }

  /** The stretch that has been passed over. */
  get range(): Extent | null {
    const draft = this.draft.value;
    if (draft === null) return null;
    const { anchor, focus } = draft;
    return { from: Math.min(anchor.from, focus.from), to: Math.max(anchor.to, focus.to) };
  }

  /** Spans that are seen and touch the stretch from `start` to `end` (code points), by place. */
  near(start: number, end: number): Placed[] {
    const all = this.placed.value;
    const found: Placed[] = [];
    for (let i = lastUpTo(this.#ends.value, start) + 1; i < all.length; i += 1) {
      const one = all[i];
      if (one === undefined || one.start >= end) break;
      if (one.end > start && inSight(this.desk.sight.value, one.record)) found.push(one);
    }
    return found;
  }

  /** The spans over a character, the shortest first: what lies inside is meant before what lies around it. */
  at(unit: number): Placed[] {
    const point = this.points.ofUnit(unit);
    return this.near(point, point + 1).sort((a, b) => a.end - a.start - (b.end - b.start) || byPlace(a, b));
  }

  /** Whether another span says the very same. */
  twinOf(record: InstanceRecord): InstanceRecord | undefined {
    const { start, end } = this.spanned.spanOf(record);
    const same = ({ record: one, ...place }: Placed): boolean =>
      one.id !== record.id && one.category === record.category && place.start === start && place.end === end;
    return this.near(start, end).find(same)?.record;
  }

  /** The proposal that keys are for: the one pointed at, else the first by place. */
  proposal(): Proposal | undefined {
    const all = this.proposals.value;
    return all.find(({ id }) => id === this.asked.value) ?? all[0];
  }

  select(ids: readonly string[]): void {
    this.draft.value = null;
    this.desk.select(ids);
  }

  /** Select a span and have it seen. */
  goTo(record: InstanceRecord): void {
    this.select([record.id]);
    this.seek(this.extentOf(record));
    this.desk.said.value = this.desk.type.describe(record, this.desk.question);
  }

  seek(extent: Extent): void {
    this.sought.value = { ...extent };
  }

  /** Something has been passed over; what was selected is no longer what keys are for. */
  draw(draft: Draft | null): void {
    if (draft !== null && this.desk.selection.value.length > 0) this.desk.select([]);
    this.draft.value = draft;
    if (draft !== null) this.caret.value = draft.focus.from;
  }

  /** The selected relation. */
  relation(): RelationRecord | undefined {
    const [id] = this.desk.selection.value;
    const record = id === undefined ? undefined : this.desk.doc.get(id);
    return isRelation(record) ? record : undefined;
  }

  span(id: string): InstanceRecord | undefined {
    const record = this.desk.doc.get(id);
    return isInstance(record) ? record : undefined;
  }

  /** A class was chosen: for what is passed over, else for what is selected. True where it was for one of these. */
  label(category: number): boolean {
    return this.#labels(this, category);
  }
}

/** For each place of the list, the furthest end up to it: ascending, so that it can be searched. */
const furthest = (placed: readonly Placed[]): number[] => {
  let end = 0;
  return placed.map((one) => {
    end = Math.max(end, one.end);
    return end;
  });
};
