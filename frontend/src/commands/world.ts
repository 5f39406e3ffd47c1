import { contains, distance, type Point } from '../geometry/plane.ts';
import { isInstance } from '../task-types/question.ts';
import type { Located } from '../task-types/task-type.ts';
import type { World } from '../tools/tool.ts';
import type { Desk } from './desk.ts';

/** How near a hand must come, in screen px: half the target size that pointers need. */
const REACH = 8;
const HANDLE_REACH = 12;

/** The smallest shape that is hit: a person in a bus, not the bus. */
const pick = (desk: Desk, located: Located, at: Point): string | null => {
  const reach = REACH / desk.viewport.value.scale / 2;
  let best: { id: string; score: number } | null = null;
  for (const id of desk.index?.near(at, reach) ?? []) {
    const record = desk.doc.get(id);
    const score = isInstance(record) ? located.hit(record, at, reach) : null;
    if (score !== null && (best === null || score < best.score)) best = { id, score };
  }
  return best?.id ?? null;
};

const handle = (desk: Desk, located: Located, at: Point): { id: string; handle: string } | null => {
  const [record, ...others] = desk.selected();
  if (record === undefined || others.length > 0) return null;
  const reach = HANDLE_REACH / desk.viewport.value.scale;
  const near = located
    .handles(record)
    .map(({ name, at: place }) => ({ name, far: distance(place, at) }))
    .filter(({ far }) => far <= reach)
    .sort((a, b) => a.far - b.far)[0];
  return near === undefined ? null : { id: record.id, handle: near.name };
};

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
    record: (id) => {
      const record = desk.doc.get(id);
      return isInstance(record) ? record : undefined;
    },
    pick: (at) => (desk.hidden.value ? null : pick(desk, located, at)),
    handle: (at) => handle(desk, located, at),
    inside: (area) =>
      (desk.index?.inside(area) ?? []).filter((id) => {
        const record = desk.doc.get(id);
        if (!isInstance(record)) return false;
        const { left, top, width, height } = located.bounds(record);
        return contains(area, { x: left, y: top }) && contains(area, { x: left + width, y: top + height });
      }),
    newId: desk.newId,
    nextOrder: () => desk.nextOrder(),
  };
};
