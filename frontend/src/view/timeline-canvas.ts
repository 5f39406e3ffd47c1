import type { Axis } from '../timeline/axis.ts';
import { leftOf, MARGIN, ticks } from '../timeline/axis.ts';
import { type DrawnBar, type DrawnMark, drawnBars, drawnMarks, hasEnd, ROW, rowsInSight } from '../timeline/rows.ts';
import { type StripIndex, tiles } from '../timeline/strip.ts';
import type { Track } from '../timeline/tracks.ts';
import { mixed, type Palette } from './timeline-colours.ts';

/** What is to be drawn, as data. */
export interface Scene {
  readonly axis: Axis;
  readonly rows: readonly Track[];
  /** px that the rows are scrolled by. */
  readonly top: number;
  readonly frame: number;
  readonly selected: ReadonlySet<string>;
  /** The row, and in it the key frame or (with null) anything, that the hand is over. */
  readonly over: { readonly id: string; readonly frame: number | null } | null;
  colourOf(category: number): string;
}

/** px of a bar in its row, and of the diamond of a key frame. */
const BAR = 12;
const RADIUS = 3;
const KEY = 6;
/** A bar under this is drawn without an edge, px. */
const NARROW = 5;
const LOOKS = ['gap', 'ghost', 'held', 'held-hidden', 'hidden', 'seen'] as const;
/** How much of its colour a bar has. */
const SHARE = { gap: 0, ghost: 0, held: 0.16, 'held-hidden': 0.12, hidden: 0.12, seen: 0.58 } as const;
/** Diamonds nearer than this would be a blot: they are drawn as lines, px. */
const CROWDED = 9;

/** A canvas as large as it is shown, at the screen's own px. */
export const sized = (canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D => {
  const ratio = window.devicePixelRatio;
  const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== across) canvas.width = across;
  if (canvas.height !== down) canvas.height = down;
  const to = canvas.getContext('2d') as CanvasRenderingContext2D;
  to.setTransform(ratio, 0, 0, ratio, 0, 0);
  to.clearRect(0, 0, width, height);
  return to;
};

const hatches = new Map<string, CanvasPattern | null>();

/** Diagonal lines of a colour: the sign of what is hidden. */
const hatch = (to: CanvasRenderingContext2D, colour: string): CanvasPattern | string => {
  const known = hatches.get(colour);
  if (known !== undefined) return known ?? colour;
  const tile = document.createElement('canvas');
  tile.width = 6;
  tile.height = 6;
  const ink = tile.getContext('2d') as CanvasRenderingContext2D;
  ink.strokeStyle = colour;
  ink.lineWidth = 2;
  ink.beginPath();
  for (const x of [-6, 0, 6]) {
    ink.moveTo(x, 6);
    ink.lineTo(x + 6, 0);
  }
  ink.stroke();
  const pattern = to.createPattern(tile, 'repeat');
  hatches.set(colour, pattern);
  return pattern ?? colour;
};

/** Over a row's own ground: `middle` is the middle of the row. */
class RowPainter {
  readonly #to: CanvasRenderingContext2D;
  readonly #palette: Palette;
  readonly #scene: Scene;

  constructor(to: CanvasRenderingContext2D, palette: Palette, scene: Scene) {
    this.#to = to;
    this.#palette = palette;
    this.#scene = scene;
  }

  /** Near enough, the frame that is shown is seen as one. */
  cell(height: number): void {
    const { axis, frame } = this.#scene;
    if (axis.scale < 6) return;
    this.#to.fillStyle = this.#palette.soft;
    this.#to.fillRect(leftOf(axis, frame), 0, axis.scale, height);
  }

  paint(track: Track, y: number): void {
    const { axis, selected, over } = this.#scene;
    this.#ground(y, selected.has(track.id), over?.id === track.id);
    const colour = this.#scene.colourOf(track.category);
    const middle = Math.round(y + ROW / 2);
    this.#bars(drawnBars(axis, track), middle, colour);
    if (track.end !== null && hasEnd(track)) this.#end(leftOf(axis, track.end + 1), middle);
    const marks = drawnMarks(axis, track);
    for (const [place, mark] of marks.entries()) {
      const gap = Math.min(mark.x - (marks[place - 1]?.x ?? -99), (marks[place + 1]?.x ?? 1e9) - mark.x);
      this.#mark(track, mark, middle, colour, gap < CROWDED);
    }
  }

