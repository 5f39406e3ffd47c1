import { same, updating } from '../doc/diff.ts';
import type { Point } from '../geometry/plane.ts';
import type { InstanceRecord } from '../task-types/question.ts';
import type { Modifiers } from '../task-types/task-type.ts';
import { beyondSlip, type Effect, type Press, type Step, stay, type World } from './tool.ts';

/** Holding a shape, or by `handle` a part of it: part of every tool that lets one mend what is there. */
export type Holding =
  | { readonly at: 'pointing'; readonly start: InstanceRecord; readonly handle?: string; readonly from: Press }
  | {
      readonly at: 'changing';
      readonly start: InstanceRecord;
      readonly handle?: string;
      readonly from: Point;
      readonly now: InstanceRecord;
    };

export const pointing = (start: InstanceRecord, from: Press, handle?: string): Holding => ({
  at: 'pointing',
  start,
  from,
  ...(handle === undefined ? {} : { handle }),
});

const changed = (world: World, held: Holding, from: Point, to: Point, how: Modifiers): Holding => ({
  at: 'changing',
  start: held.start,
  from,
  now: world.located.gesture(held.start, from, to, how, world.question, held.handle),
  ...(held.handle === undefined ? {} : { handle: held.handle }),
});

const put = ({ start, now }: Extract<Holding, { at: 'changing' }>): Effect[] =>
  same(start, now) ? [] : [{ do: 'commit', diff: updating(start, now), after: [start.id] }];

/**
 * What a press on the selected shape takes hold of: a handle (with Alt its vertex goes), or the whole of a small shape. Null where
 * the press is the tool's own.
 */
export const taken = <I>(world: World, press: Press, idle: I): Step<Holding | I> | null => {
  const grip = world.handle(press.at);
  const id = grip?.id ?? world.body(press.at);
  const record = id === null ? undefined : world.record(id);
  if (record === undefined) return null;
  const less = grip !== null && press.how.alt ? world.located.without(record, grip.handle) : null;
  return less === null
    ? stay(pointing(record, press, grip?.handle))
    : stay(idle, { do: 'commit', diff: updating(record, less), after: [record.id] });
};

/** The rows of the two states; `idle` is where the tool goes afterwards. */
export const holdingRows = <I>(idle: I) => ({
  pointing: {
    move: (world: World, held: Extract<Holding, { at: 'pointing' }>, to: Press): Step<Holding | I> =>
      stay(beyondSlip(held.from.screen, to.screen) ? changed(world, held, held.from.at, to.at, to.how) : held),
    up: (_world: World, { handle }: Extract<Holding, { at: 'pointing' }>): Step<Holding | I> =>
      handle === undefined ? stay(idle) : stay(idle, { do: 'point', handle }),
    cancel: (): Step<Holding | I> => stay(idle),
  },
  changing: {
    move: (world: World, held: Extract<Holding, { at: 'changing' }>, to: Press): Step<Holding | I> =>
      stay(changed(world, held, held.from, to.at, to.how)),
    up: (_world: World, held: Extract<Holding, { at: 'changing' }>): Step<Holding | I> => stay(idle, ...put(held)),
    cancel: (): Step<Holding | I> => stay(idle),
  },
});
