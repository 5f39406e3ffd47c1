import { CustomSource, EncodedPacketSink, Input, MP4, type VideoSample, VideoSampleSink, WEBM } from 'mediabunny';
import type { Size } from '../geometry/plane.ts';
import { fileOf } from './ranges.ts';

/** `open` a film; then the moment of the key frame before another; and frames one after the other of a run from such a moment on. */
export type FilmAsked =
  | { readonly do: 'open'; readonly url: string; readonly size: Size }
  | { readonly do: 'key'; readonly at: number }
  /** `run`: another number begins anew from `at`. `take`: with its picture. */
  | { readonly do: 'next'; readonly run: number; readonly at: number; readonly take: boolean }
  | { readonly do: 'end' };

export interface FilmAnswer {
  readonly id: number;
  /** Seconds by the file's own clock; null where there is no such frame. */
  readonly at: number | null;
  readonly picture: ImageBitmap | null;
  readonly trouble?: string;
}

type Told = Pick<FilmAnswer, 'at' | 'picture'>;

interface Opened {
  readonly packets: EncodedPacketSink;
  readonly samples: VideoSampleSink;
  readonly size: Size;
}

const NOTHING: Told = { at: null, picture: null };

let film: Opened | null = null;
let run: { readonly number: number; readonly frames: AsyncGenerator<VideoSample, void, unknown> } | null = null;

/** The frame with a pixel for each that is stored: of pixels that are not square the browser would make others. */
const unstretched = (frame: VideoFrame): VideoFrame => {
  const { width: displayWidth, height: displayHeight } = frame.visibleRect ?? { width: 0, height: 0 };
  if (frame.displayWidth === displayWidth && frame.displayHeight === displayHeight) return frame;
  const plain = new VideoFrame(frame, { displayWidth, displayHeight });
  frame.close();
  return plain;
};

/** A frame that has another size than the file has is not the one that is labeled. */
const pictureOf = async (sample: VideoSample, { width, height }: Size): Promise<ImageBitmap> => {
  const frame = unstretched(sample.toVideoFrame());
  try {
    const picture = await createImageBitmap(frame);
    if (picture.width === width && picture.height === height) return picture;
    picture.close();
    throw new Error(`A frame is ${picture.width} x ${picture.height} px, not ${width} x ${height}.`);
  } finally {
    frame.close();
  }
};

const open = async (url: string, size: Size): Promise<Told> => {
  const input = new Input({ formats: [MP4, WEBM], source: new CustomSource(fileOf(url)) });
  const track = await input.getPrimaryVideoTrack();
  if (track === null || !(await track.canDecode())) throw new Error('This browser does not decode the film.');
  film = { packets: new EncodedPacketSink(track), samples: new VideoSampleSink(track), size };
  return NOTHING;
};

const end = (): Told => {
  void run?.frames.return(undefined);
  run = null;
  return NOTHING;
};

const next = async ({ samples, size }: Opened, number: number, at: number, take: boolean): Promise<Told> => {
  if (run?.number !== number) {
    end();
    run = { number, frames: samples.samples(at) };
  }
  const { value: sample } = await run.frames.next();
  if (sample === undefined) return NOTHING;
  try {
    return { at: sample.timestamp, picture: take ? await pictureOf(sample, size) : null };
  } finally {
    sample.close();
  }
};

const answer = async (asked: FilmAsked): Promise<Told> => {
  if (asked.do === 'open') return open(asked.url, asked.size);
  if (asked.do === 'end') return end();
  if (film === null) throw new Error('No film was opened.');
  if (asked.do === 'next') return next(film, asked.run, asked.at, asked.take);
  const packet = await film.packets.getKeyPacket(asked.at, { metadataOnly: true });
  return { at: packet?.timestamp ?? null, picture: null };
};

self.addEventListener('message', ({ data: asked }: MessageEvent<FilmAsked & { id: number }>) => {
  answer(asked).then(
    ({ at, picture }) =>
      self.postMessage({ id: asked.id, at, picture }, { transfer: picture === null ? [] : [picture] }),
    (fault) => self.postMessage({ id: asked.id, ...NOTHING, trouble: String(fault) }),
  );
});
