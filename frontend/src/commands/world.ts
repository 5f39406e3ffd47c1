import type { Border } from '../geometry/borders.ts';
import { contains, type Point } from '../geometry/plane.ts';
import { type InstanceRecord, isInstance } from '../task-types/question.ts';
import type { Located } from '../task-types/task-type.ts';
import type { World } from '../tools/tool.ts';
import type { Desk } from './desk.ts';
import { gripAt, gripsOn, isSmall } from './grips.ts';
import { inReach, inSight } from './sight.ts';

/** How near a hand must come, in screen px: half the target size that pointers need. */
const REACH = 8;

/** The smallest shape that is hit: a person in a bus, not the bus. */
const pick = (desk: Desk, located: Located, at: Point): string | null => {
  const reach = REACH / desk.viewport.value.scale / 2;
  let best: { id: string; score: number } | null = null;
  for (const id of desk.index?.near(at, reach) ?? []) {
    const record = desk.seen.get(id);
    const score = isInstance(record) && inReach(desk.sight.value, record) ? located.hit(record, at, reach) : null;
    if (score !== null && (best === null || score < best.score)) best = { id, score };
  }
  return best?.id ?? null;
};

/** The one selected shape: only that has handles. */
const onlySelected = (desk: Desk): InstanceRecord | undefined => {
  const [record, ...others] = desk.hidden.value ? [] : desk.selected();
  const free = record !== undefined && inReach(desk.sight.value, record);
  return free && others.length === 0 ? record : undefined;
};

const handle = (desk: Desk, located: Located, at: Point): { id: string; handle: string } | null => {
  const record = onlySelected(desk);
  if (record === undefined) return null;
  const { scale } = desk.viewport.value;
  const grip = gripAt(gripsOn(desk, located, record), at, scale);
  return grip === undefined ? null : { id: record.id, handle: grip.name };
};

const body = (desk: Desk, located: Located, at: Point): string | null => {
  const record = onlySelected(desk);
  if (record === undefined || !isSmall(located.bounds(record), desk.viewport.value.scale)) return null;
  return located.hit(record, at, 0) === null ? null : record.id;
};

const borders = (desk: Desk, located: Located, at: Point, reach: number): Border[] =>
  (desk.hidden.value ? [] : (desk.index?.near(at, reach) ?? [])).flatMap((id) => {
    const record = desk.seen.get(id);
    if (!isInstance(record) || !inSight(desk.sight.value, record)) return [];
    return (located.rings(record) ?? []).map((ring, i) => ({ key: `${id}/${i}`, ring }));
  });

/** What the tools may know of a desk; null where nothing is drawn. */
export const worldOf = (desk: Desk): World | null => {
  const { located } = desk.type;
  if (located === undefined) return null;
  return {
    question: desk.question,
    located,
    get category() {
      return desk.category.value;
    },
    get selection() {
      return desk.selection.value;
    },
    get scale() {
      return desk.viewport.value.scale;
    },
    get centre() {
      const { width, height } = desk.stage.value;
      return desk.toMedia({ x: width / 2, y: height / 2 });
    },
    get snapping() {
      return desk.snapping.value;
    },
    borders: (at, reach) => borders(desk, located, at, reach),
    record: (id) => {
      const record = desk.seen.get(id);
      return isInstance(record) ? record : undefined;
    },
    pick: (at) => (desk.hidden.value ? null : pick(desk, located, at)),
    handle: (at) => handle(desk, located, at),
    body: (at) => body(desk, located, at),
    inside: (area) =>
      (desk.index?.inside(area) ?? []).filter((id) => {
        const record = desk.seen.get(id);
        if (!isInstance(record) || !inReach(desk.sight.value, record)) return false;
        const { left, top, width, height } = located.bounds(record);
        return contains(area, { x: left, y: top }) && contains(area, { x: left + width, y: top + height });
      }),
    get radius() {
      return desk.paint.radius.value;
    },
    shapes: () => desk.list.value,
    inReach: () => desk.inReach(),
    newId: desk.newId,
    nextOrder: () => desk.nextOrder(),
  };
};
