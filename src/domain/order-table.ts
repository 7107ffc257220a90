// Live orders by number: open addressing over a plain array. A Map by integer costs some 70 ns an operation and garbage;
// this costs a few, and holds live orders only. An order's home is the end of its intent's number:
// orders that are alive together have intents side by side, so nearly all stand at home, and where all do nothing has to be
// mended behind one that leaves.

import { assertBounded } from "./bounds.ts";
import { assert, InvariantError } from "./errors.ts";

export class OrderTable<T extends { readonly order: number }> {
  declare private slots: (T | undefined)[];
  declare private mask: number;
  private count = 0;
  /** Entries that found their home taken and stand further on. */
  private displaced = 0;
  /** Entries that make the table grow: half of its slots. */
  declare private limit: number;

  constructor(capacity = 64) {
    this.slots = Array.from<T | undefined>({ length: capacity }).fill(undefined);
    this.mask = capacity - 1;
    this.limit = capacity / 2;
    assert((capacity & this.mask) === 0, "I-39", () => `capacity ${capacity} is not a power of two`);
  }

  get size(): number {
    return this.count;
  }

  get(order: number): T | undefined {
    const entry = this.slots[(order >>> 8) & this.mask];
    return entry === undefined || entry.order === order ? entry : this.search(order);
  }

  /**
   * The entry at an order's home: nearly always the order's own. Whoever asks compares the numbers, because it knows the shape of its
   * entries, and asks `get` where they differ.
   */
  home(order: number): T | undefined {
    return this.slots[(order >>> 8) & this.mask];
  }

  add(entry: T): void {
    if (this.count >= this.limit) this.grow();
    const slot = (entry.order >>> 8) & this.mask;
    if (this.slots[slot] === undefined) this.slots[slot] = entry;
    else this.addDisplaced(entry, slot);
    this.count += 1;
  }

  /** Removes and returns the entry; undefined when it is not there. */
  remove(order: number): T | undefined {
    const slot = (order >>> 8) & this.mask;
    const entry = this.slots[slot];
    if (entry === undefined) return undefined;
    if (this.displaced > 0 || entry.order !== order) return this.removeDisplaced(order);
    this.slots[slot] = undefined;
    this.count -= 1;
    return entry;
  }

  /** `remove` of an entry that is at hand. @returns false when it is not there */
  removeEntry(order: number, entry: T): boolean {
    const slot = (order >>> 8) & this.mask;
    if (this.displaced > 0 || this.slots[slot] !== entry) return this.removeDisplaced(order) !== undefined;
    this.slots[slot] = undefined;
    this.count -= 1;
    return true;
  }

  /** Entries in ascending order number: the same order in every process, whatever the history of the table. */
  sorted(): T[] {
    return this.slots.filter((entry) => entry !== undefined).sort((a, b) => a.order - b.order);
  }

  private search(order: number): T | undefined {
    for (let slot = (order >>> 8) & this.mask; ; slot = (slot + 1) & this.mask) {
      const entry = this.slots[slot];
      if (entry === undefined || entry.order === order) return entry;
    }
  }

  private addDisplaced(entry: T, home: number): void {
    let slot = home;
    for (let occupant = this.slots[slot]; occupant !== undefined; occupant = this.slots[slot]) {
      if (occupant.order === entry.order) throw new InvariantError("I-04", `order ${entry.order} is in the table already`);
      slot = (slot + 1) & this.mask;
    }
    this.slots[slot] = entry;
    this.displaced += 1;
  }

  private removeDisplaced(order: number): T | undefined {
    const entry = this.search(order);
    if (entry === undefined) return undefined;
    let slot = (order >>> 8) & this.mask;
    while (this.slots[slot] !== entry) slot = (slot + 1) & this.mask;
    if (slot !== ((order >>> 8) & this.mask)) this.displaced -= 1;
    this.closeGap(slot);
    this.count -= 1;
    return entry;
  }

  // Backward-shift deletion keeps probe chains unbroken without tombstones.
  private closeGap(start: number): void {
    const { slots, mask } = this;
    let gap = start;
    let slot = (gap + 1) & mask;
    for (let entry = slots[slot]; entry !== undefined; entry = slots[slot]) {
      const fromHome = (slot - (entry.order >>> 8)) & mask;
      if (fromHome >= ((slot - gap) & mask)) {
        if (((gap - (entry.order >>> 8)) & mask) === 0) this.displaced -= 1;
        slots[gap] = entry;
        gap = slot;
      }
      slot = (slot + 1) & mask;
    }
    slots[gap] = undefined;
  }

  private grow(): void {
    assertBounded("orders", this.count);
    const entries = this.sorted();
    const capacity = this.slots.length * 2;
    this.slots = Array.from<T | undefined>({ length: capacity }).fill(undefined);
    this.mask = capacity - 1;
    this.limit = capacity / 2;
    this.count = 0;
    this.displaced = 0;
    for (const entry of entries) this.add(entry);
  }
}
