import { CustomSource, EncodedPacketSink, Input, MP4, type VideoSample, VideoSampleSink, WEBM } from 'mediabunny';
import type { Size } from '../geometry/plane.ts';
import { type Decoded, type Decoder, NotDecoded, type Run } from './decoded-frames.ts';
import type { FrameTable } from './frame-table.ts';
import { fileOf } from './ranges.ts';

/** The frame with a pixel for each that is stored: of pixels that are not square the browser would make others. */
const unstretched = (frame: VideoFrame): VideoFrame => {
  const { width: displayWidth, height: displayHeight } = frame.visibleRect ??
    frame.codedRect ?? { width: 0, height: 0 };
  if (frame.displayWidth === displayWidth && frame.displayHeight === displayHeight) return frame;
  const plain = new VideoFrame(frame, { displayWidth, displayHeight });
  frame.close();
  return plain;
};

/** A frame that has another size than the file has is not the one that is labeled. */
const pictureOf = async (sample: VideoSample, { width, height }: Size): Promise<ImageBitmap> => {
  const frame = unstretched(sample.toVideoFrame());
  sample.close();
  try {
    const picture = await createImageBitmap(frame);
    if (picture.width === width && picture.height === height) return picture;
    picture.close();
    throw new NotDecoded(`A frame is ${picture.width} x ${picture.height} px, not ${width} x ${height}.`);
  } finally {
    frame.close();
  }
};

/** The number that a moment of the file's clock has in the table. */
const numbered = (table: FrameTable, timestamp: number): number => {
  const number = table.numberOf(timestamp);
  if (number === null) throw new NotDecoded(`No frame of the table is shown at ${timestamp} s.`);
  return number;
};

class SampleRun implements Run<ImageBitmap> {
  readonly #samples: AsyncGenerator<VideoSample, void, unknown>;
  readonly #table: FrameTable;
  readonly #size: Size;

  constructor(samples: AsyncGenerator<VideoSample, void, unknown>, table: FrameTable, size: Size) {
    this.#samples = samples;
    this.#table = table;
    this.#size = size;
  }

  async next(): Promise<Decoded<ImageBitmap> | null> {
    const { value: sample, done } = await this.#samples.next();
    if (done === true || sample === undefined) return null;
    const number = this.#table.numberOf(sample.timestamp);
    if (number === null) sample.close();
    return {
      number: number ?? numbered(this.#table, sample.timestamp),
      picture: () => pictureOf(sample, this.#size),
      drop: () => sample.close(),
    };
  }

  end(): void {
    void this.#samples.return(undefined);
  }
}

/** The film at `url`, decoded by the browser. Raises when it can't be; `size`: px as stored. */
export const openDecoder = async (url: string, table: FrameTable, size: Size): Promise<Decoder<ImageBitmap>> => {
  const input = new Input({ formats: [MP4, WEBM], source: new CustomSource(fileOf(url)) });
  try {
    const track = await input.getPrimaryVideoTrack();
    if (track === null || !(await track.canDecode())) throw new NotDecoded('This browser does not decode the film.');
    const [packets, samples] = [new EncodedPacketSink(track), new VideoSampleSink(track)];
    return {
      keyBefore: async (number) => {
        const packet = await packets.getKeyPacket(table.within(number), { metadataOnly: true });
        if (packet === null) throw new NotDecoded(`There is nothing to decode frame ${number} from.`);
        return numbered(table, packet.timestamp);
      },
      from: (key) => new SampleRun(samples.samples(table.within(key)), table, size),
      close: () => input.dispose(),
    };
  } catch (fault) {
    input.dispose();
    throw fault;
  }
};
