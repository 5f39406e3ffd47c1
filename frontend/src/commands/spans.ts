import { adding, both, type Diff, NOTHING, removing, updating, updatingAll } from '../doc/diff.ts';
import { t, tn } from '../i18n.ts';
import type { InstanceRecord, RelationRecord } from '../task-types/question.ts';
import { mayRelate } from '../task-types/relations.ts';
import type { RelationType, Span } from '../task-types/task-type.ts';
import type { By, Extent } from '../text/edges.ts';
import type { Desk } from './desk.ts';
import { accept, type Proposal, reject, rejecting } from './proposals.ts';
import { Reading } from './reading.ts';

/** What a person can do to the spans of a text, each as one step of the history. */

/** The text has come: it can be read, and proposals that speak of other words are none. */
export const read = (desk: Desk, text: string): Reading | null => {
  const { spanned } = desk.type;
  if (spanned === undefined) return null;
  desk.question = { ...desk.question, media: { ...desk.question.media, text } };
  const reading = new Reading(desk, spanned, text, labelWith);
  dropMisplaced(reading);
  desk.reading.value = reading;
  return reading;
};

const dropMisplaced = ({ desk, points, spanned }: Reading): void => {
  if (desk.proposals === null) return;
  const records = desk.proposals.records.filter((record) => {
    if (record.kind !== 'instance') return true;
    const { start, end, text } = spanned.spanOf(record);
    return points.slice(start, end) === text;
  });
  desk.proposals = { ...desk.proposals, records };
};

const nameOf = (desk: Desk, category: number): string => desk.question.categories[category]?.name ?? '';

const quoted = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);

const recordOf = ({ desk, spanned }: Reading, span: Span, category: number, order: number): InstanceRecord => ({
  kind: 'instance',
  id: desk.newId(),
  order,
  ...spanned.make(span),
  category,
  attributes: {},
  group: null,
  origin: null,
});

/** A class for what has been passed over, else for what is selected; true where one of these took it. */
const labelWith = (reading: Reading, category: number): boolean => {
  const { range, desk } = reading;
  if (range !== null) make(reading, range, category);
  else if (desk.selection.value.length > 0 && reading.fresh === null) classify(reading, category);
  else return false;
  return true;
};

/** A span over these words. */
export const make = (reading: Reading, extent: Extent, category: number): void => {
  const { desk } = reading;
  const record = recordOf(reading, reading.spanOf(extent), category, desk.nextOrder());
  const there = reading.twinOf(record);
  if (there === undefined) desk.commit(adding(record), [record.id]);
  else desk.select([there.id]);
  reading.draft.value = null;
  reading.caret.value = extent.to;
  const words = { name: nameOf(desk, category), text: quoted(reading.words(extent)) };
  desk.said.value = there === undefined ? t('%(name)s: “%(text)s”', words) : t('%(name)s already: “%(text)s”', words);
};

/** Another class for what is selected; what would say the same as another span stays as it was. */
const classify = (reading: Reading, category: number): void => {
  const { desk, spanned } = reading;
  const pairs = desk.changeable().flatMap((record): (readonly [InstanceRecord, InstanceRecord])[] => {
    const next = spanned.withCategory(record, category, desk.question);
    return record.category === category || reading.twinOf(next) !== undefined ? [] : [[record, next]];
  });
  desk.commit(updatingAll(pairs));
  const [first] = desk.selected();
  if (first !== undefined) desk.said.value = desk.type.describe(first, desk.question);
};

/** What has just been passed over gets the class in use, and the next digit is for the next span. */
export const makeAtOnce = (reading: Reading): void => {
  const { range, desk } = reading;
  if (range === null) return;
  make(reading, range, desk.category.value);
  reading.fresh = desk.selection.value[0] ?? null;
};

const isWrong = ({ from, to }: Extent): boolean => from >= to;

/** The span over other words, as one step; nothing where that would be none, or the same as another span. */
export const reach = (reading: Reading, record: InstanceRecord, extent: Extent): void => {
  const { desk, spanned } = reading;
  const now = reading.extentOf(record);
  if (isWrong(extent) || (now.from === extent.from && now.to === extent.to)) return;
  const next = spanned.withSpan(record, reading.spanOf(extent));
  if (reading.twinOf(next) !== undefined) {
    desk.said.value = t('These words have this class already.');
    return;
  }
  desk.commit(updating(record, next));
  desk.said.value = desk.type.describe(next, desk.question);
};

