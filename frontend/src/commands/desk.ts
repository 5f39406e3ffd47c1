import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals-core';
import type { Diff } from '../doc/diff.ts';
import { Document } from '../doc/document.ts';
import type { Film } from '../doc/film.ts';
import { filmOf } from '../doc/films.ts';
import { type Entry, History } from '../doc/history.ts';
import { InstanceList } from '../doc/instance-list.ts';
import { SpatialIndex } from '../doc/spatial-index.ts';
import { apply, applyToBox, invert, type Matrix, oriented, orientedSize } from '../geometry/matrix.ts';
import type { Box, Point, Size } from '../geometry/plane.ts';
import { around, fitted, keptInSight, panned, screenMatrix, type Viewport, zoomed } from '../geometry/viewport.ts';
import { t } from '../i18n.ts';
import { type InstanceRecord, isInstance, type LabelRecord, type Question } from '../task-types/question.ts';
import type { TaskType } from '../task-types/task-type.ts';
import { changeTool, inHand, type Machine, type MachineEvent, send, startWith } from '../tools/machine.ts';
import { type Effect, EMPTY_HAND, type InHand } from '../tools/tool.ts';
import { type Paint, paintFor } from './painting.ts';
import type { Proposals } from './proposals.ts';
import type { Reading } from './reading.ts';
import { ALL_IN_SIGHT, inReach, type Sight } from './sight.ts';
import { worldOf } from './world.ts';

export interface DeskContent {
  readonly type: TaskType;
  readonly question: Question;
  readonly records: Iterable<LabelRecord>;
  /** The draft's diffs, oldest first: the undo stack of an earlier visit. */
  readonly log: readonly Diff[];
  readonly proposals: Proposals | null;
}

/** Everything that lies on the table for one data object. The view and the panels are effects on its signals. */
export class Desk {
  readonly type: TaskType;
  /** A long text comes by itself, and is put in then. */
  question: Question;
  readonly doc: Document;
  /** Of a video whose things are in its frames; null elsewhere. */
  readonly film: Film | null;
  /** What a model proposes, frame by frame. */
  readonly ghosts: Film | null;
  /** What is seen now, and what the hand deals with: the document itself; of a video, its things in the frame that is shown. */
  readonly seen: Document;
  readonly history: History;
  readonly index: SpatialIndex | null;
  proposals: Proposals | null;
  /** From px of the stored file to px of the upright picture. */
  readonly turned: Matrix;
  readonly picture: Size;
  readonly newId: () => string;
  /** The drawing tools of this question, by their ids. */
  readonly tools: readonly string[];

  readonly version: Signal<number> = signal(0);
  readonly selection: Signal<readonly string[]> = signal([]);
  readonly hover: Signal<string | null> = signal(null);
  /** The handle under the pointer, and the one whose point keys and numbers are for: names of the selected shape. */
  readonly over: Signal<string | null> = signal(null);
  readonly point: Signal<string | null> = signal(null);
  readonly snapping: Signal<boolean> = signal(false);
  readonly category: Signal<number> = signal(0);
  readonly hidden: Signal<boolean> = signal(false);
  readonly sight: Signal<Sight> = signal(ALL_IN_SIGHT);
  readonly least: Signal<number> = signal(0.6);
  readonly paint: Paint;
  /** The text with its spans, once it has come; null where there is none. */
  readonly reading: Signal<Reading | null> = signal(null);
  readonly stage: Signal<Size> = signal({ width: 0, height: 0 });
  readonly viewport: Signal<Viewport> = signal({ scale: 1, x: 0, y: 0 });
  readonly machine: Signal<Machine>;
  readonly hand: ReadonlySignal<InHand>;
  /** The instances in the order of the list, made anew once a change. */
  readonly list: ReadonlySignal<readonly InstanceRecord[]>;
  /** Who does what takes time for a tool, and answers by sending `told`; set by whoever mounts the desk. */
  helper: ((ask: Extract<Effect, { do: 'ask' }>) => void) | null = null;
  /** What a screen reader should hear next. */
  readonly said: Signal<string> = signal('');
  #fits = true;
  #dragged: Point | null = null;
  #drawn: string | null = null;
  #lent: string | null = null;

