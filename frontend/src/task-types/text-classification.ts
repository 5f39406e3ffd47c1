import { classes } from './classes.ts';

export const textClassification = classes('text-classification', 'text');
