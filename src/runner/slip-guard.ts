// Entries that slipped further than the strategy's policy allows are traded away again (row 004-OP-12). It must never act
// on a price that was not paid: the average of the fills decides, not the last of them.

import { adverseSlipBp, type OrderNumber, type OrderStatus, type Quantity } from "../domain/index.ts";
import type { Core } from "./core.ts";
import type { Intake } from "./intake.ts";
import type { RunnerOrder } from "./order.ts";

/** Float noise in a slip that stands exactly at its limit. */
const noiseBp = 1e-6;

interface Slipped {
  readonly entry: OrderNumber;
  readonly status: OrderStatus;
}

export type SlipGuardState = readonly (readonly [revert: OrderNumber, Slipped])[];

export class SlipGuard {
  declare private readonly core: Core;
  declare private readonly intake: Intake;
  /** Reverts that are out, with the entry that each one takes back and its status when it was found to have slipped. */
  private readonly reverts = new Map<OrderNumber, Slipped>();

  constructor(core: Core, intake: Intake) {
    this.core = core;
    this.intake = intake;
  }

  /** To be called when an entry has ended: its fills are what there is. */
  check(order: RunnerOrder): void {
    const { desk } = order;
    const { maxEntrySlipBp } = desk.strategy.policy;
    if (maxEntrySlipBp <= 0 || order.reference <= 0) return;
    const slip = adverseSlipBp(order.side, desk.instrument.priceNumber(order.reference), desk.book.leg(order.leg).averageEntry());
    if (slip <= maxEntrySlipBp + noiseBp) return;
    let held: number = desk.book.quantityOf(order.direction);
    for (let other = desk.first; other !== null; other = other.later) {
      if (other.family === "revert" && other.direction === order.direction) held -= other.remaining;
    }
    const quantity = Math.min(order.filled, held) as Quantity;
    if (quantity <= 0) return;
    this.core.alert("warning", `max_entry_slip: ${desk.instrument.symbol} entered ${slip.toFixed(2)} bp away, reverting`);
    this.reverts.set(this.intake.revert(order, quantity), { entry: order.order, status: order.status });
    if (order.route === null) return;
    this.intake.routes.end(desk, order.route, "max_entry_slip");
    this.core.settleRefusals();
  }

  snapshot(): SlipGuardState {
    return [...this.reverts].map(([revert, slipped]) => [revert, { ...slipped }] as const).sort((a, b) => a[0] - b[0]);
  }

  restore(saved: SlipGuardState): void {
    this.reverts.clear();
    for (const [revert, slipped] of saved) this.reverts.set(revert, { ...slipped });
  }

  /** The slipped entry is gone again: its row says so, and so does the leg's. */
  revertFilled(revert: RunnerOrder): void {
    const { core } = this;
    const { desk, leg } = revert;
    const slipped = this.reverts.get(revert.order);
    this.reverts.delete(revert.order);
    // A fill that was late may have completed the entry since.
    const status = slipped === undefined ? null : (core.find(slipped.entry)?.status ?? slipped.status);
    if (slipped !== undefined && status === "FILLED") core.effects.settle(slipped.entry, desk.market, "REVERTED", "max_entry_slip");
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
