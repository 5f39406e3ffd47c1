import type { Bitmap } from '../geometry/masks.ts';
import type { Box, Point, Size } from '../geometry/plane.ts';
import type { Runs } from '../geometry/runs.ts';
import type { InstanceRecord, Json, KeyRecord, LabelRecord, Medium, Question, Records } from './question.ts';

export type { Bitmap } from '../geometry/masks.ts';

export interface Modifiers {
  readonly shift: boolean;
  readonly alt: boolean;
  readonly ctrl?: boolean;
}

export const NO_MODIFIERS: Modifiers = { shift: false, alt: false };

/** A line in media px: x0, y0, x1, y1 ... */
export interface Path {
  readonly points: readonly number[];
  readonly closed: boolean;
}

/** A point on the screen, whatever the zoom; hollow where the thing is there but hidden. */
export interface Dot {
  readonly at: Point;
  readonly hollow: boolean;
}

/** What a record looks like, in media px. Drawn by the view, which owns every colour and puts the tag. */
export interface Drawing {
  /** The closed ones are filled together, by even-odd: a ring inside another is a hole. */
  readonly paths: readonly Path[];
  /** Upright boxes: a canvas draws a rectangle many times faster than the same four lines. */
  readonly boxes: readonly Box[];
  readonly dots?: readonly Dot[];
  /** Pixels, told column by column. Their `paths` are only as fine as the scale asks, for what is drawn round them. */
  readonly pixels?: { readonly runs: Runs; readonly height: number };
}

/**
 * A point to hold a shape by. An edge's or a corner's `pull` says which way it moves: -1, 0 or 1 along each axis of the stored
 * file. The others pull nowhere by themselves: a vertex, the middle between two (where one may be put in), and what turns the shape.
 */
export interface Handle {
  readonly name: string;
  readonly at: Point;
  readonly pull: Point;
  readonly look?: 'vertex' | 'middle' | 'turn';
  /** What the point is called, where it has a name. */
  readonly label?: string;
  /** The axes that `pull` goes along, where they are turned (degrees clockwise), and the lengths of the sides along them. */
  readonly axes?: Size & { readonly angle: number };
  /** Of a middle: how much room there is to either side, px of the stored file. */
  readonly room?: number;
  /** The handle stands off from `at` by this direction of length 1, as far as the screen asks. */
  readonly off?: Point;
}

/** A named point as a person put it: seen, or hidden behind something. */
export interface NamedPoint extends Point {
  readonly name: string;
  readonly hidden: boolean;
}

/** What a tool has drawn, for the type to make a shape of. */
export type Drawn =
  /** Two corners, dragged or clicked. */
  | { readonly by: 'corners'; readonly from: Point; readonly to: Point; readonly how: Modifiers }
  /** Points one after the other: of an outline, or of a line. `tool`: whose, where a type has shapes of both. */
  | { readonly by: 'points'; readonly points: readonly Point[]; readonly tool?: string }
  | { readonly by: 'point'; readonly at: Point }
  /** Points with names, in any order; those that are left out are not placed. */
  | { readonly by: 'named'; readonly points: readonly NamedPoint[] }
  | { readonly by: 'bitmap'; readonly bitmap: Bitmap };

/** The shape and its geometry, as an instance holds them. */
export interface Made {
  readonly shape: string;
  readonly geometry: Json;
}

/** A number that a person may type instead of dragging. */
export interface NumberField {
  readonly name: string;
  readonly label: string;
  readonly value: number;
}

/** A change of records, as the document takes it. */
export interface Edit {
  readonly added: Readonly<Record<string, LabelRecord>>;
  readonly updated: Readonly<Record<string, readonly [LabelRecord, LabelRecord]>>;
  readonly removed: Readonly<Record<string, LabelRecord>>;
}

/** A change with all that had to go with it, and what is selected after it. */
export interface Settled {
  readonly edit: Edit;
  readonly after: readonly string[];
}

export interface Settling {
  /** The person wants no pixel in two shapes. */
  readonly apart: boolean;
  /** Ids of shapes that may not be changed. */
  readonly fixed: ReadonlySet<string>;
}

/** What a type gives whose shapes are pixels, for the tools that paint. */
export interface Painting {
  /** A class has one shape: what is painted goes there, whatever is selected. */
  readonly oneEachClass: boolean;
  runs(record: InstanceRecord): Runs;
  /** The record with these pixels; null of none. */
  withRuns(record: InstanceRecord, runs: Runs, question: Question): InstanceRecord | null;
  made(runs: Runs, size: Size): Made | null;
}

