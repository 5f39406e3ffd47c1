import type { Lost, Region } from '../commands/predicting.ts';
import { contains, type Point } from '../geometry/plane.ts';
import { follow, LEAST_TEXTURE, textureAt } from './flow.ts';
import { alike, appearance, type Grid, gridOver, lookedFor } from './likeness.ts';
import { atLevel, type Grey, type Pyramid } from './pyramid.ts';
import { type Fit, fitted, movedBy, type Pair, type Similarity } from './similarity.ts';

/**
 * Follows one thing from the picture in which a person has drawn it through the pictures after it. Each step: look for the thing as a
 * whole near where it should be; follow small patches from the last picture (and back again: Kalal et al. 2010, "Forward-backward
 * error"); then from the person's own picture, which takes off what the first has drifted. A step that is not sure says so.
 */

/** From the person's picture to this one, and how sure that is, in [0, 1]; `lost` says why it is not known. */
export interface Step {
  readonly way: Similarity;
  readonly sure: number;
  readonly lost: Lost | null;
  /** Of what is gone: from this picture on, as it would go out by its speed, as long as some of it is inside. */
  readonly leaving: readonly Similarity[];
}

/** Patches along each side of the bounds. */
const PATCHES = 8;
/** Px of the level looked at: a larger thing is looked at in a smaller picture. */
const MOST_SIZE = 96;
const LEAST_SIZE = 14;
const MOST_LEVELS = 3;
/** Px at the finest level looked at: there and back again no further off than this. */
const BACK = 1;
const LEAST_PATCHES = 5;
/** A patch that looks less like itself is not followed. */
const PATCH_ALIKE = 0.6;
/** The thing as a whole: like itself in the last picture, and in the person's. */
const LEAST_ALIKE = 0.5;
const LEAST_ALIKE_AT_ALL = 0.4;
/** ... or this share of the person's patches is still found in its place: the rest is hidden. */
const LEAST_HELD = 0.5;
/** Of the patches, by weight: those that tell the same. */
const LEAST_SHARE = 0.3;
/** Of what was in the picture at first, the share that must be there still. */
const LEAST_SEEN = 0.35;
/** Pictures within which such a thing is out altogether, by its speed: it leaves. */
const LEAVES_WITHIN = 30;
/** ... and of one that can't be found any more, the share below which it may have left rather than changed ... */
const MOST_LEAVING = 0.65;
/** ... where it would be out so soon: nobody has seen it go. */
const LOST_WITHIN = 6;
/** Pictures that its speed is taken from: a single step tells little of a slow thing. */
const PACE = 5;
/** A factor, from one picture to the next. */
const MOST_GROWTH = 1.12;

const NOWHERE: Similarity = { x: 0, y: 0, scale: 1 };

/** Even-odd. */
const within = (outline: readonly Point[], p: Point): boolean => {
  let inside = false;
  outline.forEach((a, place) => {
    const b = outline[(place + 1) % outline.length] as Point;
    if (a.y > p.y !== b.y > p.y && p.x < ((b.x - a.x) * (p.y - a.y)) / (b.y - a.y) + a.x) inside = !inside;
  });
  return inside;
};

/** Towards the edge of a box there is less of the thing and more of what is behind it. */
const weightIn = ({ bounds, outline }: Region, p: Point): number => {
  if (outline !== null) return within(outline, p) ? 1 : 0;
  if (!contains(bounds, p)) return 0;
  const x = Math.abs((2 * (p.x - bounds.left)) / bounds.width - 1);
  const y = Math.abs((2 * (p.y - bounds.top)) / bounds.height - 1);
  return 1 - (0.7 * Math.max(0, Math.max(x, y) - 0.6)) / 0.4;
};

