import { Desk } from '../commands/desk.ts';
import { t } from '../i18n.ts';
import type { Page } from '../sync/wire.ts';
import { taskType } from '../task-types/index.ts';
import { lenient } from '../task-types/lenient.ts';
import { type Category, isInstance, type LabelRecord, type Question } from '../task-types/question.ts';
import type { TaskType } from '../task-types/task-type.ts';
import { Fault } from '../task-types/validation.ts';

/** One object of a page, ready to be drawn. */
export interface Tile {
  readonly assignment: number;
  readonly name: string;
  readonly confidence: number;
  readonly thumbnail: string | null;
  readonly view: string | null;
  readonly desk: Desk;
  /** The classes of what is shown, each once, in the order of the job. */
  readonly categories: readonly Category[];
}

/** Tiles that are asked about in one question. */
export interface Group {
  readonly key: string;
  readonly title: string;
  readonly tiles: readonly Tile[];
}

const recordsOf = (type: TaskType, answer: Page['objects'][number]['shown']['answer'], question: Question) => {
  try {
    return type.load(answer, question);
  } catch (fault) {
    if (fault instanceof Fault) return type.load(null, question);
    throw fault;
  }
};

const classesOf = (type: TaskType, records: readonly LabelRecord[]): Set<number> =>
  new Set(records.flatMap((each) => (isInstance(each) ? [each.category] : (type.chosen?.chosen(each) ?? []))));

/** Raises RangeError on a kind of question that this bundle does not know. */
export const tilesOf = (page: Page): Tile[] => {
  const type = taskType(page.task_type);
  if (type === undefined) throw new RangeError(page.task_type);
  return page.objects.map(({ assignment, object, facts, media, shown }) => {
    const question = lenient({ ...page.question, media: facts });
    const records = recordsOf(type, shown.answer, question);
    const ids = classesOf(type, records);
    return {
      assignment,
      name: object.name,
      confidence: shown.confidence,
      thumbnail: media.thumbnail ?? null,
      view: media.view ?? media.original ?? media.thumbnail ?? null,
      desk: new Desk({ type, question, records, log: [], proposals: null }, () => ''),
      categories: question.categories.filter(({ id }) => ids.has(id)),
    };
  });
};

const titleOf = ({ desk, categories }: Tile): string => {
  const names = categories.map(({ name }) => name).join(', ');
  if (desk.type.located !== undefined) {
    return names === ''
      ? t('Is there really nothing in these?')
      : t('Is everything drawn right: %(names)s?', { names });
  }
  return names === '' ? t('Does really no class fit these?') : t('Are these all “%(names)s”?', { names });
};

/** Tiles of the same classes stand together: the eye finds the odd one out. Groups keep the order of their first tile. */
export const groupsOf = (tiles: readonly Tile[]): Group[] => {
  const groups = new Map<string, Tile[]>();
  for (const tile of tiles) {
    const key = tile.categories.map(({ id }) => id).join(' ');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [tile]);
    else group.push(tile);
  }
  return [...groups].flatMap(([key, [first, ...others]]) =>
    first === undefined ? [] : [{ key, title: titleOf(first), tiles: [first, ...others] }],
  );
};
