import { adding, both, type Diff, NOTHING, removing, same, updating, updatingAll } from '../doc/diff.ts';
import { invert, turn } from '../geometry/matrix.ts';
import type { Point } from '../geometry/plane.ts';
import { t, tn } from '../i18n.ts';
import { withAttribute } from '../task-types/instances.ts';
import { lenient } from '../task-types/lenient.ts';
import { withObjectAttribute } from '../task-types/object-attributes.ts';
import { type AttributeValue, type InstanceRecord, OBJECT, objectOf } from '../task-types/question.ts';
import { Fault } from '../task-types/validation.ts';
import type { Desk } from './desk.ts';
import { paintClass } from './painting.ts';
import { rejecting } from './proposals.ts';

/** What a person can do to the things on the desk, each as one step of the history. */

const updateEach = (desk: Desk, change: (record: InstanceRecord) => InstanceRecord): void => {
  desk.commit(updatingAll(desk.changeable().map((record) => [record, change(record)] as const)));
};

/** Choose a class: for the whole, for the selected shapes, and for the shapes to come. */
export const setCategory = (desk: Desk, category: number): void => {
  const found = desk.question.categories[category];
  if (found === undefined) return;
  desk.category.value = category;
  if (desk.reading.value?.label(category) === true) return;
  if (paintClass(desk, category)) {
    desk.said.value = found.name;
    return;
  }
  const { chosen } = desk.type;
  if (chosen !== undefined) {
    const object = objectOf(desk.doc.records);
    const next = chosen.choose(object, category);
    if (same(object, next)) return;
    desk.commit(updating(object, next));
    if (!chosen.chosen(next).includes(category)) {
      desk.said.value = t('%(name)s, no longer chosen', { name: found.name });
      return;
    }
  } else if (desk.selection.value.length > 0 && !desk.justDrawn) {
    const { located } = desk.type;
    if (located !== undefined) updateEach(desk, (record) => located.withCategory(record, category, desk.question));
  }
  desk.said.value = found.name;
};

export const setAttribute = (desk: Desk, name: string, value: AttributeValue | undefined): void =>
  updateEach(desk, (record) => withAttribute(record, name, value));

/** An attribute of the data object as a whole; undefined takes it away. */
export const setObjectAttribute = (desk: Desk, name: string, value: AttributeValue | undefined): void => {
  const object = objectOf(desk.doc.records);
  const next = withObjectAttribute(object, name, value);
  if (same(object, next)) return;
  desk.commit(desk.doc.get(OBJECT) === undefined ? adding(next) : updating(object, next));
};

export const setField = (desk: Desk, name: string, value: number): void => {
  const { located } = desk.type;
  if (located !== undefined && Number.isFinite(value)) {
    updateEach(desk, (record) => located.withField(record, name, value, desk.question));
  }
};

/** What came from a proposal and is removed does not come back as a proposal. */
export const removeSelected = (desk: Desk): void => {
  const gone = desk.changeable();
  if (gone.length === 0) {
    if (desk.selected().length > 0) desk.said.value = t('Locked');
    else if (desk.selection.value.length > 0) desk.said.value = t('It is not in this frame.');
    return;
  }
  const proposed = gone.filter(({ origin }) => origin !== null).map(({ id }) => id);
  const diff: Diff = removing(...gone);
  const list = desk.list.value;
  const place = list.findIndex(({ id }) => id === gone[0]?.id);
  desk.commit(proposed.length === 0 ? diff : both(diff, rejecting(desk, proposed)), []);
  const next = desk.list.value[Math.min(place, desk.list.value.length - 1)];
  if (next !== undefined) desk.select([next.id]);
  desk.said.value = tn('Removed. %(n)s object left', 'Removed. %(n)s objects left', desk.list.value.length);
};

/** A step on the screen as a vector in px of the stored file: the picture may be turned. */
export const mediaStep = (desk: Desk, by: Point): Point => turn(invert(desk.turned), by);

export const nudge = (desk: Desk, by: Point, resize: boolean): void => {
  const { located } = desk.type;
  if (located === undefined) return;
  const along = mediaStep(desk, by);
  // In a turned picture the axes point elsewhere, yet right and down still mean larger.
  const sign = Math.sign(by.x + by.y);
  const step = resize ? { x: sign * Math.abs(along.x), y: sign * Math.abs(along.y) } : along;
  updateEach(desk, (record) => located.nudge(record, step, resize, desk.question));
  const [first] = desk.selected();
  if (first !== undefined) desk.said.value = desk.type.describe(first, desk.question);
};

/** Select the next or the one before; false at the end, so that Tab can leave. */
export const cycle = (desk: Desk, by: 1 | -1): boolean => {
  const list = desk.list.value;
  const now = list.findIndex(({ id }) => id === desk.selection.value[0]);
  const next = list[now === -1 ? (by === 1 ? 0 : list.length - 1) : now + by];
  if (next === undefined) return false;
  desk.select([next.id]);
  desk.said.value = desk.type.describe(next, desk.question);
  return true;
};

/** Whether a shape can stand in this picture: it may come from one of another size, or of another job's classes. */
const fits = (desk: Desk, record: InstanceRecord): boolean => {
  const { type, question } = desk;
  try {
    const records = desk.film === null ? [record] : Object.values(desk.film.written(adding(record)).added);
    type.check(type.dump(new Map(records.map((one) => [one.id, one]))), lenient(question));
    return true;
  } catch (fault) {
    if (fault instanceof Fault) return false;
    throw fault;
  }
};

/** New records like these, in the same place or shifted; as one step. What has no place in this picture is left out. */
export const addCopies = (desk: Desk, records: readonly InstanceRecord[], by: Point): void => {
  const { located } = desk.type;
  if (located === undefined || records.length === 0) return;
  let order = desk.nextOrder();
  const copies = records
    .map((record): InstanceRecord => {
      const moved = located.nudge(record, by, false, desk.question);
      return { ...moved, id: desk.newId(), order: order++, origin: null };
    })
    .filter((record) => fits(desk, record));
  if (copies.length === 0) {
    desk.said.value = t('Nothing of it fits this picture.');
    return;
  }
  desk.commit(
    { ...NOTHING, added: Object.fromEntries(copies.map((copy) => [copy.id, copy])) },
    copies.map(({ id }) => id),
  );
};

/** Begin over for the whole: its classes taken away again. */
export const clearCategory = (desk: Desk): void => {
  const object = objectOf(desk.doc.records);
  if (object.categories.length > 0 && desk.doc.get(OBJECT) !== undefined) {
    desk.commit(updating(object, { ...object, categories: [] }));
    desk.said.value = t('No class yet');
  }
};
