// Objects of orders: the ended ones are still recognised for a while, and are then used again for new orders. So an
// order in steady state costs no memory, and whoever keeps its object beyond that time keeps the wrong one.

/** What a pool must know of an order. */
export interface PooledOrder {
  readonly order: number;
  /** The order that ended after it. */
  behind: PooledOrder | null;
}

export class OrderPool<T extends PooledOrder> {
  declare private readonly create: () => T;
  /** Ended orders form a chain, the one that ended longest ago first. */
  private first: T | null = null;
  private last: T | null = null;
  private count = 0;
  private readonly spare: T[] = [];

  constructor(create: () => T) {
    this.create = create;
  }

  /** An object for the next order; what it held before is still in it. */
  take(): T {
    const order = this.first;
    // 512 ended orders are remembered: an answer, or a question, may come after the end.
    if (this.count < 512 || order === null) return this.spare.pop() ?? this.create();
    this.first = order.behind as T | null;
    this.count -= 1;
    return order;
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
    order.behind = null;
    if (this.last === null) this.first = order;
    else this.last.behind = order;
    this.last = order;
    this.count += 1;
  }

  find(order: number): T | undefined {
    for (let ended = this.first; ended !== null; ended = ended.behind as T | null) if (ended.order === order) return ended;
    return undefined;
  }

  /** The ended orders that are remembered, the oldest first: enough to continue in another process. */
  snapshot(): T[] {
    const ended: T[] = [];
    for (let order = this.first; order !== null; order = order.behind as T | null) ended.push(order);
    return ended;
  }

  restore(ended: readonly T[]): void {
    for (const order of ended) this.remember(order);
  }
}
