/** What a key does in a list of rows. */
export type ListKeys = Readonly<Record<string, () => void>>;

/** Hears the keys of a list; `keeps`: a key that the list takes is nobody else's. */
export const hears =
  (keys: ListKeys, keeps = true) =>
  (event: KeyboardEvent): void => {
    const act = event.ctrlKey || event.altKey ? undefined : keys[event.key];
    if (act === undefined) return;
    event.preventDefault();
    if (keeps) event.stopPropagation();
    act();
  };
