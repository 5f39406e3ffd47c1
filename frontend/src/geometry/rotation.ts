import type { Box, Point, Size } from './plane.ts';

/** Turns in the plane: degrees clockwise as seen on a picture whose y grows downward. */

const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** A direction turned; by quarters exactly. */
export const turned = ({ x, y }: Point, degrees: number): Point => {
  if (degrees === 0) return { x, y };
  const c = Math.cos(radians(degrees));
  const s = Math.sin(radians(degrees));
  return { x: c * x - s * y, y: s * x + c * y };
};

export const turnedAbout = (p: Point, about: Point, degrees: number): Point => {
  const v = turned({ x: p.x - about.x, y: p.y - about.y }, degrees);
  return { x: about.x + v.x, y: about.y + v.y };
};

/** The direction from one point to another, degrees clockwise from +x, in (-180, 180]. */
export const heading = (from: Point, to: Point): number => (Math.atan2(to.y - from.y, to.x - from.x) * 180) / Math.PI;

/** The same turn in (-half, half], where a turn of 2 * half changes nothing: 180 for a box, 90 for an ellipse. */
export const wrapped = (degrees: number, half: number): number => {
  const whole = 2 * half;
  const d = ((degrees % whole) + whole) % whole;
  return d > half ? d - whole : d;
};

/** Angles lie on a grid of 1/16 degree, which is exact in binary: a turn there and back again is no turn. */
export const angleOnGrid = (degrees: number, half: number, step = 1 / 16): number =>
  wrapped(Math.round(degrees / step) * step, half);

/** Corners of a box turned about its centre: left top, right top, right bottom, left bottom as they were before the turn. */
export const cornersOf = ({ left, top, width, height }: Box, degrees: number): Point[] => {
  const about = { x: left + width / 2, y: top + height / 2 };
  const corners = [
    { x: left, y: top },
    { x: left + width, y: top },
    { x: left + width, y: top + height },
    { x: left, y: top + height },
  ];
  return degrees === 0 ? corners : corners.map((corner) => turnedAbout(corner, about, degrees));
};

export const diagonal = ({ width, height }: Size): number => Math.hypot(width, height);
