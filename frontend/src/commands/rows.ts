import { t } from '../i18n.ts';
import type { InstanceRecord } from '../task-types/question.ts';
import type { Located } from '../task-types/task-type.ts';

/** What a row of the list would say of a shape. */
const said = (located: Located, record: InstanceRecord): string => `${record.category} ${located.measure(record)}`;

/** The shapes whose rows would read alike: class and size are the same. */
export const alike = (located: Located, list: readonly InstanceRecord[]): ReadonlySet<string> => {
  const first = new Map<string, string>();
  const found = new Set<string>();
  for (const record of list) {
    const words = said(located, record);
    const other = first.get(words);
    if (other === undefined) first.set(words, record.id);
    else found.add(other).add(record.id);
  }
  return found;
};

/** In a longer list nobody compares rows: each says its place, and no change looks at all of them. */
const MOST_COMPARED = 500;

/** Tells whether the row of a shape must say where it is. */
export const needsPlace = (located: Located, list: readonly InstanceRecord[]): ((id: string) => boolean) => {
  if (list.length > MOST_COMPARED) return () => true;
  const twins = alike(located, list);
  return (id) => twins.has(id);
};

/** The size of a shape, with its place where that alone tells it from another. */
export const sizeOf = (located: Located, record: InstanceRecord, withPlace: boolean): string => {
  const size = located.measure(record);
  if (!withPlace) return size;
  const { left, top } = located.bounds(record);
  const [x, y] = [Math.round(left), Math.round(top)];
  // A point has no size: what it measures is its place.
  return size === `${x}, ${y}` ? size : t('%(size)s at %(x)s, %(y)s', { size, x, y });
};
