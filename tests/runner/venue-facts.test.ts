// What a venue tells of itself and of the account, and what the book makes of it. Money in units of 10^-6, fees 0.05 %.

import { describe, expect, it } from "vitest";

import {
  defaultBackoffPolicy,
  type InstrumentFilters,
  type MarketIndex,
  type Money,
  type OrderFilled,
  type TradingStatus,
} from "../../src/domain/index.ts";
import type { Context } from "../../src/strategy/index.ts";
import { Harness, minute, orderOf, positioned, refusal, TestStrategy, type HarnessOptions } from "./harness.ts";

const boot = [{ market: 0, leg: "LONG" as const, quantity: 2, price: 100 }];

function statusOf(harness: Harness, status: TradingStatus, market: number | null = 0): void {
  harness.handle(harness.fact("venue_status_changed", { status } as never, market as number));
}

/** What is asked at bar `bar`: an entry at the market, a limit one, a post-only one, and a close of a part. @returns which of them were sent */
function asks(harness: Harness, bar: number): string[] {
  const before = harness.sent.length;
  harness.strategy.at[bar] = (ctx: Context) => {
    ctx.open({ side: "SHORT", quantity: 1, tag: "market" });
    ctx.cancel(1);
    ctx.add({ side: "LONG", quantity: 1, orderType: "limit", price: 90, postOnly: false });
    ctx.add({ side: "LONG", quantity: 1, orderType: "limit", price: 89, postOnly: true });
    ctx.reduce({ side: "LONG", quantity: 0.1, orderType: "market" });
  };
  harness.bar(bar);
  return harness.sent.slice(before).map(({ family, type, timeInForce }) => `${family} ${type} ${timeInForce}`);
}

describe("failures C2: the venue's status", () => {
  const market = "entry market GTC";
  const limit = "dca limit GTC";
  const passive = "dca limit PO";
  const reduce = "partial market GTC";
  it.each<[TradingStatus, string[], string[]]>([
    ["trading", [market, limit, passive, reduce], []],
    ["post_only", [passive, reduce], ["venue_post_only", "venue_post_only"]],
    ["limit_only", [limit, passive, reduce], ["venue_limit_only"]],
    ["cancel_only", [reduce], ["venue_cancel_only", "venue_cancel_only", "venue_cancel_only"]],
    ["maintenance", [reduce], ["venue_maintenance", "venue_maintenance", "venue_maintenance"]],
    ["delisted", [reduce], ["delisted", "delisted", "delisted"]],
  ])("%s lets through what the table says, and whatever reduces", (status, sent, reasons) => {
    const policy = { maxPendingAdds: 5 };
    const harness = new Harness({ positions: boot });
    Object.assign(harness.strategy.policy, policy);
    statusOf(harness, status);
    expect(asks(harness, 0)).toEqual(sent);
    expect(harness.skips.map((skip) => skip.split(" ")[1])).toEqual(reasons);
  });

  it("of all markets is the status of each, and is over when it trades again", () => {
    const harness = new Harness({ markets: [{ market: { symbol: "A/USDC:USDC" } }, { market: { symbol: "B/USDC:USDC" } }] });
    const tries = (bar: number): number => {
      const before = harness.sent.length;
      for (const strategy of harness.strategies) strategy.at[bar] = (ctx) => ctx.open({ side: "LONG", quantity: 1 });
      harness.bar(bar);
      return harness.sent.length - before;
    };
    statusOf(harness, "cancel_only", null);
    expect(tries(0)).toBe(0);
    statusOf(harness, "trading", null);
    expect(tries(1)).toBe(2);
    expect(harness.of("risk_locked").map(({ market, locked }) => [market, locked])).toEqual([
      [0, true],
      [1, true],
      [0, false],
      [1, false],
    ]);
  });

  it("failures C3: orders that were out over a maintenance are in doubt until the venue has told of each", () => {
    const harness = new Harness();
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 95 });
    harness.bar(0);
    harness.ack(orderOf(1));
    statusOf(harness, "maintenance");
    statusOf(harness, "trading");
    expect(harness.settled(orderOf(1))).toEqual(["UNKNOWN venue_restarted"]);
    harness.answer(orderOf(1), "SUBMITTED");
    expect(harness.settled(orderOf(1)).at(-1)).toBe("SUBMITTED signal");
  });

  it("failures C8: a delisted market is settled by the venue's record and stays closed", () => {
    const harness = positioned();
    statusOf(harness, "delisted");
    expect(harness.of("query_position").map(({ leg }) => leg)).toEqual(["LONG", "SHORT"]);
    harness.bar(1);
    harness.position("LONG", 0);
    expect(harness.of("position_synced").at(-1)).toMatchObject({ leg: "LONG", quantity: 0, reason: "delisted" });
    expect(harness.strategy.heard.at(-1)).toEqual({ what: "external", leg: "LONG", quantity: 0 });
    statusOf(harness, "trading");
    harness.strategy.at[2] = (ctx) => ctx.open({ side: "LONG", quantity: 1 });
    harness.bar(2);
    expect(harness.skips.at(-1)).toBe("2 delisted");
  });
});

