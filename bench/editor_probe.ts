// The hit test of the hand, called in the page as the pointer calls it; the product itself gives nobody a way to its insides.
import { Desk } from '../frontend/src/commands/desk.ts';
import { worldOf } from '../frontend/src/commands/world.ts';
import { loadTaskType } from '../frontend/src/task-types/index.ts';
import type { LabelRecord, Question } from '../frontend/src/task-types/question.ts';

/** Mean ms of one hit test at random places of the picture. */
const hitTest = async (name: string, question: Question, records: readonly LabelRecord[], times: number): Promise<number> => {
  const type = await loadTaskType(name);
  if (type === undefined) throw new Error(`Which type is ${name}?`);
  const desk = new Desk({ type, question, records, log: [], proposals: null }, () => '');
  const world = worldOf(desk);
  if (world === null) throw new Error('Nothing is drawn here.');
  const { width, height } = question.media;
  let hits = 0;
  const begun = performance.now();
  for (let i = 0; i < times; i += 1) {
    if (world.pick({ x: Math.random() * width, y: Math.random() * height }) !== null) hits += 1;
  }
  const mean = (performance.now() - begun) / times;
  if (hits === 0) throw new Error('Nothing was hit.');
  return mean;
};

Object.assign(globalThis, { hitTest });
