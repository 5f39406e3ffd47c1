import type { ListKeys } from './list-keys.ts';

/** Up and down through the rows, to the first and to the last; `now`: the place of the selected one, -1 where none is. */
export const through = <Row>(rows: readonly Row[], now: number, go: (row: Row) => void): ListKeys => {
  const to = (row: Row | undefined): void => {
    if (row !== undefined) go(row);
  };
  return {
    ArrowDown: () => to(rows[now + 1]),
    ArrowUp: () => to(rows[now === -1 ? rows.length - 1 : now - 1]),
    Home: () => to(rows[0]),
    End: () => to(rows.at(-1)),
  };
};
