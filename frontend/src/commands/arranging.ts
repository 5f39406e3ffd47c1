import { type Diff, NOTHING } from '../doc/diff.ts';
import { type Box, boxBetween } from '../geometry/plane.ts';
import { t, tn } from '../i18n.ts';
import type { InstanceRecord } from '../task-types/question.ts';
import { addCopies } from './acts.ts';
import type { Desk } from './desk.ts';
import type { Command, Context } from './registry.ts';
import { onlyClass, showAll, toggleHidden, toggleLock } from './sight.ts';

const drawn = ({ desk }: Context): boolean => desk.type.located !== undefined;
const some = (context: Context): boolean => drawn(context) && context.desk.selection.value.length > 0;

/** The records whose place changes when the list stands in this order. Places are only exchanged, so none is used twice. */
const reordered = (before: readonly InstanceRecord[], after: readonly InstanceRecord[]): Diff => {
  const updated = after.flatMap((record, i) => {
    const order = before[i]?.order ?? record.order;
    return order === record.order ? [] : [[record.id, [record, { ...record, order }] as const] as const];
  });
  return { ...NOTHING, updated: Object.fromEntries(updated) };
};

/** Towards the front (1) or the back (-1): one place, or as far as it goes. What lies in front is drawn and listed last. */
export const raise = (desk: Desk, by: 1 | -1, whole: boolean): void => {
  const list = desk.list.value;
  const chosen = new Set(desk.selection.value);
  const along = by === 1 ? [...list].reverse() : [...list];
  const moved = whole ? firstOf(along, chosen) : passing(along, chosen);
  desk.commit(reordered(list, by === 1 ? moved.reverse() : moved));
};

const firstOf = (list: readonly InstanceRecord[], chosen: ReadonlySet<string>): InstanceRecord[] => [
  ...list.filter(({ id }) => chosen.has(id)),
  ...list.filter(({ id }) => !chosen.has(id)),
];

/** Each of the chosen goes before the one that stood before it. */
const passing = (list: readonly InstanceRecord[], chosen: ReadonlySet<string>): InstanceRecord[] => {
  const done: InstanceRecord[] = [];
  for (const record of list) {
    const before = done.at(-1);
    if (before === undefined || !chosen.has(record.id) || chosen.has(before.id)) done.push(record);
    else done.splice(-1, 1, record, before);
  }
  return done;
};

/** The box around the selected shapes. */
const around = (desk: Desk): Box | null => {
  const boxes = desk.selected().flatMap((record) => desk.type.located?.bounds(record) ?? []);
  return boxes.reduce<Box | null>(
    (all, { left, top, width, height }) =>
      boxBetween(
        { x: Math.min(all?.left ?? left, left), y: Math.min(all?.top ?? top, top) },
        {
          x: Math.max(all === null ? 0 : all.left + all.width, left + width),
          y: Math.max(all === null ? 0 : all.top + all.height, top + height),
        },
      ),
    null,
  );
};

/** The shapes of the object before, in the same places: for pictures that follow one another. */
const repeat = ({ desk, host }: Context): void => {
  const before = desk.list.value.length;
  addCopies(desk, host.previous, { x: 0, y: 0 });
  const added = desk.list.value.length - before;
  desk.said.value = tn('%(n)s object from the picture before', '%(n)s objects from the picture before', added);
};

const order = (id: string, title: string, key: string, by: 1 | -1, whole: boolean): Command => ({
  id,
  title,
  group: 'draw',
  keys: [key],
  when: some,
  run: ({ desk }) => {
    raise(desk, by, whole);
    desk.said.value = title;
  },
});

const sighting = (): Command[] => [
  {
    id: 'hide-selected',
    title: t('Hide or show the selected'),
    group: 'look',
    keys: ['Alt+h'],
    when: some,
    run: ({ desk }) => {
      desk.said.value = toggleHidden(desk) ? t('Hidden') : t('Shown');
    },
  },
  {
    id: 'show-all',
    title: t('Show everything'),
    group: 'look',
    keys: ['Alt+Shift+h'],
    when: drawn,
    run: ({ desk }) => {
      showAll(desk);
      desk.said.value = t('Everything is shown');
    },
  },
  {
    id: 'only-class',
    title: t('Show only the class in use, or all'),
    group: 'look',
    keys: ['Shift+h'],
    when: drawn,
    run: ({ desk }) => {
      const id = desk.selected()[0]?.category ?? desk.category.value;
      const name = desk.question.categories[id]?.name ?? '';
      desk.said.value = onlyClass(desk, id) ? t('Only %(name)s', { name }) : t('Every class');
    },
  },
  {
    id: 'lock',
    title: t('Lock or unlock the selected'),
    group: 'look',
    keys: ['Shift+l'],
    when: some,
    run: ({ desk }) => {
      desk.said.value = toggleLock(desk) ? t('Locked') : t('Unlocked');
    },
  },
];

export const arrangingCommands = (): Command[] => [
  order('forward', t('One place to the front'), 'PageUp', 1, false),
  order('backward', t('One place to the back'), 'PageDown', -1, false),
  order('to-front', t('To the front'), 'Shift+PageUp', 1, true),
  order('to-back', t('To the back'), 'Shift+PageDown', -1, true),
  ...sighting(),
  {
    id: 'zoom-to',
    title: t('Zoom to the selected'),
    group: 'look',
    keys: ['Shift+f'],
    when: some,
    run: ({ desk }) => {
      const box = around(desk);
      if (box !== null) desk.showBox(box);
    },
  },
  {
    id: 'actual-size',
    title: t('One picture px a screen px'),
    group: 'look',
    keys: ['Shift+z'],
    when: ({ desk }) => desk.pictured,
    run: ({ desk }) => desk.zoom(1 / desk.viewport.value.scale),
  },
  {
    id: 'select-all',
    title: t('Select everything in sight'),
    group: 'draw',
    keys: ['Ctrl+a'],
    when: (context) => drawn(context) && context.desk.list.value.length > 0,
    run: ({ desk }) => desk.select(desk.inReach().map(({ id }) => id)),
  },
  {
    id: 'repeat',
    title: t('Repeat the objects of the picture before'),
    group: 'draw',
    keys: ['Ctrl+Shift+v'],
    when: (context) => drawn(context) && context.host.previous.length > 0,
    run: repeat,
  },
];