describe("failures C5: filters that change", () => {
  const filters: InstrumentFilters = { tick: "0.5", step: "0.1", minQuantity: "0.3", maxQuantity: null, minNotional: "5" };
  const tell = (harness: Harness, changed: Partial<InstrumentFilters> = {}) =>
    harness.handle(harness.fact("rules_reported", { filters: { ...filters, ...changed } }));

  it("hold from the next order on: prices and quantities are put on the new grid, and the strategy sees it", () => {
    const harness = positioned({}, 2);
    tell(harness);
    harness.strategy.at[1] = (ctx) => {
      expect(ctx.instrument).toMatchObject({ tick: 0.5, step: 0.1, minQuantity: 0.3, minNotional: 5 });
      ctx.reduce({ side: "LONG", quantity: 1.27, orderType: "limit", price: 104.3 });
      ctx.reduce({ side: "LONG", quantity: 0.25, orderType: "limit", price: 104.3 });
    };
    harness.bar(1);
    expect(harness.sent.at(-1)).toMatchObject({ price: 10_450, quantity: 1_200 });
    expect(harness.skips).toEqual(["3 below_min_quantity"]);
  });

  it("survive a restart", () => {
    const harness = positioned({}, 2);
    tell(harness);
    const again = new Harness();
    again.runner.restore(harness.runner.snapshot());
    again.strategy.at[1] = (ctx) => ctx.reduce({ side: "LONG", quantity: 1.27, orderType: "limit", price: 104.3 });
    again.bar(1);
    expect(again.sent).toMatchObject([{ price: 10_450, quantity: 1_200 }]);
  });

  it("are asked for once when an order breaks one, until they are told", () => {
    const harness = new Harness();
    for (const bar of [0, 1, 2]) {
      harness.strategy.at[bar] = (ctx) => ctx.open({ side: "LONG", quantity: 1 });
      harness.bar(bar);
      harness.reject(orderOf(bar + 1), "price_filter");
      if (bar === 1) tell(harness);
    }
    expect(harness.of("query_rules")).toEqual([
      { type: "query_rules", market: 0 },
      { type: "query_rules", market: 0 },
    ]);
  });

  it("that this session cannot hold lock the market until it can", () => {
    const harness = new Harness();
    tell(harness, { tick: "0.0001" });
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1 });
    harness.bar(0);
    expect(harness.skips).toEqual(["1 filters_changed"]);
    tell(harness);
    expect(harness.of("risk_locked").at(-1)).toMatchObject({ reason: "filters_changed", locked: false });
  });
});

