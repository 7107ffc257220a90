// What the venue does to positions and money without an order of ours: funding, liquidation, deleveraging. The book follows it to the
// unit, the strategy hears of a position that it no longer has; nothing is answered with an order.

import type { AutoDeleveraged, FundingPaid, Liquidated, Money, Reason } from "../domain/index.ts";
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

  funded(event: FundingPaid): void {
    const { market, amount } = event;
    const { book, instrument } = this.core.desks[market] as RunnerDesk;
    this.core.cash.heard({ ...event, cause: "funding", currency: instrument.rules.settle }, event);
    book.fund(amount);
  }

  liquidated(event: Liquidated): void {
    // What the insurance fund takes or pays belongs to the exit like the fee.
    this.closed(event, (event.fee + event.insurance) as Money, "liquidated");
  }

  deleveraged(event: AutoDeleveraged): void {
    this.closed(event, event.fee, "auto_deleveraged");
  }

  private closed(event: Liquidated | AutoDeleveraged, exitFee: Money, reason: Reason): void {
    const { core } = this;
    const { market, leg } = event;
    const desk = core.desks[market] as RunnerDesk;
    const wasTold = desk.book.knew(leg, event);
    const ledger = desk.book.closedByVenue(event, exitFee, core.netResult);
    if (ledger !== null) {
      core.netResult = ledger.cumulative;
      core.effects.push(ledger);
    }
    desk.version += 1;
    desk.filled(event);
    desk.activityTime = core.now;
    // With a fill on its way this is not yet what the venue says is left.
    const { quantity } = desk.book.leg(leg);
    core.effects.push({ type: "position_synced", market, leg, status: "SYNCED", quantity, reason });
    const { symbol } = desk.instrument;
    const closed = `${desk.instrument.quantityNumber(event.quantity)} of ${symbol} ${leg} at ${desk.instrument.priceNumber(event.price)}`;
    core.alert("error", `${reason}: ${closed}, ${desk.instrument.quantityNumber(event.left)} left`);
    const { strategy } = desk;
    // A report has told it before.
    if (wasTold || strategy.onExternalChange === undefined) return;
    const ctx = this.contexts[market] as Context;
    core.guard(desk, "onExternalChange", () => strategy.onExternalChange?.(ctx, leg, desk.instrument.quantityNumber(quantity)));
    core.settleRefusals();
  }
}
