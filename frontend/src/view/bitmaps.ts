import { type Bitmap, stretchesAt } from '../geometry/masks.ts';
import { apply, type Matrix } from '../geometry/matrix.ts';
import type { Box } from '../geometry/plane.ts';
import type { Runs } from '../geometry/runs.ts';
import type { InHand } from '../tools/tool.ts';

/** Pixels of one shape, and how they are shown. */
export interface Tinted {
  readonly runs: Runs;
  readonly height: number;
  readonly colour: string;
  readonly dashed: boolean;
}

type Rgb = readonly [number, number, number];

const known = new Map<string, Rgb>();

/** What a CSS colour is in numbers: a canvas knows. */
const rgbOf = (colour: string): Rgb => {
  const found = known.get(colour);
  if (found !== undefined) return found;
  const context = canvasOf(1, 1).context;
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  const [r = 0, g = 0, b = 0] = context.getImageData(0, 0, 1, 1).data;
  known.set(colour, [r, g, b]);
  return [r, g, b];
};

const canvasOf = (width: number, height: number) => {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('This browser has no canvas to paint masks on.');
  return { canvas, context };
};

/** One axis of the map from media px to px of the screen's device. */
interface Axis {
  readonly scale: number;
  readonly shift: number;
}

/** The first device px whose middle lies at or beyond this media place, going up the axis. */
const edge = ({ scale, shift }: Axis, at: number): number => Math.ceil(scale * at + shift - 0.5);

/** Device px [from, to) whose middles lie in the media px [low, high), within [0, most). */
const span = (axis: Axis, low: number, high: number, most: number): readonly [number, number] => {
  const [a, b] = [edge(axis, low), edge(axis, high)];
  return [Math.max(0, Math.min(a, b)), Math.min(most, Math.max(a, b))];
};

/**
 * Which shape shows at each device px of a piece of the stage: 0 for none, else its place + 1; later shapes lie on top. The lines of
 * columns of the stored file are kept in one piece each, `across` when such columns run across the screen (a picture on its side).
 */
export class Labels {
  readonly data: Uint16Array;
  readonly lines: number;
  readonly length: number;
  readonly across: boolean;
  readonly #columns: Axis;
  readonly #rows: Axis;

  /** `m` maps media px to px of the piece. */
  constructor(m: Matrix, width: number, height: number) {
    this.across = m[0] === 0;
    this.#columns = this.across ? { scale: m[1], shift: m[5] } : { scale: m[0], shift: m[4] };
    this.#rows = this.across ? { scale: m[2], shift: m[4] } : { scale: m[3], shift: m[5] };
    [this.lines, this.length] = this.across ? [height, width] : [width, height];
    this.data = new Uint16Array(width * height);
  }

