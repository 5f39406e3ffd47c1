import { type Diff, updating } from '../doc/diff.ts';
import type { Point } from '../geometry/plane.ts';
import { t } from '../i18n.ts';
import type { InstanceRecord } from '../task-types/question.ts';
import { type Handle, type Located, NO_MODIFIERS } from '../task-types/task-type.ts';
import { mediaStep, setField } from './acts.ts';
import type { Desk } from './desk.ts';
import { directions, scaled } from './drawing.ts';
import type { Command, Context } from './registry.ts';

/** The points of the one selected shape, by keys: walked, moved, put in, taken out, hidden, and the shape turned. */

interface Held {
  readonly located: Located;
  readonly record: InstanceRecord;
  readonly points: readonly Handle[];
}

const held = (desk: Desk): Held | null => {
  const { located } = desk.type;
  const [record, ...others] = desk.changeable();
  if (located === undefined || record === undefined || others.length > 0) return null;
  return { located, record, points: located.handles(record, desk.question).filter(({ look }) => look === 'vertex') };
};

const busy = ({ desk }: Context): boolean => desk.hand.value.busy;

/** The point that is in use: one walked to, else the one under the pointer. */
const inUse = (desk: Desk): string | null => desk.point.value ?? desk.over.value;

const say = (desk: Desk, { points, record, located }: Held, name: string): void => {
  const i = points.findIndex((point) => point.name === name);
  const point = points[i];
  if (point === undefined) return;
  const at = `${Math.round(point.at.x)}, ${Math.round(point.at.y)}`;
  const words = point.label ?? t('Point %(n)s of %(all)s', { n: i + 1, all: points.length });
  desk.said.value = `${words}, ${at}, ${located.measure(record)}`;
};

const show = (desk: Desk, name: string | null): void => {
  desk.point.value = name;
  const now = held(desk);
  if (now !== null && name !== null) say(desk, now, name);
};

const walk = (desk: Desk, by: 1 | -1): void => {
  const now = held(desk);
  if (now === null || now.points.length === 0) return;
  const { points } = now;
  const at = points.findIndex(({ name }) => name === desk.point.value);
  const next = at === -1 ? (by === 1 ? 0 : points.length - 1) : (at + by + points.length) % points.length;
  show(desk, points[next]?.name ?? null);
};

const commit = (desk: Desk, from: InstanceRecord, to: InstanceRecord | null): boolean => {
  if (to === null || to === from) return false;
  const diff: Diff = updating(from, to);
  desk.commit(diff, [from.id]);
  return true;
};

/** Move the point that the keys are at to a place. */
export const movePoint = (desk: Desk, to: (at: Point) => Point): void => {
  const now = held(desk);
  const point = now?.points.find(({ name }) => name === desk.point.value);
  if (now === null || now === undefined || point === undefined) return;
  const { located, record } = now;
  commit(desk, record, located.gesture(record, point.at, to(point.at), NO_MODIFIERS, desk.question, point.name));
  show(desk, point.name);
};

const remove = (desk: Desk): void => {
  const now = held(desk);
  const name = inUse(desk);
  if (now === null || name === null) return;
  const i = now.points.findIndex((point) => point.name === name);
  const walked = desk.point.value !== null;
  if (!commit(desk, now.record, now.located.without(now.record, name))) {
    desk.said.value = t('This point can’t go.');
    return;
  }
  desk.over.value = null;
  const left = held(desk)?.points ?? [];
  show(desk, walked ? (left[Math.min(i, left.length - 1)]?.name ?? null) : null);
};

const insert = (desk: Desk): void => {
  const now = held(desk);
  const name = desk.point.value;
  const made = now === null || name === null ? null : now.located.after(now.record, name, desk.question);
  if (now === null || made === null) desk.said.value = t('No point can come here.');
  else if (commit(desk, now.record, made[0])) show(desk, made[1]);
};

/** Whether this kind of question draws with one of these tools, and keeps what it draws as points. */
const drawsWith =
  (...ids: readonly string[]) =>
  ({ desk }: Context): boolean =>
    desk.type.located?.painting === undefined && desk.tools.some((id) => ids.includes(id)) === true;

const withVertices = drawsWith('polygon', 'polyline', 'keypoint');
const withNames = drawsWith('keypoint');

