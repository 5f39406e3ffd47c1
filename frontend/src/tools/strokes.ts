import { type Diff, isEmpty, NOTHING } from '../doc/diff.ts';
import { bitmapOf } from '../geometry/masks.ts';
import { type Runs, sameRuns, union, without } from '../geometry/runs.ts';
import { t } from '../i18n.ts';
import type { InstanceRecord } from '../task-types/question.ts';
import type { Painting } from '../task-types/task-type.ts';
import { type Effect, putting, type World } from './tool.ts';

const committing = (diff: Diff, after: readonly string[]): readonly Effect[] => [{ do: 'commit', diff, after }];

/** The one shape that more pixels are for; null where they begin a new one. */
export const targetOf = (world: World, painting: Painting): InstanceRecord | null => {
  if (painting.oneEachClass) return world.inReach().find(({ category }) => category === world.category) ?? null;
  const [id, ...others] = world.selection;
  const record = id === undefined || others.length > 0 ? undefined : world.record(id);
  return record !== undefined && world.inReach().includes(record) ? record : null;
};

const begun = (world: World, painting: Painting, runs: Runs): readonly Effect[] => {
  const shape = painting.made(runs, world.question.media);
  if (shape === null) return [];
  const record: InstanceRecord = {
    kind: 'instance',
    id: world.newId(),
    order: world.nextOrder(),
    ...shape,
    category: world.category,
    attributes: {},
    group: null,
    origin: null,
  };
  return committing({ ...NOTHING, added: { [record.id]: record } }, [record.id]);
};

/** These pixels put: to the shape that they are for, else as a new one. A type without pixels makes a shape of them. */
export const put = (world: World, runs: Runs): readonly Effect[] => {
  const { painting } = world.located;
  if (runs.length === 0) return [];
  if (painting === undefined) {
    return putting(world, { by: 'bitmap', bitmap: bitmapOf(runs, world.question.media.height) });
  }
  const target = targetOf(world, painting);
  if (target === null && painting.oneEachClass && world.shapes().some(({ category }) => category === world.category)) {
    return [{ do: 'say', text: t('This class is locked or hidden.') }];
  }
  if (target === null) return begun(world, painting, runs);
  const before = painting.runs(target);
  const after = union(before, runs);
  if (sameRuns(before, after)) return [{ do: 'select', ids: [target.id] }];
  const now = painting.withRuns(target, after, world.question);
  if (now === null) return [];
  return committing({ ...NOTHING, updated: { [target.id]: [target, now] } }, [target.id]);
};

/** Without these pixels: the shapes that change, and those of which nothing is left. */
const lessened = (world: World, painting: Painting, shapes: readonly InstanceRecord[], runs: Runs): Diff => {
  const updated: Record<string, [InstanceRecord, InstanceRecord]> = {};
  const removed: Record<string, InstanceRecord> = {};
  for (const record of shapes) {
    const before = painting.runs(record);
    const after = without(before, runs);
    if (sameRuns(before, after)) continue;
    const now = painting.withRuns(record, after, world.question);
    if (now === null) removed[record.id] = record;
    else updated[record.id] = [record, now];
  }
  return { ...NOTHING, updated, removed };
};

/** These pixels taken away: from the selected shapes, with none from all in reach. One shape a class: always from all. */
export const take = (world: World, runs: Runs): readonly Effect[] => {
  const { painting } = world.located;
  if (painting === undefined || runs.length === 0) return [];
  const all = world.inReach();
  const chosen = painting.oneEachClass ? [] : all.filter(({ id }) => world.selection.includes(id));
  const diff = lessened(world, painting, chosen.length > 0 ? chosen : all, runs);
  if (isEmpty(diff)) return [];
  const after = world.selection.filter((id) => diff.removed[id] === undefined);
  const gone = Object.keys(diff.removed).length > 0;
  const said: readonly Effect[] = gone ? [{ do: 'say', text: t('Nothing is left of it. Removed.') }] : [];
  return [...committing(diff, after), ...said];
};