  #ground(y: number, on: boolean, over: boolean): void {
    if (!on && !over) return;
    this.#to.fillStyle = on ? this.#palette.soft : this.#palette.hover;
    this.#to.fillRect(0, y, this.#scene.axis.width, ROW);
  }

  /** Those of one look are one path: a row may hold hundreds. */
  #bars(bars: readonly DrawnBar[], middle: number, colour: string): void {
    for (const look of LOOKS) {
      const some = bars.filter((bar) => bar.look === look);
      if (some.length === 0) continue;
      if (look === 'gap') this.#gaps(some, middle);
      else this.#filled(some, look, middle, colour);
    }
  }

  #gaps(bars: readonly DrawnBar[], middle: number): void {
    const to = this.#to;
    to.strokeStyle = this.#palette.strong;
    to.setLineDash([3, 4]);
    to.beginPath();
    for (const { x, width } of bars) {
      to.moveTo(x, middle + 0.5);
      to.lineTo(x + width, middle + 0.5);
    }
    to.stroke();
    to.setLineDash([]);
  }

  #filled(bars: readonly DrawnBar[], look: DrawnBar['look'], middle: number, colour: string): void {
    const to = this.#to;
    const { surface, text } = this.#palette;
    const hidden = look.endsWith('hidden');
    const held = look.startsWith('held');
    const top = middle - BAR / 2;
    // In a bar of a few px neither an edge nor lines could be told.
    to.fillStyle = mixed(colour, held ? 0.35 : 0.58, hidden ? text : surface);
    for (const { x, width } of bars) if (width < NARROW) to.fillRect(x, top, width, BAR);
    to.beginPath();
    for (const { x, width } of bars.filter((bar) => bar.width >= NARROW)) {
      to.roundRect(x + 0.5, top + 0.5, width - 1, BAR - 1, RADIUS);
    }
    to.fillStyle = mixed(colour, SHARE[look], surface);
    if (look !== 'ghost') to.fill();
    if (hidden) {
      to.fillStyle = hatch(to, mixed(colour, held ? 0.4 : 0.75, text));
      to.fill();
    }
    to.strokeStyle = mixed(mixed(colour, 0.6, text), held ? 0.6 : 1, surface);
    to.setLineDash(look === 'seen' ? [] : [3, 2]);
    to.stroke();
    to.setLineDash([]);
  }

  /** A bracket: somebody has said that it ends here. */
  #end(x: number, middle: number): void {
    const to = this.#to;
    to.strokeStyle = this.#palette.text;
    to.lineWidth = 2;
    to.beginPath();
    to.moveTo(x - 4, middle - 9);
    to.lineTo(x, middle - 9);
    to.lineTo(x, middle + 9);
    to.lineTo(x - 4, middle + 9);
    to.stroke();
    to.lineWidth = 1;
  }

  #mark(track: Track, mark: DrawnMark, middle: number, colour: string, crowded: boolean): void {
    const { text, accent } = this.#palette;
    const { over, frame } = this.#scene;
    const held = over?.id === track.id && over.frame === mark.frame;
    const now = held || mark.frame === frame;
    const ink = now ? accent : mark.look === 'tick' ? mixed(colour, 0.8, text) : text;
    if (mark.look === 'tick') this.#tick(mark.x, middle, ink);
    else if (crowded && !now) this.#line(mark, middle);
    else this.#sign(mark, middle, held ? KEY + 1.5 : KEY, ink);
  }

  #sign({ x, look }: DrawnMark, middle: number, size: number, ink: string): void {
    if (look === 'absent') this.#cross(x, middle, ink);
    else this.#diamond(x, middle, size, ink, look === 'hidden');
  }

  #tick(x: number, middle: number, ink: string): void {
    const width = Math.max(2, this.#scene.axis.scale - 1);
    this.#to.fillStyle = ink;
    this.#to.fillRect(x - width / 2, middle - 7, width, 14);
  }

  #line({ x, look }: DrawnMark, middle: number): void {
    const { text, surface } = this.#palette;
    this.#to.fillStyle = look === 'seen' ? text : mixed(text, 0.5, surface);
    this.#to.fillRect(x - 1, middle - 5, 2, 10);
  }

  #diamond(x: number, y: number, size: number, ink: string, hollow: boolean): void {
    const to = this.#to;
    const { surface } = this.#palette;
    const trace = (reach: number): void => {
      to.beginPath();
      to.moveTo(x, y - reach);
      to.lineTo(x + reach, y);
      to.lineTo(x, y + reach);
      to.lineTo(x - reach, y);
      to.closePath();
    };
    trace(size + 1.5);
    to.fillStyle = surface;
    to.fill();
    trace(hollow ? size - 0.5 : size);
    to.fillStyle = hollow ? surface : ink;
    to.fill();
    if (!hollow) return;
    to.strokeStyle = ink;
    to.lineWidth = 1.75;
    to.stroke();
    to.lineWidth = 1;
  }

  /** From here on it is not there. */
  #cross(x: number, y: number, ink: string): void {
    const to = this.#to;
    for (const [colour, width] of [
      [this.#palette.surface, 5],
      [ink, 2],
    ] as const) {
      to.strokeStyle = colour;
      to.lineWidth = width;
      to.lineCap = 'round';
      to.beginPath();
      to.moveTo(x - 4, y - 4);
      to.lineTo(x + 4, y + 4);
      to.moveTo(x - 4, y + 4);
      to.lineTo(x + 4, y - 4);
      to.stroke();
    }
    to.lineCap = 'butt';
    to.lineWidth = 1;
  }
}

