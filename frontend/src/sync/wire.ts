import type { Diff } from '../doc/diff.ts';
import type { MediaUrls } from '../media/source.ts';
import type { Json, LabelRecord, MediaFacts, Question } from '../task-types/question.ts';

/** The editor's calls under /api/v1, as they travel. */

export interface Lease {
  readonly assignment: number;
  readonly token: string;
  /** Seconds from the reply on. */
  readonly expires_in: number;
  readonly task_type: string;
  readonly question: Question;
  readonly object: { readonly id: number; readonly name: string; readonly line: number };
  readonly media: Partial<MediaUrls>;
  readonly answer_to_start_from: Json | null;
  readonly proposals: Shown | null;
  readonly draft: {
    readonly revision: number;
    readonly document: Readonly<Record<string, LabelRecord>>;
    readonly history: readonly Diff[];
  } | null;
}

export interface Reason {
  readonly code: string;
  readonly what: string;
  readonly todo: string;
}

export interface Leases {
  readonly leases: readonly Lease[];
  readonly reason: Reason | null;
}

/** What a model says of an object. */
export interface Shown {
  readonly model: string;
  readonly answer: Json;
  readonly confidence: number;
  readonly parts: Readonly<Record<string, number>>;
}

/** One object on a page of the grid, with the label that it is shown with. */
export interface Glanced {
  readonly assignment: number;
  readonly object: { readonly id: number; readonly name: string; readonly line: number };
  readonly facts: MediaFacts;
  readonly media: Partial<MediaUrls>;
  readonly shown: Shown;
}

/** A page of the grid: leased, renewed, released and submitted as one. */
export interface Page {
  readonly id: number;
  readonly token: string;
  /** Seconds from the reply on. */
  readonly expires_in: number;
  readonly task_type: string;
  readonly question: Question;
  readonly objects: readonly Glanced[];
}

export interface Pages {
  readonly page: Page | null;
  readonly reason: Reason | null;
}

export interface PageHeld extends Held {
  /** Assignments; what is missing has gone on to others. */
  readonly held: readonly number[];
}

export interface PageTaken {
  readonly page: number;
  readonly accepted: number;
  readonly marked: number;
}

export interface Held {
  readonly expires_in: number;
}

export interface Answered {
  readonly annotation: number;
  readonly standing: 'counted' | 'late' | 'surplus';
}

/** application/problem+json. */
export interface ProblemBody {
  readonly code: string;
  readonly what: string;
  readonly where: string;
  readonly todo: string;
  readonly status: number;
  readonly revision?: number;
  readonly document?: Readonly<Record<string, LabelRecord>>;
}
