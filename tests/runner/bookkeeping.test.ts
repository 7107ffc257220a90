// The runner's books by hand: fees of entries and exits, closes by the venue, funding, and the amendments that are on their way.

import { describe, expect, it } from "vitest";

import type { Context } from "../../src/strategy/index.ts";
import { Amendments } from "../../src/runner/amendments.ts";
import { backoffFamily } from "../../src/runner/end-reasons.ts";
import type { RunnerOrder } from "../../src/runner/order.ts";
import { Harness, orderOf, positioned } from "./harness.ts";
import { Restarted } from "./recovery/restarted.ts";

describe("amendments that are on their way", () => {
  it("may have made an order as large as the largest of them, until all are answered", () => {
    const amendments = new Amendments();
    expect(amendments.largest(1)).toBe(0);
    amendments.asked(1, 5);
    amendments.asked(1, 3);
    expect([amendments.largest(1), amendments.largest(2)]).toEqual([5, 0]);
    expect([amendments.answered(1, 10), amendments.largest(1)]).toEqual([true, 5]);
    // Told again it answers nothing.
    expect([amendments.answered(1, 10), amendments.largest(1)]).toEqual([false, 5]);
    expect([amendments.answered(1, 11), amendments.largest(1)]).toEqual([true, 0]);
  });

  it("are overtaken by a newer confirmation", () => {
    const amendments = new Amendments();
    expect([10, 9, 10, 11].map((sequence) => amendments.isNewest(1, sequence))).toEqual([true, false, true, true]);
  });

  it("that never leave are as if nobody had asked for them; the others are still on their way", () => {
    const amendments = new Amendments();
    amendments.withdrawn(1);
    amendments.asked(1, 5);
    amendments.asked(1, 7);
    amendments.withdrawn(1);
    expect(amendments.largest(1)).toBe(7);
    amendments.withdrawn(1);
    expect(amendments.largest(1)).toBe(0);
    expect(amendments.snapshot()).toEqual([[1, { quantity: 0, outstanding: 0, newest: 0, sized: false, told: [] }]]);
  });

  it("are kept in the order of their numbers, with the last 64 answers of each, and are put back as they were", () => {
    const amendments = new Amendments();
    amendments.asked(2, 5);
    for (let sequence = 1; sequence <= 70; sequence += 1) amendments.answered(1, sequence);
    const saved = amendments.snapshot();
    expect(saved.map(([order, { told }]) => [order, told.length, told[0] ?? null])).toEqual([
      [1, 64, 7],
      [2, 0, null],
    ]);
    const other = new Amendments();
    other.asked(3, 5);
    other.restore(saved);
    expect([other.snapshot(), other.largest(3), other.largest(2)]).toEqual([saved, 0, 5]);
  });

  it("are forgotten with their order", () => {
    const amendments = new Amendments();
    amendments.forget(1);
    amendments.asked(1, 5);
    amendments.answered(1, 10);
    amendments.asked(1, 5);
    amendments.forget(1);
    expect([amendments.largest(1), amendments.answered(1, 10)]).toEqual([0, true]);
  });

  it("say nothing of the size of a close-position order: the venue does, unasked, or nothing is left to close", () => {
    const order = (quantity: number, ended = false) =>
      ({ order: 1, leg: "LONG", ended, desk: { book: { leg: () => ({ quantity }) } } }) as unknown as RunnerOrder;
    const amendments = new Amendments();
    expect([amendments.knowsSize(order(1)), amendments.knowsSize(order(0)), amendments.knowsSize(order(0, true))]).toEqual([false, true, false]);
    amendments.asked(1, 5);
    amendments.answered(1, 10);
    expect(amendments.knowsSize(order(1))).toBe(false);
    amendments.answered(1, 11);
    expect([amendments.knowsSize(order(1)), amendments.knowsSize(order(1, true))]).toEqual([true, false]);
  });
});

describe("the counter that a refusal counts on", () => {
  it("is that of the family, crossings and the venue's own errors aside", () => {
    expect(backoffFamily("entry", "insufficient_funds")).toBe("entry");
    expect(backoffFamily("dca", "insufficient_funds")).toBe("dca");
    expect([backoffFamily("entry", "post_only_would_cross"), backoffFamily("dca", "rate_limited")]).toEqual(["reprice", "exchange_error"]);
  });
});

