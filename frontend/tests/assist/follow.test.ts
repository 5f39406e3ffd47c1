import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Follower, type Step } from '../../src/assist/follow.ts';
import { lookScale } from '../../src/assist/following.ts';
import { type Grey, greyOf, type Pyramid, pyramidOf } from '../../src/assist/pyramid.ts';
import { fitted, movedBy, type Pair } from '../../src/assist/similarity.ts';

const SIZE = { width: 320, height: 240 };

/** Numbers in [0, 1) by place, the same each time. */
const noise = (x: number, y: number, seed: number): number => {
  const value = Math.sin(x * 127.1 + y * 311.7 + seed * 74.7) * 43758.5453;
  return value - Math.floor(value);
};

/** Blots of about `grain` px. */
const blots = (x: number, y: number, grain: number, seed: number): number => {
  const [left, top] = [Math.floor(x / grain), Math.floor(y / grain)];
  const [fx, fy] = [x / grain - left, y / grain - top];
  const above = noise(left, top, seed) * (1 - fx) + noise(left + 1, top, seed) * fx;
  const below = noise(left, top + 1, seed) * (1 - fx) + noise(left + 1, top + 1, seed) * fx;
  return above * (1 - fy) + below * fy;
};

/** A textured box of 60 x 40 px about its middle, before a textured ground. */
interface Scene {
  readonly x: number;
  readonly y: number;
  readonly scale?: number;
  readonly light?: number;
  /** Px of its width, from the left, that stand behind something. */
  readonly hidden?: number;
  readonly band?: boolean;
}

/** What there is of the thing at a place, from its middle; null where there is the ground. */
const thingAt = (u: number, v: number, { hidden = 0, band = false }: Scene): number | null => {
  const onIt = band ? Math.abs(u) <= 40 && Math.abs(v - 0.8 * u) <= 10 : Math.abs(u) <= 30 && Math.abs(v) <= 20;
  if (!onIt) return null;
  return u + 30 < hidden ? 90 : 60 + 150 * blots(u + 100, v + 100, 6, 1);
};

const painted = (scene: Scene, frame: number): Pyramid => {
  const { scale = 1, light = 1 } = scene;
  const { width, height } = SIZE;
  const data = Float32Array.from({ length: width * height }, (_, at) => {
    const [x, y] = [at % width, Math.floor(at / width)];
    const thing = thingAt((x - scene.x) / scale, (y - scene.y) / scale, scene);
    return (thing ?? 70 + 80 * blots(x, y, 16, 2)) * light + 6 * noise(x, y, frame + 3);
  });
  return pyramidOf({ ...SIZE, data });
};

const boundsOf = ({ x, y }: Scene) => ({ left: x - 30, top: y - 20, width: 60, height: 40 });

/** The steps through what comes after the first. */
const followed = (scenes: readonly Scene[]): Step[] => {
  const [first, ...others] = scenes as [Scene, ...Scene[]];
  const follower = new Follower(painted(first, 0), { bounds: boundsOf(first), outline: null });
  return others.map((scene, i) => follower.step(painted(scene, i + 1)));
};

const off = (step: Step, from: Scene, to: Scene): number => {
  const middle = movedBy(step.way, from);
  return Math.hypot(middle.x - to.x, middle.y - to.y);
};

const moving = (frames: number, step: (i: number) => Partial<Scene>): Scene[] =>
  Array.from({ length: frames + 1 }, (_, i) => ({ x: 100, y: 100, ...step(i) }));

test('a thing is followed to the fraction of a px, whatever the ground does', () => {
  const scenes = moving(12, (i) => ({ x: 100 + 3.3 * i, y: 100 + 1.7 * i }));
  const steps = followed(scenes);
  for (const [i, step] of steps.entries()) {
    assert.equal(step.lost, null);
    assert.ok(off(step, scenes[0] as Scene, scenes[i + 1] as Scene) < 0.5);
  }
});

