import type { Diff } from '../doc/diff.ts';
import type { MediaUrls } from '../media/source.ts';
import type { Json, LabelRecord, Question } from '../task-types/question.ts';

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
  readonly proposals: {
    readonly model: string;
    readonly answer: Json;
    readonly confidence: number;
    readonly parts: Readonly<Record<string, number>>;
  } | null;
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
