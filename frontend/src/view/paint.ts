import type { Desk } from '../commands/desk.ts';
import { digitOf } from '../commands/labeling.ts';
import { type Proposal, shownProposals } from '../commands/proposals.ts';
import { inSight } from '../commands/sight.ts';
import { apply, applyToBox, type Matrix } from '../geometry/matrix.ts';
import type { Box } from '../geometry/plane.ts';
import { percent } from '../i18n.ts';
import { type Category, type InstanceRecord, isInstance } from '../task-types/question.ts';
import type { Drawing, Located, Path } from '../task-types/task-type.ts';
import { paintPixels, type Tinted } from './bitmaps.ts';
import { colourOf, inkColour, isDashed } from './colours.ts';

const FONT = '600 12px system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", Arial, sans-serif';
/** More selected shapes than this are drawn with the resting ones: an element each would cost more than the whole canvas. */
const MOST_IN_HAND = 100;
const TAG = { height: 18, pad: 6, radius: 3 };
/** How far a tag may reach beyond its shape: what a partial redraw must look around for. */
export const TAG_REACH = { x: 240, y: TAG.height + 11 };
/** Smaller shapes on the screen carry no tag, px; where there are many, only the larger ones do. */
const leastForTag = (count: number): number => 14 * Math.max(1, Math.sqrt(count / 500));

interface Item {
  readonly drawing: Drawing;
  readonly text: string;
  /** Where the shape is on the stage. */
  readonly place: Box;
  /** The drawing's upright boxes on the stage. */
  readonly boxes: readonly Box[];
}

const trace = (to: CanvasPath, paths: readonly Path[], m: Matrix): void => {
  for (const { points, closed } of paths) {
    for (let i = 0; i + 1 < points.length; i += 2) {
      const x = points[i] ?? 0;
      const y = points[i + 1] ?? 0;
      const sx = m[0] * x + m[2] * y + m[4];
      const sy = m[1] * x + m[3] * y + m[5];
      if (i === 0) to.moveTo(sx, sy);
      else to.lineTo(sx, sy);
    }
    if (closed) to.closePath();
  }
};

/** Radius of a point on the stage, px. */
const DOT = 5;

/** All points of one look as one path: 20,000 of them one by one would cost half a second. */
const dotsOf = (to: CanvasRenderingContext2D, items: readonly Item[], m: Matrix, colour: string): void => {
  const dots = items.flatMap(({ drawing }) => drawing.dots ?? []);
  for (const hollow of [false, true]) {
    const some = dots.filter((dot) => (dot.hollow === true) === hollow);
    if (some.length === 0) continue;
    to.beginPath();
    for (const dot of some) {
      const { x, y } = apply(m, dot.at);
      to.moveTo(x + DOT, y);
      to.arc(x, y, DOT, 0, 2 * Math.PI);
    }
    to.lineWidth = 2;
    to.strokeStyle = hollow ? colour : inkColour();
    to.fillStyle = hollow ? inkColour() : colour;
    to.fill();
    to.stroke();
  }
};

/** Closed paths alone are filled: an open line has no inside. Those with holes go one by one, or they would cut each other. */
const fillPaths = (to: CanvasRenderingContext2D, items: readonly Item[], m: Matrix): void => {
  to.beginPath();
  for (const { drawing } of items) {
    const closed = drawing.paths.filter((path) => path.closed);
    if (closed.length === 1) trace(to, closed, m);
    else if (closed.length > 1) {
      const own = new Path2D();
      trace(own, closed, m);
      to.fill(own, 'evenodd');
    }
  }
  to.fill();
};

const fillAll = (to: CanvasRenderingContext2D, items: readonly Item[], m: Matrix): void => {
  fillPaths(to, items, m);
  for (const { boxes } of items)
    for (const { left, top, width, height } of boxes) to.fillRect(left, top, width, height);
};

const lineAll = (to: CanvasRenderingContext2D, items: readonly Item[]): void => {
  to.stroke();
  for (const { boxes } of items)
    for (const { left, top, width, height } of boxes) to.strokeRect(left, top, width, height);
};

const widths = new Map<string, number>();
const widthOf = (to: CanvasRenderingContext2D, text: string): number => {
  const known = widths.get(text);
  if (known !== undefined) return known;
  const width = to.measureText(text).width;
  widths.set(text, width);
  return width;
};

/** A tag leaves room for the point or the handle at the top of its outline, px. */
const LIFT = 7;

/**
 * Where on the stage a tag's left end and foot are: over the corner of a box; over the topmost point of an outline or a line, since
 * the corner of the box around that may be far from it.
 */
