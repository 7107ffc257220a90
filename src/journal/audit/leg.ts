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

/** What of a leg was closed when it became what somebody else says. */
export interface Taken {
  /** P&L of that. */
  readonly gain: bigint;
  readonly ofLong: boolean;
  readonly quantity: bigint;
  readonly cost: bigint;
  readonly entryFees: bigint;
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

  /** A fee in the coin that is held: there is less of it, and what is left was dearer. */
  payInCoins(fee: bigint): void {
    if (this.quantity <= 0n) return;
    this.quantity -= fee < this.quantity ? fee : this.quantity;
    if (this.quantity === 0n) this.cost = 0n;
  }

  /** The leg becomes what somebody else says, as if it had traded at a price without a fee. */
  become(quantity: bigint, price: bigint): Taken {
    const before = this.quantity;
    const open = size(before);
    const { cost, entryFees: fees } = this;
    const change = quantity - before;
    const closing = change === 0n ? null : this.trade(change > 0n ? "buy" : "sell", size(change), price, 0n);
    const kept = quantity > 0n !== before > 0n ? 0n : size(quantity) < open ? size(quantity) : open;
    // Of what has turned round nothing is left: what was paid for it is no cost of the new position.
    this.entryFees = open === 0n || kept === 0n ? 0n : nearest(fees * kept, open);
    const keptCost = kept === 0n ? 0n : kept === open ? cost : this.cost;
    return { gain: closing?.gross ?? 0n, ofLong: before > 0n, quantity: open - kept, cost: cost - keptCost, entryFees: fees - this.entryFees };
  }

  /** A trade that what was taken over has in it already: it brings its own price and fee, and moves nothing. */
  explain(taken: Taken, side: Side, quantity: bigint, price: bigint, fee: bigint): { readonly closing: Closing | null; readonly rest: Taken } {
    const isClose = taken.quantity > 0n && (side === "buy") !== taken.ofLong;
    const closed = !isClose ? 0n : quantity < taken.quantity ? quantity : taken.quantity;
    const exitFee = nearest(fee * closed, quantity);
    this.entryFees += fee - exitFee;
    if (closed === 0n) return { closing: null, rest: taken };
    const cost = nearest(taken.cost * closed, taken.quantity);
    const entryFee = nearest(taken.entryFees * closed, taken.quantity);
    const got = nearest(this.valuation.value(price, quantity) * closed, quantity);
    const gross = taken.ofLong !== this.valuation.inverse ? got - cost : cost - got;
    const rest = { ...taken, quantity: taken.quantity - closed, cost: taken.cost - cost, entryFees: taken.entryFees - entryFee };
    return { closing: { quantity: closed, gross, entryFee, exitFee }, rest };
  }
}