/** The best textured place in each cell of a grid over the thing, px of `pyramid`. */
const patchesOn = (
  pyramid: Pyramid,
  region: Region,
  way: Similarity,
  level: number,
): { at: Point; from: Point; weight: number }[] => {
  const { left, top, width, height } = region.bounds;
  const places = [];
  for (let cell = 0; cell < PATCHES * PATCHES; cell += 1) {
    let best = { texture: LEAST_TEXTURE, at: { x: 0, y: 0 }, from: { x: 0, y: 0 }, weight: 0 };
    for (const [dx, dy] of [
      [0.3, 0.3],
      [0.7, 0.3],
      [0.3, 0.7],
      [0.7, 0.7],
    ] as const) {
      const from = {
        x: left + (((cell % PATCHES) + dx) / PATCHES) * width,
        y: top + ((Math.floor(cell / PATCHES) + dy) / PATCHES) * height,
      };
      const weight = weightIn(region, from);
      if (weight === 0) continue;
      const at = movedBy(way, from);
      const texture = textureAt(pyramid[level] as Grey, atLevel(at.x, level), atLevel(at.y, level));
      if (texture > best.texture) best = { texture, at, from, weight };
    }
    if (best.weight > 0) places.push(best);
  }
  return places;
};

type End = Pick<Step, 'leaving'> & { readonly lost: Lost };

export class Follower {
  readonly #region: Region;
  readonly #anchor: Pyramid;
  readonly #grid: Grid;
  readonly #look: Float32Array;
  readonly #patches: ReturnType<typeof patchesOn>;
  readonly #finest: number;
  readonly #coarsest: number;
  readonly #size: number;
  #last: Pyramid;
  #lastLook: Float32Array;
  #way = NOWHERE;
  #speed: Point = { x: 0, y: 0 };
  /** Where it was in the last pictures. */
  #trail: readonly Similarity[] = [NOWHERE];
  readonly #first: number;

  constructor(picture: Pyramid, region: Region) {
    const { width, height } = region.bounds;
    this.#region = region;
    this.#anchor = picture;
    this.#last = picture;
    this.#first = this.#within(picture, NOWHERE);
    this.#size = Math.sqrt(width * height);
    const most = picture.length - 1;
    this.#finest = Math.min(most, Math.max(0, Math.floor(Math.log2(this.#size / MOST_SIZE) + 0.5)));
    this.#coarsest = Math.min(
      most,
      this.#finest + MOST_LEVELS - 1,
      Math.max(this.#finest, Math.floor(Math.log2(this.#size / LEAST_SIZE))),
    );
    this.#grid = gridOver(region.bounds, (p) => weightIn(region, p));
    this.#look = appearance(picture, this.#grid, NOWHERE);
    this.#lastLook = this.#look;
    this.#patches = patchesOn(picture, region, NOWHERE, this.#finest);
  }

