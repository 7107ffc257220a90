// Objects of orders: the ended ones are still recognised for a while, and are then used again for new orders. So an
// order in steady state costs no memory, and whoever keeps its object beyond that time keeps the wrong one.

/** Ended orders that are remembered: an answer, or a question, may come after the end. */
const rememberedMax = 512;

export class OrderPool<T extends { readonly order: number }> {
  declare private readonly create: () => T;
  private readonly ended: T[] = [];
  /** Where the next one goes once the memory is full: the place of the oldest. */
  private next = 0;
  private readonly spare: (T | null)[] = [];
  private spares = 0;

  constructor(create: () => T) {
    this.create = create;
  }

  /** An object for the next order; what it held before is still in it. */
  take(): T {
    if (this.spares === 0) return this.create();
    this.spares -= 1;
    return this.spare[this.spares] as T;
  }

  /** Takes back the object of an order that never was one. */
  discard(order: T): void {
    this.spare[this.spares] = order;
    this.spares += 1;
  }

  /** Keeps an order that has ended, in the place of the one that ended longest ago. */
  remember(order: T): void {
    const at = this.next;
    if (at < this.ended.length) this.discard(this.ended[at] as T);
    this.ended[at] = order;
    this.next = at + 1 < rememberedMax ? at + 1 : 0;
  }

  find(order: number): T | undefined {
    return this.ended.find((candidate) => candidate.order === order);
  }

  /** Place by place, with where the next one goes: enough to continue in another process. */
  snapshot(): { readonly ended: readonly T[]; readonly next: number } {
    return { ended: this.ended, next: this.next };
  }

  restore(ended: readonly T[], next: number): void {
    ended.forEach((order, at) => (this.ended[at] = order));
    this.next = next;
  }
}
