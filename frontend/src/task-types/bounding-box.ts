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
import { boundsOf, flat } from '../geometry/polygons.ts';
import { angleOnGrid, cornersOf, diagonal, heading, turned, turnedAbout } from '../geometry/rotation.ts';
import { t } from '../i18n.ts';
import { located, type Shape } from './located.ts';
import type { JsonObject, Question } from './question.ts';
import type { Drawn, Handle, Modifiers } from './task-type.ts';
import { asNumber, Fault, onlyKeys, under } from './validation.ts';

/** Where the job lets boxes be turned, `angle` is in degrees clockwise about the centre, in (-180, 180]; left out where it is 0. */
export interface TurnedBox extends Box {
  readonly angle?: number;
}

const SIDES = ['left', 'top', 'width', 'height'] as const;

/** A box may stick out by rounding, as the server allows it too; more is outside the picture. */
const SLACK = 0.5;

/** Below this many px a drag is a slip of the hand. */
const LEAST = 1;

const turns = ({ settings }: Question): boolean => settings.rotation === true;

const withAngle = ({ left, top, width, height }: Box, angle: number): TurnedBox =>
  angle === 0 ? { left, top, width, height } : { left, top, width, height, angle };

const middle = ({ left, top, width, height }: Box): Point => ({ x: left + width / 2, y: top + height / 2 });

const parseAngle = (raw: JsonObject, pointer: string): number => {
  if (raw.angle === undefined) return 0;
  const angle = asNumber(raw.angle, under(pointer, 'angle'));
  if (angle <= -180 || angle > 180) throw new Fault(under(pointer, 'angle'), 'An angle lies above -180 and up to 180.');
  return angle;
};

const checkUpright = ({ left, top, width, height }: Box, media: Size, pointer: string): void => {
  const right = left + width;
  const bottom = top + height;
  const outside = left < -SLACK || top < -SLACK || right > media.width + SLACK || bottom > media.height + SLACK;
  if (outside || right <= 0 || bottom <= 0 || left >= media.width || top >= media.height) {
    throw new Fault(pointer, 'This box reaches beyond the picture.');
  }
};

/** A turned box may stick out, its centre may not. */
const checkTurned = (box: Box, media: Size, pointer: string): void => {
  const most = diagonal(media) + 1;
  if (box.width > most) throw new Fault(under(pointer, 'width'), 'It is longer than the picture’s diagonal.');
  if (box.height > most) throw new Fault(under(pointer, 'height'), 'It is longer than the picture’s diagonal.');
  if (!contains({ left: 0, top: 0, width: media.width, height: media.height }, middle(box))) {
    throw new Fault(pointer, 'The centre of this box lies beyond the picture.');
  }
};

const parse = (raw: JsonObject, question: Question, pointer: string): TurnedBox => {
  const { media } = question;
  onlyKeys(raw, turns(question) ? [...SIDES, 'angle'] : SIDES, pointer);
  const [left = 0, top = 0, width = 0, height = 0] = SIDES.map((side) => asNumber(raw[side], under(pointer, side)));
  if (width <= 0) throw new Fault(under(pointer, 'width'), 'A box is wider than nothing.');
  if (height <= 0) throw new Fault(under(pointer, 'height'), 'A box is higher than nothing.');
  const angle = parseAngle(raw, pointer);
  const box = { left, top, width, height };
  if (angle === 0) checkUpright(box, media, pointer);
  else checkTurned(box, media, pointer);
  return withAngle(box, angle);
};

const TURN = 'turn';

/** Eight handles, named by the edges that they pull, along the box's own axes; and one that turns it. */
const handles = (g: TurnedBox, question: Question): Handle[] => {
  const { left, top, width, height, angle = 0 } = g;
  const about = middle(g);
  const axes = angle === 0 ? {} : { axes: { angle, width, height } };
  const at = (x: number, y: number): Point =>
    turnedAbout({ x: left + ((x + 1) / 2) * width, y: top + ((y + 1) / 2) * height }, about, angle);
  const pulls = [-1, 0, 1].flatMap((x) =>
    [-1, 0, 1].flatMap((y): Handle[] =>
      x === 0 && y === 0 ? [] : [{ name: `${x},${y}`, at: at(x, y), pull: { x, y }, ...axes }],
    ),
  );
  if (!turns(question)) return pulls;
  const off = turned({ x: 0, y: -1 }, angle);
  return [...pulls, { name: TURN, at: at(0, -1), pull: { x: 0, y: 0 }, look: 'turn', off }];
};

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

/** Cut to the picture, at least one px each way, on the grid. A turned one keeps its centre in the picture instead. */
const kept = (g: TurnedBox, limits: Size): TurnedBox => {
  const angle = angleOnGrid(g.angle ?? 0, 180);
  if (angle !== 0) return keptTurned(g, angle, limits);
  const w = clamp(onGrid(g.width), Math.min(LEAST, limits.width), limits.width);
  const h = clamp(onGrid(g.height), Math.min(LEAST, limits.height), limits.height);
  return {
    left: clamp(onGrid(g.left), 0, limits.width - w),
    top: clamp(onGrid(g.top), 0, limits.height - h),
    width: w,
    height: h,
  };
};

