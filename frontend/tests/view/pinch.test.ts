import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signal } from '@preact/signals-core';
import { middleOf, movedTo, zoomed } from '../../src/timeline/axis.ts';
import { HABITS } from '../../src/view/timeline-habits.ts';
import { TimelineModel } from '../../src/view/timeline-model.ts';
import { OverviewHand } from '../../src/view/timeline-overview.ts';
import { TimelinePinch } from '../../src/view/timeline-pinch.ts';
import { filmDesk, filmQuestion } from '../films.ts';

/** What a pinch asks of an element. */
class Canvas extends EventTarget {
  getBoundingClientRect(): { left: number; width: number } {
    return { left: 0, width: 800 };
  }

  setPointerCapture(): void {}

  /** A finger as the browser tells of it; the first one goes to its frame, as the hand does. */
  touch(kind: 'down' | 'move' | 'up', pointerId: number, clientX: number): void {
    const about = { pointerType: 'touch', isPrimary: pointerId === 1, pointerId, clientX, clientY: 10 };
    this.dispatchEvent(Object.assign(new Event(`pointer${kind}`), about));
  }
}

const someTimeline = () => {
  Object.assign(globalThis, { HTMLCanvasElement: Canvas });
  const desk = filmDesk([], undefined, filmQuestion(4000));
  assert.ok(desk.film !== null);
  const model = new TimelineModel(desk, desk.film, signal(HABITS));
  const canvas = new Canvas();
  const element = canvas as unknown as HTMLElement;
  const drop = (): void => {
    model.scrubs = false;
  };
  const pinch = new TimelinePinch(model, element, element, drop);
  /** The hand, which hears the first finger after the pinch does. */
  canvas.addEventListener('pointerdown', (event) => {
    if (!(event as PointerEvent).isPrimary) return;
    model.scrubs = true;
    model.seek(1000);
  });
  return { model, canvas, pinch };
};

test('a pinch with the playhead out of sight leaves the playhead where it is, and the timeline under the fingers', () => {
  const { model, canvas, pinch } = someTimeline();
  model.axis.value = movedTo(zoomed(model.axis.value, 20, 400), 2000);
  const before = model.axis.value;
  assert.ok(middleOf(before, model.film.wanted.value) < 0);
  for (const again of [1, 2]) {
    const from = model.axis.value;
    canvas.touch('down', 1, 300);
    canvas.touch('down', 2, 500);
    assert.deepEqual([model.film.wanted.value, model.axis.value], [0, from], `pinch ${again}`);
    canvas.touch('move', 2, 520);
    assert.ok(model.axis.value.scale > from.scale && model.axis.value.from > 1900);
    canvas.touch('up', 2, 520);
    canvas.touch('up', 1, 300);
  }
  pinch.close();
});

test('after a pinch that began on the overview, nothing of it is held any more', () => {
  const { model } = someTimeline();
  model.axis.value = zoomed(model.axis.value, 4, 400);
  const [root, overview] = [new Canvas(), new Canvas()];
  const hand = new OverviewHand(model, overview as unknown as HTMLElement);
  const pinch = new TimelinePinch(model, ...([root, root] as unknown as [HTMLElement, HTMLElement]), () => hand.drop());
  const from = model.axis.value;
  for (const each of [root, overview]) each.touch('down', 1, 700);
  root.touch('down', 2, 500);
  assert.deepEqual(model.axis.value, from);
  for (const id of [2, 1]) root.touch('up', id, 500);
  overview.touch('move', 3, 100);
  assert.deepEqual(model.axis.value, from);
  pinch.close();
  hand.close();
});
