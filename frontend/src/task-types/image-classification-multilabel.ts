import { severalClasses } from './classes.ts';

export const imageClassificationMultilabel = severalClasses('image-classification-multilabel', 'image');
