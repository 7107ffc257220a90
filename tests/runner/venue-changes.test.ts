// The venue's word on itself at its borders: what is said twice, what it concerns, and what a trade that it takes back leaves behind.

import { describe, expect, it } from "vitest";

import type { InstrumentFilters, OrderFilled, TradingStatus } from "../../src/domain/index.ts";
import type { Context } from "../../src/strategy/index.ts";
import { Harness, minute, orderOf, positioned, refusal, TestStrategy, type HarnessOptions } from "./harness.ts";

const statusOf = (harness: Harness, status: TradingStatus, market: number | null = 0) =>
  harness.handle(harness.fact("venue_status_changed", { status } as never, market as number));
const alerts = (harness: Harness) => harness.of("alert").map(({ level, text }) => `${level} ${text}`);

describe("the venue's status", () => {
  it("is told as a warning, and as an error where a market is taken off; said twice it is told once, and taken off it stays", () => {
    const harness = new Harness();
    for (const status of ["maintenance", "maintenance", "post_only"] as const) statusOf(harness, status);
    expect(harness.of("query_position")).toEqual([]);
    for (const status of ["delisted", "trading"] as const) statusOf(harness, status);
    const said = (level: string, now: string, before: string) => `${level} the venue's status of TEST/USDC:USDC is ${now}, it was ${before}`;
    expect(alerts(harness)).toEqual([
      said("warning", "maintenance", "trading"),
      said("warning", "post_only", "maintenance"),
      said("error", "delisted", "post_only"),
    ]);
  });

  it("of one market is not another's", () => {
    const harness = new Harness({ markets: ["A/USDC:USDC", "B/USDC:USDC"].map((symbol) => ({ market: { symbol }, strategy: new TestStrategy() })) });
    statusOf(harness, "cancel_only", 1);
    expect(harness.of("risk_locked").map(({ market, reason }) => `${market} ${reason}`)).toEqual(["1 venue_cancel_only"]);
  });

  it("after a maintenance, and after nothing else, makes every order that had left a matter of doubt", () => {
    const harness = positioned({}, 3);
    harness.strategy.at[1] = (ctx) => ctx.reduce({ side: "LONG", quantity: 1, orderType: "limit", price: 110 });
    harness.bar(1);
    const limit = { status: 429, until: 10 * minute, banned: false } as never;
    harness.handle(harness.fact("order_rejected", refusal(orderOf(9), "rate_limited", "-1015", limit)));
    // This one waits for the venue.
    harness.strategy.at[2] = (ctx) => ctx.reduce({ side: "LONG", quantity: 1, orderType: "limit", price: 111 });
    harness.bar(2);
    for (const status of ["cancel_only", "trading", "maintenance"] as const) statusOf(harness, status);
    expect(harness.of("query_order")).toEqual([]);
    statusOf(harness, "trading");
    expect(harness.of("query_order").map(({ order }) => order)).toEqual([orderOf(2)]);
    expect(harness.settled(orderOf(2))).toEqual(["UNKNOWN venue_restarted"]);
  });
});

describe("filters", () => {
  const filters: InstrumentFilters = { tick: "0.01", step: "0.001", minQuantity: null, maxQuantity: null, minNotional: null };
  const tell = (harness: Harness, changed: Partial<InstrumentFilters>) =>
    harness.handle(harness.fact("rules_reported", { filters: { ...filters, ...changed } }));

  it("that are what they were change nothing; what has changed is named", () => {
    const harness = new Harness();
    expect(tell(harness, {})).toEqual([]);
    tell(harness, { tick: "0.5", minQuantity: "0.3" });
    tell(harness, { tick: "0.5", minNotional: "5" });
    expect(alerts(harness)).toEqual([
      "warning filters_changed: TEST/USDC:USDC tick 0.01 → 0.5, minQuantity none → 0.3",
      "warning filters_changed: TEST/USDC:USDC minQuantity 0.3 → none, minNotional none → 5",
    ]);
  });

  it("that this session has no room for are named with the reason", () => {
    const harness = new Harness();
    tell(harness, { tick: "0.0001" });
    expect(alerts(harness)).toEqual([
      expect.stringMatching(/^error filters_changed: TEST\/USDC:USDC tick 0.01 → 0.0001, which this session cannot hold: ./) as string,
    ]);
    // They are told again as they were: nothing has been taken over.
    expect(tell(harness, {})).toEqual([]);
  });

  it("are not asked for where an order was refused for another reason", () => {
    const harness = new Harness();
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1 });
    harness.bar(0);
    harness.reject(orderOf(1), "insufficient_funds");
    expect(harness.of("query_rules")).toEqual([]);
  });
});

