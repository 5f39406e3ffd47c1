import { type Box, boxBetween, clamp, into, onGrid, type Point, type Size } from '../geometry/plane.ts';
import { angleOnGrid, diagonal, heading, turned } from '../geometry/rotation.ts';
import { t } from '../i18n.ts';
import { located, type Shape } from './located.ts';
import type { Handle } from './task-type.ts';
import { asNumber, Fault, onlyKeys, under } from './validation.ts';

/** Centre and radii in px; `angle` in degrees clockwise from +x, in (-90, 90]. */
export interface Ellipse {
  readonly cx: number;
  readonly cy: number;
  readonly rx: number;
  readonly ry: number;
  readonly angle: number;
}

const NAMES = ['cx', 'cy', 'rx', 'ry', 'angle'] as const;
/** Half a px: the least that a hand makes. */
const LEAST = 0.5;
/** Straight pieces that an ellipse is drawn with: beyond these the eye sees none. */
const PIECES = 48;
const CIRCLE: readonly Point[] = Array.from({ length: PIECES }, (_, i) => ({
  x: Math.cos((2 * Math.PI * i) / PIECES),
  y: Math.sin((2 * Math.PI * i) / PIECES),
}));

const at = ({ cx, cy, rx, ry, angle }: Ellipse, { x, y }: Point): Point => {
  const v = turned({ x: x * rx, y: y * ry }, angle);
  return { x: cx + v.x, y: cy + v.y };
};

/** A point in units of the radii, along the ellipse's own axes. */
const inside = ({ cx, cy, rx, ry, angle }: Ellipse, p: Point, reach = 0): Point => {
  const v = turned({ x: p.x - cx, y: p.y - cy }, -angle);
  return { x: v.x / (rx + reach), y: v.y / (ry + reach) };
};

/** Its centre in the picture, its radii no longer than the picture's diagonal, all on the grid. */
const kept = ({ cx, cy, rx, ry, angle }: Ellipse, limits: Size): Ellipse => {
  const c = into(limits, { x: cx, y: cy });
  const radius = (r: number): number => clamp(onGrid(r), LEAST, diagonal(limits));
  return { cx: c.x, cy: c.y, rx: radius(rx), ry: radius(ry), angle: angleOnGrid(angle, 90) };
};

const bounds = ({ cx, cy, rx, ry, angle }: Ellipse): Box => {
  const [a, b] = [turned({ x: rx, y: 0 }, angle), turned({ x: 0, y: ry }, angle)];
  const [x, y] = [Math.hypot(a.x, b.x), Math.hypot(a.y, b.y)];
  return { left: cx - x, top: cy - y, width: 2 * x, height: 2 * y };
};

const handles = (g: Ellipse): Handle[] => {
  const axes = { angle: g.angle, width: 2 * g.rx, height: 2 * g.ry };
  const ends: readonly (readonly [string, Point])[] = [
    ['1,0', { x: 1, y: 0 }],
    ['0,1', { x: 0, y: 1 }],
    ['-1,0', { x: -1, y: 0 }],
    ['0,-1', { x: 0, y: -1 }],
  ];
  return [
    ...ends.map(([name, pull]) => ({ name, at: at(g, pull), pull, axes })),
    {
      name: 'turn',
      at: at(g, { x: 0, y: -1 }),
      pull: { x: 0, y: 0 },
      look: 'turn',
      off: turned({ x: 0, y: -1 }, g.angle),
    },
  ];
};

/** A radius pulled: the centre stays or, with Alt, the end across from it. */
const pulled = (g: Ellipse, name: string, to: Point, fixed: boolean): Ellipse => {
  const [px = 0, py = 0] = name.split(',').map(Number);
  const v = turned({ x: to.x - g.cx, y: to.y - g.cy }, -g.angle);
  const r = px !== 0 ? g.rx : g.ry;
  const far = px !== 0 ? v.x * px : v.y * py;
  const radius = fixed ? Math.abs(far + r) / 2 : Math.abs(far);
  const by = fixed ? turned({ x: px * (radius - r), y: py * (radius - r) }, g.angle) : { x: 0, y: 0 };
  return { ...g, cx: g.cx + by.x, cy: g.cy + by.y, ...(px !== 0 ? { rx: radius } : { ry: radius }) };
};

