// A FIFO that is reused and never reallocated in steady state: requests on their way to a market.

/** Push at the end, drain from the front; the backing array keeps its capacity, and what it held until that is used again. */
export class Queue<T> {
  private readonly items: T[] = [];
  private head = 0;
  private tail = 0;

  get length(): number {
    return this.tail - this.head;
  }

  push(item: T): void {
    this.items[this.tail] = item;
    this.tail += 1;
  }

  /** The n-th waiting item. */
  at(n: number): T {
    return this.items[this.head + n] as T;
  }

  shift(): T | undefined {
    if (this.head === this.tail) return undefined;
    const item = this.items[this.head] as T;
    this.head += 1;
    if (this.head === this.tail) {
      this.head = 0;
      this.tail = 0;
    }
    return item;
  }
}