/** The end of a span moved by one word or character. */
const endStepped = ({ edges }: Reading, { from, to }: Extent, by: By, way: 1 | -1): Extent => {
  if (way === 1) return { from, to: edges.next(to, by)?.to ?? to };
  const last = edges.previous(to, by);
  if (last === null) return { from, to };
  return { from, to: last.to < to ? last.to : (edges.previous(last.from, by)?.to ?? from) };
};

const startStepped = ({ edges }: Reading, { from, to }: Extent, by: By, way: 1 | -1): Extent => {
  if (way === -1) return { from: edges.previous(from, by)?.from ?? from, to };
  const first = edges.next(from, by);
  if (first === null) return { from, to };
  return { from: first.from > from ? first.from : (edges.next(first.to, by)?.from ?? to), to };
};

/** One end of the selected span moved by a word or a character. */
export const stepEdge = (reading: Reading, edge: 'start' | 'end', by: By, way: 1 | -1): void => {
  const [record] = reading.desk.changeable();
  if (record === undefined) return;
  const stepped = edge === 'end' ? endStepped : startStepped;
  const extent = stepped(reading, reading.extentOf(record), by, way);
  reach(reading, record, extent);
  reading.seek(edge === 'end' ? { from: extent.to, to: extent.to } : { from: extent.from, to: extent.from });
};

/** The word or character under the keys moved on, or what is passed over extended to it. */
export const stepCaret = (reading: Reading, by: By, way: 1 | -1, extend: boolean): void => {
  const { edges, draft, caret } = reading;
  const now = draft.value;
  const from = now === null ? caret.value : way === 1 ? now.focus.to : now.focus.from;
  const next = way === 1 ? edges.next(from, by) : edges.previous(from, by);
  if (next !== null) take(reading, next, extend);
};

const take = (reading: Reading, next: Extent, extend: boolean): void => {
  const now = reading.draft.value;
  reading.draw({ anchor: extend && now !== null ? now.anchor : next, focus: next });
  reading.seek(next);
  const { range } = reading;
  if (range !== null) reading.desk.said.value = quoted(reading.words(range));
};

/** The same to the line above or below, or to either end of the line or the text. */
export const jumpCaret = (reading: Reading, to: number, extend: boolean): void => {
  const { edges } = reading;
  const found = edges.wordAt(to) ?? edges.previous(to, 'word') ?? edges.next(to, 'word');
  if (found !== null) take(reading, found, extend);
};

/** The place where a line up or down from the caret stands. */
export const lineStep = (reading: Reading, way: 1 | -1): number | null =>
  reading.lineStep?.(reading.draft.value?.focus.from ?? reading.caret.value, way) ?? null;

/** Next or previous by place, from the selected span or from where the keys are; false at the end. */
export const cycleSpans = (reading: Reading, way: 1 | -1): boolean => {
  const { desk, linking } = reading;
  const from = linking.value?.to === null ? linking.value.from : undefined;
  const all = from === undefined ? reading.placed.value : targetsOf(reading, from);
  const now = all.findIndex(({ id }) => id === desk.selection.value[0]);
  const next = now === -1 ? besideCaret(reading, all, way) : all[now + way];
  if (next === undefined) return false;
  reading.goTo(next.record);
  return true;
};

const besideCaret = <P extends { readonly start: number }>(
  { points, caret }: Reading,
  all: readonly P[],
  way: 1 | -1,
): P | undefined => {
  const at = points.ofUnit(caret.value);
  return way === 1
    ? (all.find(({ start }) => start >= at) ?? all[0])
    : (all.findLast(({ start }) => start <= at) ?? all.at(-1));
};

/** What came from a proposal and is removed is not proposed again. */
export const removeSelectedSpans = (reading: Reading): void => {
  const { desk } = reading;
  const relation = reading.relation();
  const gone = desk.changeable();
  if (relation !== undefined) desk.commit(removing(relation), []);
  if (gone.length === 0) {
    desk.said.value = relation === undefined ? t('Locked') : t('Relation removed');
    return;
  }
  const [first] = gone;
  const proposed = gone.filter(({ origin }) => origin !== null).map(({ id }) => id);
  const diff: Diff = removing(...gone);
  if (first !== undefined) reading.caret.value = reading.extentOf(first).from;
  desk.commit(proposed.length === 0 ? diff : both(diff, rejecting(desk, proposed)), []);
  desk.said.value = tn('Removed. %(n)s span left', 'Removed. %(n)s spans left', desk.list.value.length);
};

/** Every place that was found labeled, as one step; those that have the class already are left alone. */
export const labelFound = (reading: Reading, category: number): number => {
  const { desk } = reading;
  let order = desk.nextOrder();
  const records = unlabeled(reading, category).map((extent) =>
    recordOf(reading, reading.spanOf(extent), category, order++),
  );
  const added = Object.fromEntries(records.map((record) => [record.id, record]));
  desk.commit({ ...NOTHING, added }, []);
  desk.said.value = tn('%(n)s span labeled', '%(n)s spans labeled', records.length);
  return records.length;
};

