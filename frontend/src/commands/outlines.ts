import type { Outline } from '../geometry/clipping.ts';
import type { Point } from '../geometry/plane.ts';
import { areaOf, isInside } from '../geometry/polygons.ts';
import { t, tn } from '../i18n.ts';
import type { InstanceRecord } from '../task-types/question.ts';
import type { Desk } from './desk.ts';
import type { Command, Context } from './registry.ts';

/** Outlines cut, joined, pierced, and drawn along their neighbours. */

const clipping = () => import('../geometry/clipping.ts');

interface Chosen {
  readonly record: InstanceRecord;
  readonly rings: Outline;
}

/** The selected outlines that may be changed, with their rings. */
const chosen = (desk: Desk): Chosen[] =>
  desk.changeable().flatMap((record) => {
    const rings = desk.type.located?.rings(record) ?? null;
    return rings === null ? [] : [{ record, rings }];
  });

/** Nothing has changed while the library came. */
const stand = (desk: Desk, records: readonly { readonly record: InstanceRecord }[]): boolean =>
  records.every(({ record }) => desk.seen.get(record.id) === record);

const bySize = (a: Outline, b: Outline): number => areaOf(b[0] ?? []) - areaOf(a[0] ?? []);

/** What a change of outlines comes to: records that go on with other rings, new ones, and those that go. */
class Reshaping {
  readonly #desk: Desk;
  readonly #added: Record<string, InstanceRecord> = {};
  readonly #updated: Record<string, readonly [InstanceRecord, InstanceRecord]> = {};
  #order: number;

  constructor(desk: Desk) {
    this.#desk = desk;
    this.#order = desk.nextOrder();
  }

  #shaped(record: InstanceRecord, rings: Outline): InstanceRecord | null {
    return this.#desk.type.located?.withRings(record, rings, this.#desk.question) ?? null;
  }

  /** The record goes on with these rings. */
  goesOn(record: InstanceRecord, rings: Outline, group: string | null = record.group): void {
    const made = this.#shaped(record, rings);
    if (made !== null) this.#updated[record.id] = [record, { ...made, group }];
  }

  /** One more, of the same class and with the same attributes. */
  beside(record: InstanceRecord, rings: Outline, group: string | null = record.group): void {
    const made = this.#shaped(record, rings);
    if (made === null) return;
    const id = this.#desk.newId();
    this.#added[id] = { ...made, id, order: this.#order, origin: null, group };
    this.#order += 1;
  }

  /** As one step of the history, with all that came of it selected; the number of shapes there are now. */
  put(gone: readonly InstanceRecord[] = []): number {
    const removed = Object.fromEntries(gone.map((record) => [record.id, record]));
    const ids = [...Object.keys(this.#updated), ...Object.keys(this.#added)];
    if (ids.length > 0) this.#desk.commit({ added: this.#added, updated: this.#updated, removed }, ids);
    return ids.length;
  }
}

/** Divide the selected outlines along a line: the largest part stays what it was, the others are new and carry the same. */
export const cutAlong = async (desk: Desk, line: readonly Point[]): Promise<void> => {
  const before = chosen(desk);
  const { divided } = await clipping();
  if (!stand(desk, before)) return;
  const change = new Reshaping(desk);
  for (const { record, rings } of before) {
    const [largest, ...others] = divided(rings, line).sort(bySize);
    if (largest === undefined || others.length === 0) continue;
    change.goesOn(record, largest);
    for (const part of others) change.beside(record, part);
  }
  const parts = change.put();
  desk.said.value = parts === 0 ? t('The line cuts nothing.') : tn('%(n)s part', '%(n)s parts', parts);
};

/** Of the records, one that lies in the part and is not used yet: the part goes on as that one. */
const heirOf = (part: Outline, free: Chosen[]): InstanceRecord | undefined => {
  const i = free.findIndex(({ rings: [ring] }) => {
    const [p] = ring ?? [];
    return p !== undefined && (isInside(part, p) || (part[0] ?? []).some(({ x, y }) => x === p.x && y === p.y));
  });
  return free.splice(Math.max(0, i), 1)[0]?.record;
};

/** The selected outlines that touch become one; what stays apart is one thing all the same, by its group. */
export const join = async (desk: Desk): Promise<void> => {
  const before = chosen(desk);
  const { joined } = await clipping();
  const [first] = before;
  if (first === undefined || !stand(desk, before)) return;
  const parts = joined(before.map(({ rings }) => rings));
  const known = before.find(({ record }) => record.group !== null)?.record.group ?? null;
  const group = parts.length > 1 ? (known ?? desk.newId()) : known;
  const change = new Reshaping(desk);
  const free = [...before];
  for (const part of parts) {
    const heir = heirOf(part, free);
    if (heir === undefined) change.beside(first.record, part, group);
    else change.goesOn(heir, part, group);
  }
  change.put(free.map(({ record }) => record));
  desk.said.value = parts.length === 1 ? t('Joined') : t('One group of %(n)s', { n: parts.length });
};

const outlined = ({ desk }: Context): boolean =>
  desk.type.located?.painting === undefined && desk.tools.includes('polygon') === true;

const some =
  (least: number) =>
  ({ desk }: Context): boolean =>
    chosen(desk).length >= least;

/** A tool for the selected outline, with the crosshair at once when it comes by key. */
const lent = (desk: Desk, tool: string): void => {
  desk.lend(tool);
  desk.send({ type: 'aim' });
  void clipping();
};

export const outlineCommands = (): Command[] => [
  {
    id: 'cut',
    title: t('Cut the selected outline along a line'),
    group: 'draw',
    keys: ['x'],
    belongs: outlined,
    when: some(1),
    run: ({ desk }) => lent(desk, 'cut'),
  },
  {
    id: 'join',
    title: t('Join the selected outlines'),
    group: 'draw',
    keys: ['g'],
    belongs: outlined,
    when: some(2),
    run: ({ desk }) => {
      void join(desk);
    },
  },
  {
    id: 'hole',
    title: t('Cut a hole into the selected outline'),
    group: 'draw',
    keys: ['Shift+x'],
    belongs: outlined,
    when: (context) => context.desk.selection.value.length === 1 && some(1)(context),
    run: ({ desk }) => lent(desk, 'hole'),
  },
  {
    id: 'snap',
    title: t('Share borders with neighbours, on or off'),
    group: 'draw',
    keys: ['Shift+g'],
    belongs: outlined,
    when: outlined,
    run: ({ desk }) => {
      desk.snapping.value = !desk.snapping.value;
      desk.said.value = desk.snapping.value ? t('Points stick to neighbours') : t('Points are free');
    },
  },
];