describe("failures C4: a trade that the venue takes back", () => {
  function take(harness: Harness, { time, sequence: _sequence, market, order, trade, price, quantity, fee, feeCurrency }: OrderFilled): void {
    harness.handle({ ...harness.fact("fill_voided", { order, trade, price, quantity, fee, feeCurrency }, market), time });
  }

  it("leaves the book as if it had never been: position, result and fees", () => {
    const harness = new Harness();
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 100 });
    harness.bar(0);
    harness.fill(orderOf(1), 100, 0.4);
    const equity = harness.runner.equity();
    const second = harness.fillEvent(orderOf(1), 100, 0.6, { cumulative: 1 });
    harness.handle(second);
    expect(harness.held("LONG")).toBe(1);
    take(harness, second);
    expect([harness.held("LONG"), harness.runner.equity()]).toEqual([0.4, equity]);
    expect(harness.of("position_synced").at(-1)).toMatchObject({ quantity: 400, reason: "trade_voided" });
    expect(harness.strategy.heard.at(-1)).toEqual({ what: "external", leg: "LONG", quantity: 0.4 });
    // Told again, neither the trade nor its end changes anything.
    harness.handle(second);
    take(harness, second);
    expect([harness.held("LONG"), harness.runner.equity()]).toEqual([0.4, equity]);
  });

  it("of a close opens the position again at the price of the close, and the ledger keeps what it had said", () => {
    const harness = positioned();
    harness.strategy.at[1] = (ctx) => ctx.close({ side: "LONG" });
    harness.bar(1);
    const close = harness.fillEvent(orderOf(2), 110, 1);
    harness.handle(close);
    // 10 won, 0.05 and 0.055 paid.
    expect(harness.of("ledger_entry")).toMatchObject([{ gross: 10_000_000, net: 9_895_000 }]);
    take(harness, close);
    expect([harness.held("LONG"), harness.runner.equity()]).toEqual([1, 1_000_000_000 + 10_000_000 - 50_000 - 10_000_000]);
  });

  it("before it is heard is never applied", () => {
    const harness = new Harness();
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1 });
    harness.bar(0);
    const fill = harness.fillEvent(orderOf(1), 100, 1);
    take(harness, fill);
    harness.handle(fill);
    expect([harness.held("LONG"), harness.runner.equity()]).toEqual([0, 1_000_000_000]);
  });
});

describe("failures C9: money that comes and goes", () => {
  it("is in equity to the unit, and in no result", () => {
    const harness = positioned();
    const equity = harness.runner.equity();
    const moved = (amount: number, currency = "USDC") =>
      harness.handle(harness.fact("funds_moved", { currency, amount: amount as Money, text: "by hand" } as never, 0 as MarketIndex));
    moved(250_000_001);
    moved(-100_000_000);
    moved(7, "BNB");
    expect(harness.runner.equity()).toBe(equity + 150_000_001);
    expect(harness.of("ledger_entry")).toEqual([]);
    const again = new Harness();
    again.runner.restore(harness.runner.snapshot());
    expect(again.runner.equity()).toBe(equity + 150_000_001);
  });
});

describe("failures C11: a key that the venue no longer knows", () => {
  const lost = (order: number) => refusal(order, "authentication_lost", "-2015");

  it("stops what increases risk; what reduces goes on, and the first order that is taken ends it", () => {
    const harness = positioned({}, 2);
    harness.strategy.at[1] = (ctx) => ctx.add({ side: "LONG", quantity: 1 });
    harness.bar(1);
    harness.handle(harness.fact("order_rejected", lost(orderOf(2))));
    harness.strategy.at[2] = (ctx) => {
      ctx.add({ side: "LONG", quantity: 1 });
      ctx.reduce({ side: "LONG", quantity: 0.5, orderType: "market" });
    };
    harness.bar(2);
    expect(harness.skips).toEqual(["3 authentication_lost"]);
    expect(harness.sent.at(-1)).toMatchObject({ family: "partial" });
    harness.ack(orderOf(4));
    expect(harness.of("risk_locked").map(({ market, reason, locked }) => [market, reason, locked])).toEqual([
      [null, "authentication_lost", true],
      [null, "authentication_lost", false],
    ]);
  });

  it("does not make a question go round and round: it waits an interval", () => {
    const harness = new Harness();
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 95 });
    harness.bar(0);
    harness.unknown(orderOf(1));
    harness.handle(harness.fact("query_rejected", { ...lost(orderOf(1)), leg: null }));
    expect(harness.of("set_timer").at(-1)?.due).toBe(minute + 2_000);
    expect(harness.of("query_order")).toHaveLength(1);
  });
});

