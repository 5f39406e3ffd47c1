import { moveKey, setEnd, shiftTrack } from '../commands/tracks.ts';
import { t } from '../i18n.ts';
import { frameAt, panned } from '../timeline/axis.ts';
import { type Grip, held, landing } from '../timeline/gestures.ts';
import { type Hit, hitAt } from '../timeline/rows.ts';
import type { Track } from '../timeline/tracks.ts';
import type { TimelineModel } from './timeline-model.ts';

/** A press becomes a drag beyond this many px. */
const SLACK = 3;

type Drag =
  | { readonly kind: 'scrub' }
  /** Pressed on something that can be held, and not yet moved. */
  | { readonly kind: 'press'; readonly hit: Exclude<Hit, { on: 'nothing' }>; readonly grip: Grip; readonly x: number }
  | { readonly kind: 'hold'; readonly track: Track; readonly grip: Grip };

/** Dragging a whole track by mistake would spoil it unseen: it is held by its bar only once it was selected. */
const gripOf = (model: TimelineModel, hit: Hit): Grip | null => {
  if (!model.film.tracked || hit.on === 'nothing' || hit.on === 'row') return null;
  if (hit.track.ghost === true || model.desk.sight.value.locked.has(hit.track.id)) return null;
  if (hit.on === 'bar') return model.selected.value.has(hit.track.id) ? { of: 'all', frame: hit.frame } : null;
  return { of: hit.on, frame: hit.frame };
};

/** The mouse, pen or finger on the rows and on the ruler of a timeline. */
export class TimelineHand {
  readonly #model: TimelineModel;
  readonly #stop = new AbortController();
  #drag: Drag | null = null;

  constructor(model: TimelineModel) {
    this.#model = model;
    // Before the keys of the editor, for which Escape means something else.
    const { signal } = this.#stop;
    window.addEventListener('keydown', (event) => this.#key(event), { signal, capture: true });
  }

  close(): void {
    this.#stop.abort();
    this.drop();
  }

  /** Listen on the canvas of the rows. */
  onRows(canvas: HTMLElement): void {
    this.#listen(canvas, (event) => this.#pressed(event, canvas));
    const { signal } = this.#stop;
    canvas.addEventListener('pointerleave', () => this.#hover(null, canvas), { signal });
  }

  /** Listen where a press moves the playhead, whatever is there. */
  onRuler(ruler: HTMLElement): void {
    this.#listen(ruler, (event) => this.#scrub(event, ruler));
  }

  #listen(element: HTMLElement, down: (event: PointerEvent) => void): void {
    const { signal } = this.#stop;
    const on = (name: 'pointerdown' | 'pointermove' | 'pointerup' | 'pointercancel', act: (e: PointerEvent) => void) =>
      element.addEventListener(name, act, { signal });
    on('pointerdown', (event) => {
      if (event.button !== 0 || this.#drag !== null) return;
      down(event);
      if (this.#drag !== null) element.setPointerCapture(event.pointerId);
    });
    on('pointermove', (event) => this.#moved(event, element));
    on('pointerup', (event) => this.#let(event));
    on('pointercancel', () => this.drop());
  }

  #key(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || this.#drag === null || this.#drag.kind === 'scrub') return;
    event.preventDefault();
    event.stopPropagation();
    this.drop();
    this.#model.desk.said.value = t('Left as it was');
  }

  #hit(event: PointerEvent, element: HTMLElement): Hit {
    const { left, top } = element.getBoundingClientRect();
    const model = this.#model;
    const y = event.clientY - top + model.top.value;
    return hitAt(model.axis.value, model.rows.value, event.clientX - left, y);
  }

  #frame(event: PointerEvent, element: HTMLElement): number {
    return frameAt(this.#model.axis.value, event.clientX - element.getBoundingClientRect().left);
  }

  #pressed(event: PointerEvent, canvas: HTMLElement): void {
    const model = this.#model;
    const hit = this.#hit(event, canvas);
    if (hit.on === 'nothing') {
      this.#scrub(event, canvas);
      return;
    }
    // By finger a row is first chosen and then changed: a thumb that scrolls must not move a key frame.
    const free = event.pointerType !== 'touch' || model.selected.value.has(hit.track.id);
    const grip = free ? gripOf(model, hit) : null;
    if (event.ctrlKey || event.metaKey) {
      model.toggle(hit.track);
      return;
    }
    this.#choose(hit.track, hit.frame);
    if (grip === null) this.#scrub(event, canvas, hit.on === 'key' ? hit.frame : undefined);
    else this.#drag = { kind: 'press', hit, grip, x: event.clientX };
  }

  /** Select the track of a row; of a class, what is in the frame. */
  #choose(track: Track, frame: number): void {
    const { desk, film, selected } = this.#model;
    if (track.ghost === true) return;
    if (film.tracked) {
      if (selected.value.size !== 1 || !selected.value.has(track.id)) desk.select([track.id]);
      return;
    }
    const there = [...(film.inFrames.get(frame) ?? [])];
    const first = there.find((id) => film.record(id)?.category === track.category);
    if (first !== undefined) desk.select([first]);
  }

  #scrub(event: PointerEvent, element: HTMLElement, frame: number = this.#frame(event, element)): void {
    this.#drag = { kind: 'scrub' };
    this.#model.scrubs = true;
    this.#model.seek(frame);
  }

