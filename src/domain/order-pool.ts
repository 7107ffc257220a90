// Objects of orders: the ended ones are still recognised for a while, and are then used again for new orders. So an
// order in steady state costs no memory, and whoever keeps its object beyond that time keeps the wrong one.

export class OrderPool<T extends { readonly order: number }> {
  declare private readonly create: () => T;
  /** A ring of ended orders from `head` on, the one that ended longest ago first. */
  private ended: (T | undefined)[] = Array.from<T | undefined>({ length: 1_024 }).fill(undefined);
  private head = 0;
  private count = 0;
  private readonly spare: T[] = [];

  constructor(create: () => T) {
    this.create = create;
  }

  /** An object for the next order; what it held before is still in it. */
  take(): T {
    // 512 ended orders are remembered: an answer, or a question, may come after the end.
    if (this.count < 512) return this.spare.pop() ?? this.create();
    const order = this.ended[this.head] as T;
    this.head = (this.head + 1) & (this.ended.length - 1);
    this.count -= 1;
    return order;
  }

  /** Takes back the object of an order that never was one. */
  discard(order: T): void {
    this.spare.push(order);
  }

  /** Keeps an order that has ended. */
  remember(order: T): void {
    if (this.count === this.ended.length) this.grow();
    this.ended[(this.head + this.count) & (this.ended.length - 1)] = order;
    this.count += 1;
  }

  find(order: number): T | undefined {
    for (let n = this.count - 1; n >= 0; n -= 1) {
      const candidate = this.ended[(this.head + n) & (this.ended.length - 1)];
      if (candidate?.order === order) return candidate;
    }
    return undefined;
  }

  /** The ended orders that are remembered, the oldest first: enough to continue in another process. */
  snapshot(): T[] {
    return Array.from({ length: this.count }, (_, n) => this.ended[(this.head + n) & (this.ended.length - 1)] as T);
  }

  restore(ended: readonly T[]): void {
    for (const order of ended) this.remember(order);
  }

  private grow(): void {
    const ordered = this.snapshot();
    this.ended = [...ordered, ...Array.from<undefined>({ length: ordered.length })];
    this.head = 0;
  }
}
