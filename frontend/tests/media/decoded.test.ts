import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DecodedFrames, type Decoder, NotDecoded } from '../../src/media/decoded-frames.ts';

/** A picture that tells which frame it shows and whether its memory was freed. */
class Picture {
  closed = false;
  readonly number: number;
  constructor(number: number) {
    this.number = number;
  }
  close(): void {
    this.closed = true;
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Until nothing more happens by itself. */
const quiet = async (): Promise<void> => {
  for (let i = 0; i < 400; i += 1) await turn();
};

interface Faults {
  /** Shown twice, or left out. */
  readonly wrong?: number;
  readonly breaks?: number;
}

/** A film of `frames` with a key frame every `gop`; counts what it is made to do. */
const filmOf = (frames: number, gop: number, { wrong = -1, breaks = -1 }: Faults = {}) => {
  const told = { decoded: [] as number[], runs: [] as number[], open: 0, closed: false, made: [] as Picture[] };
  const numberAt = (place: number): number => {
    if (place === breaks) throw new Error('the stream is damaged');
    return place === wrong ? place + 1 : place;
  };
  const made = (number: number): Picture => {
    const picture = new Picture(number);
    told.made.push(picture);
    return picture;
  };
  const decoder: Decoder<Picture> = {
    keyBefore: async (number) => number - (number % gop),
    from: (key) => {
      told.runs.push(key);
      told.open += 1;
      let next = key;
      return {
        next: async (take) => {
          await turn();
          if (next >= frames) return null;
          const number = numberAt(next);
          next += 1;
          told.decoded.push(number);
          return { number, picture: take ? made(number) : null };
        },
        end: () => {
          told.open -= 1;
        },
      };
    },
    close: () => {
      told.closed = true;
    },
  };
  return { decoder, told };
};

const opened = (frames: number, gop: number, most: number, faults: Faults = {}) => {
  const { decoder, told } = filmOf(frames, gop, faults);
  const failures: NotDecoded[] = [];
  const film = new DecodedFrames(decoder, [0, frames - 1], most, (reason) => failures.push(reason));
  return { film, told, failures };
};

test('who waits for a frame gets it first; a GOP both ways is there soon, and no frame became a picture twice', async () => {
  const { film, told } = opened(120, 30, 61);
  film.prefetch(45, 1);
  await film.frame(45);
  assert.deepEqual([told.decoded.length, told.made.length], [16, 9]);
  await quiet();
  for (let number = 15; number <= 75; number += 1) assert.equal(film.peek(number)?.number, number);
  assert.equal(told.made.length, 61);
});

test('a step within what is there decodes one frame at most on the way on, and a batch now and then on the way back', async () => {
  const { film, told } = opened(300, 30, 61);
  film.prefetch(100, 1);
  await quiet();
  const before = told.decoded.length;
  for (let number = 101; number <= 110; number += 1) {
    film.prefetch(number, 1);
    await quiet();
  }
  assert.ok(told.decoded.length - before <= 10 + 30);
  const runs = told.runs.length;
  for (let number = 109; number >= 80; number -= 1) {
    film.prefetch(number, -1);
    await quiet();
    assert.equal(film.peek(number - 1)?.number, number - 1);
  }
  assert.ok(told.runs.length - runs <= 6);
});

test('one that is opened ahead decodes its first frame and keeps no decoder busy', async () => {
  const { film, told } = opened(120, 30, 61);
  assert.equal((await film.frame(0)).number, 0);
  await quiet();
  assert.deepEqual(told.decoded, [0]);
  assert.equal(told.open, 0);
});

test('any frame, in any order, is the one that was asked for; pictures that are too many are freed', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 99 }), { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 2, max: 40 }),
      fc.constantFrom(7, 30, 100),
      async (wanted, most, gop) => {
        const { film, told } = opened(100, gop, most);
        let before = wanted[0] ?? 0;
        for (const number of wanted) {
          film.prefetch(number, number < before ? -1 : 1);
          const picture = await film.frame(number);
          assert.deepEqual([picture.number, picture.closed], [number, false]);
          before = number;
        }
        assert.ok(told.made.filter(({ closed }) => !closed).length <= most);
        film.close();
        await turn();
        await turn();
        assert.ok(told.made.every(({ closed }) => closed) && told.closed && told.open === 0);
      },
    ),
    { numRuns: 60 },
  );
});

test('nobody waits for frames that they have left', async () => {
  const { film, told } = opened(900, 30, 61);
  const left = new AbortController();
  const first = film.frame(29, left.signal);
  const rejected = assert.rejects(first, /gone on/);
  left.abort(new Error('gone on'));
  const second = await film.frame(610);
  await rejected;
  assert.equal(second.number, 610);
  // A frame or two may have been in hand; the rest of that run was not decoded.
  assert.ok(told.decoded.filter((number) => number < 600).length <= 2);
});

test('a run that passes near the frame goes on; far from it a new one begins', async () => {
  const { film, told } = opened(900, 300, 61);
  await film.frame(0);
  assert.deepEqual(told.runs, [0]);
  film.prefetch(0, 1);
  await film.frame(40);
  await film.frame(290);
  assert.deepEqual(told.runs, [0]);
  await film.frame(899);
  assert.deepEqual(told.runs, [0, 600]);
});

test('playing at a rate that decoding can not keep jumps to the key frame, and shows some of what it passes', async () => {
  const { film, told } = opened(900, 30, 61);
  film.prefetch(0, 1, 'play');
  await film.frame(0);
  film.prefetch(14, 1, 'play');
  await film.frame(14);
  film.prefetch(600, 1, 'play');
  await film.frame(600);
  assert.ok(told.runs.includes(600));
  assert.ok(told.decoded.filter((number) => number > 100 && number < 600).length === 0);
});

test('a frame of another number than was due gives decoding up, and the frame is not shown', async () => {
  const { film, told, failures } = opened(120, 30, 61, { wrong: 40 });
  film.prefetch(33, 1);
  assert.equal((await film.frame(33)).number, 33);
  await assert.rejects(film.frame(41), NotDecoded);
  assert.equal(failures.length, 1);
  await assert.rejects(film.frame(33), NotDecoded);
  assert.ok(told.closed && told.made.every(({ closed }) => closed));
});

test('a damaged stream, and one that ends too early, give decoding up', async () => {
  for (const { film, failures } of [opened(120, 30, 61, { breaks: 50 }), opened(45, 30, 61)]) {
    await assert.rejects(film.frame(59), NotDecoded);
    assert.equal(failures.length, 1);
  }
});