export const tagAt = (drawing: Drawing, place: Box, m: Matrix): { left: number; foot: number } => {
  const { boxes, paths, dots = [], pixels } = drawing;
  if (boxes.length > 0 || pixels !== undefined || paths.length + dots.length === 0)
    return { left: place.left, foot: place.top };
  let [x, top] = [place.left, Number.POSITIVE_INFINITY];
  for (const { points } of paths) {
    for (let i = 0; i + 1 < points.length; i += 2) {
      const at = apply(m, { x: points[i] ?? 0, y: points[i + 1] ?? 0 });
      if (at.y < top) [x, top] = [at.x, at.y];
    }
  }
  const most = place.left + Math.max(0, place.width - 2 * TAG.height);
  return { left: Math.max(place.left, Math.min(x - TAG.height, most)), foot: place.top - LIFT };
};

const tag = (to: CanvasRenderingContext2D, item: Item, m: Matrix, fill: string, ink: string): void => {
  const { place, text } = item;
  const width = widthOf(to, text) + 2 * TAG.pad;
  const { left, foot } = tagAt(item.drawing, place, m);
  const top = Math.max(0, foot - TAG.height);
  to.fillStyle = fill;
  to.beginPath();
  to.roundRect(left, top, width, TAG.height, TAG.radius);
  to.fill();
  to.fillStyle = ink;
  to.fillText(text, left + TAG.pad, top + TAG.height - 5);
};

/** How strongly a shape is drawn. Many selected ones have thinner lines than one in the hand: wide ones would double their cost. */
interface Strength {
  readonly fill: number;
  readonly casing: string;
  readonly casingAlpha: number;
  readonly casingWidth: number;
  readonly width: number;
}

const resting = (): Strength => ({ fill: 0.1, casing: inkColour(), casingAlpha: 0.75, casingWidth: 4, width: 2 });
const selected = (): Strength => ({ fill: 0.22, casing: '#fff', casingAlpha: 1, casingWidth: 4, width: 2 });

/** What is hidden behind something has lines with more gap than line. */
const OCCLUDED = [3, 5];

const strokeSome = (
  to: CanvasRenderingContext2D,
  items: readonly Item[],
  m: Matrix,
  category: Category,
  dashed: boolean,
  how: Strength,
): void => {
  const colour = colourOf(category);
  to.globalAlpha = how.fill;
  to.fillStyle = colour;
  fillAll(to, items, m);
  to.beginPath();
  for (const { drawing } of items) trace(to, drawing.paths, m);
  to.globalAlpha = how.casingAlpha;
  to.lineWidth = how.casingWidth;
  to.strokeStyle = how.casing;
  to.setLineDash([]);
  lineAll(to, items);
  to.globalAlpha = 1;
  to.lineWidth = how.width;
  to.strokeStyle = colour;
  if (dashed) to.setLineDash(OCCLUDED);
  else if (isDashed(category)) to.setLineDash([8, 4]);
  lineAll(to, items);
  to.setLineDash([]);
  dotsOf(to, items, m, colour);
};

/** The cost of filling a path grows faster than its length: thousands of shapes go in lots of this many. */
const LOT = 64;

const strokeAll = (to: CanvasRenderingContext2D, [category, items, dashed]: Layer, m: Matrix, how: Strength): void => {
  for (let i = 0; i < items.length; i += LOT) strokeSome(to, items.slice(i, i + LOT), m, category, dashed, how);
};

/** Digit, and the name where it fits over the shape. */
const restingText = (
  to: CanvasRenderingContext2D,
  desk: Desk,
  { record, category }: { record: InstanceRecord; category: Category },
  wide: number,
): string => {
  const digit = digitOf(category, desk.question.categories);
  const whole = `${digit} ${desk.nameOf(record)}`.trim();
  return digit === '' || widthOf(to, whole) + 2 * TAG.pad <= wide ? whole : digit;
};

const NO_LINES: Drawing = { paths: [], boxes: [] };

/** The shapes that are pixels, in their order. */
const tintedOf = (desk: Desk, records: readonly InstanceRecord[]): Tinted[] =>
  [...records]
    .sort((a, b) => a.order - b.order)
    .flatMap((record) => {
      const pixels = desk.type.located?.draw(record, desk.question).pixels;
      const category = desk.question.categories[record.category];
      if (pixels === undefined || category === undefined) return [];
      return [{ ...pixels, colour: colourOf(category), dashed: isDashed(category) }];
    });

/** A point has no width of its own: it carries its digit while there are not too many. */
const MOST_POINT_TAGS = 200;
const hasRoom = ({ width, height }: Box, least: number, count: number): boolean =>
  width === 0 && height === 0 ? count <= MOST_POINT_TAGS : width >= least;

/** Up to so many shapes are drawn one above the other in their order; of more, class by class, which costs far less. */
const MOST_IN_ORDER = 300;

/** Shapes of one class that are drawn together: all of them seen, or all hidden behind something. */
type Layer = readonly [Category, Item[], boolean];

/** In the order of drawing. */
type Layers = readonly Layer[];