  put(runs: Runs, height: number, label: number): void {
    if (runs.length === 0) return;
    const first = Math.floor((runs[0] as number) / height);
    const last = Math.floor(((runs.at(-1) as number) - 1) / height) + 1;
    const [from, to] = span(this.#columns, first, last, this.lines);
    const { scale, shift } = this.#columns;
    for (let line = from; line < to; line += 1) {
      const x = Math.floor((line + 0.5 - shift) / scale);
      stretchesAt(runs, height, x, (low, high) => {
        const [a, b] = span(this.#rows, low, high, this.length);
        if (a < b) this.data.fill(label, line * this.length + a, line * this.length + b);
      });
    }
  }
}

/** In the order of bytes that image data has on every machine that browsers run on. */
const packed = ([r, g, b]: Rgb, alpha: number): number => ((alpha << 24) | (b << 16) | (g << 8) | r) >>> 0;

/** Where `label` has its rim: px that have another shape, or none, at this distance to a side. */
const touches = (data: Uint16Array, at: number, label: number, dx: number, dy: number): boolean =>
  data[at - dx] !== label || data[at + dx] !== label || data[at - dy] !== label || data[at + dy] !== label;

interface Look {
  readonly fills: Uint32Array;
  readonly rims: Uint32Array;
  readonly dashed: Uint8Array;
  readonly casing: number;
  /** Thickness of a rim and of the dark line round it, device px. */
  readonly rim: number;
  readonly case: number;
}

/** What a device px shows; `diagonal` says where in the dashes it lies. */
const shadeOf = (data: Uint16Array, at: number, label: number, line: number, diagonal: number, look: Look): number => {
  const rim = touches(data, at, label, look.rim, line * look.rim);
  const gap = look.dashed[label] === 1 && ((diagonal / (5 * look.rim)) & 1) === 1;
  return (rim && !gap ? look.rims : look.fills)[label] as number;
};

/** Line by line as the labels lie in memory: five are read for each px that is written. */
const colourIn = (labels: Labels, out: Uint32Array, width: number, look: Look): void => {
  const { data, lines, length, across } = labels;
  const margin = Math.max(look.rim, look.case);
  const [overLine, overPx] = across ? [width, 1] : [1, width];
  for (let line = margin; line < lines - margin; line += 1) {
    for (let i = margin; i < length - margin; i += 1) {
      const at = line * length + i;
      const label = data[at] as number;
      if (label !== 0) out[line * overLine + i * overPx] = shadeOf(data, at, label, length, line + i, look);
      else if (touches(data, at, 0, look.case, length * look.case)) out[line * overLine + i * overPx] = look.casing;
    }
  }
};

/** The canvas of the last piece, for the next one of the same size: a new one for every change would be much memory to clear away. */
let piece: ReturnType<typeof canvasOf> | null = null;

const pieceOf = (width: number, height: number): ReturnType<typeof canvasOf> => {
  if (piece?.canvas.width !== width || piece.canvas.height !== height) piece = canvasOf(width, height);
  return piece;
};

const MOST_LABELS = 65_535;

const lookOf = (shapes: readonly Tinted[], opacity: number, ink: string, ratio: number): Look => {
  const look = {
    fills: new Uint32Array(shapes.length + 1),
    rims: new Uint32Array(shapes.length + 1),
    dashed: new Uint8Array(shapes.length + 1),
    casing: packed(rgbOf(ink), 150),
    rim: Math.max(1, Math.round(1.5 * ratio)),
    case: Math.max(1, Math.round(ratio)),
  };
  shapes.forEach(({ colour, dashed }, i) => {
    look.fills[i + 1] = packed(rgbOf(colour), Math.round(255 * opacity));
    look.rims[i + 1] = packed(rgbOf(colour), 255);
    look.dashed[i + 1] = dashed ? 1 : 0;
  });
  return look;
};

/**
 * Paint shapes of pixels as they are at this zoom, pixel for pixel of the screen: the cost goes with what is seen, whatever the
 * size of the picture. `to` is set to CSS px of the stage, `m` maps media px there, `area` is the piece of the stage to paint, CSS px.
 */
export const paintPixels = (
  to: CanvasRenderingContext2D,
  shapes: readonly Tinted[],
  m: Matrix,
  area: Box,
  opacity: number,
  ink: string,
): void => {
  const ratio = to.getTransform().a;
  const left = Math.max(-4, Math.floor(area.left * ratio));
  const top = Math.max(-4, Math.floor(area.top * ratio));
  const width = Math.min(to.canvas.width + 4, Math.ceil((area.left + area.width) * ratio)) - left;
  const height = Math.min(to.canvas.height + 4, Math.ceil((area.top + area.height) * ratio)) - top;
  if (width <= 8 || height <= 8 || shapes.length === 0) return;
  const onPiece: Matrix = [
    m[0] * ratio,
    m[1] * ratio,
    m[2] * ratio,
    m[3] * ratio,
    m[4] * ratio - left,
    m[5] * ratio - top,
  ];
  const labels = new Labels(onPiece, width, height);
  const shown = shapes.slice(-MOST_LABELS);
  shown.forEach((shape, i) => {
    labels.put(shape.runs, shape.height, i + 1);
  });
  const { canvas, context } = pieceOf(width, height);
  const image = context.createImageData(width, height);
  colourIn(labels, new Uint32Array(image.data.buffer), width, lookOf(shown, opacity, ink, ratio));
  context.putImageData(image, 0, 0);
  to.drawImage(canvas, left / ratio, top / ratio, width / ratio, height / ratio);
};

/** The pixels in the hand on a canvas of their own: of a stroke each frame only what it has added is drawn. */
export class HandPixels {
  readonly canvas = document.createElement('canvas');
  #drawn = 0;
  #first: Runs | undefined;
  #bitmap: Bitmap | null = null;
  #matrix = '';
  #colour = '';

  constructor() {
    this.canvas.className = 'hand-pixels';
    this.canvas.setAttribute('aria-hidden', 'true');
    this.canvas.hidden = true;
  }

  draw({ stroke, bitmap }: InHand, m: Matrix, stage: { width: number; height: number }, colour: string): void {
    if (stroke === null && bitmap === null) {
      if (!this.canvas.hidden) this.#clear(stage);
      this.canvas.hidden = true;
      return;
    }
    const matrix = `${m.join()} ${stage.width} ${stage.height}`;
    const same = this.#first === stroke?.pieces[0] && this.#bitmap === bitmap && colour === this.#colour;
    if (!same || matrix !== this.#matrix || this.canvas.hidden) {
      this.canvas.hidden = false;
      this.#clear(stage);
      this.#matrix = matrix;
      this.#colour = colour;
    }
    const context = this.canvas.getContext('2d');
    if (context === null) return;
    if (stroke !== null) this.#go(context, stroke, m, colour);
    if (bitmap !== null && this.#bitmap !== bitmap) paintBitmap(context, bitmap, m, colour);
    this.#bitmap = bitmap;
  }

  #clear({ width, height }: { width: number; height: number }): void {
    const ratio = window.devicePixelRatio;
    const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (this.canvas.width !== w || this.canvas.height !== h) {
      this.canvas.width = w;
      this.canvas.height = h;
      this.canvas.style.width = `${width}px`;
      this.canvas.style.height = `${height}px`;
    } else this.canvas.getContext('2d')?.clearRect(0, 0, w, h);
    this.#drawn = 0;
    this.#first = undefined;
    this.#bitmap = null;
  }

  #go(
    to: CanvasRenderingContext2D,
    { pieces, height }: NonNullable<InHand['stroke']>,
    m: Matrix,
    colour: string,
  ): void {
    to.fillStyle = colour;
    for (const piece of pieces.slice(this.#drawn)) fillRuns(to, piece, height, m);
    this.#drawn = pieces.length;
    this.#first = pieces[0];
  }
}

/** Column by column as rectangles on whole device px, so that no seams show. */
const fillRuns = (to: CanvasRenderingContext2D, runs: Runs, height: number, m: Matrix): void => {
  const ratio = window.devicePixelRatio;
  for (let i = 0; i < runs.length; i += 2) {
    const [begin, end] = [runs[i] as number, runs[i + 1] as number];
    for (let x = Math.floor(begin / height); x * height < end; x += 1) {
      const [y0, y1] = [Math.max(begin - x * height, 0), Math.min(end - x * height, height)];
      const [p, q] = [apply(m, { x, y: y0 }), apply(m, { x: x + 1, y: y1 })];
      const [left, right] = [Math.floor(Math.min(p.x, q.x) * ratio), Math.ceil(Math.max(p.x, q.x) * ratio)];
      const [top, bottom] = [Math.floor(Math.min(p.y, q.y) * ratio), Math.ceil(Math.max(p.y, q.y) * ratio)];
      to.fillRect(left, top, right - left, bottom - top);
    }
  }
};

const paintBitmap = (to: CanvasRenderingContext2D, bitmap: Bitmap, m: Matrix, colour: string): void => {
  const { left, top, width, height, data } = bitmap;
  if (width === 0 || height === 0) return;
  const { canvas, context } = canvasOf(width, height);
  const image = context.createImageData(width, height);
  const out = new Uint32Array(image.data.buffer);
  const set = packed(rgbOf(colour), 255);
  for (let i = 0; i < data.length; i += 1) if (data[i] !== 0) out[i] = set;
  context.putImageData(image, 0, 0);
  const ratio = window.devicePixelRatio;
  to.save();
  to.imageSmoothingEnabled = false;
  to.setTransform(ratio * m[0], ratio * m[1], ratio * m[2], ratio * m[3], ratio * m[4], ratio * m[5]);
  to.drawImage(canvas, left, top);
  to.restore();
};
