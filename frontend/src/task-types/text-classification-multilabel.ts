import { severalClasses } from './classes.ts';

export const textClassificationMultilabel = severalClasses('text-classification-multilabel', 'text');