test('a leap of more than half the thing is found again', () => {
  const scenes = moving(3, (i) => ({ x: 100 + 28 * i, y: 100 + 12 * i }));
  const last = followed(scenes).at(-1) as Step;
  assert.equal(last.lost, null);
  assert.ok(off(last, scenes[0] as Scene, scenes[3] as Scene) < 0.5);
});

test('it grows and shrinks with the thing', () => {
  for (const growth of [1.02, 0.98]) {
    const steps = followed(moving(10, (i) => ({ x: 110 + i, scale: growth ** i })));
    const last = steps.at(-1) as Step;
    assert.equal(last.lost, null);
    assert.ok(Math.abs(last.way.scale / growth ** 10 - 1) < 0.02, `${last.way.scale}`);
  }
});

test('it does not drift: after sixty frames there and back it lies where it was', () => {
  const scenes = moving(60, (i) => ({ x: 100 + 40 * Math.sin((i * Math.PI) / 30), y: 100 }));
  const last = followed(scenes).at(-1) as Step;
  assert.equal(last.lost, null);
  assert.ok(off(last, scenes[0] as Scene, scenes[60] as Scene) < 0.3);
});

test('a change of light is no movement', () => {
  const scenes = moving(8, (i) => ({ x: 100 + 2 * i, light: 1 - 0.05 * i }));
  const last = followed(scenes).at(-1) as Step;
  assert.equal(last.lost, null);
  assert.ok(off(last, scenes[0] as Scene, scenes[8] as Scene) < 0.5);
});

test('a thing that is partly hidden is followed by the rest of it', () => {
  const scenes = moving(8, (i) => ({ x: 100 + 3 * i, hidden: 3 * i }));
  const last = followed(scenes).at(-1) as Step;
  assert.equal(last.lost, null);
  assert.ok(off(last, scenes[0] as Scene, scenes[8] as Scene) < 1);
});

test('what is hidden altogether is lost, and so is what another scene follows', () => {
  const hidden = followed(moving(8, (i) => ({ hidden: 10 * i }))).find(({ lost }) => lost !== null);
  assert.ok(hidden !== undefined);
  const before = new Follower(painted({ x: 100, y: 100 }, 0), { bounds: boundsOf({ x: 100, y: 100 }), outline: null });
  const other = {
    ...SIZE,
    data: new Float32Array(SIZE.width * SIZE.height).map((_, i) => 200 * blots(i % 320, i / 320, 9, 8)),
  };
  assert.notEqual(before.step(pyramidOf(other)).lost, null);
});

test('what leaves the picture is gone, once most of it is outside', () => {
  const scenes = moving(16, (i) => ({ x: 250 + 6 * i }));
  const steps = followed(scenes);
  const end = steps.findIndex(({ lost }) => lost !== null);
  assert.equal(steps[end]?.lost, 'gone');
  const outside = ((scenes[end + 1] as Scene).x + 30 - SIZE.width) / 60;
  assert.ok(outside > 0.5 && outside < 0.85, `${outside}`);
});

for (const speed of [6, 14, 18, 26, 30]) {
  test(`at ${speed} px a frame, too: what can not be found any more where it goes out has left, and not changed`, () => {
    const steps = followed(moving(24, (i) => ({ x: 200 + speed * i })));
    assert.equal(steps.find(({ lost }) => lost !== null)?.lost, 'gone');
  });
}

test('what is hidden at the edge has not left', () => {
  const standing = followed(moving(8, (i) => ({ x: 315, hidden: 10 * i })));
  const along = followed(moving(8, (i) => ({ x: 315, y: 100 + 3 * i, hidden: 10 * i })));
  for (const steps of [standing, along]) {
    const end = steps.find(({ lost }) => lost !== null);
    assert.ok(end !== undefined && end.lost !== 'gone', `${end?.lost}`);
  }
});

test('what is hidden at the edge while it drifts out has not left, unless it would be out in a few frames', () => {
  const steps = followed(moving(12, (i) => ({ x: 304 + i, hidden: i < 4 ? 0 : 12 * (i - 3) })));
  const end = steps.find(({ lost }) => lost !== null);
  assert.ok(end !== undefined && end.lost !== 'gone', `${end?.lost}`);
});

