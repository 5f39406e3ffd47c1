/** What the server gives at most in answer to one range. */
const MOST = 2 ** 20;

const CONTENT_RANGE = /^bytes (\d+)-(\d+)\/(\d+)$/;

interface Piece {
  readonly bytes: Uint8Array;
  /** Bytes of the whole file. */
  readonly size: number;
}

/** Bytes from `start` on, as many as the server gives up to `end`. */
const piece = async (url: string, start: number, end: number, signal: AbortSignal): Promise<Piece> => {
  const headers = { Range: `bytes=${start}-${end - 1}` };
  const reply = await fetch(url, { headers, credentials: 'same-origin', signal });
  if (!reply.ok) throw new Error(`The film answered ${reply.status}.`);
  const bytes = new Uint8Array(await reply.arrayBuffer());
  const [, from, , size] = CONTENT_RANGE.exec(reply.headers.get('Content-Range') ?? '') ?? [];
  if (size === undefined) return { bytes: bytes.subarray(start, end), size: bytes.length };
  if (Number(from) !== start || bytes.length === 0)
    throw new Error('The film came in other pieces than were asked for.');
  return { bytes, size: Number(size) };
};

/** One more try: a connection may break between two steps. */
const twice = async (act: () => Promise<Piece>, signal: AbortSignal): Promise<Piece> => {
  try {
    return await act();
  } catch (fault) {
    if (signal.aborted) throw fault;
    return act();
  }
};

export interface File {
  getSize(): Promise<number>;
  read(start: number, end: number): Promise<Uint8Array>;
  dispose(): void;
  readonly prefetchProfile: 'network';
}

/** A file read in ranges, for a demuxer. */
export const fileOf = (url: string): File => {
  const stop = new AbortController();
  const at = (start: number, end: number): Promise<Piece> =>
    twice(() => piece(url, start, Math.min(end, start + MOST), stop.signal), stop.signal);
  return {
    getSize: async () => (await at(0, 1)).size,
    read: async (start, end) => {
      const whole = new Uint8Array(end - start);
      for (let place = 0; place < whole.length; ) {
        const { bytes } = await at(start + place, end);
        whole.set(bytes.subarray(0, whole.length - place), place);
        place += bytes.length;
        if (bytes.length === 0) throw new Error('The film ends too early.');
      }
      return whole;
    },
    dispose: () => stop.abort(),
    prefetchProfile: 'network',
  };
};
