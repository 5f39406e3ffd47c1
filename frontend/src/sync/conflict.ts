import { Desk } from '../commands/desk.ts';
import { between, type Diff } from '../doc/diff.ts';
import { t } from '../i18n.ts';
import type { LabelRecord } from '../task-types/question.ts';
import type { Opened, Room } from '../ui/room.ts';
import type { Conflict } from './drafts.ts';
import { newId } from './ids.ts';
import type { Item } from './items.ts';

const WHAT = (): string => t('This object was changed in another window.');

const recordsOf = (opened: Opened): Record<string, LabelRecord> => opened.desk.doc.toJSON();

/**
 * Two versions of one draft: the person looks at both and keeps one. Nothing is merged. `settle` gets what turns the server's
 * version into the kept one.
 */
export const compare = (room: Room, item: Item, theirs: Conflict, settle: (diff: Diff) => void): void => {
  const mine = item.opened;
  const { type, question, proposals } = mine.desk;
  const other: Opened = {
    ...mine,
    desk: new Desk({ type, question, records: Object.values(theirs.document), log: [], proposals }, newId),
  };
  const done = (): void => {
    room.notices.value = room.notices.value.filter(({ what }) => what !== WHAT());
  };
  const keep = (): void => {
    const kept = room.opened.value === other ? other : mine;
    settle(between(theirs.document, recordsOf(kept)));
    // The desk that goes on is the first one: its history and its place in the queue stay.
    if (kept === other) mine.desk.doc.apply(between(recordsOf(mine), recordsOf(other)), 'remote');
    room.opened.value = mine;
    done();
  };
  const show = (): void => {
    const showing = room.opened.value === other;
    room.opened.value = showing ? mine : other;
    say();
  };
  const say = (): void => {
    const showing = room.opened.value === other;
    done();
    room.notices.value = [
      ...room.notices.value,
      {
        tone: 'plain',
        what: WHAT(),
        todo: showing ? t('You see the other version.') : t('You see your version. Look at both, then keep one.'),
        actions: [
          { label: showing ? t('Show mine') : t('Show the other'), run: show },
          { label: t('Keep the one shown'), run: keep },
        ],
      },
    ];
  };
  say();
};
