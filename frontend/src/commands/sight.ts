import type { InstanceRecord } from '../task-types/question.ts';
import type { Desk } from './desk.ts';

/** What the person has put out of sight or out of reach: of the view alone, never of an answer or of the history. */
export interface Sight {
  /** Ids of hidden shapes. */
  readonly hidden: ReadonlySet<string>;
  /** Ids of shapes that are seen, but neither picked nor changed. */
  readonly locked: ReadonlySet<string>;
  /** Class ids whose shapes are hidden. */
  readonly classes: ReadonlySet<number>;
}

export const ALL_IN_SIGHT: Sight = { hidden: new Set(), locked: new Set(), classes: new Set() };

export const inSight = ({ hidden, classes }: Sight, { id, category }: InstanceRecord): boolean =>
  !hidden.has(id) && !classes.has(category);

/** Seen and free to be picked and changed. */
export const inReach = (sight: Sight, record: InstanceRecord): boolean =>
  inSight(sight, record) && !sight.locked.has(record.id);

const toggledAll = <T>(set: ReadonlySet<T>, items: readonly T[]): ReadonlySet<T> => {
  const all = items.every((item) => set.has(item));
  return new Set(all ? [...set].filter((item) => !items.includes(item)) : [...set, ...items]);
};

const selectedIds = (desk: Desk): readonly string[] => desk.selected().map(({ id }) => id);

/** Lock the selected shapes, or unlock them when all of them are; true when they are locked now. */
export const toggleLock = (desk: Desk): boolean => {
  const sight = desk.sight.value;
  const locked = toggledAll(sight.locked, selectedIds(desk));
  desk.sight.value = { ...sight, locked };
  return selectedIds(desk).some((id) => locked.has(id));
};

/** Hide the selected shapes, or show them when all of them are hidden; true when they are hidden now. */
export const toggleHidden = (desk: Desk): boolean => {
  const sight = desk.sight.value;
  const hidden = toggledAll(sight.hidden, selectedIds(desk));
  desk.sight.value = { ...sight, hidden };
  return selectedIds(desk).some((id) => hidden.has(id));
};

export const toggleClass = (desk: Desk, category: number): void => {
  const sight = desk.sight.value;
  desk.sight.value = { ...sight, classes: toggledAll(sight.classes, [category]) };
};

/** Show this class alone; every class again when it is alone already. */
export const onlyClass = (desk: Desk, category: number): boolean => {
  const others = desk.question.categories.map(({ id }) => id).filter((id) => id !== category);
  const sight = desk.sight.value;
  const alone = !sight.classes.has(category) && others.every((id) => sight.classes.has(id));
  desk.sight.value = { ...sight, classes: new Set(alone ? [] : others) };
  return !alone;
};

export const showAll = (desk: Desk): void => {
  desk.sight.value = { ...desk.sight.value, hidden: new Set(), classes: new Set() };
  desk.hidden.value = false;
};
