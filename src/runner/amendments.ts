// Amendments that are on their way: the venue may have applied one before the runner hears of it. It must never change an
// order itself; it only remembers what may be true.

import type { RunnerOrder } from "./order.ts";

interface Pending {
  /** Largest quantity asked for and not answered; 0 = none. */
  quantity: number;
  /** Amendments without an answer. */
  outstanding: number;
  /** Venue sequence of the newest confirmation. */
  newest: number;
  /** The venue has told a size that nobody asked for: that of a close-position order. */
  sized: boolean;
  /** Sequences of answers that were told already. */
  told: readonly number[];
}

/** An answer that is told twice comes again soon: so many newer ones later nobody tells it any more. */
const toldMost = 64;

/** By order number, ascending. */
export type AmendmentsState = readonly (readonly [order: number, Pending])[];

/** Of the orders that are out, by order number. */
export class Amendments {
  private readonly pending = new Map<number, Pending>();

  /** @param quantity 0 keeps the order's own */
  asked(order: number, quantity: number): void {
    const entry = this.entry(order);
    entry.outstanding += 1;
    entry.quantity = Math.max(entry.quantity, quantity);
  }

  /** Largest quantity that the venue may hold the order at without the runner knowing; 0 = none. */
  largest(order: number): number {
    return this.pending.size === 0 ? 0 : (this.pending.get(order)?.quantity ?? 0);
  }

  /** An answer of either kind. @returns false when it was told before */
  answered(order: number, sequence: number): boolean {
    const entry = this.entry(order);
    if (entry.told.includes(sequence)) return false;
    entry.told = [...entry.told.slice(1 - toldMost), sequence];
    if (entry.outstanding === 0) entry.sized = true;
    entry.outstanding = Math.max(0, entry.outstanding - 1);
    if (entry.outstanding === 0) entry.quantity = 0;
    return true;
  }

  /** The amendment that was asked for last never leaves. */
  withdrawn(order: number): void {
    const entry = this.pending.get(order);
    if (entry === undefined) return;
    entry.outstanding = Math.max(0, entry.outstanding - 1);
    if (entry.outstanding === 0) entry.quantity = 0;
  }

  /** False for a confirmation that a newer one has overtaken. */
  isNewest(order: number, sequence: number): boolean {
    const entry = this.entry(order);
    if (sequence < entry.newest) return false;
    entry.newest = sequence;
    return true;
  }

  /**
   * Whether the size of a close-position order is known: by the venue's word, or because nothing is left to close. After its end
   * it does not matter: that was told as it was.
   */
  knowsSize({ ended, order, desk, leg }: RunnerOrder): boolean {
    return !ended && (this.pending.get(order)?.sized === true || desk.book.leg(leg).quantity === 0);
  }

  forget(order: number): void {
    if (this.pending.size > 0) this.pending.delete(order);
  }

  snapshot(): AmendmentsState {
    const entries = [...this.pending].map(([order, entry]) => [order, { ...entry }] as const);
    return entries.sort((a, b) => a[0] - b[0]);
  }

  restore(saved: AmendmentsState): void {
    this.pending.clear();
    for (const [order, entry] of saved) this.pending.set(order, { ...entry });
  }

  private entry(order: number): Pending {
    const known = this.pending.get(order);
    if (known !== undefined) return known;
    const fresh: Pending = { quantity: 0, outstanding: 0, newest: 0, sized: false, told: [] };
    this.pending.set(order, fresh);
    return fresh;
  }
}
