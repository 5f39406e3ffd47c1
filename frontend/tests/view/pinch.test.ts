import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signal } from '@preact/signals-core';
import { middleOf, movedTo, zoomed } from '../../src/timeline/axis.ts';
import { HABITS } from '../../src/view/timeline-habits.ts';
import { TimelineModel } from '../../src/view/timeline-model.ts';
import { TimelinePinch } from '../../src/view/timeline-pinch.ts';
import { filmDesk, filmQuestion } from '../films.ts';

/** What a pinch asks of an element. */
class Canvas extends EventTarget {
  getBoundingClientRect(): { left: number } {
    return { left: 0 };
  }

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
