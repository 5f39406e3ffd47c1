// What masks cost, in CPU ms of Node: `npx esbuild ../bench/masks.ts --bundle --platform=node --format=esm --outfile=dist/masks.mjs`
// in frontend/, then `node dist/masks.mjs`. The best of nine; the noise has a fixed seed.
import { outlinesOf, ringsOf, simplified } from '../frontend/src/geometry/contour.ts';
import { bitmapOf, brushed, filled, runsOfBitmap } from '../frontend/src/geometry/masks.ts';
import { countsOfRuns, runsOfCounts } from '../frontend/src/geometry/rle.ts';
import { others, pieceAt, type Runs, union, without } from '../frontend/src/geometry/runs.ts';

const PICTURE = { width: 1920, height: 1080 };
const LARGE = { width: 10_000, height: 10_000 };

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const time = (name: string, work: () => unknown): void => {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 9; i += 1) {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1000);
  }
  print(`${name.padEnd(36)} ${best.toFixed(2)} ms`);
};

/** Park & Miller 1988. */
const random = (seed: number) => {
  let state = seed;
  return (): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
};

/** Waves with frayed edges; the more `noise`, the more runs. */
const waves = (noise: number): Runs => {
  const next = random(1);
  const { width, height } = PICTURE;
  const data = Uint8Array.from({ length: width * height }, (_, i) => {
    const wave = Math.sin((i % width) / 60) + Math.cos(Math.floor(i / width) / 45);
    return wave + (next() - 0.5) * noise > 0.3 ? 1 : 0;
  });
  return runsOfBitmap({ left: 0, top: 0, ...PICTURE, data }, PICTURE);
};

const measure = (name: string, runs: Runs): void => {
  const counts = countsOfRuns(runs, PICTURE);
  const bitmap = bitmapOf(runs, PICTURE.height);
  const stroke = brushed([{ x: 500, y: 500 }, { x: 900, y: 560 }], 30, PICTURE);
  print(`\n${name}: ${runs.length / 2} runs, ${counts.length} characters`);
  time('pixels to text', () => countsOfRuns(runsOfBitmap(bitmap, PICTURE), PICTURE));
  time('text to pixels', () => bitmapOf(runsOfCounts(counts, PICTURE), PICTURE.height));
  time('runs to text', () => countsOfRuns(runs, PICTURE));
  time('text to runs', () => runsOfCounts(counts, PICTURE));
  time('a stroke put', () => union(runs, stroke));
  time('a stroke taken away', () => without(runs, stroke));
  time('bucket', () => pieceAt(others(runs, PICTURE), PICTURE, { x: 2, y: 2 }));
  time('outline, exact', () => ringsOf(runs, PICTURE.height));
  const rings = ringsOf(runs, PICTURE.height);
  time('outline within 1 px', () => rings.map((ring) => simplified(ring, 1)));
  time('holes to their outlines', () => outlinesOf(rings));
};

measure('smooth, 1920 x 1080', brushed([{ x: 400, y: 400 }, { x: 1500, y: 700 }], 300, PICTURE));
measure('ragged, 1920 x 1080', waves(0.15));
measure('very ragged, 1920 x 1080', waves(0.35));

const long = brushed([{ x: 500, y: 500 }, { x: 9000, y: 9000 }], 300, LARGE);
const circle = Array.from({ length: 200 }, (_, i) => ({
  x: 5000 + 4500 * Math.cos((i * Math.PI) / 100),
  y: 5000 + 4500 * Math.sin((i * Math.PI) / 100),
}));
print('\n100 megapixels');
time('a stroke across, radius 300', () => brushed([{ x: 500, y: 500 }, { x: 9000, y: 9000 }], 300, LARGE));
time('a step put to it', () => union(long, brushed([{ x: 9000, y: 9000 }, { x: 9050, y: 9000 }], 300, LARGE)));
time('its outline', () => ringsOf(long, LARGE.height));
time('a ring of 200 corners filled', () => filled([circle], LARGE));
