import type { Question } from './question.ts';

const eased = <A extends { readonly required: boolean }>(all: readonly A[]): A[] =>
  all.map((one) => ({ ...one, required: false }));

/** The question without required fields: a manifest has no place for them, so what was read from one may lack them. */
export const lenient = (question: Question): Question => ({
  ...question,
  attributes: eased(question.attributes),
  categories: question.categories.map((one) => ({ ...one, attributes: eased(one.attributes) })),
});
