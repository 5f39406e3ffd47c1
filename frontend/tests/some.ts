import fc from 'fast-check';
import { Desk } from '../src/commands/desk.ts';
import type { Box } from '../src/geometry/plane.ts';
import { boundingBox } from '../src/task-types/bounding-box.ts';
import {
  blankObject,
  type InstanceRecord,
  type Json,
  type LabelRecord,
  type Question,
} from '../src/task-types/question.ts';
import { loadAllTools } from '../src/tools/later.ts';

/** A question about boxes of three classes in a picture of 640 x 480 px. */
export const someQuestion = (orientation = 1): Question => ({
  categories: ['Car', 'Bus', 'Person'].map((name, id) => ({
    id,
    name,
    colour: id + 1,
    key: String(id + 1),
    attributes: [],
  })),
  attributes: [
    { name: 'hidden', kind: 'tick', scope: 'instance', choices: [], minimum: null, maximum: null, required: false },
  ],
  tools: ['box'],
  media: { kind: 'image', width: 640, height: 480, orientation, text: '', frames: 0, duration: 0 },
  settings: {},
});

export const someBox = (id: string, geometry: Box, more: Partial<InstanceRecord> = {}): InstanceRecord => ({
  kind: 'instance',
  id,
  order: 0,
  shape: 'box',
  category: 0,
  geometry: { ...geometry } as Json,
  attributes: {},
  group: null,
  origin: null,
  ...more,
});

// A page loads the tools of its kind; the desks of the tests are of every kind.
await loadAllTools();

let made = 0;
export const uuid = (n: number): string => `5f0c3b1e-0d52-4c1e-9a55-${String(n).padStart(12, '0')}`;

/** A desk with these shapes, its picture shown at one screen px a media px from the stage's corner. */
export const someDesk = (records: readonly LabelRecord[] = [], question = someQuestion()): Desk => {
  const desk = new Desk(
    { type: boundingBox, question, records: [blankObject, ...records], log: [], proposals: null },
    () => uuid(1_000_000 + made++),
  );
  desk.resize({ width: 640, height: 480 });
  desk.wish({ scale: 1, x: 0, y: 0 });
  return desk;
};

export const boxOf = (desk: Desk, id: string): Box => {
  const record = desk.doc.get(id);
  if (record?.kind !== 'instance') throw new Error(`no ${id}`);
  return record.geometry as unknown as Box;
};

const side = (most: number) => fc.integer({ min: 0, max: most * 16 }).map((value) => value / 16);

/** Boxes within 640 x 480, on the grid. */
export const boxes = fc
  .tuple(side(600), side(440), side(39), side(39))
  .map(([left, top, width, height]): Box => ({ left, top, width: width + 1, height: height + 1 }));