  constructor(content: DeskContent, newId: () => string) {
    this.type = content.type;
    this.question = content.question;
    this.newId = newId;
    this.doc = new Document(content.records);
    const { timed } = this.type;
    this.film = timed === undefined ? null : filmOf(this.doc, timed, this.question);
    this.seen = this.film?.seen ?? this.doc;
    const instances = new InstanceList(this.seen);
    this.list = computed(() => {
      this.version.value;
      return instances.value;
    });
    this.history = new History(this.doc);
    this.history.recall(content.log);
    const { located } = this.type;
    this.index = located === undefined ? null : new SpatialIndex(this.seen, (record) => located.bounds(record));
    this.proposals = content.proposals;
    this.ghosts =
      timed === undefined || this.proposals === null
        ? null
        : filmOf(new Document(this.proposals.records), timed, this.question);
    this.paint = paintFor(this.question.media);
    this.turned = oriented(this.question.media.orientation, this.question.media);
    this.picture = orientedSize(this.question.media.orientation, this.question.media);
    this.tools = located?.offered?.(this.question) ?? located?.tools ?? [];
    this.machine = signal(startWith(this.tools[0] ?? 'select'));
    this.hand = computed(() => {
      this.version.value;
      const world = worldOf(this);
      return world === null ? EMPTY_HAND : inHand(this.machine.value, world);
    });
    for (const each of new Set([this.doc, this.seen])) {
      each.listen(() => {
        this.version.value += 1;
      });
    }
    this.film?.frame.subscribe((frame) => this.#turned(frame));
  }

  /** Another frame is shown: what the hand holds of the one before falls. */
  #turned(frame: number): void {
    this.ghosts?.show(frame);
    const { busy, open } = this.hand.peek();
    if (busy) this.send({ type: open ? 'cancel' : 'interrupt' });
    this.version.value = this.version.peek() + 1;
  }

  get tool(): string {
    return this.machine.value.tool;
  }

  /** The place at the end of the list. Places grow only, so that an undone removal finds its place again. */
  nextOrder(): number {
    return ((this.film?.all ?? this.list.value).at(-1)?.order ?? -1) + 1;
  }

  /** What a thing is called: of a video by the number among those of its class, since it is met again. */
  nameOf({ id, category }: InstanceRecord): string {
    return this.film?.nameOf(id) || (this.question.categories[category]?.name ?? '');
  }

  selected(): InstanceRecord[] {
    return this.selection.value.map((id) => this.seen.get(id)).filter(isInstance);
  }

  /** The selected shapes that may be changed: those that are not locked. */
  changeable(): InstanceRecord[] {
    return this.selected().filter(({ id }) => !this.sight.value.locked.has(id));
  }

  /** Every shape that is seen and free to be picked. */
  inReach(): InstanceRecord[] {
    return this.list.value.filter((record) => inReach(this.sight.value, record));
  }

  /** A change by the person of what is seen: one entry of the history. */
  commit(diff: Diff, after: readonly string[] = this.selection.value): void {
    if (this.film !== null) {
      this.write(this.film.written(diff), after);
      return;
    }
    const { located, spanned } = this.type;
    const settled =
      located?.settled?.(diff, after, this.doc.records, this.question, {
        apart: this.paint.apart.value,
        fixed: this.sight.value.locked,
      }) ?? spanned?.settled(diff, after, this.doc.records);
    this.write(settled?.edit ?? diff, settled?.after ?? after);
  }

  /** A change of the records themselves, as it is: of tracks and their key frames, whatever is seen of them. */
  write(diff: Diff, after: readonly string[] = this.selection.value): void {
    this.history.do(diff, this.selection.value, after, this.film?.frame.peek());
    this.select(after);
  }

  undo(): void {
    this.#shown(this.history.undo(), 'before');
  }

  redo(): void {
    this.#shown(this.history.redo(), 'after');
  }