  #moved(event: PointerEvent, element: HTMLElement): void {
    const drag = this.#drag;
    if (drag === null) {
      this.#hover(event, element);
      return;
    }
    if (drag.kind === 'press') {
      if (Math.abs(event.clientX - drag.x) <= SLACK) return;
      this.#drag = { kind: 'hold', track: drag.hit.track, grip: drag.grip };
    }
    this.#follow(event, element);
  }

  #follow(event: PointerEvent, element: HTMLElement): void {
    const model = this.#model;
    const { left, right } = element.getBoundingClientRect();
    // Beyond the edge more of the film comes in sight.
    const beyond = Math.min(0, event.clientX - left) + Math.max(0, event.clientX - right);
    if (beyond !== 0) model.axis.value = panned(model.axis.value, beyond / 3);
    const frame = this.#frame(event, element);
    const drag = this.#drag;
    if (drag?.kind === 'scrub') model.seek(frame);
    if (drag?.kind !== 'hold') return;
    const { track, grip } = drag;
    const to = landing(track, grip, frame, model.film);
    model.inHand.value = { grip, to, track: held(track, grip, to, model.film) };
    model.over.value = { id: track.id, frame: grip.of === 'key' ? to : null };
  }

  /** The hand lets go: what was held stays where it is, as one step of the history. */
  #let(event: PointerEvent): void {
    const drag = this.#drag;
    const { inHand, desk, film } = this.#model;
    const now = inHand.value;
    this.drop();
    if (drag?.kind === 'press') this.#model.seek(drag.hit.frame);
    if (drag?.kind !== 'hold' || now === null || event.type !== 'pointerup') return;
    const { id } = now.track;
    const { of, frame } = now.grip;
    if (now.to === frame) return;
    if (of === 'key') {
      moveKey(desk, id, frame, now.to);
      this.#model.seek(now.to);
    } else if (of === 'all') shiftTrack(desk, id, now.to - frame);
    // Held to the last frame is what a track is that nobody has ended.
    else setEnd(desk, id, now.to === film.last ? null : now.to);
  }

  /** Whatever is in the hand goes back to where it was. */
  drop(): void {
    this.#drag = null;
    this.#model.scrubs = false;
    this.#model.inHand.value = null;
  }

  #hover(event: PointerEvent | null, element: HTMLElement): void {
    const model = this.#model;
    const hit: Hit = event === null || event.pointerType === 'touch' ? { on: 'nothing' } : this.#hit(event, element);
    const over = hit.on === 'nothing' ? null : { id: hit.track.id, frame: hit.on === 'key' ? hit.frame : null };
    const before = model.over.value;
    if (before?.id !== over?.id || before?.frame !== over?.frame) model.over.value = over;
    if (model.film.tracked) model.desk.hover.value = over?.id ?? null;
    element.dataset.over = hit.on === 'nothing' || gripOf(model, hit) === null ? '' : hit.on;
  }
}
