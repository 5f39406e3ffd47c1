import { turn } from '../geometry/matrix.ts';
import { turned } from '../geometry/rotation.ts';
import type { Handle } from '../task-types/task-type.ts';
import type { Desk } from './desk.ts';

const LOOKS = { vertex: 'move', middle: 'copy', turn: 'grab' } as const;
/** By eighths of a turn, from the right on clockwise. */
const WAYS = ['ew-resize', 'nwse-resize', 'ns-resize', 'nesw-resize'] as const;

/** The way a handle moves on the screen: its shape may be turned, and the picture too. */
const wayOf = (desk: Desk, { pull, axes }: Handle): string => {
  const { x, y } = turn(desk.turned, turned(pull, axes?.angle ?? 0));
  const eighths = Math.round(Math.atan2(y, x) / (Math.PI / 4));
  return WAYS[(eighths + 8) % 4] ?? 'move';
};

/** The pointer's cursor over a handle of the selected shape; null where there is none. */
export const cursorOf = (desk: Desk): string | null => {
  const name = desk.over.value;
  const [record] = desk.selected();
  if (name === null || record === undefined) return null;
  const handle = desk.type.located?.handles(record, desk.question).find((each) => each.name === name);
  if (handle === undefined) return null;
  return handle.look === undefined ? wayOf(desk, handle) : LOOKS[handle.look];
};