describe("failures A13, A24: orders that are turned away again and again", () => {
  const tries = (options: HarnessOptions = {}): Harness => positioned(options, 2);

  it("that reduce are spaced after the fifth in a row, more and more, and never shut out", () => {
    const harness = tries({ settings: { queryIntervalMs: 40_000 } });
    const went: number[] = [];
    for (let bar = 1; bar <= 12; bar += 1) {
      const before = harness.sent.length;
      harness.strategy.at[bar] = (ctx) => ctx.reduce({ side: "LONG", quantity: 0.5, orderType: "market" });
      harness.bar(bar);
      if (harness.sent.length === before) continue;
      went.push(bar);
      harness.reject(harness.sent.at(-1)?.order ?? 0, "reduce_only_rejected");
    }
    // A bar is 60 s: longer than the space of 40 s, and as long as the longest of 60 s.
    expect(went).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });

  it("that reduce at one instant come to an end", () => {
    const harness = tries();
    harness.strategy.onRejectedDo = (ctx) => ctx.reduce({ side: "LONG", quantity: 0.5, orderType: "market" });
    harness.strategy.at[1] = (ctx) => ctx.reduce({ side: "LONG", quantity: 0.5, orderType: "market" });
    harness.bar(1);
    for (let answered = 1; answered < harness.sent.length && answered < 50; answered += 1)
      harness.reject(harness.sent[answered]?.order ?? 0, "reduce_only_rejected");
    expect(harness.sent).toHaveLength(1 + 5);
    // Each asked the venue for the position: that is where the evidence is.
    expect(harness.of("query_position")).toHaveLength(5);
    // 2 s later it may try again.
    harness.strategy.onRejectedDo = null;
    harness.strategy.at[2] = (ctx) => ctx.reduce({ side: "LONG", quantity: 0.5, orderType: "market" });
    harness.bar(2);
    expect(harness.sent).toHaveLength(1 + 6);
  });

  it("that increase are at an end for the hour after sixty, whatever the strategy's backoff says", () => {
    const harness = new Harness({ strategy: new TestStrategy({ backoff: { ...defaultBackoffPolicy, maxFailures: 1e9 } }) });
    for (let n = 0; n < 70; n += 1) {
      harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1 });
      harness.bar(0);
      const order = harness.sent.at(-1)?.order ?? 0;
      if (harness.settled(order).length === 0) harness.reject(order, "insufficient_funds");
    }
    expect(harness.sent).toHaveLength(60);
    expect(new Set(harness.skips.map((skip) => skip.split(" ")[1]))).toEqual(new Set(["strategy_execution_backoff"]));
  });
});

describe("failures 1.3: exposure as an interval", () => {
  it("counts what is out at its worst: an order in doubt takes its part of the cap until it is known", () => {
    const harness = new Harness({
      settings: { limits: { maxOrderNotional: null, maxPositionNotional: 350, maxOpenOrders: null, maxOrdersPerMinute: null } },
    });
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 2, orderType: "limit", price: 100 });
    harness.strategy.at[1] = (ctx) => ctx.open({ side: "SHORT", quantity: 2 });
    harness.strategy.at[2] = (ctx) => ctx.open({ side: "SHORT", quantity: 1 });
    harness.bars(0, 2);
    // 200 of the long leg and 200 of the short one are more than 350; 200 and 100 are not.
    expect([harness.skips, harness.sent.length]).toEqual([["2 max_position_notional"], 2]);
  });

  it("of a netting account is its larger side: what turns a position round does not count twice", () => {
    const limits = { maxOrderNotional: null, maxPositionNotional: 250, maxOpenOrders: null, maxOrdersPerMinute: null };
    const harness = new Harness({ hedge: false, positions: [{ market: 0, leg: "NET", quantity: 1, price: 100 }], settings: { limits } });
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "SHORT", quantity: 3, reverse: true });
    harness.bar(0);
    expect(harness.sent).toMatchObject([{ side: "sell", quantity: 3_000 }]);
    const short = new Harness({ hedge: false, positions: [{ market: 0, leg: "NET", quantity: -1, price: 100 }], settings: { limits } });
    short.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 3, reverse: true });
    short.bar(0);
    expect(short.sent).toMatchObject([{ side: "buy", quantity: 3_000 }]);
  });

  it("lets spot coins be sold only that are there in any case; where the venue bounds a close, it goes out in full", () => {
    const spot = new Harness({ hedge: false, market: { kind: "spot" }, positions: [{ market: 0, leg: "NET", quantity: 2, price: 100 }] });
    const swap = positioned({}, 2);
    for (const harness of [spot, swap]) {
      harness.strategy.at[1] = (ctx) => ctx.reduce({ side: "LONG", quantity: 1.5, orderType: "market" });
      harness.strategy.at[2] = (ctx) => ctx.close({ side: "LONG" });
      harness.bar(1);
      harness.unknown(harness.sent.at(-1)?.order ?? 0);
      harness.bar(2);
    }
    expect(spot.sent.at(-1)).toMatchObject({ family: "close", quantity: 500 });
    expect(swap.sent.at(-1)).toMatchObject({ family: "close", quantity: 2_000 });
  });
});