describe("fees in the ledger", () => {
  it("of an entry go with the part that is closed, those of the exit with the close", () => {
    const harness = positioned({}, 2);
    harness.strategy.at[1] = (ctx) => ctx.reduce({ side: "LONG", quantity: 0.5 });
    harness.bar(1);
    harness.fill(orderOf(2), 110, 0.5, { fee: 0.03 });
    harness.strategy.at[2] = (ctx) => ctx.close({ side: "LONG" });
    harness.bar(2);
    harness.fill(orderOf(3), 90, 1.5, { fee: 0.07 });
    // 0.1 for 2 at 100: 0.025 for the first half unit, 0.075 for the rest. 0.5 × 10 and 1.5 × −10.
    expect(harness.of("ledger_entry")).toMatchObject([
      { quantity: 500, gross: 5_000_000, entryFee: 25_000, exitFee: 30_000, net: 4_945_000, cumulative: 4_945_000 },
      { quantity: 1_500, gross: -15_000_000, entryFee: 75_000, exitFee: 70_000, net: -15_145_000, cumulative: -10_200_000 },
    ]);
  });

  it("of a fill across zero are shared between what it closes and what it opens", () => {
    const harness = positioned({ hedge: false }, 1);
    harness.strategy.at[1] = (ctx) => ctx.open({ side: "SHORT", quantity: 3, reverse: true });
    harness.bar(1);
    const closed = harness.sent[1]?.quantity ?? 0;
    expect(closed).toBe(3_000);
    harness.fill(orderOf(2), 100, 3, { fee: 0.3 });
    harness.strategy.at[2] = (ctx) => ctx.close({ side: "SHORT" });
    harness.bar(2);
    harness.fill(orderOf(3), 100, 2, { fee: 0 });
    expect(harness.of("ledger_entry").map(({ quantity, entryFee, exitFee }) => [quantity, entryFee, exitFee])).toEqual([
      [1_000, 50_000, 100_000],
      [2_000, 200_000, 0],
    ]);
  });

  it.each([
    // 0.05 was paid for each unit: what is left keeps its share, what came without a trade was free.
    ["LONG", 0.5, 25_000],
    ["LONG", 3, 100_000],
    ["SHORT", -0.5, 25_000],
  ] as const)("of a %s of 2 that the venue states as %d go with what is left of it", (leg, stated, entryFee) => {
    const harness = new Harness();
    harness.strategy.at[0] = (ctx) => ctx.open({ side: leg, quantity: 2 });
    harness.bar(0);
    harness.fill(orderOf(1), 100, 2);
    harness.bars(1, 2);
    harness.position(leg, stated, true);
    harness.strategy.at[3] = (ctx) => ctx.close({ side: leg });
    harness.bar(3);
    harness.fill(orderOf(2), 100, Math.abs(stated), { fee: 0 });
    expect(harness.of("ledger_entry")).toMatchObject([{ leg, entryFee, exitFee: 0 }]);
  });

  it("in another currency are none of the ledger's; those in the coin of a spot holding shrink it", () => {
    const paidIn = (feeCurrency: string) => {
      const harness = new Harness({ market: { symbol: "TEST/USDC", kind: "spot" }, hedge: false });
      harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1 });
      harness.bar(0);
      // A thousandth of the coin, at its three decimals.
      harness.handle({ ...harness.fillEvent(orderOf(1), 100, 1), fee: 1 as never, feeCurrency });
      return [harness.held("NET"), harness.runner.equity()];
    };
    // 0.001 of 1 at 100 is worth 0.1; 1 of the third currency is worth nothing here.
    expect([paidIn("TEST"), paidIn("BNB"), paidIn("USDC")]).toEqual([
      [0.999, 999_900_000],
      [1, 1_000_000_000],
      [1, 999_999_999],
    ]);
  });
});

