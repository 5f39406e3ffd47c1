import type { Diff } from '../doc/diff.ts';
import type { Json, LabelRecord } from '../task-types/question.ts';
import type { Client } from './client.ts';
import { type QueueEvents, SendQueue, type SendRow } from './send-queue.ts';
import type { Store } from './store.ts';
import type { Answered, Lease } from './wire.ts';

/** An answer that was given and not yet acknowledged, with all that it takes to open its object again. */
export interface AnswerRow extends SendRow {
  readonly job: number;
  readonly lease: Lease;
  readonly answer: Json;
  readonly active_seconds: number;
  readonly records: readonly LabelRecord[];
  readonly log: readonly Diff[];
}

/** Answers to single objects, on their way. */
export class AnswerQueue extends SendQueue<AnswerRow, Answered> {
  constructor(client: Client, store: Store, events: QueueEvents<AnswerRow, Answered>) {
    const send = ({ lease, key, answer, active_seconds }: AnswerRow): Promise<Answered> =>
      client.answer(lease.assignment, { token: lease.token, key, active_seconds, answer });
    super(send, store, 'answers', events);
  }

  get assignments(): number[] {
    return this.rows.map(({ lease }) => lease.assignment);
  }
}
