import { t } from '../i18n.ts';
import type { Ask, Helper, Place } from './helper.ts';

/** A helper for a desk that is loaded with the first question. Returns how to take it away. */
export const helpLazily = (place: Place): (() => void) => {
  const { desk } = place;
  let helper: Helper | null = null;
  let loading = false;
  let gone = false;
  let waiting: Ask | null = null;
  const load = async (): Promise<void> => {
    const loaded = await import('./helper.ts');
    helper = gone ? null : new loaded.Helper(place);
    if (waiting !== null) helper?.ask(waiting);
  };
  desk.helper = (ask) => {
    if (helper !== null) {
      helper.ask(ask);
      return;
    }
    waiting = ask;
    if (loading) return;
    loading = true;
    load()
      .catch(() => {
        const problem = t('This helper could not be loaded. Draw the shape by hand.');
        if (waiting !== null) desk.send({ type: 'told', ask: waiting.ask, problem });
      })
      .finally(() => {
        loading = false;
      });
  };
  return () => {
    gone = true;
    desk.helper = null;
    helper?.close();
  };
};
