import { t } from '../i18n.ts';
import type { Notice } from '../ui/room.ts';
import { Refused, Unreachable } from './client.ts';
import { UnknownTaskType } from './items.ts';

export const signedOutNotice = (): Notice => ({
  tone: 'bad',
  what: t('You are no longer signed in.'),
  todo: t('Your work is kept on this machine. Sign in again, then it goes out by itself.'),
  actions: [{ label: t('Sign in'), run: () => window.location.reload() }],
});

/** Why nothing can be opened, for a person. Raises what is no such reason. */
export const reasonOf = (fault: unknown): { what: string; todo: string } => {
  if (fault instanceof Refused) return { what: fault.body.what, todo: fault.body.todo };
  if (fault instanceof UnknownTaskType) {
    return { what: t('This editor does not know this kind of question yet.'), todo: t('Load the page again.') };
  }
  if (fault instanceof Unreachable) {
    return { what: t('No connection to the server.'), todo: t('It is tried again by itself. Your work is kept.') };
  }
  throw fault;
};

export const unfinishedNotice = (what: string): Notice => ({
  tone: 'warn',
  what,
  todo: t('Then submit again.'),
  actions: [],
  until: 'change',
});

export const refusedNotice = (name: string, problem: { readonly what: string; readonly todo: string }): Notice => ({
  tone: 'bad',
  what: t('“%(name)s” was not accepted: %(what)s', { name, what: problem.what }),
  todo: problem.todo,
  actions: [],
  until: 'change',
});

export const tooLargeNotice = (): Notice => ({
  tone: 'warn',
  what: t('This object has become too large to be kept on the server while you work.'),
  todo: t('Your work is kept in this browser. Submit it from here.'),
  actions: [],
});

export const leaseLostNotice = (): Notice => ({
  tone: 'plain',
  what: t('Your hold on this object has ended.'),
  todo: t('Your work is kept. Submit it all the same: it counts while the place is free.'),
  actions: [],
});
