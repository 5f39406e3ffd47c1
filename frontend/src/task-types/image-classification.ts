import { classes } from './classes.ts';

export const imageClassification = classes('image-classification', 'image');
