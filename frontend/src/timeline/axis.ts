/**
 * The time axis of a timeline: frames across, px of its canvas. A frame has a cell of its own, [frame, frame + 1), so that at any
 * zoom there is no doubt which frame a point belongs to.
 */
export interface Axis {
  /** The frames that there are, both included. */
  readonly first: number;
  readonly last: number;
  /** px of the canvas. */
  readonly width: number;
  /** The frame at the left edge, with its fraction. */
  readonly from: number;
  /** px of one frame. */
  readonly scale: number;
}

/** px kept free at both ends, so that the mark of the first and of the last frame are seen whole. */
export const MARGIN = 10;
/** px of a frame beyond which nobody needs to zoom. */
const WIDEST = 28;
/** px between the playhead and the edge at which the axis turns the page. */
const EDGE = 24;

const clamp = (value: number, least: number, most: number): number => Math.max(least, Math.min(most, value));

const room = ({ width }: Pick<Axis, 'width'>): number => Math.max(1, width - 2 * MARGIN);

const count = ({ first, last }: Pick<Axis, 'first' | 'last'>): number => last - first + 1;

const fittingScale = (axis: Pick<Axis, 'first' | 'last' | 'width'>): number => room(axis) / count(axis);

/** How many frames are in sight, with the fraction. */
export const span = (axis: Axis): number => room(axis) / axis.scale;

const bounded = (axis: Axis): Axis => ({
  ...axis,
  from: clamp(axis.from, axis.first, Math.max(axis.first, axis.last + 1 - span(axis))),
});

/** All frames in sight. */
export const fitted = (first: number, last: number, width: number): Axis => ({
  first,
  last,
  width,
  from: first,
  scale: fittingScale({ first, last, width }),
});

export const isFitted = (axis: Axis): boolean => axis.scale <= fittingScale(axis) * 1.0001;

/** The left edge of a frame's cell. */
export const leftOf = (axis: Axis, frame: number): number => MARGIN + (frame - axis.from) * axis.scale;

/** The middle of a frame's cell: where its key and the playhead stand. */
export const middleOf = (axis: Axis, frame: number): number => leftOf(axis, frame + 0.5);

/** The frame at a place, with its fraction, wherever that is. */
export const placeAt = (axis: Axis, x: number): number => axis.from + (x - MARGIN) / axis.scale;

/** The frame that a point belongs to; beyond the ends the first and the last one. */
export const frameAt = (axis: Axis, x: number): number => clamp(Math.floor(placeAt(axis, x)), axis.first, axis.last);

/** Nearer or farther, the frame at `x` staying where it is. */
export const zoomed = (axis: Axis, factor: number, x: number): Axis => {
  const least = fittingScale(axis);
  const scale = clamp(axis.scale * factor, least, Math.max(least, WIDEST));
  const place = placeAt(axis, x);
  return bounded({ ...axis, scale, from: place - (x - MARGIN) / scale });
};

/** Moved on by so many px. */
export const panned = (axis: Axis, by: number): Axis => bounded({ ...axis, from: axis.from + by / axis.scale });

/** Nearer or farther, and what lay at `from` lies at `to`, px. */
export const pinched = (axis: Axis, factor: number, from: number, to: number): Axis =>
  panned(zoomed(axis, factor, from), from - to);

/** With the frame `from` at the left edge. */
export const movedTo = (axis: Axis, from: number): Axis => bounded({ ...axis, from });

/** The canvas has another width: what was fitted stays so, what was zoomed keeps its scale and its left edge. */
export const resized = (axis: Axis, width: number): Axis => {
  const fits = fitted(axis.first, axis.last, width);
  return isFitted(axis) || axis.scale < fits.scale ? fits : bounded({ ...axis, width });
};

/** The axis with this frame in sight: as it is, or turned on so that most of what is in sight comes after (or before) it. */
export const keptInSight = (axis: Axis, frame: number): Axis => {
  const x = middleOf(axis, frame);
  if (x < EDGE) return bounded({ ...axis, from: frame - span(axis) * 0.9 });
  return x > axis.width - EDGE ? bounded({ ...axis, from: frame - span(axis) * 0.1 }) : axis;
};

/** The frames in sight, as whole ones, both included. */
export const inSight = (axis: Axis): readonly [number, number] => [
  clamp(Math.floor(placeAt(axis, 0)), axis.first, axis.last),
  clamp(Math.ceil(placeAt(axis, axis.width)), axis.first, axis.last),
];

export interface Tick {
  readonly frame: number;
  readonly x: number;
  /** It carries its number. */
  readonly named: boolean;
}

/** px between two numbers, at least: a number of six digits and room beside it. */
const APART = 64;

/** The least of 1, 2, 5, 10, 20 ... that is not under `least`. */
export const roundStep = (least: number): number => {
  if (least <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= least * (1 - 1e-9)) ?? 10;
  return step * power;
};

/** The marks of the ruler in sight: a number every round step, and four small ones (or one) between. */
export const ticks = (axis: Axis): Tick[] => {
  const step = roundStep(APART / axis.scale);
  const small = step % 5 === 0 ? step / 5 : step % 2 === 0 ? step / 2 : step;
  const [from, to] = inSight(axis);
  const made: Tick[] = [];
  for (let frame = Math.ceil(from / small) * small; frame <= to; frame += small) {
    made.push({ frame, x: middleOf(axis, frame), named: frame % step === 0 });
  }
  return made;
};
