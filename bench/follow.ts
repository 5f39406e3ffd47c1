// Follows what bench/follow.py asks for and tells where it went: `node follow.mjs ASKED.json`, the answer as JSON on the standard output.
import { readFileSync } from 'node:fs';
import { Follower, type Step } from '../frontend/src/assist/follow.ts';
import { type Grey, greyOf, type Pyramid, pyramidOf } from '../frontend/src/assist/pyramid.ts';

/** Grey frames one after the other in a file; `first` is the number of the first one in the film. */
interface Frames {
  readonly path: string;
  readonly width: number;
  readonly height: number;
  readonly first: number;
}

/** A box [left, top, right, bottom] in px of the frames, from `start` on to `end`, or back. */
interface Asked {
  readonly film: string;
  readonly start: number;
  readonly end: number;
  readonly box: readonly [number, number, number, number];
}

interface Answer {
  readonly steps: readonly { frame: number; box: readonly number[]; sure: number; lost: string | null }[];
  /** CPU, without making the pictures. */
  readonly ms: number;
}

const cpu = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

const [path] = process.argv.slice(2);
if (path === undefined) throw new Error('What is asked?');
const { films, asked } = JSON.parse(readFileSync(path, 'utf8')) as {
  films: Record<string, Frames>;
  asked: readonly Asked[];
};
const bytes = new Map(Object.entries(films).map(([name, film]) => [name, readFileSync(film.path)]));
const kept = new Map<string, Pyramid>();

const pictureOf = (name: string, number: number): Pyramid => {
  const key = `${name} ${number}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  const { width, height, first } = films[name] as Frames;
  const start = (number - first) * width * height;
  const data = Float32Array.from((bytes.get(name) as Buffer).subarray(start, start + width * height));
  const made = pyramidOf({ width, height, data });
  kept.set(key, made);
  if (kept.size > 60) kept.delete(kept.keys().next().value as string);
  return made;
};

const answered = ({ film, start, end, box: [left, top, right, bottom] }: Asked): Answer => {
  const pictures = Array.from({ length: Math.abs(end - start) + 1 }, (_, i) =>
    pictureOf(film, start + Math.sign(end - start) * i),
  );
  const bounds = { left: left - 0.5, top: top - 0.5, width: right - left, height: bottom - top };
  const before = cpu();
  const follower = new Follower(pictures[0] as Pyramid, { bounds, outline: null });
  const steps = [];
  for (const [i, picture] of pictures.slice(1).entries()) {
    const step: Step = follower.step(picture);
    const { x, y, scale } = step.way;
    const moved = [scale * bounds.left + x + 0.5, scale * bounds.top + y + 0.5];
    const [l, t] = moved as [number, number];
    const box = [l, t, l + scale * bounds.width, t + scale * bounds.height];
    steps.push({ frame: start + Math.sign(end - start) * (i + 1), box, sure: step.sure, lost: step.lost });
    if (step.lost !== null) break;
  }
  return { steps, ms: (cpu() - before) / Math.max(1, steps.length) };
};

/** CPU ms to make the picture of one frame of 960 x 540 out of what a canvas hands out. */
const makingMs = (): number => {
  const [width, height, times] = [960, 540, 30];
  const pixels = new Uint8ClampedArray(width * height * 4).map((_, i) => (i * 7) % 251);
  let grey: Grey = greyOf(pixels, width, height);
  pyramidOf(grey);
  const before = cpu();
  for (let i = 0; i < times; i += 1) {
    grey = greyOf(pixels, width, height);
    pyramidOf(grey);
  }
  return (cpu() - before) / times;
};

// The first ones are slow, as everything is in a cold engine: they are asked twice.
for (const each of asked.slice(0, 3)) answered(each);
process.stdout.write(JSON.stringify({ answers: asked.map(answered), making: makingMs() }));
