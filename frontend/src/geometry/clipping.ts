import { Clipper64, ClipType, FillRule, type Path64, type Paths64, type PolyPath64, PolyTree64 } from 'clipper2-ts';
import { distance, GRID, type Point } from './plane.ts';
import { areaOf, boundsOf, type Ring } from './polygons.ts';

/**
 * Outlines cut and joined, exactly: points lie on the grid of 1/16 px, so in units of it they are the whole numbers that the
 * library computes with. Loaded when it is first needed.
 */

/** An outer ring, then the holes in it. */
export type Outline = readonly Ring[];

/** Less than a square px is a splinter. */
const SPLINTER = 1;

const toGrid = (ring: Ring): Path64 => ring.map(({ x, y }) => ({ x: Math.round(x / GRID), y: Math.round(y / GRID) }));

const fromGrid = (path: Path64): Point[] => path.map(({ x, y }) => ({ x: x * GRID, y: y * GRID }));

/** The outer rings of a tree, each with its holes; what lies in a hole is an outline again. */
const outlinesOf = (tree: PolyTree64 | PolyPath64): Outline[] => {
  const found: Outline[] = [];
  for (let i = 0; i < tree.count; i += 1) {
    const outer = tree.child(i) as PolyPath64;
    const holes = Array.from({ length: outer.count }, (_, k) => outer.child(k) as PolyPath64);
    found.push([outer, ...holes].flatMap(({ poly }) => (poly === null ? [] : [fromGrid(poly)])));
    for (const hole of holes) found.push(...outlinesOf(hole));
  }
  return found.filter(([outer]) => outer !== undefined && areaOf(outer) >= SPLINTER);
};

const combined = (type: ClipType, rule: FillRule, subject: Paths64, clip: Paths64): Outline[] => {
  const clipper = new Clipper64();
  clipper.preserveCollinear = false;
  clipper.addSubject(subject);
  clipper.addClip(clip);
  const tree = new PolyTree64();
  clipper.execute(type, rule, tree);
  return outlinesOf(tree);
};

/** Beyond this from the middle nothing of the outline is left, in diagonals of its box. */
const FAR = 8;

/** The end of a line drawn on, as it was going. */
const beyond = (from: Point, end: Point, by: number): Point => {
  const length = distance(from, end) || 1;
  return { x: end.x + ((end.x - from.x) / length) * by, y: end.y + ((end.y - from.y) / length) * by };
};

/** Everything on one side of a line that goes on at both ends. */
const sideOf = (line: Ring, outline: Outline): Point[] => {
  const { left, top, width, height } = boundsOf([...outline.flat(), ...line]);
  const far = FAR * Math.max(1, Math.hypot(width, height));
  const [first = { x: 0, y: 0 }, second = first] = line;
  const last = line.at(-1) ?? first;
  const a = beyond(second, first, far);
  const b = beyond(line.at(-2) ?? first, last, far);
  const length = distance(a, b) || 1;
  const across = { x: (-(b.y - a.y) / length) * far, y: ((b.x - a.x) / length) * far };
  // Away from the outline, where both ends lie on one side of it.
  const middle = { x: left + width / 2 - (a.x + b.x) / 2, y: top + height / 2 - (a.y + b.y) / 2 };
  const sign = across.x * middle.x + across.y * middle.y > 0 ? -1 : 1;
  const off = ({ x, y }: Point): Point => ({ x: x + sign * across.x, y: y + sign * across.y });
  return [a, ...line, b, off(b), off(a)];
};

/** The parts of an outline on either side of a line, which is drawn on beyond its ends. One part: the line misses it. */
export const divided = (outline: Outline, line: Ring): Outline[] => {
  const subject = outline.map(toGrid);
  const side = [toGrid(sideOf(line, outline))];
  return [
    ...combined(ClipType.Intersection, FillRule.EvenOdd, subject, side),
    ...combined(ClipType.Difference, FillRule.EvenOdd, subject, side),
  ];
};

/** Outlines as few as they can be: those that touch become one. */
export const joined = (outlines: readonly Outline[]): Outline[] => {
  // Each by its own even-odd first: what two cover would else be taken for a hole.
  const clean = outlines.flatMap((outline) =>
    combined(ClipType.Union, FillRule.EvenOdd, outline.map(toGrid), []).flatMap((each) => each.map(toGrid)),
  );
  return combined(ClipType.Union, FillRule.NonZero, clean, []);
};
