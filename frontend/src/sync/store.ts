/** What must outlive a reload or a crash, in IndexedDB. Without one (some private windows) it lives as long as the page. */

const NAME = 'touchstone-editor';
const VERSION = 1;

export type StoreName = 'drafts' | 'answers';

const asPromise = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, fail) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => fail(request.error);
  });

const opened = (): Promise<IDBDatabase> => {
  const request = indexedDB.open(NAME, VERSION);
  request.onupgradeneeded = () => {
    request.result.createObjectStore('drafts', { keyPath: ['owner', 'assignment', 'place'] });
    request.result.createObjectStore('answers', { keyPath: ['owner', 'key'] });
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
  const names = name === 'drafts' ? ['owner', 'assignment', 'place'] : ['owner', 'key'];
  return names.map((field) => fields[field] ?? '');
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

export const openStore = async (): Promise<Store> => {
  try {
    return new IndexedStore(await opened());
  } catch {
    return new MemoryStore();
  }
};