  /** The thing in the next picture. After a step that has lost it, it is not looked for again. */
  step(picture: Pyramid): Step {
    const from = this.#way;
    const guess = this.#guess();
    const seen = lookedFor(picture, this.#grid, [this.#lastLook, this.#look], guess);
    const flow = this.#fromLast(picture, seen);
    if (flow === null) {
      const why = this.#patches.length < LEAST_PATCHES ? 'plain' : 'unsteady';
      return { way: from, sure: 0, ...this.#lostOr(picture, why) };
    }
    const anchored = this.#fromAnchor(picture, flow);
    return this.#judged(picture, anchored ?? flow, flow.share, anchored?.share ?? 0);
  }

  #judged(picture: Pyramid, way: Similarity, share: number, held: number): Step {
    const look = appearance(picture, this.#grid, way);
    const last = alike(this.#grid, this.#lastLook, look);
    const first = Math.max(alike(this.#grid, this.#look, look), held >= LEAST_HELD ? held : 0);
    const sure = Math.max(0, Math.min(share, last, first));
    const end = this.#endAt(picture, way, { last, first, share });
    if (end === null) {
      this.#speed = { x: way.x - this.#way.x, y: way.y - this.#way.y };
      this.#way = way;
      this.#trail = [...this.#trail, way].slice(-PACE - 1);
      this.#last = picture;
      this.#lastLook = look;
    }
    return { way, sure, ...(end ?? { lost: null, leaving: [] }) };
  }

  #endAt(picture: Pyramid, way: Similarity, found: { last: number; first: number; share: number }): End | null {
    if (found.share < LEAST_SHARE) return this.#lostOr(picture, 'unsteady');
    if (this.#inside(picture, way) < LEAST_SEEN) {
      const leaving = this.#wayOut(picture, LEAVES_WITHIN);
      return leaving === null ? { lost: 'cut', leaving: [] } : { lost: 'gone', leaving };
    }
    const unlike = found.last < LEAST_ALIKE || found.first < LEAST_ALIKE_AT_ALL;
    return unlike ? this.#lostOr(picture, 'unlike') : null;
  }

  /** It can't be found where its way goes on. Where that is over the edge, and soon, it has left. */
  #lostOr(picture: Pyramid, why: Lost): End {
    const leaving = this.#inside(picture, this.#guess()) < MOST_LEAVING ? this.#wayOut(picture, LOST_WITHIN) : null;
    return leaving === null ? { lost: why, leaving: [] } : { lost: 'gone', leaving };
  }

  /** From the next picture on by its speed, until nothing of it is inside; null where that takes more than so many. */
  #wayOut(picture: Pyramid, most: number): Similarity[] | null {
    const [before, steps] = [this.#trail[0] as Similarity, this.#trail.length - 1];
    const [x, y] = [this.#way.x - before.x, this.#way.y - before.y].map((by) => by / Math.max(1, steps)) as [
      number,
      number,
    ];
    const ways: Similarity[] = [];
    for (let i = 1; i <= most; i += 1) {
      const way = { ...this.#way, x: this.#way.x + i * x, y: this.#way.y + i * y };
      if (this.#within(picture, way) <= 0) return ways;
      ways.push(way);
    }
    return null;
  }

  /** Where it would be if it went on as it did. */
  #guess(): Similarity {
    return { ...this.#way, x: this.#way.x + this.#speed.x, y: this.#way.y + this.#speed.y };
  }

  /** Of what was in the picture at first, the share that still is: what is around a point at the edge is half outside from the beginning. */
  #inside(picture: Pyramid, way: Similarity): number {
    return this.#within(picture, way) / Math.max(this.#first, Number.EPSILON);
  }

  /** Of what is followed, the share that lies within the picture. */
  #within(picture: Pyramid, way: Similarity): number {
    const { width, height } = picture[0] as Grey;
    const { bounds } = this.#region;
    const a = movedBy(way, { x: bounds.left, y: bounds.top });
    const b = movedBy(way, { x: bounds.left + bounds.width, y: bounds.top + bounds.height });
    const across = Math.max(0, Math.min(b.x, width) - Math.max(a.x, 0)) / (b.x - a.x);
    const down = Math.max(0, Math.min(b.y, height) - Math.max(a.y, 0)) / (b.y - a.y);
    return across * down;
  }

  /** By patches of the last picture, there and back. */
  #fromLast(picture: Pyramid, seen: Similarity): Fit | null {
    const [finest, coarsest] = [this.#finest, this.#coarsest];
    const looks = { ratio: 1, coarsest, finest };
    const places = patchesOn(this.#last, this.#region, this.#way, finest);
    const pairs: Pair[] = [];
    for (const { at, from, weight } of places) {
      const there = follow(this.#last, picture, at, movedBy(seen, from), looks);
      if (there === null || there.alike < PATCH_ALIKE) continue;
      const back = follow(picture, this.#last, there, at, { ...looks, coarsest: finest });
      if (back === null || Math.hypot(back.x - at.x, back.y - at.y) > BACK * 2 ** finest) continue;
      pairs.push({ from, to: there, weight });
    }
    return this.#fit(pairs, seen, places.length);
  }

  /** By patches of the person's own picture; null when too few are still to be seen, or they tell something else. */
  #fromAnchor(picture: Pyramid, flow: Similarity): Fit | null {
    const [finest, coarsest] = [this.#finest, Math.min(this.#coarsest, this.#finest + 1)];
    const pairs: Pair[] = [];
    for (const { from, weight } of this.#patches) {
      const there = follow(this.#anchor, picture, from, movedBy(flow, from), { ratio: flow.scale, coarsest, finest });
      if (there !== null && there.alike >= PATCH_ALIKE) pairs.push({ from, to: there, weight });
    }
    const fit = this.#fit(pairs, flow, this.#patches.length);
    return fit === null || fit.share < LEAST_SHARE ? null : fit;
  }

  #fit(pairs: readonly Pair[], expected: Similarity, of: number): Fit | null {
    if (pairs.length < LEAST_PATCHES) return null;
    const tolerance = Math.max(1, this.#size * 0.025) * expected.scale;
    const fit = fitted(pairs, { scale: expected.scale, most: MOST_GROWTH, tolerance, size: this.#size });
    if (fit === null || fit.agreeing.length < LEAST_PATCHES) return null;
    return { ...fit, share: (fit.share * pairs.length) / of };
  }
}
