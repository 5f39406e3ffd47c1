import type { Point } from '../geometry/plane.ts';
import { atLevel, type Grey, type Pyramid, sampled } from './pyramid.ts';

/**
 * Where a small patch of one picture lies in another: Lucas & Kanade 1981, over a pyramid (Bouguet 2001), the gradients taken from the
 * patch once (Baker & Matthews 2004). The patch's mean is taken off, so that a change of light is no movement.
 */

/** Px from the middle of a patch to its side. */
const REACH = 4;
const SIDE = 2 * REACH + 1;
const COUNT = SIDE * SIDE;
const ROUNDS = 8;
/** Px: less than this is no step any more. */
const STILL = 0.03;
/** The lesser eigenvalue of a patch's gradients, a px: below it there is nothing to hold on to. */
export const LEAST_TEXTURE = 4;

/** Where the patch was found, and how alike the two are: normalised cross-correlation, at most 1. */
export interface Found extends Point {
  readonly alike: number;
}

const around = new Float32Array((SIDE + 2) * (SIDE + 2));
const patch = new Float32Array(COUNT);
const gx = new Float32Array(COUNT);
const gy = new Float32Array(COUNT);
const seen = new Float32Array(COUNT);

/** What there is of gradients, summed: [xx, xy, yy]. */
type Texture = readonly [number, number, number];

/** The patch with its mean taken off, and its gradients, into the arrays above. */
const takePatch = (grey: Grey, x: number, y: number): Texture | null => {
  const wide = SIDE + 2;
  if (!sampled(grey, { x: x - REACH - 1, y: y - REACH - 1 }, 1, wide, wide, around)) return null;
  let [xx, xy, yy, sum] = [0, 0, 0, 0];
  for (let row = 0; row < SIDE; row += 1) {
    for (let column = 0; column < SIDE; column += 1) {
      const from = (row + 1) * wide + column + 1;
      const at = row * SIDE + column;
      const dx = ((around[from + 1] as number) - (around[from - 1] as number)) / 2;
      const dy = ((around[from + wide] as number) - (around[from - wide] as number)) / 2;
      gx[at] = dx;
      gy[at] = dy;
      patch[at] = around[from] as number;
      sum += around[from] as number;
      xx += dx * dx;
      xy += dx * dy;
      yy += dy * dy;
    }
  }
  for (let at = 0; at < COUNT; at += 1) patch[at] = (patch[at] as number) - sum / COUNT;
  return [xx, xy, yy];
};

const lesser = ([xx, xy, yy]: Texture): number => (xx + yy - Math.hypot(xx - yy, 2 * xy)) / 2 / COUNT;

/** How well a patch there can be followed: the lesser eigenvalue (Shi & Tomasi 1994), a px. 0 too near the edge. */
export const textureAt = (grey: Grey, x: number, y: number): number => {
  const texture = takePatch(grey, x, y);
  return texture === null ? 0 : lesser(texture);
};

/** One step of the search: how far what is seen at (x, y) is off the patch; null outside the picture. */
const stepAt = (grey: Grey, x: number, y: number, ratio: number, [xx, xy, yy]: Texture): Point | null => {
  const reach = REACH * ratio;
  if (!sampled(grey, { x: x - reach, y: y - reach }, ratio, SIDE, SIDE, seen)) return null;
  let sum = 0;
  for (let at = 0; at < COUNT; at += 1) sum += seen[at] as number;
  let [bx, by] = [0, 0];
  for (let at = 0; at < COUNT; at += 1) {
    const off = (seen[at] as number) - sum / COUNT - (patch[at] as number);
    bx += off * (gx[at] as number);
    by += off * (gy[at] as number);
  }
  const scale = ratio / (xx * yy - xy * xy);
  return { x: (yy * bx - xy * by) * scale, y: (xx * by - xy * bx) * scale };
};

/** Of the patch and of what was seen last. */
const likeness = (): number => {
  let [sum, of, squares, both] = [0, 0, 0, 0];
  for (let at = 0; at < COUNT; at += 1) sum += seen[at] as number;
  for (let at = 0; at < COUNT; at += 1) {
    const value = (seen[at] as number) - sum / COUNT;
    const other = patch[at] as number;
    of += value * value;
    squares += other * other;
    both += value * other;
  }
  return both / Math.sqrt(of * squares + 1e-9);
};

interface Way {
  /** px of one picture's patch for one px of the other's. */
  readonly ratio: number;
  /** Levels of the pyramid, from the coarsest to the finest that is looked at. */
  readonly coarsest: number;
  readonly finest: number;
}

/** The place in `to` of what lies in `from` at `at`, begun at `guess`; px of the finest level of all. Null when it can't be told. */
export const follow = (
  from: Pyramid,
  to: Pyramid,
  at: Point,
  guess: Point,
  { ratio, coarsest, finest }: Way,
): Found | null => {
  let [x, y] = [guess.x, guess.y];
  for (let level = Math.min(coarsest, from.length - 1, to.length - 1); level >= finest; level -= 1) {
    const [there, here] = [from[level] as Grey, to[level] as Grey];
    const texture = takePatch(there, atLevel(at.x, level), atLevel(at.y, level));
    const held = texture !== null && lesser(texture) >= LEAST_TEXTURE;
    if (!held) {
      if (level === finest) return null;
      continue;
    }
    const found = settled(here, atLevel(x, level), atLevel(y, level), ratio, texture);
    if (found === null && level === finest) return null;
    if (found === null) continue;
    x = (found.x + 0.5) * 2 ** level - 0.5;
    y = (found.y + 0.5) * 2 ** level - 0.5;
  }
  return { x, y, alike: likeness() };
};

const settled = (grey: Grey, fromX: number, fromY: number, ratio: number, texture: Texture): Point | null => {
  let [x, y] = [fromX, fromY];
  for (let round = 0; round < ROUNDS; round += 1) {
    const step = stepAt(grey, x, y, ratio, texture);
    if (step === null) return null;
    x -= step.x;
    y -= step.y;
    if (Math.hypot(step.x, step.y) < STILL) break;
    if (Math.hypot(x - fromX, y - fromY) > 2 * SIDE) return null;
  }
  return { x, y };
};
