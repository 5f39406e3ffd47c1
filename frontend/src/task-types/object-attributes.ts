import {
  type Attribute,
  type AttributeValue,
  type JsonObject,
  type ObjectRecord,
  objectOf,
  type Question,
  type Records,
} from './question.ts';
import { checkAttributes } from './validation.ts';

/** The key of an answer, of any type, that holds the attributes of the data object as a whole. */
export const ATTRIBUTES = 'attributes';

/** The attributes that the data object as a whole may carry. */
export const objectAttributesOf = (question: Question): readonly Attribute[] =>
  question.attributes.filter(({ scope }) => scope === 'object');

/** Those of an answer, checked; the key is optional. Throws Fault. */
export const objectAttributesIn = (answer: JsonObject, question: Question): ObjectRecord['attributes'] =>
  checkAttributes(
    answer[ATTRIBUTES] ?? {},
    objectAttributesOf(question),
    `/${ATTRIBUTES}`,
  ) as ObjectRecord['attributes'];

/** To be merged into an answer; nothing when there are none. */
export const objectAttributesAsJson = (records: Records): JsonObject => {
  const { attributes } = objectOf(records);
  return Object.keys(attributes).length === 0 ? {} : { [ATTRIBUTES]: attributes };
};

/** The record with one attribute set, or with undefined taken away. */
export const withObjectAttribute = (
  record: ObjectRecord,
  name: string,
  value: AttributeValue | undefined,
): ObjectRecord => {
  const { [name]: _before, ...others } = record.attributes;
  return { ...record, attributes: value === undefined ? others : { ...others, [name]: value } };
};