const keptTurned = (g: Box, angle: number, limits: Size): TurnedBox => {
  const width = clamp(onGrid(g.width), LEAST, diagonal(limits));
  const height = clamp(onGrid(g.height), LEAST, diagonal(limits));
  const c = middle(g);
  const x = clamp(onGrid(c.x - width / 2) + width / 2, 0, limits.width);
  const y = clamp(onGrid(c.y - height / 2) + height / 2, 0, limits.height);
  return { left: x - width / 2, top: y - height / 2, width, height, angle };
};

/** Stretched along its own axes by a point given along them; the edges across stay where they are on the picture. */
const along = (g: TurnedBox, to: Box, limits: Size): TurnedBox => {
  const { angle = 0 } = g;
  const c = turnedAbout(middle(to), middle(g), angle);
  return kept({ ...to, left: c.x - to.width / 2, top: c.y - to.height / 2, angle }, limits);
};

const pulled = (g: TurnedBox, name: string, to: Point, limits: Size): TurnedBox => {
  const { angle = 0 } = g;
  const { x, y } = pullOf(name);
  const at = angle === 0 ? into(limits, to) : turnedAbout(to, middle(g), -angle);
  const [left, width] = stretched(g.left, g.width, x, at.x);
  const [top, height] = stretched(g.top, g.height, y, at.y);
  return along(g, { left, top, width, height }, limits);
};

/** With Shift, by steps of 15 degrees. */
const turnedTo = (g: TurnedBox, to: Point, how: Modifiers, limits: Size): TurnedBox =>
  kept({ ...g, angle: angleOnGrid(heading(middle(g), to) + 90, 180, how.shift ? 15 : undefined) }, limits);

/** With Shift the box is a square, growing towards the pointer. */
const squared = (from: Point, to: Point, limits: Size): Point => {
  const toX = to.x < from.x ? from.x : limits.width - from.x;
  const toY = to.y < from.y ? from.y : limits.height - from.y;
  const side = Math.min(Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y)), toX, toY);
  return { x: from.x + (to.x < from.x ? -side : side), y: from.y + (to.y < from.y ? -side : side) };
};

/** The box around what was drawn: two corners, the outermost points of a thing, or its pixels. */
const around = (drawn: Drawn, media: Size): Box | null => {
  if (drawn.by === 'points') return boundsOf(drawn.points.map((p) => into(media, p)));
  if (drawn.by !== 'corners') return null;
  const a = into(media, drawn.from);
  const b = into(media, drawn.to);
  return boxBetween(a, drawn.how.shift ? into(media, squared(a, b, media)) : b);
};

const grown = (g: TurnedBox, by: Point, limits: Size): TurnedBox => {
  if (g.angle !== undefined) {
    const to = { ...g, width: Math.max(LEAST, g.width + by.x), height: Math.max(LEAST, g.height + by.y) };
    return along(g, to, limits);
  }
  const right = clamp(g.left + g.width + by.x, g.left + LEAST, limits.width);
  const bottom = clamp(g.top + g.height + by.y, g.top + LEAST, limits.height);
  return { left: g.left, top: g.top, width: onGrid(right - g.left), height: onGrid(bottom - g.top) };
};

export const box: Shape<TurnedBox> = {
  shape: 'box',
  parse,
  bounds: (g) => (g.angle === undefined ? g : boundsOf(cornersOf(g, g.angle))),
  draw: (g) =>
    g.angle === undefined
      ? { paths: [], boxes: [g] }
      : { paths: [{ points: flat(cornersOf(g, g.angle)), closed: true }], boxes: [] },
  hit: (g, at, reach) =>
    contains(g, g.angle === undefined ? at : turnedAbout(at, middle(g), -g.angle), reach) ? area(g) : null,
  handles,
  withHandle: (g, name, to, how, limits) =>
    name === TURN ? turnedTo(g, to, how, limits) : pulled(g, name, to, limits),
  moved: (g, by, limits) =>
    g.angle === undefined
      ? shifted(g, by, limits)
      : keptTurned({ ...g, left: g.left + by.x, top: g.top + by.y }, g.angle, limits),
  grown,
  create: (drawn, { media }) => {
    const made = around(drawn, media);
    return made === null || made.width < LEAST - GRID || made.height < LEAST - GRID ? null : made;
  },
  fields: (g, question) => [
    { name: 'left', label: t('Left'), value: g.left },
    { name: 'top', label: t('Top'), value: g.top },
    { name: 'width', label: t('Width'), value: g.width },
    { name: 'height', label: t('Height'), value: g.height },
    ...(turns(question) ? [{ name: 'angle', label: t('Angle'), value: g.angle ?? 0 }] : []),
  ],
  withField: (g, name, value, limits) => kept({ ...g, [name]: value }, limits),
  measure: (g) => `${Math.round(g.width)} × ${Math.round(g.height)}`,
};

export const boundingBox = located('bounding-box', 'image', [box], ['box', 'extreme']);