/** What a type of located things gives. Everything is pure: a record in, a new record out. */
export interface Located {
  /** The tools that draw, by their id. */
  readonly tools: readonly string[];
  /** Those of them that this question has; left out: all. */
  offered?(question: Question): readonly string[];
  /** `scale`: screen px for one media px, for shapes that are drawn no finer than they are seen. */
  draw(record: InstanceRecord, question: Question, scale?: number): Drawing;
  bounds(record: InstanceRecord): Box;
  /** How well a point hits: the smaller the better; null is a miss. `reach` is a finger's width in media px. */
  hit(record: InstanceRecord, at: Point, reach: number): number | null;
  handles(record: InstanceRecord, question: Question): readonly Handle[];
  /** A drag from `from` to `to`, of the whole shape or, with the name of a handle, of that. */
  gesture(
    start: InstanceRecord,
    from: Point,
    to: Point,
    how: Modifiers,
    question: Question,
    handle?: string,
  ): InstanceRecord;
  /** One keyboard step: moved, or with `resize` grown, by a vector in media px. */
  nudge(record: InstanceRecord, by: Point, resize: boolean, question: Question): InstanceRecord;
  /** The shape of this class that has been drawn; null when it is too small to be meant, or nothing that the type has. */
  create(drawn: Drawn, question: Question, category: number): Made | null;
  /** The shape without the vertex that this handle holds; null where none may go. */
  without(record: InstanceRecord, handle: string): InstanceRecord | null;
  /** One more vertex after that of this handle, and the new one's handle; null where none may come. */
  after(record: InstanceRecord, handle: string, question: Question): readonly [InstanceRecord, string] | null;
  /** The point of this handle hidden, or seen again; null where points don't hide. */
  veiled(record: InstanceRecord, handle: string): InstanceRecord | null;
  /** The names of the points that a shape of this class asks for, in their order; null where they have none. */
  names(question: Question, category: number): readonly string[] | null;
  /** The closed rings of an outline, holes after the outer one; null where the shape is no outline. */
  rings(record: InstanceRecord): readonly (readonly Point[])[] | null;
  /** The outline with other rings; null where they enclose nothing. */
  withRings(record: InstanceRecord, rings: readonly (readonly Point[])[], question: Question): InstanceRecord | null;
  /** With another class: attributes that it knows stay. A shape that the class can't take leaves the record as it was. */
  withCategory(record: InstanceRecord, category: number, question: Question): InstanceRecord;
  fields(record: InstanceRecord, question: Question): readonly NumberField[];
  withField(record: InstanceRecord, name: string, value: number, question: Question): InstanceRecord;
  /** A few characters for the list: "72 × 222". */
  measure(record: InstanceRecord): string;
  readonly painting?: Painting;
  /** What else must change with a change, so that the shapes together still are an answer. Left out: nothing. */
  settled?(edit: Edit, after: readonly string[], records: Records, question: Question, how: Settling): Settled;
}

/** Where the things of a video are to be had: a track's key frames ascend. */
export interface Film {
  record(id: string): InstanceRecord | undefined;
  keysOf(track: string): readonly KeyRecord[];
}

/**
 * What a type gives whose things are in the frames of a video. Its `located` deals with what is seen of them in one frame: plain
 * shapes with the ids of the things. Frames are indexes into the frame table. Everything is pure.
 */
export interface Timed {
  /** Things go on from frame to frame: they are tracks. Else each is in one frame. */
  readonly tracked: boolean;
  /** The one frame that an instance is in; null of a track. */
  frameOf(record: InstanceRecord): number | null;
  /** What an instance looks like in a frame; null where it is not there. Equal geometry is the very same object. */
  at(record: InstanceRecord, keys: readonly KeyRecord[], frame: number, question: Question): InstanceRecord | null;
  /** A change of what is seen in a frame, as a change of the records. */
  written(edit: Edit, frame: number, film: Film, question: Question): Edit;
}

/** A stretch of a text in code points, `end` one past the last, with the words that it covers. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** What two spans may have to do with each other; the classes that may stand at either end, or any. */
export interface RelationType {
  readonly name: string;
  readonly from: readonly number[] | null;
  readonly to: readonly number[] | null;
}

/** What a type of stretches of a text gives. Everything is pure. */
export interface Spanned {
  make(span: Span): Made;
  spanOf(record: InstanceRecord): Span;
  withSpan(record: InstanceRecord, span: Span): InstanceRecord;
  withCategory(record: InstanceRecord, category: number, question: Question): InstanceRecord;
  relationTypes(question: Question): readonly RelationType[];
  /** With what must go along: a relation does not outlive its ends. */
  settled(edit: Edit, after: readonly string[], records: Records): Settled;
}

/** What a type of whole answers gives. */
export interface Chosen {
  /** More than one class may be chosen. */
  readonly several: boolean;
  /** The record with this class chosen; of several, one that was chosen is taken away. */
  choose(record: LabelRecord, category: number): LabelRecord;
  /** The chosen class ids of a record. */
  chosen(record: LabelRecord): readonly number[];
}

/**
 * The seam, on this side: what the editor must know of a kind of question. Nothing outside this folder may ask which type it
 * deals with; it asks whether `located`, `timed`, `spanned` or `chosen` is there.
 */
export interface TaskType {
  readonly name: string;
  readonly media: Medium;
  readonly located?: Located;
  readonly timed?: Timed;
  readonly spanned?: Spanned;
  readonly chosen?: Chosen;
  /** The records of an answer; of none, the blank ones. Throws Fault on an answer that breaks its question. */
  load(answer: Json | null, question: Question): LabelRecord[];
  /** The answer of the records; `dump(load(a)) == a`. */
  dump(records: Records): Json;
  /** Throws Fault where the answer can't be submitted. */
  check(answer: Json, question: Question): void;
  /** A record in words, for the list and for screen readers. */
  describe(record: LabelRecord, question: Question): string;
}
