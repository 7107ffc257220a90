// A FIFO that is reused and never reallocated in steady state: effects of the runner, answers of a venue.

/** Push at the end, drain from the front; the backing array keeps its capacity (setting its length would give it back). */
export class Queue<T> {
  private readonly items: (T | undefined)[] = [];
  private head = 0;
  private tail = 0;

  get length(): number {
    return this.tail - this.head;
  }

  push(item: T): void {
    if (this.tail < this.items.length) this.items[this.tail] = item;
    else this.items.push(item);
    this.tail += 1;
  }

  /** The n-th waiting item. */
  at(n: number): T {
    return this.items[this.head + n] as T;
  }

  shift(): T | undefined {
    if (this.head === this.tail) return undefined;
    const item = this.items[this.head] as T;
    this.items[this.head] = undefined;
    this.head += 1;
    if (this.head === this.tail) {
      this.head = 0;
      this.tail = 0;
    }
    return item;
  }
}
