import { t } from '../i18n.ts';
import type { Attribute, Json, JsonObject, Question } from './question.ts';

/** Why an answer can't stand: a JSON pointer into it, and a sentence. */
export class Fault extends Error {
  readonly pointer: string;

  constructor(pointer: string, problem: string) {
    super(problem);
    this.pointer = pointer;
  }
}

/** A JSON pointer's next step (RFC 6901: ~ and / are escaped). */
export const under = (pointer: string, key: string | number): string =>
  `${pointer}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;

/** The other way: a step as it stands in a pointer, in plain text. */
export const stepOf = (step: string): string => step.replaceAll('~1', '/').replaceAll('~0', '~');

export const asObject = (raw: Json | undefined, pointer: string): JsonObject => {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw))
    throw new Fault(pointer, 'This must be an object.');
  return raw as JsonObject;
};

export const asList = (raw: Json | undefined, pointer: string): readonly Json[] => {
  if (!Array.isArray(raw)) throw new Fault(pointer, 'This must be a list.');
  return raw as readonly Json[];
};

export const asNumber = (raw: Json | undefined, pointer: string): number => {
  if (typeof raw !== 'number' || !Number.isFinite(raw)) throw new Fault(pointer, 'This must be a number.');
  return raw;
};

/** Every key is known; the first other one is named. */
export const onlyKeys = (raw: JsonObject, allowed: readonly string[], pointer: string): void => {
  const other = Object.keys(raw).find((key) => !allowed.includes(key));
  if (other !== undefined) throw new Fault(under(pointer, other), 'This field is not known.');
};

/** A class id of this job. */
export const asCategory = (raw: Json | undefined, question: Question, pointer: string): number => {
  if (typeof raw !== 'number' || !Number.isInteger(raw) || question.categories[raw] === undefined) {
    throw new Fault(pointer, 'Choose one of the classes.');
  }
  return raw;
};

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export const asId = (raw: Json | undefined, pointer: string): string => {
  if (typeof raw !== 'string' || !UUID.test(raw)) throw new Fault(pointer, 'This must be a UUID in small letters.');
  return raw;
};

const KINDS: Readonly<Record<Attribute['kind'], (value: Json, attribute: Attribute) => boolean>> = {
  tick: (value) => typeof value === 'boolean',
  text: (value, { required }) => typeof value === 'string' && !(required && value === ''),
  choice: (value, { choices }) => typeof value === 'string' && choices.includes(value),
  number: (value, { minimum, maximum }) =>
    typeof value === 'number' &&
    Number.isFinite(value) &&
    value >= (minimum ?? Number.NEGATIVE_INFINITY) &&
    value <= (maximum ?? Number.POSITIVE_INFINITY),
};

export const fits = (value: Json, attribute: Attribute): boolean => KINDS[attribute.kind](value, attribute);

/** The attributes of one instance: known ones, of the right kind, the required ones present. */
export const checkAttributes = (raw: Json | undefined, allowed: readonly Attribute[], pointer: string): JsonObject => {
  const values = asObject(raw, pointer);
  for (const [name, value] of Object.entries(values)) {
    const attribute = allowed.find((each) => each.name === name);
    if (attribute === undefined) throw new Fault(under(pointer, name), 'This class has no such attribute.');
    if (!fits(value, attribute))
      throw new Fault(under(pointer, name), t('“%(name)s” can’t have this value.', { name }));
  }
  for (const { name, required } of allowed) {
    if (required && !(name in values))
      throw new Fault(under(pointer, name), t('“%(name)s” is not filled in.', { name }));
  }
  return values;
};