/** What of a shape is drawn at rest; pixels are painted by themselves, below all lines, and are a tag alone here. */
const itemOf = (
  to: CanvasRenderingContext2D,
  desk: Desk,
  located: Located,
  { record, category, count }: { record: InstanceRecord; category: Category; count: number },
  m: Matrix,
): Item => {
  const place = applyToBox(m, located.bounds(record));
  const text = hasRoom(place, leastForTag(count), count)
    ? restingText(to, desk, { record, category }, place.width)
    : '';
  const drawn = located.draw(record, desk.question, desk.viewport.value.scale);
  const drawing = drawn.pixels === undefined ? drawn : NO_LINES;
  return { drawing, text, place, boxes: drawing.boxes.map((box) => applyToBox(m, box)) };
};

const grouped = (to: CanvasRenderingContext2D, desk: Desk, records: readonly InstanceRecord[], m: Matrix): Layers => {
  const count = records.length;
  const inOrder = count <= MOST_IN_ORDER;
  const layers: Layer[] = [];
  const open = new Map<number, Item[]>();
  let last = -1;
  const { located } = desk.type;
  if (located === undefined) return layers;
  for (const record of inOrder ? [...records].sort((a, b) => a.order - b.order) : records) {
    const category = desk.question.categories[record.category];
    if (category === undefined) continue;
    const hidden = desk.film?.occludedHere(record.id) === true;
    const key = 2 * category.id + Number(hidden);
    // In order a layer ends where another begins.
    if (inOrder && last !== key) open.clear();
    last = key;
    const layer = open.get(key) ?? [];
    if (layer.length === 0) layers.push([category, layer, hidden]);
    open.set(key, layer);
    layer.push(itemOf(to, desk, located, { record, category, count }, m));
  }
  return layers;
};

const ghost = (
  to: CanvasRenderingContext2D,
  desk: Desk,
  { record, confidence, category: id }: Proposal,
  m: Matrix,
): void => {
  const category = desk.question.categories[id];
  const { located } = desk.type;
  if (category === undefined || record === null || located === undefined) return;
  const drawing = located.draw(record, desk.question, desk.viewport.value.scale);
  const place = applyToBox(m, located.bounds(record));
  const text = `${category.name} ${percent(confidence)}`;
  const item = { drawing, text, place, boxes: drawing.boxes.map((box) => applyToBox(m, box)) };
  to.globalAlpha = 0.06;
  to.fillStyle = colourOf(category);
  fillAll(to, [item], m);
  to.beginPath();
  trace(to, drawing.paths, m);
  to.globalAlpha = 1;
  to.lineWidth = 2;
  to.strokeStyle = colourOf(category);
  to.setLineDash([7, 5]);
  lineAll(to, [item]);
  to.setLineDash([]);
  tag(to, item, m, 'rgb(16 19 18 / 0.84)', '#fff');
};

/** Those whose bounds or tags touch the media box; with none, all. */
const recordsIn = (desk: Desk, area: Box | null, lifted: string | null): InstanceRecord[] => {
  const ids = area === null ? [...desk.seen.records.keys()] : (desk.index?.inside(area) ?? []);
  return ids.flatMap((id) => {
    const record = desk.seen.get(id);
    return id !== lifted && isInstance(record) && inSight(desk.sight.value, record) ? [record] : [];
  });
};

/** So many are selected that the canvas draws them too, and the overlay does not. */
export const manySelected = (desk: Desk): boolean => desk.selection.value.length > MOST_IN_HAND;

/** Draw the shapes, without their tags; returns those that rest. */
const shapesIn = (to: CanvasRenderingContext2D, desk: Desk, m: Matrix, records: readonly InstanceRecord[]): Layers => {
  const chosen = new Set(manySelected(desk) ? desk.selection.value : []);
  const on = records.filter(({ id }) => chosen.has(id));
  const groups = grouped(to, desk, on.length === 0 ? records : records.filter(({ id }) => !chosen.has(id)), m);
  for (const layer of groups) strokeAll(to, layer, m, resting());
  for (const layer of grouped(to, desk, on, m)) strokeAll(to, layer, m, selected());
  return groups;
};

/**
 * Draw the resting shapes and the proposals. `to` is set to CSS px of the stage; `m` maps media px there; `area` (media px) limits
 * what is looked at, and what is in the hand (`lifted`) is left out.
 */
export const paint = (
  to: CanvasRenderingContext2D,
  desk: Desk,
  m: Matrix,
  area: Box | null,
  lifted: string | null,
): void => {
  if (desk.hidden.value) return;
  to.font = FONT;
  const records = recordsIn(desk, area, lifted);
  if (desk.type.located?.painting !== undefined) {
    const piece = area === null ? { left: 0, top: 0, ...desk.stage.value } : applyToBox(m, area);
    paintPixels(to, tintedOf(desk, records), m, piece, desk.paint.opacity.value, inkColour());
  }
  const groups = shapesIn(to, desk, m, records);
  for (const [category, items] of groups) {
    for (const item of items) if (item.text !== '') tag(to, item, m, colourOf(category), inkColour());
  }
  for (const proposal of shownProposals(desk)) ghost(to, desk, proposal, m);
};
