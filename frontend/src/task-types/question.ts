/** The question as the server sends it (JSON), and the records that an answer becomes in the editor. Plain data. */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

export type Medium = 'image' | 'text' | 'video';

export interface Attribute {
  readonly name: string;
  readonly kind: 'choice' | 'number' | 'text' | 'tick';
  readonly scope: 'object' | 'frame' | 'instance' | 'track';
  readonly choices: readonly string[];
  readonly minimum: number | null;
  readonly maximum: number | null;
  readonly required: boolean;
}

export interface Category {
  /** The class id: the place in the job's list. */
  readonly id: number;
  readonly name: string;
  /** 1..12, a label colour of the design. */
  readonly colour: number;
  /** The digit that chooses it, or ''. */
  readonly key: string;
  readonly attributes: readonly Attribute[];
  /** The named points of its instances, and which of them are joined by a line. */
  readonly skeleton?: Skeleton | null;
}

export interface Skeleton {
  readonly points: readonly string[];
  readonly edges: readonly (readonly [string, string])[];
}

export interface MediaFacts {
  readonly kind: Medium;
  /** px as stored, EXIF orientation not applied. */
  readonly width: number;
  readonly height: number;
  /** EXIF 1..8. */
  readonly orientation: number;
  readonly text: string;
  readonly frames: number;
  /** Seconds. */
  readonly duration: number;
}

export interface Question {
  readonly categories: readonly Category[];
  readonly attributes: readonly Attribute[];
  readonly tools: readonly string[];
  readonly media: MediaFacts;
  readonly settings: JsonObject;
  /** Of a part of a long video: its first frame and the one after its last. Null, or left out: all of them. */
  readonly frames?: readonly [number, number] | null;
}

/** Who proposed an instance, and whether a person took it as it was. */
export interface Origin {
  readonly model: string;
  readonly how: 'accepted' | 'corrected';
}

export type AttributeValue = string | number | boolean;

/** One located thing. `order` is its place in the list; it is the editor's own and not part of an answer. */
export interface InstanceRecord {
  readonly kind: 'instance';
  readonly id: string;
  readonly order: number;
  readonly shape: string;
  readonly category: number;
  readonly geometry: Json;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  readonly group: string | null;
  readonly origin: Origin | null;
}

/** Attributes of the frames `from` to `to` of a video, both included. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

/**
 * What a track is in one of its key frames; `at` is the geometry of the plain shape, null where the thing is absent from here to the
 * next key frame. `occluded` holds to the next one too. The track itself is the instance called `track`. One record a key frame, so
 * that what is saved of a change is no larger than the change.
 */
export interface KeyRecord {
  readonly kind: 'key';
  readonly id: string;
  readonly track: string;
  readonly frame: number;
  readonly at: Json;
  readonly occluded: boolean;
}

/** A track has one key frame a frame, and this is what it is called. */
export const keyId = (track: string, frame: number): string => `${track}@${frame}`;

export const keyOf = (track: string, frame: number, at: Json, occluded = false): KeyRecord => ({
  kind: 'key',
  id: keyId(track, frame),
  track,
  frame,
  at,
  occluded: occluded && at !== null,
});

/** The data object as a whole: its classes, its attributes, and the proposals that the person has turned down. */
export interface ObjectRecord {
  readonly kind: 'object';
  readonly id: typeof OBJECT;
  /** Class ids, ascending: none yet, one, or several where the type allows it. */
  readonly categories: readonly number[];
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  readonly rejected: readonly string[];
  /** What the frames of a video carry. */
  readonly frames?: readonly Stretch[];
}

/** What two instances have to do with each other, from one to the other. `order` is as of an instance. */
export interface RelationRecord {
  readonly kind: 'relation';
  readonly id: string;
  readonly order: number;
  /** The name of one of the job's relation types. */
  readonly type: string;
  /** Ids of instances. */
  readonly from: string;
  readonly to: string;
}

export type LabelRecord = InstanceRecord | KeyRecord | RelationRecord | ObjectRecord;
export type Records = ReadonlyMap<string, LabelRecord>;

/** The id of the record of the data object itself. */
export const OBJECT = 'object';

export const blankObject: ObjectRecord = { kind: 'object', id: OBJECT, categories: [], attributes: {}, rejected: [] };

/** Drafts of earlier versions hold one class, or null, as `category`. */
type EarlierObject = Pick<ObjectRecord, 'kind' | 'id' | 'rejected'> & { readonly category: number | null };

export const asOfNow = (record: ObjectRecord | EarlierObject): ObjectRecord => {
  if (!('category' in record)) return record;
  const { category, ...known } = record;
  return { ...blankObject, ...known, categories: category === null ? [] : [category] };
};

export const objectOf = (records: Records): ObjectRecord => {
  const record = records.get(OBJECT);
  return record?.kind === 'object' ? asOfNow(record) : blankObject;
};

export const isInstance = (record: LabelRecord | undefined): record is InstanceRecord => record?.kind === 'instance';

/** The instances in the order of the list. */
export const instancesOf = (records: Records): InstanceRecord[] =>
  [...records.values()].filter(isInstance).sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1));

/**
 * The attributes that an instance of this class may carry: the job's and the class's own, which come first of a name. `scope`: of a
 * track "track" is what it has as a whole, "instance" what changes from frame to frame.
 */
export const attributesOf = (
  question: Question,
  category: number,
  scope: Attribute['scope'] = 'instance',
): readonly Attribute[] => {
  const own = question.categories[category]?.attributes ?? [];
  const names = new Set(own.map(({ name }) => name));
  const both = [...question.attributes.filter(({ name }) => !names.has(name)), ...own];
  return both.filter((one) => one.scope === scope);
};