describe("a close by the venue", () => {
  const close = { leg: "LONG", side: "sell", quantity: 500 as never, price: 8_000 as never, left: 1_500 as never } as const;

  it("is a ledger line without an order, with fee and insurance as its exit, and is told to everybody", () => {
    const harness = positioned({}, 2);
    const liquidated = { ...close, fee: 200_000 as never, insurance: 300_000 as never, equity: 0 as never, maintenance: 0 as never, takeover: false };
    harness.handle(harness.fact("liquidated", liquidated));
    // 0.5 × (80 − 100) = −10, a quarter of the entry's 0.1, and 0.5.
    expect(harness.of("ledger_entry")).toMatchObject([
      { order: 0, leg: "LONG", quantity: 500, gross: -10_000_000, entryFee: 25_000, exitFee: 500_000, net: -10_525_000, cumulative: -10_525_000 },
    ]);
    expect(harness.of("position_synced")).toMatchObject([{ leg: "LONG", status: "SYNCED", quantity: 1_500, reason: "liquidated" }]);
    expect(harness.of("alert")).toMatchObject([{ level: "error", text: "liquidated: 0.5 of TEST/USDC:USDC LONG at 80, 1.5 left" }]);
    expect(harness.strategy.heard).toContainEqual({ what: "external", leg: "LONG", quantity: 1.5 });
    expect(harness.held("LONG")).toBe(1.5);
  });

  it("to pay another's loss has the fee alone, and makes an older report stale", () => {
    const harness = positioned({}, 2);
    const stale = harness.fact("position_reported", { leg: "LONG", quantity: 2_000 as never, entryPrice: null, external: false });
    harness.handle(harness.fact("auto_deleveraged", { ...close, fee: 200_000 as never }));
    harness.handle(stale);
    expect(harness.of("ledger_entry")).toMatchObject([{ exitFee: 200_000 }]);
    expect(harness.of("position_synced")).toMatchObject([{ reason: "auto_deleveraged" }]);
    expect(harness.of("query_position")).toHaveLength(1);
  });

  it("of a short closes the short, and leaves the rest of its entry's fees", () => {
    const harness = new Harness();
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "SHORT", quantity: 1 });
    harness.bar(0);
    harness.fill(orderOf(1), 100, 1);
    harness.handle(harness.fact("auto_deleveraged", { ...close, leg: "SHORT", side: "buy", left: -500 as never, fee: 0 as never }));
    harness.strategy.at[1] = (ctx) => ctx.close({ side: "SHORT" });
    harness.bar(1);
    harness.fill(orderOf(2), 100, 0.5, { fee: 0 });
    expect(harness.of("ledger_entry").map(({ gross, entryFee }) => [gross, entryFee])).toEqual([
      [10_000_000, 25_000],
      [0, 25_000],
    ]);
  });

  it("lets the strategy answer, and what it may not do then is told to it at once", () => {
    const harness = positioned({}, 2);
    Object.assign(harness.strategy, { onExternalChange: (ctx: Context) => ctx.open({ side: "SHORT" }) });
    harness.handle(harness.fact("auto_deleveraged", { ...close, fee: 0 as never }));
    expect(harness.strategy.rejections).toEqual(["2 missing_explicit_qty restored"]);
  });
});

describe("a close by the venue of what the book does not have yet", () => {
  it("is no ledger line, and nothing breaks on it", () => {
    const harness = new Harness();
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1 });
    harness.bar(0);
    const fact = { leg: "LONG", side: "sell", quantity: 500, price: 8_000, left: 500, fee: 0 };
    harness.handle(harness.fact("auto_deleveraged", fact as never));
    expect(harness.of("ledger_entry")).toEqual([]);
    expect(harness.of("position_synced")).toMatchObject([{ quantity: -500, reason: "auto_deleveraged" }]);
    harness.fill(orderOf(1), 100, 1);
    expect(harness.held("LONG")).toBe(0.5);
  });
});

describe("funding", () => {
  it("is part of the equity, as it was paid", () => {
    const harness = positioned();
    const before = harness.runner.equity();
    const paid = { leg: "LONG", quantity: 1_000 as never, rate: 1, rateScale: 4, mark: 10_000 as never, amount: -10_000 as never } as never;
    harness.handle(harness.fact("funding_paid", paid));
    expect(harness.runner.equity() - before).toBe(-10_000);
  });

  it("that was told is not booked again when the account's movements are", () => {
    const harness = new Restarted();
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1 });
    harness.bar(0);
    harness.fill(orderOf(1), 100, 1);
    harness.resume();
    harness.orders([]);
    harness.trades();
    const paid = { leg: "LONG", quantity: 1_000, rate: 1, rateScale: 4, mark: 10_000, amount: -100_000 };
    harness.handle(harness.fact("funding_paid", paid as never));
    harness.account("hedge", [1], "900");
    harness.positions(1);
    const { time, market } = harness.fact("funding_paid", paid as never) as { time: number; market: number };
    const flow = { cause: "funding", market, leg: "LONG", time, currency: "USDC", amount: -100_000, text: "by hand" };
    harness.handle(harness.fact("cash_reported", { balance: 999_850_000, flows: [flow] } as never));
    expect(harness.of("cash_synced")).toEqual([]);
    expect(harness.runner.equity()).toBe(999_850_000);
  });
});
