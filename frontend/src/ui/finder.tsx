import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

interface Props<T> {
  /** Of the list; its options are called by it too. */
  readonly id: string;
  readonly label: string;
  readonly listLabel: string;
  /** Said when nothing is found. */
  readonly none: string;
  find(text: string): readonly T[];
  keyOf(item: T): string | number;
  show(item: T): ComponentChildren;
  take(item: T): void;
}

/** Find one of many by typing: arrows mark, Enter takes the marked one. */
export const Finder = <T,>({ id, label, listLabel, none, find, keyOf, show, take }: Props<T>) => {
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const found = find(text);
  const marked = found[at];
  const optionId = (item: T): string => `${id}-${keyOf(item)}`;
  return (
    <div class="stack">
      <input
        class="input"
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={marked === undefined ? undefined : optionId(marked)}
        aria-label={label}
        autoFocus
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && marked !== undefined) take(marked);
          else if (event.key === 'ArrowDown') setAt(Math.min(at + 1, found.length - 1));
          else if (event.key === 'ArrowUp') setAt(Math.max(at - 1, 0));
          else if (event.key !== 'Enter') return;
          event.preventDefault();
        }}
      />
      <ul class="objects found" id={id} role="listbox" aria-label={listLabel}>
        {found.map((item, i) => (
          <li key={keyOf(item)} id={optionId(item)} role="option" aria-selected={i === at} onClick={() => take(item)}>
            {show(item)}
          </li>
        ))}
      </ul>
      {found.length === 0 && <p class="hint">{none}</p>}
    </div>
  );
};
