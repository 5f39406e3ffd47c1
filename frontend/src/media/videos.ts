import { ClipSource } from './clip-source.ts';
import { FilmSource } from './film-source.ts';
import type { OpenVideo } from './source.ts';

export const openVideo: OpenVideo = (facts, urls, frames) =>
  frames === null ? new ClipSource(facts, urls) : new FilmSource(facts, urls, frames);