/** The rows in sight. */
export const paintRows = (canvas: HTMLCanvasElement, height: number, scene: Scene, palette: Palette): void => {
  const to = sized(canvas, scene.axis.width, height);
  const painter = new RowPainter(to, palette, scene);
  painter.cell(height);
  const [from, past] = rowsInSight(scene.top, height, scene.rows.length);
  for (const [place, track] of scene.rows.slice(from, past).entries()) {
    painter.paint(track, (from + place) * ROW - scene.top);
  }
};

/** px of the numbers over the pictures. */
export const NUMBERS = 18;
const FONT = '12px system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", Arial, sans-serif';

/** What the pictures of a film are, once they have come. */
export interface Strip {
  readonly index: StripIndex;
  readonly image: CanvasImageSource;
}

/** Numbers of frames, and under them the film in small. */
export const paintRuler = (
  canvas: HTMLCanvasElement,
  height: number,
  axis: Axis,
  strip: Strip | null,
  palette: Palette,
): void => {
  const to = sized(canvas, axis.width, height);
  to.font = FONT;
  to.textBaseline = 'middle';
  for (const { x, frame, named } of ticks(axis)) {
    to.fillStyle = named ? palette.strong : palette.border;
    to.fillRect(Math.round(x), named ? 2 : NUMBERS - 6, 1, named ? NUMBERS - 4 : 4);
    to.fillStyle = palette.faint;
    if (named && x + 4 < axis.width) to.fillText(String(frame), Math.round(x) + 4, NUMBERS / 2);
  }
  const [left, right] = [leftOf(axis, axis.first), leftOf(axis, axis.last + 1)];
  to.fillStyle = palette.sunken;
  to.fillRect(Math.max(0, left), NUMBERS, Math.min(axis.width, right) - Math.max(0, left), height - NUMBERS);
  if (strip !== null) paintStrip(to, height - NUMBERS, axis, strip, palette);
};

const paintStrip = (
  to: CanvasRenderingContext2D,
  height: number,
  axis: Axis,
  { index, image }: Strip,
  palette: Palette,
): void => {
  for (const { x, width, sx, sy } of tiles(axis, index, height)) {
    const share = Math.min(1, width / ((index.width / index.height) * height));
    to.drawImage(image, sx, sy, index.width * share, index.height, x, NUMBERS, width, height);
    to.fillStyle = palette.surface;
    to.fillRect(Math.round(x + width) - 1, NUMBERS, 1, height);
  }
};

/** Which px of the overview lie under anything. */
const covered = (whole: Axis, tracks: readonly Track[]): Uint8Array => {
  const columns = new Uint8Array(Math.ceil(whole.width));
  for (const track of tracks) {
    for (const { x, width, look } of drawnBars(whole, track)) {
      if (look !== 'gap') columns.fill(1, Math.max(0, Math.floor(x)), Math.ceil(x + width));
    }
    for (const { x, look } of drawnMarks(whole, track)) if (look === 'tick') columns[Math.floor(x)] = 1;
  }
  return columns;
};

/** All of the film in small: where there is something, and what of it is in sight. */
export const paintOverview = (
  canvas: HTMLCanvasElement,
  height: number,
  whole: Axis,
  now: readonly [number, number],
  tracks: readonly Track[],
  ink: string,
  palette: Palette,
): void => {
  const to = sized(canvas, whole.width, height);
  const middle = height / 2;
  to.fillStyle = palette.sunken;
  to.beginPath();
  to.roundRect(MARGIN, middle - 4, whole.width - 2 * MARGIN, 8, 4);
  to.fill();
  to.fillStyle = mixed(ink, 0.7, palette.surface);
  const columns = covered(whole, tracks);
  for (let x = columns.indexOf(1); x !== -1; ) {
    const off = columns.indexOf(0, x);
    const end = off === -1 ? columns.length : off;
    to.fillRect(x, middle - 3, end - x, 6);
    x = columns.indexOf(1, end);
  }
  const [left, right] = [leftOf(whole, now[0]), leftOf(whole, now[1])];
  to.strokeStyle = palette.accent;
  to.lineWidth = 2;
  to.beginPath();
  to.roundRect(left, middle - 7, Math.max(6, right - left), 14, 4);
  to.stroke();
  to.fillStyle = palette.accent;
  to.globalAlpha = 0.12;
  to.fill();
  to.globalAlpha = 1;
  to.lineWidth = 1;
};