  #shown(entry: Entry | undefined, side: 'before' | 'after'): void {
    if (entry === undefined) return;
    this.select(entry[side].filter((id) => this.doc.get(id) !== undefined));
    this.film?.goTo(entry.frame, entry.diff);
  }

  select(ids: readonly string[]): void {
    this.#drawn = null;
    if (ids.length !== 1 || ids[0] !== this.selection.value[0]) {
      this.point.value = null;
      this.over.value = null;
    }
    this.selection.value = ids;
  }

  /** The selected shape is the one that a tool has just drawn: nobody chose it, so a digit is meant for the next one. */
  get justDrawn(): boolean {
    return this.#drawn !== null && this.selection.value.length === 1 && this.selection.value[0] === this.#drawn;
  }

  useTool(tool: string): void {
    this.#lent = null;
    this.over.value = null;
    this.machine.value = changeTool(this.machine.value, tool);
  }

  /** A tool for one thing only: afterwards the one of before is in the hand again. */
  lend(tool: string): void {
    const before = this.#lent ?? this.tool;
    this.useTool(tool);
    this.#lent = before;
  }

  /** The lent tool put back; false when none was lent. */
  giveBack(): boolean {
    const before = this.#lent;
    if (before !== null) this.useTool(before);
    return before !== null;
  }

  /** One event of the hand or the keys, to the tool. */
  send(event: MachineEvent): void {
    const world = worldOf(this);
    if (world === null) {
      this.#freely(event);
      return;
    }
    const { state, effects } = send(this.machine.value, world, event);
    this.machine.value = state;
    for (const effect of effects) this.#run(effect);
  }

  /** A picture without shapes: the hand moves it, the wheel zooms. */
  #freely(event: MachineEvent): void {
    if (event.type === 'drag' || event.type === 'pinch') this.#run({ do: 'pan', by: event.by });
    if (event.type === 'wheel' || event.type === 'pinch') this.zoom(event.factor, event.at);
    if (event.type === 'up' || event.type === 'cancel' || event.type === 'pinch') this.#dragged = null;
    if (event.type === 'down') this.#dragged = event.screen;
    if (event.type === 'move' && this.#dragged !== null) {
      const by = { x: event.screen.x - this.#dragged.x, y: event.screen.y - this.#dragged.y };
      this.#dragged = event.screen;
      this.#run({ do: 'pan', by });
    }
  }

  #run(effect: Effect): void {
    switch (effect.do) {
      case 'select':
        this.select(effect.ids);
        return;
      case 'hover':
        this.hover.value = effect.id;
        this.over.value = effect.handle ?? null;
        return;
      case 'point':
        this.point.value = effect.handle;
        return;
      case 'return':
        this.giveBack();
        return;
      case 'cut':
        void import('./outlines.ts').then(({ cutAlong }) => cutAlong(this, effect.line));
        return;
      case 'commit':
        this.commit(effect.diff, effect.after);
        this.#drawn = Object.keys(effect.diff.added)[0] ?? null;
        return;
      case 'pan':
        this.#look(panned(this.viewport.value, effect.by));
        return;
      case 'zoom':
        this.zoom(effect.factor, effect.at);
        return;
      case 'say':
        this.said.value = effect.text;
        return;
      case 'ask':
        if (this.helper === null) this.send({ type: 'told', ask: effect.ask, problem: t('No helper is at hand.') });
        else this.helper(effect);
    }
  }

  #look(viewport: Viewport): void {
    this.#fits = false;
    this.viewport.value = keptInSight(viewport, this.stage.value, this.picture);
  }

  zoom(factor: number, at: Point = { x: this.stage.value.width / 2, y: this.stage.value.height / 2 }): void {
    const least = fitted(this.stage.value, this.picture).scale / 4;
    this.#look(zoomed(this.viewport.value, factor, at, least));
  }

  /** Look at a box of the stored file. */
  showBox(box: Box): void {
    const { width, height } = this.stage.value;
    if (width > 0) this.#look(around(this.stage.value, applyToBox(this.turned, box), Math.min(width, height) / 8));
  }

  fit(): void {
    this.#fits = true;
    const { width } = this.stage.value;
    if (width > 0) this.viewport.value = fitted(this.stage.value, this.picture, width < 640 ? 0 : 16);
  }

  /** The stage has another size: a fitted picture stays fitted. */
  resize(stage: Size): void {
    this.stage.value = stage;
    if (this.#fits) this.fit();
  }

  /** Back to where the person looked before a reload, once the stage has a size. */
  wish(viewport: Viewport): void {
    this.#fits = false;
    this.viewport.value = viewport;
  }

  /** There is a picture to look at closely: one, or a film's frame. */
  get pictured(): boolean {
    return this.question.media.kind === 'image' || this.film !== null;
  }

  get fits(): boolean {
    return this.#fits;
  }

  /** From px of the stored file to px of the stage. */
  screen(): Matrix {
    return screenMatrix(this.viewport.value, this.turned);
  }

  toMedia(screen: Point): Point {
    return apply(invert(this.screen()), screen);
  }
}
