/** What must outlive a reload or a crash, in IndexedDB. Without one (some private windows) it lives as long as the page. */

/** Each its own, so that a tab with an older bundle never keeps a newer one from opening. */
const EDITOR = 'touchstone-editor';
const GRID = 'touchstone-grid';
const VERSION = 1;

export type StoreName = 'drafts' | 'answers' | 'pages';

const asPromise = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, fail) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => fail(request.error);
  });

const KEYS: Readonly<Record<StoreName, string[]>> = {
  drafts: ['owner', 'assignment', 'place'],
  answers: ['owner', 'key'],
  pages: ['owner', 'key'],
};

const opened = (name: string, stores: readonly StoreName[]): Promise<IDBDatabase> => {
  const request = indexedDB.open(name, VERSION);
  request.onupgradeneeded = () => {
    for (const store of stores) request.result.createObjectStore(store, { keyPath: KEYS[store] });
  };
  return asPromise(request);
};

/** Rows that one person's browser keeps; `owner` keeps people who share a machine apart. */
export interface Row {
  readonly owner: number;
}

export interface Store {
  put(name: StoreName, row: Row): Promise<void>;
  /** Rows whose key begins with these parts, in order. */
  all<T extends Row>(name: StoreName, prefix: readonly (number | string)[]): Promise<T[]>;
  remove(name: StoreName, prefix: readonly (number | string)[]): Promise<void>;
}

const range = (prefix: readonly (number | string)[]): IDBKeyRange => IDBKeyRange.bound([...prefix], [...prefix, []]);

class IndexedStore implements Store {
  readonly #db: IDBDatabase;

  constructor(db: IDBDatabase) {
    this.#db = db;
  }

  async #write(name: StoreName, act: (store: IDBObjectStore) => void): Promise<void> {
    const transaction = this.#db.transaction(name, 'readwrite', { durability: 'strict' });
    act(transaction.objectStore(name));
    await new Promise<void>((resolve, fail) => {
      transaction.oncomplete = () => resolve();
      transaction.onerror = () => fail(transaction.error);
      transaction.onabort = () => fail(transaction.error);
    });
  }

  put(name: StoreName, row: Row): Promise<void> {
    return this.#write(name, (store) => store.put(row));
  }

  all<T extends Row>(name: StoreName, prefix: readonly (number | string)[]): Promise<T[]> {
    return asPromise(this.#db.transaction(name).objectStore(name).getAll(range(prefix)) as IDBRequest<T[]>);
  }

  remove(name: StoreName, prefix: readonly (number | string)[]): Promise<void> {
    return this.#write(name, (store) => store.delete(range(prefix)));
  }
}

const keyOf = (name: StoreName, row: Row): (number | string)[] => {
  const fields = row as unknown as Record<string, number | string>;
  return KEYS[name].map((field) => fields[field] ?? '');
};

/** The same, for as long as the page lives. */
export class MemoryStore implements Store {
  readonly #rows = new Map<string, { name: StoreName; key: (number | string)[]; row: Row }>();

  async put(name: StoreName, row: Row): Promise<void> {
    const key = keyOf(name, row);
    this.#rows.set(`${name} ${key.join(' ')}`, { name, key, row });
  }

  async all<T extends Row>(name: StoreName, prefix: readonly (number | string)[]): Promise<T[]> {
    return this.#matching(name, prefix).map(({ row }) => row as T);
  }

  async remove(name: StoreName, prefix: readonly (number | string)[]): Promise<void> {
    for (const { key } of this.#matching(name, prefix)) this.#rows.delete(`${name} ${key.join(' ')}`);
  }

  #matching(name: StoreName, prefix: readonly (number | string)[]) {
    return [...this.#rows.values()].filter(
      (each) => each.name === name && prefix.every((part, i) => each.key[i] === part),
    );
  }
}

export const openStore = async (of: 'editor' | 'grid' = 'editor'): Promise<Store> => {
  try {
    return new IndexedStore(await (of === 'grid' ? opened(GRID, ['pages']) : opened(EDITOR, ['drafts', 'answers'])));
  } catch {
    return new MemoryStore();
  }
};
