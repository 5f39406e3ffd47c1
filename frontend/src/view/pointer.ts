import { type Signal, signal } from '@preact/signals-core';
import type { Desk } from '../commands/desk.ts';
import { resizeBrush } from '../commands/painting.ts';
import type { Point } from '../geometry/plane.ts';
import type { Press } from '../tools/tool.ts';
import { quietlyFocus } from './focus.ts';

const WHEEL = 0.0016;
/** Two clicks within this many ms are one double click. */
const DOUBLE = 350;

/** Turns pointers, touches and the wheel on the stage into the desk's events; moves come once a frame, the last one only. */
export class Pointers {
  readonly #stage: HTMLElement;
  readonly #desk: Desk;
  readonly #touches = new Map<number, Point>();
  readonly #stop = new AbortController();
  /** Where the hand is on the stage; null when it is elsewhere. */
  readonly at: Signal<Point | null> = signal(null);
  #waiting: PointerEvent | null = null;
  /** Every place of the hand since the last move that was sent on: a brush paints them all. */
  #trail: Point[] = [];
  #frame = 0;
  #pinched = false;
  #clicks = 1;
  #last = { x: 0, y: 0, time: Number.NEGATIVE_INFINITY };

  constructor(stage: HTMLElement, desk: Desk) {
    this.#stage = stage;
    this.#desk = desk;
    const { signal } = this.#stop;
    stage.addEventListener('pointerdown', (event) => this.#down(event), { signal });
    stage.addEventListener('pointermove', (event) => this.#move(event), { signal });
    stage.addEventListener('pointerup', (event) => this.#up(event), { signal });
    stage.addEventListener('pointercancel', (event) => this.#cancel(event), { signal });
    stage.addEventListener('wheel', (event) => this.#wheel(event), { signal, passive: false });
    stage.addEventListener('pointerleave', () => this.#left(), { signal });
    window.addEventListener('blur', () => this.#blur(), { signal });
  }

  close(): void {
    this.#stop.abort();
    cancelAnimationFrame(this.#frame);
  }

  #screen(event: MouseEvent): Point {
    const box = this.#stage.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  #press(event: PointerEvent): Press {
    const screen = this.#screen(event);
    return {
      at: this.#desk.toMedia(screen),
      screen,
      how: { shift: event.shiftKey, alt: event.altKey, ctrl: event.ctrlKey || event.metaKey },
      touch: event.pointerType === 'touch',
      clicks: this.#clicks,
    };
  }

  #down(event: PointerEvent): void {
    if (event.target instanceof Element && event.target.closest('.floating') !== null) return;
    if (event.button > 1) return;
    event.preventDefault();
    this.#count(event);
    quietlyFocus(this.#stage);
    this.#stage.setPointerCapture(event.pointerId);
    if (event.pointerType === 'touch') {
      this.#touches.set(event.pointerId, this.#screen(event));
      if (this.#touches.size > 1) {
        this.#pinched = true;
        return;
      }
    }
    if (event.button === 1) this.#desk.send({ type: 'grip', on: true });
    this.#desk.send({ type: 'down', ...this.#press(event) });
  }

  /** A pointer's event does not count clicks, unlike a mouse's. */
  #count(event: PointerEvent): void {
    const at = this.#screen(event);
    const near = Math.hypot(at.x - this.#last.x, at.y - this.#last.y) < (event.pointerType === 'touch' ? 24 : 6);
    this.#clicks = near && event.timeStamp - this.#last.time < DOUBLE ? this.#clicks + 1 : 1;
    this.#last = { ...at, time: event.timeStamp };
  }

  #move(event: PointerEvent): void {
    // Browsers send a move when the page shifts under a still mouse: that is no hand.
    if (event.pointerType === 'mouse' && event.movementX === 0 && event.movementY === 0) return;
    if (this.#touches.size > 1) {
      this.#pinch(event);
      return;
    }
    this.#waiting = event;
    const passed = event.getCoalescedEvents?.() ?? [];
    for (const each of passed.length > 0 ? passed : [event]) {
      this.#trail.push(this.#desk.toMedia(this.#screen(each)));
    }
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#flush());
  }

  #flush(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const event = this.#waiting;
    this.#waiting = null;
    const trail = this.#trail;
    this.#trail = [];
    if (event !== null) this.at.value = this.#screen(event);
    if (event !== null && !this.#pinched) this.#desk.send({ type: 'move', ...this.#press(event), trail });
  }

  #pinch(event: PointerEvent): void {
    const before = this.#touches.get(event.pointerId);
    if (before === undefined) return;
    const other = [...this.#touches].find(([id]) => id !== event.pointerId)?.[1];
    const now = this.#screen(event);
    this.#touches.set(event.pointerId, now);
    if (other === undefined) return;
    const far = (p: Point): number => Math.max(1, Math.hypot(p.x - other.x, p.y - other.y));
    this.#desk.send({
      type: 'pinch',
      factor: far(now) / far(before),
      at: { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 },
      by: { x: (now.x - before.x) / 2, y: (now.y - before.y) / 2 },
    });
  }

  #up(event: PointerEvent): void {
    this.#flush();
    this.#touches.delete(event.pointerId);
    if (!this.#pinched) this.#desk.send({ type: 'up', ...this.#press(event) });
    if (this.#touches.size === 0) this.#pinched = false;
    if (event.button === 1) this.#desk.send({ type: 'grip', on: false });
  }

  #cancel(event: PointerEvent): void {
    this.#touches.delete(event.pointerId);
    if (this.#touches.size === 0) this.#pinched = false;
    this.#waiting = null;
    this.#desk.send({ type: 'interrupt' });
  }

  #left(): void {
    this.at.value = null;
    this.#desk.hover.value = null;
    this.#desk.over.value = null;
  }

  #blur(): void {
    this.#desk.send({ type: 'grip', on: false });
    this.#desk.send({ type: 'interrupt' });
  }

  #wheel(event: WheelEvent): void {
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    if (event.altKey && this.#desk.hand.value.tip !== null) {
      resizeBrush(this.#desk, Math.exp(-event.deltaY * lines * WHEEL));
      return;
    }
    if (event.shiftKey) {
      this.#desk.send({ type: 'drag', by: { x: -(event.deltaX || event.deltaY) * lines, y: 0 } });
      return;
    }
    const speed = event.ctrlKey ? WHEEL * 5 : WHEEL;
    this.#desk.send({ type: 'wheel', factor: Math.exp(-event.deltaY * lines * speed), at: this.#screen(event) });
  }
}
