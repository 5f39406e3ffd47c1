import { loadFilms } from '../doc/films.ts';
import { loadTaskType } from '../task-types/index.ts';
import type { TaskType } from '../task-types/task-type.ts';
import { loadTools } from '../tools/later.ts';

/**
 * What a page needs for its kind of question: the type and the tools it draws with. Nothing where the kind is not known, or does
 * not come (a new version was put up since the page was opened): whoever opens an object then says that the page is too old.
 */
export const loadKind = async (name: string): Promise<TaskType | undefined> => {
  try {
    const type = await loadTaskType(name);
    await loadTools(type?.located?.tools ?? []);
    if (type?.timed !== undefined) await loadFilms();
    return type;
  } catch {
    return undefined;
  }
};
