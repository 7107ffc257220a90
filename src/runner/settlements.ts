// What the venue does to positions and money without an order of ours: funding, and liquidation. The book follows it to the
// unit, the strategy hears of a position that it no longer has; nothing is answered with an order.

import type { FundingPaid, Liquidated } from "../domain/index.ts";
import type { Context } from "../strategy/index.ts";
import type { Core } from "./core.ts";
import type { RunnerDesk } from "./order.ts";

export class Settlements {
  declare private readonly core: Core;
  declare private readonly contexts: readonly Context[];

  constructor(core: Core, contexts: readonly Context[]) {
    this.core = core;
    this.contexts = contexts;
  }

  funded({ market, amount }: FundingPaid): void {
    (this.core.desks[market] as RunnerDesk).book.fund(amount);
  }

  liquidated(event: Liquidated): void {
    const { core } = this;
    const { market, leg, left: quantity, sequence } = event;
    const desk = core.desks[market] as RunnerDesk;
    const ledger = desk.book.liquidate(event, core.netResult);
    core.netResult = ledger.cumulative;
    core.effects.push(ledger);
    desk.version += 1;
    if (sequence > desk.fillSequence) desk.fillSequence = sequence;
    desk.activityTime = core.now;
    core.effects.push({ type: "position_synced", market, leg, status: "SYNCED", quantity, reason: "liquidated" });
    const { symbol } = desk.instrument;
    const closed = `${desk.instrument.quantityNumber(event.quantity)} of ${symbol} ${leg} at ${desk.instrument.priceNumber(event.price)}`;
    core.alert("error", `liquidated: ${closed}, ${desk.instrument.quantityNumber(quantity)} left`);
    const { strategy } = desk;
    if (strategy.onExternalChange === undefined) return;
    const ctx = this.contexts[market] as Context;
    core.guard(desk, "onExternalChange", () => strategy.onExternalChange?.(ctx, leg, desk.instrument.quantityNumber(quantity)));
    core.settleRefusals();
  }
}