/** A point of the selected shape that Delete would take out. */
const removable = ({ desk }: Context): boolean => {
  const name = inUse(desk);
  return name !== null && held(desk)?.points.some((point) => point.name === name) === true;
};

const onPoint = (context: Context): boolean =>
  !busy(context) && context.desk.point.value !== null && held(context.desk) !== null;

const hasPoints = (context: Context): boolean => {
  const { desk } = context;
  return !busy(context) && (held(desk)?.points.length ?? 0) > 0;
};

const steps = (): Command[] =>
  directions().flatMap(([name, by, word]) =>
    (
      [
        ['', 1, ''],
        ['Shift+', 10, t(', 10 px')],
      ] as const
    ).map(
      ([prefix, px, far]): Command => ({
        id: `point-${name.toLowerCase()}-${px}`,
        title: t('Move the point %(way)s%(far)s', { way: word, far }),
        group: 'draw',
        keys: [`${prefix}Arrow${name}`],
        when: onPoint,
        run: ({ desk }) => {
          const step = mediaStep(desk, scaled(by, px));
          movePoint(desk, ({ x, y }) => ({ x: x + step.x, y: y + step.y }));
        },
      }),
    ),
  );

const angleOf = (desk: Desk): number | undefined => {
  const now = held(desk);
  return now?.located.fields(now.record, desk.question).find(({ name }) => name === 'angle')?.value;
};

const turn = (id: string, title: string, key: string, by: number): Command => ({
  id,
  title,
  group: 'draw',
  keys: [key],
  belongs: (context) => context.desk.question.settings.rotation === true || drawsWith('ellipse')(context),
  when: ({ desk }) => angleOf(desk) !== undefined,
  run: ({ desk }) => {
    setField(desk, 'angle', (angleOf(desk) ?? 0) + by);
    desk.said.value = t('%(n)s degrees', { n: angleOf(desk) ?? 0 });
  },
});

export const pointCommands = (): Command[] => [
  ...steps(),
  {
    id: 'point-next',
    title: t('Next point of the selected shape'),
    group: 'draw',
    keys: ['w'],
    belongs: withVertices,
    when: hasPoints,
    run: ({ desk }) => walk(desk, 1),
  },
  {
    id: 'point-previous',
    title: t('Point before'),
    group: 'draw',
    keys: ['Shift+w'],
    belongs: withVertices,
    when: hasPoints,
    run: ({ desk }) => walk(desk, -1),
  },
  {
    id: 'point-insert',
    title: t('Put a point in after this one'),
    group: 'draw',
    keys: ['Insert', 'Alt+w'],
    belongs: withVertices,
    when: onPoint,
    run: ({ desk }) => insert(desk),
  },
  {
    id: 'remove-point',
    title: t('Take the point out'),
    group: 'draw',
    keys: ['Delete', 'Backspace'],
    belongs: withVertices,
    when: (context) => !busy(context) && removable(context),
    run: ({ desk }) => remove(desk),
  },
  {
    id: 'point-veil',
    title: t('Hidden point, or seen again'),
    group: 'draw',
    keys: ['o'],
    belongs: withNames,
    when: (context) => context.desk.hand.value.naming || removable(context) || lone(context) !== null,
    run: (context) => {
      const { desk } = context;
      if (desk.hand.value.naming) {
        desk.send({ type: 'veil' });
        return;
      }
      const now = held(desk);
      const name = inUse(desk) ?? lone(context);
      if (now !== null && name !== null) commit(desk, now.record, now.located.veiled(now.record, name));
    },
  },
  {
    id: 'point-skip',
    title: t('Leave this point out'),
    group: 'draw',
    keys: ['j'],
    belongs: withNames,
    when: ({ desk }) => desk.hand.value.naming,
    run: ({ desk }) => desk.send({ type: 'skip' }),
  },
  turn('turn-right', t('Turn clockwise'), 'Alt+r', 5),
  turn('turn-left', t('Turn the other way'), 'Alt+Shift+r', -5),
];

/** The only point of a shape that has one: nobody need walk to it. */
const lone = ({ desk }: Context): string | null => {
  const points = held(desk)?.points ?? [];
  return points.length === 1 ? (points[0]?.name ?? null) : null;
};
