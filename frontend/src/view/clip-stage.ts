import type { ClipSource } from '../media/clip-source.ts';

/** The clip as large as the stage allows; a click plays and pauses. */
export class ClipStage {
  readonly #clip: ClipSource;
  readonly #stop = new AbortController();

  constructor(host: HTMLElement, clip: ClipSource) {
    this.#clip = clip;
    clip.video.className = 'clip';
    clip.video.addEventListener('click', () => clip.toggle(), { signal: this.#stop.signal });
    host.prepend(clip.video);
  }

  close(): void {
    this.#stop.abort();
    this.#clip.video.pause();
    this.#clip.video.remove();
  }
}