test('what has left goes on by its speed until it is out', () => {
  for (const speed of [3, 14]) {
    const steps = followed(moving(Math.ceil(100 / speed), (i) => ({ x: 260 + speed * i })));
    const at = steps.findIndex(({ lost }) => lost !== null);
    const { lost, leaving } = steps[at] as Step;
    assert.equal(lost, 'gone');
    // The last frame in which its left edge is still in the picture.
    assert.ok(Math.abs(at + leaving.length - Math.floor((SIZE.width - 230) / speed)) <= 1, `${at} ${leaving.length}`);
  }
});

test('what stays in the picture by a strip has not left', () => {
  const steps = followed(moving(24, (i) => ({ x: i < 8 ? 280 + 5.6 * i : 324.8 + 0.4 * (i - 8) })));
  assert.equal(steps.find(({ lost }) => lost !== null)?.lost, 'cut');
});

test('what is half outside from the beginning, as what is around a point at the edge is, has not left', () => {
  const steps = followed(moving(3, () => ({ x: 318, y: 238 })));
  assert.ok(steps.every(({ lost }) => lost !== 'gone'));
});

test('a plain thing can not be followed, and that is said', () => {
  const plain: Grey = { ...SIZE, data: new Float32Array(SIZE.width * SIZE.height).fill(120) };
  const follower = new Follower(pyramidOf(plain), { bounds: boundsOf({ x: 100, y: 100 }), outline: null });
  assert.equal(follower.step(pyramidOf(plain)).lost, 'plain');
});

test('of an outline only what is inside counts', () => {
  // A slanting band: the ground, which stands still, is most of its bounds.
  const outline = [
    { x: 60, y: 58 },
    { x: 140, y: 122 },
    { x: 140, y: 142 },
    { x: 60, y: 78 },
  ];
  const bounds = { left: 60, top: 58, width: 80, height: 84 };
  const band = (i: number) => painted({ x: 100 + 5 * i, y: 100, band: true }, i);
  const follower = new Follower(band(0), { bounds, outline });
  const steps = [1, 2, 3, 4].map((i) => follower.step(band(i)));
  assert.ok(Math.abs((steps.at(-1) as Step).way.x - 20) < 0.7);
});

test('the way that most pairs agree with is found among others', () => {
  const pairs: Pair[] = Array.from({ length: 40 }, (_, i) => {
    const from = { x: (i % 8) * 10, y: Math.floor(i / 8) * 12 };
    const to = { x: 1.1 * from.x + 7, y: 1.1 * from.y - 3 };
    return { from, to: i % 5 < 2 ? { x: from.x + i, y: 3 * i } : to, weight: 1 };
  });
  const fit = fitted(pairs, { scale: 1, most: 1.2, tolerance: 1.5, size: 60 });
  assert.ok(fit !== null);
  assert.ok(Math.abs(fit.scale - 1.1) < 0.01 && Math.abs(fit.x - 7) < 0.5 && Math.abs(fit.y + 3) < 0.5);
  assert.ok(Math.abs(fit.share - 0.6) < 0.1);
});

test('no pairs, no way', () => {
  assert.equal(fitted([], { scale: 1, most: 1.2, tolerance: 1, size: 10 }), null);
});

test('grey levels are those of the eye', () => {
  const { data } = greyOf(Uint8ClampedArray.from([255, 255, 255, 255, 0, 200, 0, 255]), 2, 1);
  assert.deepEqual([...data].map(Math.round), [255, 117]);
});

test('large films are looked at smaller, unless a thing would be too small to be followed; never enlarged', () => {
  const scaleFor = (width: number, side: number): number =>
    lookScale({ width, height: width / 2 }, [
      { bounds: { left: 0, top: 0, width: side, height: side }, outline: null },
      { bounds: { left: 0, top: 0, width: 500, height: 500 }, outline: null },
    ]);
  assert.equal(scaleFor(640, 100), 1);
  assert.equal(scaleFor(1920, 100), 0.5);
  assert.equal(scaleFor(1920, 50), 0.8);
  assert.equal(scaleFor(3840, 10), 0.5);
});
