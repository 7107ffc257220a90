// Trades of the account that no order of ours made, heard of after a silence: what explains a position that differs from the
// book. It takes a position over only where they explain it to the last unit.

import type { ForeignFill, MarketIndex, PositionReported, Quantity, Reason } from "../../domain/index.ts";
import type { Core } from "../core.ts";
import type { RunnerDesk } from "../order.ts";

const reasons: Readonly<Record<ForeignFill["cause"], Reason>> = {
  trade: "manual_trade",
  liquidation: "liquidated",
  deleveraging: "auto_deleveraged",
};

export class ForeignTrades {
  declare private readonly core: Core;
  /** Of this comparison, with their markets; each once. */
  private trades: { readonly market: MarketIndex; readonly fill: ForeignFill }[] = [];

  constructor(core: Core) {
    this.core = core;
  }

  /** @returns false for one that was told before */
  take(market: MarketIndex, fill: ForeignFill): boolean {
    if (this.trades.some((known) => known.market === market && known.fill.trade === fill.trade)) return false;
    this.trades.push({ market, fill });
    this.core.effects.push({ type: "foreign_seen", market, what: "fill", id: String(fill.trade), reason: "foreign_fill" });
    return true;
  }

  /** Puts the trades of a leg into the book when it is then what the venue reports. @returns whether it did */
  explain(report: PositionReported): boolean {
    const { core } = this;
    const { market, leg, quantity } = report;
    const desk = core.desks[market] as RunnerDesk;
    const position = desk.book.legs.find((one) => one.leg === leg);
    const told = this.trades.filter((one) => one.market === market && one.fill.leg === leg).map(({ fill }) => fill);
    if (position === undefined || told.length === 0) return false;
    const own = newestOf(told, quantity - position.quantity);
    if (own === null) return false;
    for (const fill of own) {
      // Of the report's moment: the stream may yet tell the same trade.
      desk.book.adopt(report, (position.quantity + signed(fill)) as Quantity, fill.price, fill.fee);
      const status = "SYNCED";
      core.effects.push({ type: "position_synced", market, leg, status, quantity: position.quantity, reason: reasons[fill.cause] });
    }
    this.trades = this.trades.filter((one) => one.market !== market || one.fill.leg !== leg);
    desk.version += 1;
    const { strategy } = desk;
    if (strategy.onExternalChange === undefined) return true;
    const ctx = core.contexts[market];
    if (ctx !== undefined)
      core.guard(desk, "onExternalChange", () => strategy.onExternalChange?.(ctx, leg, desk.instrument.quantityNumber(quantity)));
    core.settleRefusals();
    return true;
  }

  forget(): void {
    this.trades = [];
  }

  snapshot(): unknown {
    return this.trades;
  }

  restore(saved: unknown): void {
    this.trades = saved as { market: MarketIndex; fill: ForeignFill }[];
  }
}

/** The newest trades that come to a change, as many as do: the first ones may be of the last instant that the book has heard of. */
function newestOf(trades: readonly ForeignFill[], change: number): readonly ForeignFill[] | null {
  if (change === 0) return null;
  for (let from = 0; from < trades.length; from += 1) {
    const newest = trades.slice(from);
    if (newest.reduce((sum, fill) => sum + signed(fill), 0) === change) return newest;
  }
  return null;
}

function signed({ side, quantity }: ForeignFill): number {
  return side === "buy" ? quantity : -quantity;
}
