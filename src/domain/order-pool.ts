// Objects of orders: the ended ones are still recognised for a while, and are then used again for new orders. So an
// order in steady state costs no memory, and whoever keeps its object beyond that time keeps the wrong one.

/** What a pool must know of an order. */
export interface PooledOrder {
  readonly order: number;
}

export class OrderPool<T extends PooledOrder> {
  declare private readonly create: () => T;
  /** Ended orders in a ring whose size is a power of two: `count` of them from `first` on, the one that ended longest ago first. */
  private ring: (T | null)[] = Array.from<T | null>({ length: 1_024 }).fill(null);
  private first = 0;
  private count = 0;
  private readonly spare: T[] = [];

  constructor(create: () => T) {
    this.create = create;
  }

  /** An object for the next order; what it held before is still in it. */
  take(): T {
    // 512 ended orders are remembered: an answer, or a question, may come after the end.
    if (this.count < 512) return this.spare.pop() ?? this.create();
    const { ring, first } = this;
    this.first = (first + 1) & (ring.length - 1);
    this.count -= 1;
    return ring[first] as T;
  }

  /** An object that no order ever was on. */
  fresh(): T {
    return this.create();
  }

  /** Takes back the object of an order that never was one. */
  discard(order: T): void {
    this.spare.push(order);
  }

  /** Keeps an order that has ended. */
  remember(order: T): void {
    if (this.count === this.ring.length) this.grow();
    const { ring } = this;
    ring[(this.first + this.count) & (ring.length - 1)] = order;
    this.count += 1;
  }

  find(order: number): T | undefined {
    for (let n = 0; n < this.count; n += 1) {
      const ended = this.at(n);
      if (ended.order === order) return ended;
    }
    return undefined;
  }

  /** The ended orders that are remembered, the oldest first: enough to continue in another process. */
  snapshot(): T[] {
    return Array.from({ length: this.count }, (_, n) => this.at(n));
  }

  restore(ended: readonly T[]): void {
    for (const order of ended) this.remember(order);
  }

  /** The n-th of the ended orders. */
  private at(n: number): T {
    return this.ring[(this.first + n) & (this.ring.length - 1)] as T;
  }

  private grow(): void {
    this.ring = [...this.snapshot(), ...Array.from<null>({ length: this.count }).fill(null)];
    this.first = 0;
  }
}
