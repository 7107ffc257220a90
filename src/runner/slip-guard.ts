// Entries that slipped further than the strategy's policy allows are traded away again (row 004-OP-12). It must never act
// on a price that was not paid: the average of the fills decides, not the last of them.

import { adverseSlipBp, type OrderNumber, type Quantity } from "../domain/index.ts";
import type { Core } from "./core.ts";
import type { Intake } from "./intake.ts";
import type { RunnerOrder } from "./order.ts";

/** Float noise in a slip that stands exactly at its limit. */
const noiseBp = 1e-6;

export class SlipGuard {
  declare private readonly core: Core;
  declare private readonly intake: Intake;
  /** Reverts that are out, with the entry that each one takes back. */
  private readonly reverts = new Map<OrderNumber, RunnerOrder>();

  constructor(core: Core, intake: Intake) {
    this.core = core;
    this.intake = intake;
  }

  /** To be called when an entry has ended: its fills are what there is. */
  check(order: RunnerOrder): void {
    const { desk } = order;
    const { maxEntrySlipBp } = desk.strategy.policy;
    if (maxEntrySlipBp <= 0 || order.reference <= 0) return;
    const slip = adverseSlipBp(order.request.side, desk.instrument.priceNumber(order.reference), desk.book.leg(order.leg).averageEntry());
    if (slip <= maxEntrySlipBp + noiseBp) return;
    let held: number = desk.book.quantityOf(order.side);
    for (const other of desk.orders) if (other.request.family === "revert" && other.side === order.side) held -= other.remaining;
    const quantity = Math.min(order.filled, held) as Quantity;
    if (quantity <= 0) return;
    this.core.alert("warning", `max_entry_slip: ${desk.instrument.symbol} entered ${slip.toFixed(2)} bp away, reverting`);
    this.reverts.set(this.intake.revert(order, quantity), order);
  }

  /** The slipped entry is gone again: its row says so, and so does the leg's. */
  revertFilled(revert: RunnerOrder): void {
    const { core } = this;
    const { desk, leg } = revert;
    const entry = this.reverts.get(revert.order);
    this.reverts.delete(revert.order);
    if (entry?.status === "FILLED")
      core.effects.push({ type: "order_settled", order: entry.order, market: desk.market, status: "REVERTED", reason: "max_entry_slip" });
    core.effects.push({
      type: "position_synced",
      market: desk.market,
      leg,
      status: "REVERTED",
      quantity: desk.book.leg(leg).quantity,
      reason: "reverted",
    });
  }
}