describe("a trade that the venue takes back", () => {
  const taken = (harness: Harness, { market, order, trade, price, quantity, fee, feeCurrency }: OrderFilled) =>
    harness.handle(harness.fact("fill_voided", { order, trade, price, quantity, fee, feeCurrency }, market));

  /** A limit of 1 at 95 that has filled 0.4. */
  function part(options: HarnessOptions = {}): { harness: Harness; fill: OrderFilled } {
    const harness = new Harness(options);
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 95 });
    harness.bar(0);
    harness.ack(orderOf(1));
    const fill = harness.fillEvent(orderOf(1), 95, 0.4);
    harness.handle(fill);
    return { harness, fill };
  }

  it("leaves an order open with nothing filled, in doubt where it was, and ended where it had", () => {
    const views: string[] = [];
    for (const before of ["open", "unknown", "ended"] as const) {
      const { harness, fill } = part();
      if (before === "unknown") harness.unknown(orderOf(1), "amend");
      if (before === "ended") harness.canceled(orderOf(1), 0.4);
      taken(harness, fill);
      harness.strategy.at[1] = (ctx: Context) =>
        views.push(
          `${before}: ${ctx
            .orders()
            .map(({ status, filled }) => `${status} ${filled}`)
            .join()}`,
        );
      harness.bar(1);
    }
    expect(views).toEqual(["open: SUBMITTED 0", "unknown: UNKNOWN 0", "ended: "]);
  });

  it("leaves an order partly filled that has another part", () => {
    const { harness, fill } = part();
    harness.fill(orderOf(1), 95, 0.25, { cumulative: 0.65 });
    taken(harness, fill);
    harness.strategy.at[1] = (ctx) => expect(ctx.orders()).toMatchObject([{ status: "PARTIAL", filled: 0.25 }]);
    harness.bar(1);
    expect(harness.held("LONG")).toBe(0.25);
  });

  it("is in the ledger as traded back at its own price, the fee returned, and in the sum of it", () => {
    const { harness, fill } = part();
    taken(harness, fill);
    // 0.4 at 95 cost a fee of 0.019.
    expect(harness.of("ledger_entry")).toMatchObject([{ quantity: 400, gross: 0, entryFee: 19_000, exitFee: -19_000, net: 0, cumulative: 0 }]);
    expect(harness.runner.equity()).toBe(1_000_000_000);
  });

  it("leaves a later line of the ledger to go on from its own", () => {
    const { harness, fill } = part();
    harness.fill(orderOf(1), 100, 0.4, { cumulative: 0.8 });
    taken(harness, fill);
    harness.canceled(orderOf(1), 0.8);
    harness.strategy.at[1] = (ctx) => ctx.close({ side: "LONG" });
    harness.bar(1);
    harness.fill(orderOf(2), 100, 0.4);
    // 0.8 at 97.5 on average: 0.4 back at 95 lose 1 and half of the fees of 0.039, of which 0.019 come back; the rest gains 1.
    // In the end 0.4 were bought and sold at 100 for a fee of 0.02 each.
    expect(harness.of("ledger_entry").map(({ gross, net, cumulative }) => [gross, net, cumulative])).toEqual([
      [-1_000_000, -1_000_500, -1_000_500],
      [1_000_000, 960_500, -40_000],
    ]);
  });

  it("makes older reports of the position stale, and newer ones wait for a second read", () => {
    const { harness, fill } = part();
    harness.clock = 100_000;
    const old = harness.fact("position_reported", { leg: "LONG", quantity: 400 as never, entryPrice: null, external: false });
    taken(harness, fill);
    harness.handle(old);
    expect(harness.of("query_position")).toHaveLength(1);
    expect(harness.held("LONG")).toBe(0);
    harness.canceled(orderOf(1));
    harness.position("LONG", 0.1);
    expect([harness.held("LONG"), harness.runner.divergent]).toEqual([0, true]);
  });

  it("of an order that nobody knows is asked about by the positions, and said aloud", () => {
    const harness = new Harness();
    taken(harness, harness.fillEvent(orderOf(9), 95, 0.4, { trade: 7 }));
    expect(harness.of("query_position").map(({ leg }) => leg)).toEqual(["LONG", "SHORT"]);
    expect(alerts(harness)).toEqual([`error trade_voided: the venue has taken trade 7 of order ${orderOf(9)} on TEST/USDC:USDC back`]);
  });

  it("is told to a strategy that has an ear for it, whose answer is heard at once; its state of before is gone", () => {
    const strategy = new TestStrategy();
    const { harness, fill } = part({ strategy: Object.assign(strategy, { onExternalChange: (ctx: Context) => ctx.open({ side: "SHORT" }) }) });
    taken(harness, fill);
    expect(strategy.rejections).toEqual(["2 missing_explicit_qty restored"]);
    const deaf = part({ strategy: Object.assign(new TestStrategy(), { onExternalChange: undefined }) as unknown as TestStrategy });
    taken(deaf.harness, deaf.fill);
    expect(deaf.harness.held("LONG")).toBe(0);
    const kept = part();
    kept.harness.strategy.at[1] = (ctx) => ctx.open({ side: "SHORT", quantity: 1, orderType: "limit", price: 110 });
    kept.harness.bar(1);
    taken(kept.harness, kept.fill);
    kept.harness.fill(orderOf(1), 95, 0.1);
    kept.harness.reject(orderOf(2));
    expect(kept.harness.strategy.rejections).toEqual(["2 injected_rejection kept"]);
  });
});

describe("money that comes and goes", () => {
  it("is told in its own currency", () => {
    const harness = new Harness();
    for (const [currency, amount] of [
      ["USDC", 2_500_000],
      ["BNB", 7],
    ] as const)
      harness.handle(harness.fact("funds_moved", { currency, amount: amount as never, text: "by hand" } as never));
    expect(alerts(harness)).toEqual(["info funds_moved: 2.5 USDC, by hand", "info funds_moved: BNB, which this session does not settle in: by hand"]);
  });
});