/** With Shift, by steps of 15 degrees. */
export const turnedTo = (centre: Point, to: Point, steps: boolean, half: number): number =>
  angleOnGrid(heading(centre, to) + 90, half, steps ? 15 : undefined);

const between = (from: Point, to: Point, round: boolean): Box => {
  if (!round) return boxBetween(from, to);
  const side = Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y));
  return boxBetween(from, {
    x: from.x + (to.x < from.x ? -side : side),
    y: from.y + (to.y < from.y ? -side : side),
  });
};

export const ellipse: Shape<Ellipse> = {
  shape: 'ellipse',
  parse: (raw, { media }, pointer) => {
    onlyKeys(raw, NAMES, pointer);
    const [cx = 0, cy = 0, rx = 0, ry = 0, angle = 0] = NAMES.map((name) => asNumber(raw[name], under(pointer, name)));
    const most = diagonal(media);
    for (const [name, r] of [
      ['rx', rx],
      ['ry', ry],
    ] as const) {
      if (r <= 0 || r > most)
        throw new Fault(under(pointer, name), 'A radius is more than 0 and no more than the diagonal.');
    }
    if (angle <= -90 || angle > 90) throw new Fault(under(pointer, 'angle'), 'An angle lies above -90 and up to 90.');
    if (cx < 0 || cy < 0 || cx > media.width || cy > media.height) {
      throw new Fault(pointer, 'The centre lies beyond the picture.');
    }
    return { cx, cy, rx, ry, angle };
  },
  bounds,
  draw: (g) => ({
    paths: [
      {
        points: CIRCLE.flatMap((p) => {
          const { x, y } = at(g, p);
          return [x, y];
        }),
        closed: true,
      },
    ],
    boxes: [],
  }),
  hit: (g, p, reach) => {
    const { x, y } = inside(g, p, reach);
    return x * x + y * y <= 1 ? Math.PI * g.rx * g.ry : null;
  },
  handles,
  withHandle: (g, name, to, how, limits) =>
    kept(
      name === 'turn'
        ? { ...g, angle: turnedTo({ x: g.cx, y: g.cy }, to, how.shift, 90) }
        : pulled(g, name, to, how.alt),
      limits,
    ),
  moved: (g, by, limits) => {
    const c = into(limits, { x: g.cx + by.x, y: g.cy + by.y });
    return { ...g, cx: c.x, cy: c.y };
  },
  grown: (g, by, limits) => kept({ ...g, rx: g.rx + by.x / 2, ry: g.ry + by.y / 2 }, limits),
  create: (drawn, { media }) => {
    if (drawn.by !== 'corners') return null;
    const box = between(into(media, drawn.from), into(media, drawn.to), drawn.how.shift);
    if (Math.min(box.width, box.height) < 2 * LEAST) return null;
    const [rx, ry] = [box.width / 2, box.height / 2];
    return kept({ cx: box.left + rx, cy: box.top + ry, rx, ry, angle: 0 }, media);
  },
  fields: (g) => [
    { name: 'cx', label: t('Centre x'), value: g.cx },
    { name: 'cy', label: t('Centre y'), value: g.cy },
    { name: 'rx', label: t('Radius x'), value: g.rx },
    { name: 'ry', label: t('Radius y'), value: g.ry },
    { name: 'angle', label: t('Angle'), value: g.angle },
  ],
  withField: (g, name, value, limits) => kept({ ...g, [name]: value }, limits),
  measure: (g) => `${Math.round(2 * g.rx)} × ${Math.round(2 * g.ry)}`,
};

export const ellipseType = located('ellipse', 'image', [ellipse], ['ellipse']);
