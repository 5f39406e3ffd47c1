import type { Point, Size } from '../geometry/plane.ts';
import type { InstanceRecord } from '../task-types/question.ts';
import type { Handle, Located } from '../task-types/task-type.ts';

/** A handle and how far a hand reaches it, along each axis of the stored file, in screen px. */
export interface Grip extends Handle {
  readonly reach: Point;
}

/** Screen px: how far a handle reaches where there is room. */
const REACH = 12;
/** A side shorter than this on the screen has no handle in its middle. */
const SMALL = 40;
/** A shape smaller than this both ways is reshaped by its last corner alone, and one smaller than `TINY` by keys and numbers. */
const LITTLE = 20;
const TINY = 8;

const onScreen = ({ width, height }: Size, scale: number): Size => ({ width: width * scale, height: height * scale });

export const isSmall = (size: Size, scale: number): boolean => {
  const { width, height } = onScreen(size, scale);
  return width < SMALL && height < SMALL;
};

/** Along a side of `length` no handle covers more than a third: a corner lies at its end, a middle one to both sides. */
const reachAlong = (length: number, pull: number): number => Math.min(REACH, length / (pull === 0 ? 6 : 3));

const hasRoom = ({ width, height }: Size, { x, y }: Point): boolean => {
  if ((x === 0 && width < SMALL) || (y === 0 && height < SMALL)) return false;
  const longer = Math.max(width, height);
  return longer >= LITTLE || (longer >= TINY && x > 0 && y > 0);
};

/** The handles that a shape has room for at this scale: those that are shown are those that can be held. */
export const gripsOf = (located: Located, record: InstanceRecord, scale: number): Grip[] => {
  const size = onScreen(located.bounds(record), scale);
  return located
    .handles(record)
    .filter(({ pull, look }) => look !== undefined || hasRoom(size, pull))
    .map((handle) => ({
      ...handle,
      reach:
        handle.look === undefined
          ? { x: reachAlong(size.width, handle.pull.x), y: reachAlong(size.height, handle.pull.y) }
          : { x: REACH, y: REACH },
    }));
};

/** The nearest grip within reach. */
export const gripAt = (grips: readonly Grip[], at: Point, scale: number): Grip | undefined =>
  grips
    .map((grip) => ({
      grip,
      far: Math.hypot(((at.x - grip.at.x) * scale) / grip.reach.x, ((at.y - grip.at.y) * scale) / grip.reach.y),
    }))
    .filter(({ far }) => far <= 1)
    .sort((a, b) => a.far - b.far)[0]?.grip;
