// A FIFO that is reused and never reallocated in steady state: effects of the runner, answers of a venue.

/** Push at the end, drain from the front; the backing array keeps its capacity. */
export class Queue<T> {
  private readonly items: T[] = [];
  private head = 0;

  get length(): number {
    return this.items.length - this.head;
  }

  push(item: T): void {
    this.items.push(item);
  }

  /** The n-th waiting item. */
  at(n: number): T {
    return this.items[this.head + n] as T;
  }

  shift(): T | undefined {
    if (this.head === this.items.length) return undefined;
    const item = this.items[this.head++] as T;
    if (this.head === this.items.length) this.clear();
    return item;
  }

  clear(): void {
    this.items.length = 0;
    this.head = 0;
  }
}
