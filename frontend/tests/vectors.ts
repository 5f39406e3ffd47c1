import fc from 'fast-check';
import { Desk } from '../src/commands/desk.ts';
import { allCommands } from '../src/commands/index.ts';
import { outlineCommands } from '../src/commands/outlines.ts';
import { type Host, type KeyPress, Registry } from '../src/commands/registry.ts';
import type { Point } from '../src/geometry/plane.ts';
import { boundingBox } from '../src/task-types/bounding-box.ts';
import { ellipseType } from '../src/task-types/ellipse.ts';
import { keypointType } from '../src/task-types/keypoint.ts';
import { polygonType } from '../src/task-types/polygon.ts';
import { polylineType } from '../src/task-types/polyline.ts';
import { blankObject, type InstanceRecord, type Json, type Question } from '../src/task-types/question.ts';
import type { TaskType } from '../src/task-types/task-type.ts';
import { type Modifiers, NO_MODIFIERS } from '../src/task-types/task-type.ts';
import type { Press } from '../src/tools/tool.ts';
import { someBox, someQuestion, uuid } from './some.ts';

/** The vector types, questions with turned boxes and a skeleton, and hands that work on them. */

export const NAMES = ['head', 'left hand', 'right hand', 'feet'];

/** Class 0 and 1 are plain, class 2 has a skeleton. Boxes may be turned. */
export const vectorQuestion = (orientation = 1): Question => {
  const question = someQuestion(orientation);
  const skeleton = {
    points: NAMES,
    edges: [
      ['head', 'left hand'],
      ['head', 'right hand'],
      ['head', 'feet'],
    ] as const,
  };
  return {
    ...question,
    settings: { rotation: true },
    categories: question.categories.map((each) => (each.id === 2 ? { ...each, skeleton } : each)),
  };
};

export const VECTOR_TYPES: readonly TaskType[] = [boundingBox, polygonType, polylineType, keypointType, ellipseType];

export const shaped = (id: string, shape: string, geometry: unknown, more: Partial<InstanceRecord> = {}) => ({
  ...someBox(id, { left: 0, top: 0, width: 1, height: 1 }),
  shape,
  geometry: geometry as Json,
  ...more,
});

let made = 0;
/** A desk of a type, at one screen px a media px from the stage's corner. */
export const deskOf = (
  type: TaskType,
  records: readonly InstanceRecord[] = [],
  question: Question = vectorQuestion(),
): Desk => {
  const desk = new Desk({ type, question, records: [blankObject, ...records], log: [], proposals: null }, () =>
    uuid(2_000_000 + made++),
  );
  desk.resize({ width: 640, height: 480 });
  desk.wish({ scale: 1, x: 0, y: 0 });
  return desk;
};

export const at = (x: number, y: number, how: Partial<Modifiers> = {}, clicks = 1): Press => ({
  at: { x, y },
  screen: { x, y },
  how: { ...NO_MODIFIERS, ...how },
  touch: false,
  clicks,
});

export const click = (desk: Desk, x: number, y: number, how: Partial<Modifiers> = {}, clicks = 1): void => {
  desk.send({ type: 'move', ...at(x, y, how) });
  desk.send({ type: 'down', ...at(x, y, how, clicks) });
  desk.send({ type: 'up', ...at(x, y, how, clicks) });
};

export const drag = (desk: Desk, ...path: readonly (readonly [number, number])[]): void => {
  const [first = [0, 0], ...rest] = path;
  desk.send({ type: 'move', ...at(...first) });
  desk.send({ type: 'down', ...at(...first) });
  for (const each of rest) desk.send({ type: 'move', ...at(...each) });
  desk.send({ type: 'up', ...at(...(rest.at(-1) ?? first)) });
};

export const someHost = (): Host & { submitted: number } => ({
  submitted: 0,
  submit() {
    this.submitted += 1;
  },
  takeBack: () => true,
  submitsOnDigit: false,
  open: () => undefined,
  stopReading: () => false,
  leaveRegion: () => undefined,
  player: null,
  clipboard: [],
  previous: [],
});

export const press = (chord: string): KeyPress => {
  const parts = chord.split('+');
  const key = parts.at(-1) === '' ? '+' : (parts.at(-1) ?? '');
  return {
    key: key === 'Space' ? ' ' : key,
    code: /^[a-z]$/i.test(key) ? `Key${key.toUpperCase()}` : key,
    ctrl: parts.includes('Ctrl'),
    shift: parts.includes('Shift'),
    alt: parts.includes('Alt'),
  };
};

const registry = new Registry([...outlineCommands(), ...allCommands()]);
export const host = someHost();
export const keys = (desk: Desk, ...chords: readonly string[]): boolean[] =>
  chords.map((chord) => registry.press(press(chord), { desk, host }));

const side = (most: number) => fc.integer({ min: 0, max: most * 16 }).map((value) => value / 16);

/** Points within 640 x 480, on the grid. */
export const spots = fc.record({ x: side(640), y: side(480) });

/** Anywhere a hand may go, also out of the picture, and between the lines of the grid. */
const far = fc.oneof(
  fc.integer({ min: -2000, max: 8000 }).map((value) => value / 10 + 0.0137),
  fc.integer({ min: 0, max: 480 }),
);
export const anywhere: fc.Arbitrary<Point> = fc.record({ x: far, y: far });
