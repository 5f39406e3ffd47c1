import { classes } from './classes.ts';

export const videoClassification = classes('video-classification', 'video');