/** The places found that have not this class yet. */
export const unlabeled = (reading: Reading, category: number): Extent[] =>
  reading.found.value.filter(
    (extent) => reading.twinOf(recordOf(reading, reading.spanOf(extent), category, 0)) === undefined,
  );

/** The relations that may lead from one span to another. */
export const typesBetween = (reading: Reading, from: string, to: string): RelationType[] => {
  const { desk, spanned } = reading;
  const [a, b] = [reading.span(from), reading.span(to)];
  if (a === undefined || b === undefined) return [];
  const there = reading.relations.value.filter((one) => one.from === from && one.to === to).map(({ type }) => type);
  return spanned.relationTypes(desk.question).filter((type) => mayRelate(type, a, b) && !there.includes(type.name));
};

/** The spans that some relation may lead to from this one, by place. */
export const targetsOf = (reading: Reading, from: string) =>
  reading.placed.value.filter(({ id }) => typesBetween(reading, from, id).length > 0);

/** Begin a relation at the selected span. */
export const beginLink = (reading: Reading): void => {
  const { desk } = reading;
  const [record] = desk.selected();
  if (record === undefined) return;
  if (targetsOf(reading, record.id).length === 0) {
    desk.said.value = t('No relation of this job can begin here: there is no span that it may lead to.');
    return;
  }
  reading.linking.value = { from: record.id, to: null };
  desk.said.value = t('Where does it lead? Click the span, or go to it with Tab and take it with Enter.');
};

/** The other end of the relation in the making; where only one type fits, it is made. */
export const linkTo = (reading: Reading, to: string): void => {
  const { desk, linking } = reading;
  if (linking.value === null) return;
  const types = typesBetween(reading, linking.value.from, to);
  const [only] = types;
  if (only === undefined) {
    desk.said.value = t('No relation of this job leads from the one to the other.');
    return;
  }
  linking.value = { ...linking.value, to };
  if (types.length === 1) link(reading, only.name);
  else desk.said.value = types.map(({ name }, i) => `${i + 1} ${name}`).join(', ');
};

/** The relation in the making, with its type. */
export const link = (reading: Reading, type: string): void => {
  const { desk, linking } = reading;
  const now = linking.value;
  if (now === null || now.to === null) return;
  const order = (reading.relations.value.at(-1)?.order ?? -1) + 1;
  const record: RelationRecord = { kind: 'relation', id: desk.newId(), order, type, from: now.from, to: now.to };
  linking.value = null;
  desk.commit(adding(record), [record.id]);
  desk.said.value = describeLink(reading, record);
};

/** A relation in words: "Ines Tavaray, works for, harbour board". */
export const describeLink = (reading: Reading, { from, to, type }: RelationRecord): string => {
  const words = (id: string): string => {
    const record = reading.span(id);
    return record === undefined ? '' : quoted(reading.spanned.spanOf(record).text);
  };
  return t('%(from)s, %(type)s, %(to)s', { from: words(from), type, to: words(to) });
};

/** The next proposal is looked at as soon as one is taken or turned down. */
const goOn = (reading: Reading, done: string): void => {
  const next = reading.proposal();
  reading.asked.value = next?.id ?? null;
  const { desk } = reading;
  if (next?.record == null) {
    desk.said.value = done;
    return;
  }
  reading.seek(reading.extentOf(next.record));
  const { text } = reading.spanned.spanOf(next.record);
  desk.said.value = t('%(done)s. Next: %(name)s, “%(text)s”', {
    done,
    name: nameOf(desk, next.category),
    text: quoted(text),
  });
};

const behind = (reading: Reading, { id }: Proposal): string | null => {
  const all = reading.proposals.value;
  return all[all.findIndex((one) => one.id === id) + 1]?.id ?? null;
};

export const acceptHere = (reading: Reading): void => {
  const now = reading.proposal();
  if (now === undefined) return;
  const next = behind(reading, now);
  accept(reading.desk, [now]);
  reading.asked.value = next;
  goOn(reading, t('Accepted: %(name)s', { name: nameOf(reading.desk, now.category) }));
};

export const rejectHere = (reading: Reading): void => {
  const now = reading.proposal();
  if (now === undefined) return;
  const next = behind(reading, now);
  reject(reading.desk, [now.id]);
  reading.asked.value = next;
  goOn(reading, t('Rejected: %(name)s', { name: nameOf(reading.desk, now.category) }));
};
