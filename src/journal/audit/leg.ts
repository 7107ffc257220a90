// One leg as it follows from its fills: signed quantity, value at entry of what is open, and what was paid to open it. The
// auditor's own sums.

import type { Side } from "../../domain/index.ts";
import { nearest, size, type Valuation } from "./arithmetic.ts";

/** What a change of a leg has closed. */
export interface Closing {
  readonly quantity: bigint;
  readonly gross: bigint;
  readonly entryFee: bigint;
  readonly exitFee: bigint;
}

export class LegSum {
  quantity = 0n;
  /** At least 0. */
  cost = 0n;
  entryFees = 0n;
  declare private readonly valuation: Valuation;

  constructor(valuation: Valuation) {
    this.valuation = valuation;
  }

  /** What was paid for what is open, in cash: below 0 for what was sold short. */
  get paid(): bigint {
    return this.quantity > 0n !== this.valuation.inverse ? this.cost : -this.cost;
  }

  /** A fill. @param fee in the settlement currency. @returns what it closed; null: nothing */
  trade(side: Side, quantity: bigint, price: bigint, fee: bigint): Closing | null {
    const value = this.valuation.value(price, quantity);
    const open = size(this.quantity);
    const signed = side === "buy" ? quantity : -quantity;
    const before = this.quantity;
    if (before === 0n || before > 0n === signed > 0n) {
      this.quantity += signed;
      this.cost += value;
      this.entryFees += fee;
      return null;
    }
    const closed = quantity < open ? quantity : open;
    // A share is rounded once; who takes all of something takes it without rounding.
    const closedCost = closed === open ? this.cost : nearest(this.cost * closed, open);
    const closedValue = closed === quantity ? value : nearest(value * closed, quantity);
    const entryFee = closed === open ? this.entryFees : nearest(this.entryFees * closed, open);
    const exitFee = closed === quantity ? fee : nearest(fee * closed, quantity);
    this.quantity += signed;
    this.entryFees += fee - exitFee - entryFee;
    this.cost = quantity > open ? value - closedValue : this.cost - closedCost;
    const gross = before > 0n !== this.valuation.inverse ? closedValue - closedCost : closedCost - closedValue;
    return { quantity: closed, gross, entryFee, exitFee };
  }

  /** A close without an order. Told before the fill that it closed, it leaves the leg turned round until that is heard. */
  closeOut(side: Side, quantity: bigint, price: bigint, exitFee: bigint): Closing {
    const open = size(this.quantity);
    const fees = this.entryFees;
    const entryFee = quantity >= open ? fees : nearest(fees * quantity, open);
    const closing = this.trade(side, quantity, price, 0n);
    this.entryFees = fees - entryFee;
    return { quantity, gross: closing?.gross ?? 0n, entryFee, exitFee };
  }

  /** A fee in the coin that is held: there is less of it, and what is left was dearer. */
  payInCoins(fee: bigint): void {
    if (this.quantity <= 0n) return;
    this.quantity -= fee < this.quantity ? fee : this.quantity;
    if (this.quantity === 0n) this.cost = 0n;
  }

  /** The leg becomes what somebody else says, as if it had traded at a price without a fee. @returns P&L of that */
  become(quantity: bigint, price: bigint): bigint {
    const change = quantity - this.quantity;
    if (change === 0n) return 0n;
    const before = this.quantity;
    const open = size(before);
    const fees = this.entryFees;
    const closing = this.trade(change > 0n ? "buy" : "sell", size(change), price, 0n);
    const kept = quantity > 0n === before > 0n ? (size(quantity) < open ? size(quantity) : open) : 0n;
    this.entryFees = open === 0n || kept === 0n ? 0n : nearest(fees * kept, open);
    return closing?.gross ?? 0n;
  }
}
