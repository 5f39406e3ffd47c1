/** A worker that answers each message by its number. Made when it is first spoken to. */
export class Post<Asked extends object, Answer extends { readonly id: number; readonly trouble?: string }> {
  readonly #name: string;
  readonly #waiting = new Map<number, { resolve(answer: Answer): void; reject(fault: Error): void }>();
  #worker: Worker | null = null;
  #last = 0;

  constructor(name: string) {
    this.#name = name;
  }

  ask(message: Asked, transfer: readonly Transferable[] = []): Promise<Answer> {
    this.#last += 1;
    const id = this.#last;
    const worker = this.#started();
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      worker.postMessage({ ...message, id }, [...transfer]);
    });
  }

  /** What was computed is gone; a worker that computes something nobody waits for is not waited for either. */
  close(): void {
    this.#worker?.terminate();
    this.#worker = null;
    this.#fail('closed');
  }

  #started(): Worker {
    if (this.#worker !== null) return this.#worker;
    const worker = new Worker(new URL(`./${this.#name}`, import.meta.url));
    worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => this.#answered(data));
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      this.close();
    });
    this.#worker = worker;
    return worker;
  }

  #answered(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (answer.trouble === undefined) waiting?.resolve(answer);
    else waiting?.reject(new Error(answer.trouble));
  }

  #fail(why: string): void {
    for (const { reject } of this.#waiting.values()) reject(new Error(why));
    this.#waiting.clear();
  }
}
