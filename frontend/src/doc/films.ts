import type { Question } from '../task-types/question.ts';
import type { Timed } from '../task-types/task-type.ts';
import type { Document } from './document.ts';
import type { Film } from './film.ts';

type Make = (doc: Document, timed: Timed, question: Question) => Film;

let make: Make | null = null;

/** Only pages whose things are in the frames of a video bring what it takes. */
export const loadFilms = async (): Promise<void> => {
  const { Film } = await import('./film.ts');
  make = (doc, timed, question) => new Film(doc, timed, question);
};

/** The film of a document; `loadFilms` has been called by then. */
export const filmOf: Make = (doc, timed, question) => {
  if (make === null) throw new Error('Films were not loaded.');
  return make(doc, timed, question);
};
