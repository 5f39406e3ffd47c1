import { t } from '../i18n.ts';
import { maskIn, runsOfMask } from './masks.ts';
import { painted } from './painted.ts';
import type { InstanceRecord, Question } from './question.ts';
import { Fault } from './validation.ts';

/** Places of two masks that share the first shared pixel, the lower place first; null where none do. */
const firstOverlap = (records: readonly InstanceRecord[]): readonly [number, number] | null => {
  const all = records.flatMap((record, owner) => {
    const runs = runsOfMask(maskIn(record));
    return Array.from({ length: runs.length / 2 }, (_, i) => ({
      from: runs[2 * i] as number,
      to: runs[2 * i + 1] as number,
      owner,
    }));
  });
  all.sort((a, b) => a.from - b.from || a.owner - b.owner);
  for (let i = 1; i < all.length; i += 1) {
    const [before, run] = [all[i - 1], all[i]];
    // Up to here nothing overlaps, so the one before it reaches furthest.
    if (before !== undefined && run !== undefined && run.from < before.to) {
      return before.owner < run.owner ? [before.owner, run.owner] : [run.owner, before.owner];
    }
  }
  return null;
};

const checkAll = (records: readonly InstanceRecord[], { categories }: Question): void => {
  const name = (at: number): string => categories[records[at]?.category ?? -1]?.name ?? '';
  const seen = new Set<number>();
  records.forEach(({ category }, i) => {
    if (seen.has(category)) {
      throw new Fault(
        `/instances/${i}/category`,
        t('There are two masks of “%(name)s”. Join them.', { name: name(i) }),
      );
    }
    seen.add(category);
  });
  const clash = firstOverlap(records);
  if (clash !== null) {
    const text = t('It shares pixels with “%(name)s”. A pixel has one class.', { name: name(clash[0]) });
    throw new Fault(`/instances/${clash[1]}/geometry`, text);
  }
};

/** One mask a class, and every pixel in one of them at most. */
export const semanticSegmentation = painted('semantic-segmentation', true, checkAll);
