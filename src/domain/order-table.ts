// Live orders by number: open addressing over plain arrays. A Map by integer costs some 70 ns an operation and garbage;
// this costs a few, and holds live orders only.

import { assertBounded } from "./bounds.ts";
import { assert, InvariantError } from "./errors.ts";

export class OrderTable<T extends { readonly order: number }> {
  declare private slots: (T | undefined)[];
  declare private mask: number;
  /** Bits of a hash that do not name a slot. */
  declare private shift: number;
  private count = 0;
  /** Entries that make the table grow: half of its slots. */
  declare private limit: number;

  constructor(capacity = 64) {
    this.slots = Array.from<T | undefined>({ length: capacity }).fill(undefined);
    this.mask = capacity - 1;
    this.limit = capacity / 2;
    this.shift = Math.clz32(this.mask);
    assert((capacity & this.mask) === 0, "I-39", () => `capacity ${capacity} is not a power of two`);
  }

  get size(): number {
    return this.count;
  }

  get(order: number): T | undefined {
    let slot = this.home(order);
    for (;;) {
      const entry = this.slots[slot];
      if (entry === undefined || entry.order === order) return entry;
      slot = (slot + 1) & this.mask;
    }
  }

  add(entry: T): void {
    if (this.count >= this.limit) this.grow();
    let slot = this.home(entry.order);
    for (;;) {
      const occupant = this.slots[slot];
      if (occupant === undefined) break;
      if (occupant.order === entry.order) throw new InvariantError("I-04", `order ${entry.order} is in the table already`);
      slot = (slot + 1) & this.mask;
    }
    this.slots[slot] = entry;
    this.count += 1;
  }

  /** Removes and returns the entry; undefined when it is not there. */
  remove(order: number): T | undefined {
    let slot = this.home(order);
    for (;;) {
      const entry = this.slots[slot];
      if (entry === undefined) return undefined;
      if (entry.order === order) {
        this.closeGap(slot);
        this.count -= 1;
        return entry;
      }
      slot = (slot + 1) & this.mask;
    }
  }

  /** Entries in ascending order number: the same order in every process, whatever the history of the table. */
  sorted(): T[] {
    return this.slots.filter((entry) => entry !== undefined).sort((a, b) => a.order - b.order);
  }

  // Fibonacci hashing: consecutive intents, which are alive together, land far apart, and no chain has to be mended behind them.
  private home(order: number): number {
    return Math.imul(order, -1_640_531_535) >>> this.shift;
  }

  // Backward-shift deletion keeps probe chains unbroken without tombstones.
  private closeGap(start: number): void {
    let gap = start;
    let slot = (gap + 1) & this.mask;
    for (;;) {
      const entry = this.slots[slot];
      if (entry === undefined) break;
      const distanceFromHome = (slot - this.home(entry.order)) & this.mask;
      if (distanceFromHome >= ((slot - gap) & this.mask)) {
        this.slots[gap] = entry;
        gap = slot;
      }
      slot = (slot + 1) & this.mask;
    }
    this.slots[gap] = undefined;
  }

  private grow(): void {
    assertBounded("orders", this.count);
    const old = this.slots;
    this.slots = Array.from<T | undefined>({ length: old.length * 2 }).fill(undefined);
    this.mask = this.slots.length - 1;
    this.limit = old.length;
    this.shift = Math.clz32(this.mask);
    this.count = 0;
    for (const entry of old) if (entry !== undefined) this.add(entry);
  }
}
