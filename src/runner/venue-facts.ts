// What a venue tells of itself and of the account: which orders it takes, its filters, a trade that it takes back, money that
// came or went. The book follows to the unit; nothing is answered with an order.

import {
  Instrument,
  SeatrialError,
  type FillVoided,
  type FundsMoved,
  type InstrumentFilters,
  type Money,
  type Quantity,
  type Reason,
  type RulesReported,
  type TradingStatus,
  type VenueStatusChanged,
} from "../domain/index.ts";
import type { Core } from "./core.ts";
import type { Doubts } from "./doubts/doubts.ts";
import type { RunnerDesk, RunnerOrder } from "./order.ts";
import type { VenueFact } from "./rare-events.ts";
import { statusLock } from "./trading-status.ts";

/** Refusals by a filter: the venue's are not the ones that are known here. */
const filterReasons: ReadonlySet<Reason> = new Set<Reason>(["price_filter", "lot_size_filter", "min_notional_filter", "market_lot_size_filter"]);

/** Gives a desk the filters that hold from now on; what they scale stays as it is. @throws SeatrialError when the session cannot hold them */
export function applyFilters(desk: RunnerDesk, filters: InstrumentFilters): void {
  const { rules, priceScale: price, quantityScale: quantity, moneyScale: money } = desk.instrument;
  const instrument = new Instrument({ ...rules, ...filters }, { price, quantity, money });
  desk.filters = { ...filters };
  desk.refit(instrument);
}

export class VenueFacts {
  declare private readonly core: Core;
  declare private readonly doubts: Doubts;

  constructor(core: Core, doubts: Doubts) {
    this.core = core;
    this.doubts = doubts;
  }

  told(event: VenueFact): void {
    switch (event.type) {
      case "venue_status_changed":
        return this.statusChanged(event);
      case "rules_reported":
        return this.rulesReported(event);
      case "fill_voided":
        return this.voided(event);
      case "funds_moved":
        return this.moved(event);
    }
  }

  /** An order was refused by a filter: the venue's filters are asked for, once until they are told (failures C5). */
  rejected({ desk }: RunnerOrder, reason: Reason): void {
    if (!filterReasons.has(reason) || desk.rulesAsked) return;
    desk.rulesAsked = true;
    this.core.effects.push({ type: "query_rules", market: desk.market });
  }

  private statusChanged({ market, status }: VenueStatusChanged): void {
    const { core } = this;
    const desks = market === null ? core.desks : [core.desks[market] as RunnerDesk];
    for (const desk of desks) if (desk.status !== status && desk.status !== "delisted") this.setStatus(desk, status);
  }

  private setStatus(desk: RunnerDesk, status: TradingStatus): void {
    const { core } = this;
    const before = desk.status;
    const old = statusLock(before);
    if (old !== undefined) core.unlock(desk.market, old);
    desk.status = status;
    const lock = statusLock(status);
    if (lock !== undefined) core.lock(desk.market, lock);
    core.alert(status === "delisted" ? "error" : "warning", `the venue's status of ${desk.instrument.symbol} is ${status}, it was ${before}`);
    // Whoever was away may have lost orders; whoever delists settles positions by a record of its own.
    if (before === "maintenance") for (const order of desk.list()) if (order.status !== "NEW") this.doubts.doubt(order, "venue_restarted");
    if (status === "delisted") for (const { leg } of desk.book.legs) core.rateLimits.queryPosition(desk.market, leg);
  }

  /** Orders that rest stand as they are; what is asked for from now on is put on the new grid. */
  private rulesReported({ market, filters }: RulesReported): void {
    const { core } = this;
    const desk = core.desks[market] as RunnerDesk;
    desk.rulesAsked = false;
    const changed = changesOf(desk.instrument, filters);
    if (changed.length === 0) return;
    try {
      applyFilters(desk, filters);
      core.unlock(market, "filters_changed");
      core.alert("warning", `filters_changed: ${desk.instrument.symbol} ${changed.join(", ")}`);
    } catch (error) {
      if (!(error instanceof SeatrialError)) throw error;
      // Prices or quantities that this session has no room for: nothing new is begun with them.
      core.lock(market, "filters_changed");
      core.alert("error", `filters_changed: ${desk.instrument.symbol} ${changed.join(", ")}, which this session cannot hold: ${error.reason}`);
    }
  }

  /** The trade is taken out of the book as if it had been traded back at its own price, its fee with it. */
  private voided(event: FillVoided): void {
    const { core } = this;
    const order = core.find(event.order);
    const desk = core.desks[event.market] as RunnerDesk;
    core.alert("error", `trade_voided: the venue has taken trade ${event.trade} of order ${event.order} on ${desk.instrument.symbol} back`);
    if (order === undefined) {
      for (const { leg } of desk.book.legs) core.rateLimits.queryPosition(desk.market, leg);
      return;
    }
    // Never applied: it will not be, whenever it is told. Voided twice, it is voided once.
    if (order.takeTrade(event.trade) || !order.takeTrade(`void/${event.trade}`)) return;
    this.reverse(order, event);
  }

  private reverse(order: RunnerOrder, event: FillVoided): void {
    const { core } = this;
    const { desk, leg, market } = order;
    order.filled = (order.filled - event.quantity) as Quantity;
    if (!order.ended && order.filled === 0 && order.status === "PARTIAL") order.restoreStatus("SUBMITTED");
    const ledger = desk.book.takeBack(order, event, core.netResult);
    desk.version += 1;
    desk.filled(event);
    desk.activityTime = core.now;
    if (ledger !== null) {
      core.netResult = ledger.cumulative;
      core.effects.push(ledger);
    }
    const held = desk.book.signedOf(leg);
    core.effects.push({ type: "position_synced", market, leg, status: "SYNCED", quantity: held, reason: "trade_voided" });
    const { strategy } = desk;
    const ctx = core.contexts[market];
    if (strategy.onExternalChange === undefined || ctx === undefined) return;
    core.guard(desk, "onExternalChange", () => strategy.onExternalChange?.(ctx, leg, desk.instrument.quantityNumber(held)));
    core.settleRefusals();
  }

  /** Money that no trade made: equity has it from here on, with its reason; results do not. */
  private moved(event: FundsMoved): void {
    const { core } = this;
    const { currency, amount, text } = event;
    core.cash.heard({ cause: "transfer", market: null, leg: null, time: event.time, currency, amount }, event);
    const instrument = (core.desks[0] as RunnerDesk).instrument;
    if (currency === instrument.rules.settle) {
      core.funds = (core.funds + amount) as Money;
      core.alert("info", `funds_moved: ${instrument.moneyNumber(amount)} ${currency}, ${text}`);
    } else core.alert("info", `funds_moved: ${currency}, which this session does not settle in: ${text}`);
  }
}

/** What differs, as `tick 0.01 → 0.05`. */
function changesOf({ rules }: Instrument, filters: InstrumentFilters): string[] {
  const names = ["tick", "step", "minQuantity", "maxQuantity", "minNotional"] as const;
  return names.flatMap((name) => (rules[name] === filters[name] ? [] : [`${name} ${rules[name] ?? "none"} → ${filters[name] ?? "none"}`]));
}
