import type { Attribute, AttributeValue, Json, JsonObject, Question, Stretch } from './question.ts';
import { asList, asObject, checkAttributes, Fault, onlyKeys, under } from './validation.ts';

/** Attributes that change from frame to frame, as stretches that ascend, share no frame and are joined where they are alike. */

export type Values = Stretch['attributes'];

/** What a frame has that lies in no stretch: always the same object. */
export const NO_VALUES: Values = {};

/** First and last frame that a question asks for: of a part of a long video, or of all of it. */
export const framesOf = ({ frames, media }: Question): readonly [number, number] =>
  frames == null ? [0, Math.max(media.frames - 1, 0)] : [frames[0], Math.max(frames[1] - 1, frames[0])];

/** A frame that is asked for. Throws Fault. */
export const asFrame = (raw: Json | undefined, question: Question, pointer: string): number => {
  const [first, last] = framesOf(question);
  if (typeof raw !== 'number' || !Number.isInteger(raw) || raw < first || raw > last) {
    throw new Fault(pointer, `This must be a frame from ${first} to ${last}.`);
  }
  return raw;
};

/** Throws Fault. */
export const parseStretches = (
  raw: Json | undefined,
  question: Question,
  fields: readonly Attribute[],
  pointer: string,
): Stretch[] => {
  let before = -1;
  return asList(raw ?? [], pointer).map((each, place) => {
    const at = under(pointer, place);
    const given = asObject(each, at);
    onlyKeys(given, ['from', 'to', 'attributes'], at);
    const from = asFrame(given.from, question, under(at, 'from'));
    const to = asFrame(given.to, question, under(at, 'to'));
    if (to < from) throw new Fault(under(at, 'to'), 'The stretch ends before it begins.');
    if (from <= before) throw new Fault(under(at, 'from'), 'Stretches follow one another and share no frame.');
    before = to;
    const attributes = checkAttributes(given.attributes, fields, under(at, 'attributes'));
    return { from, to, attributes: attributes as Values };
  });
};

export const stretchesAsJson = (stretches: readonly Stretch[]): Json =>
  stretches.map(({ from, to, attributes }): JsonObject => ({ from, to, attributes: { ...attributes } }));

const alike = (a: Values, b: Values): boolean => {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
};

/** The same, empty ones left out and equal neighbours made one. */
export const joined = (stretches: readonly Stretch[]): Stretch[] => {
  const made: Stretch[] = [];
  for (const one of stretches) {
    const last = made.at(-1);
    if (one.to < one.from || Object.keys(one.attributes).length === 0) continue;
    if (last !== undefined && last.to + 1 === one.from && alike(last.attributes, one.attributes)) {
      made[made.length - 1] = { ...last, to: one.to };
    } else made.push(one);
  }
  return made;
};

/** What of them lies in first..last. */
export const within = (stretches: readonly Stretch[], first: number, last: number): Stretch[] =>
  stretches
    .filter(({ from, to }) => from <= last && to >= first)
    .map((one) => ({ ...one, from: Math.max(one.from, first), to: Math.min(one.to, last) }));

export const shifted = (stretches: readonly Stretch[], by: number): Stretch[] =>
  stretches.map((one) => ({ ...one, from: one.from + by, to: one.to + by }));

/** What a frame has. */
export const valuesAt = (stretches: readonly Stretch[], frame: number): Values =>
  stretches.find(({ from, to }) => from <= frame && frame <= to)?.attributes ?? NO_VALUES;

/** The stretches with every frame of first..last in one of them, empty ones where there was none. */
const covering = (stretches: readonly Stretch[], first: number, last: number): Stretch[] => {
  const made: Stretch[] = [];
  let next = first;
  for (const one of within(stretches, first, last)) {
    if (one.from > next) made.push({ from: next, to: one.from - 1, attributes: NO_VALUES });
    made.push(one);
    next = one.to + 1;
  }
  if (next <= last) made.push({ from: next, to: last, attributes: NO_VALUES });
  return made;
};

/** One attribute set in all frames of first..last, or with undefined taken away there. */
export const withValue = (
  stretches: readonly Stretch[],
  name: string,
  value: AttributeValue | undefined,
  first: number,
  last: number,
): Stretch[] => {
  const changed = covering(stretches, first, last).map((one) => {
    const { [name]: _before, ...others } = one.attributes;
    return { ...one, attributes: value === undefined ? others : { ...others, [name]: value } };
  });
  return joined([
    ...within(stretches, Number.NEGATIVE_INFINITY, first - 1),
    ...changed,
    ...within(stretches, last + 1, Number.POSITIVE_INFINITY),
  ]);
};

/** The last frame, from `frame` on and up to `last`, at which an attribute is what it is in `frame`. */
export const holdsUntil = (stretches: readonly Stretch[], name: string, frame: number, last: number): number => {
  const value = valuesAt(stretches, frame)[name];
  let until = frame;
  for (const one of covering(stretches, frame, last)) {
    if (one.attributes[name] !== value) return until;
    until = one.to;
  }
  return last;
};

/** Only the attributes of these names. */
export const known = (stretches: readonly Stretch[], fields: readonly Attribute[]): Stretch[] => {
  const names = new Set(fields.map(({ name }) => name));
  return joined(
    stretches.map((one) => ({
      ...one,
      attributes: Object.fromEntries(Object.entries(one.attributes).filter(([name]) => names.has(name))),
    })),
  );
};
