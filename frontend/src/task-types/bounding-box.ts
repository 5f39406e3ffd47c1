import {
  area,
  type Box,
  boxBetween,
  clamp,
  contains,
  GRID,
  into,
  onGrid,
  type Point,
  type Size,
  shifted,
} from '../geometry/plane.ts';
import { t } from '../i18n.ts';
import { located, type Shape } from './located.ts';
import type { JsonObject, Question } from './question.ts';
import type { Handle } from './task-type.ts';
import { asNumber, Fault, onlyKeys, under } from './validation.ts';

const SIDES = ['left', 'top', 'width', 'height'] as const;

/** A box may stick out by rounding, as the server allows it too; more is outside the picture. */
const SLACK = 0.5;

/** Below this many px a drag is a slip of the hand. */
const LEAST = 1;

const parse = (raw: JsonObject, { media }: Question, pointer: string): Box => {
  onlyKeys(raw, SIDES, pointer);
  const [left, top, width, height] = SIDES.map((side) => asNumber(raw[side], under(pointer, side))) as [
    number,
    number,
    number,
    number,
  ];
  if (width <= 0) throw new Fault(under(pointer, 'width'), 'A box is wider than nothing.');
  if (height <= 0) throw new Fault(under(pointer, 'height'), 'A box is higher than nothing.');
  const right = left + width;
  const bottom = top + height;
  const outside = left < -SLACK || top < -SLACK || right > media.width + SLACK || bottom > media.height + SLACK;
  if (outside || right <= 0 || bottom <= 0 || left >= media.width || top >= media.height) {
    throw new Fault(pointer, 'This box reaches beyond the picture.');
  }
  return { left, top, width, height };
};

/** Eight handles, named by the edges that they pull: "left top", "top", "right" ... */
const handles = ({ left, top, width, height }: Box): Handle[] =>
  [-1, 0, 1].flatMap((x) =>
    [-1, 0, 1].flatMap((y) =>
      x === 0 && y === 0
        ? []
        : [
            {
              name: `${x},${y}`,
              at: { x: left + ((x + 1) / 2) * width, y: top + ((y + 1) / 2) * height },
              pull: { x, y },
            },
          ],
    ),
  );

const pullOf = (name: string): Point => {
  const [x = 0, y = 0] = name.split(',').map(Number);
  return { x, y };
};

/** One axis of a box whose edge `pull` (-1 the first, 1 the last) goes to `to`; it may pass the other edge. */
const stretched = (start: number, length: number, pull: number, to: number): [number, number] => {
  if (pull === 0) return [start, length];
  const fixed = pull < 0 ? start + length : start;
  return Math.abs(to - fixed) < LEAST
    ? [Math.min(fixed, fixed + pull * LEAST), LEAST]
    : [Math.min(fixed, to), Math.abs(to - fixed)];
};

/** Cut to the picture, at least one px each way, on the grid. */
const kept = ({ left, top, width, height }: Box, limits: Size): Box => {
  const w = clamp(onGrid(width), Math.min(LEAST, limits.width), limits.width);
  const h = clamp(onGrid(height), Math.min(LEAST, limits.height), limits.height);
  return {
    left: clamp(onGrid(left), 0, limits.width - w),
    top: clamp(onGrid(top), 0, limits.height - h),
    width: w,
    height: h,
  };
};

/** With Shift the box is a square, growing towards the pointer. */
const squared = (from: Point, to: Point, limits: Size): Point => {
  const toX = to.x < from.x ? from.x : limits.width - from.x;
  const toY = to.y < from.y ? from.y : limits.height - from.y;
  const side = Math.min(Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y)), toX, toY);
  return { x: from.x + (to.x < from.x ? -side : side), y: from.y + (to.y < from.y ? -side : side) };
};

export const box: Shape<Box> = {
  shape: 'box',
  parse,
  bounds: (g) => g,
  draw: (g) => ({ paths: [], boxes: [g] }),
  hit: (g, at, reach) => (contains(g, at, reach) ? area(g) : null),
  handles,
  withHandle: (g, name, to, _how, limits) => {
    const { x, y } = pullOf(name);
    const at = into(limits, to);
    const [left, width] = stretched(g.left, g.width, x, at.x);
    const [top, height] = stretched(g.top, g.height, y, at.y);
    return kept({ left, top, width, height }, limits);
  },
  moved: shifted,
  grown: (g, by, limits) => {
    const right = clamp(g.left + g.width + by.x, g.left + LEAST, limits.width);
    const bottom = clamp(g.top + g.height + by.y, g.top + LEAST, limits.height);
    return { left: g.left, top: g.top, width: onGrid(right - g.left), height: onGrid(bottom - g.top) };
  },
  create: (drawn, { media }) => {
    if (drawn.by !== 'corners') return null;
    const a = into(media, drawn.from);
    const b = into(media, drawn.to);
    const made = boxBetween(a, drawn.how.shift ? into(media, squared(a, b, media)) : b);
    return made.width < LEAST - GRID || made.height < LEAST - GRID ? null : made;
  },
  fields: (g) => [
    { name: 'left', label: t('Left'), value: g.left },
    { name: 'top', label: t('Top'), value: g.top },
    { name: 'width', label: t('Width'), value: g.width },
    { name: 'height', label: t('Height'), value: g.height },
  ],
  withField: (g, name, value, limits) => kept({ ...g, [name]: value }, limits),
  measure: (g) => `${Math.round(g.width)} × ${Math.round(g.height)}`,
};

export const boundingBox = located('bounding-box', 'image', [box], ['box']);
