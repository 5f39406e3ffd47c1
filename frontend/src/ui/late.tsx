import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../i18n.ts';

/** What isn't needed for the first picture is fetched when it is opened (or, before that, when the browser has nothing to do). */
export const Late = <P extends object>({
  load,
  props,
  quiet = false,
}: {
  load(): Promise<ComponentType<P>>;
  readonly props: P;
  /** Nothing is said while it comes. */
  readonly quiet?: boolean;
}) => {
  const [Part, setPart] = useState<ComponentType<P> | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    load().then(
      (part) => setPart(() => part),
      () => setFailed(true),
    );
  }, []);
  if (failed) return <p class="hint">{t('This part could not be fetched. Try again when the connection is back.')}</p>;
  if (Part !== null) return <Part {...props} />;
  return quiet ? null : <p class="hint">{t('Loading')}</p>;
};
