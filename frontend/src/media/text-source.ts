import type { MediaUrls } from './source.ts';

/** A mark of the byte order at the beginning is a character as any other: without it every place would be one short. */
const fetched = async (url: string): Promise<string> => {
  const reply = await fetch(url, { credentials: 'same-origin' });
  if (!reply.ok) throw new Error(`${reply.status}`);
  return new TextDecoder('utf-8', { ignoreBOM: true, fatal: true }).decode(await reply.arrayBuffer());
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
