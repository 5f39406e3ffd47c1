import type { MediaUrls } from './source.ts';

const fetched = async (url: string): Promise<string> => {
  const reply = await fetch(url, { credentials: 'same-origin' });
  if (!reply.ok) throw new Error(`${reply.status}`);
  return reply.text();
};

/** A text exactly as it is stored: nothing trimmed, nothing normalised. */
export class TextSource {
  readonly kind = 'text';
  readonly ready: Promise<string>;

  constructor(text: string, { original }: MediaUrls) {
    this.ready = text !== '' || original === '' ? Promise.resolve(text) : fetched(original);
    this.ready.catch(() => undefined);
  }

  close(): void {}
}
