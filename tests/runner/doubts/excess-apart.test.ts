// Fills beyond their orders, several at once: each leg and each market is judged by itself, on reads of its own. Intent 1 opened
// LONG 1 at 100, told at 60 s.

import { describe, expect, it } from "vitest";

import type { Leg, OrderFilled, Quantity } from "../../../src/domain/index.ts";
import { Harness, orderOf, positioned, TestStrategy } from "../harness.ts";

const reported = (harness: Harness, leg: Leg, quantity: number, market = 0) =>
  harness.fact("position_reported", { leg, quantity: Math.round(quantity * 1_000) as Quantity, entryPrice: null, external: false }, market);
const position = (harness: Harness, leg: Leg, quantity: number, market = 0) => harness.handle(reported(harness, leg, quantity, market));

/** The venue says the same twice, an interval apart. */
function reads(harness: Harness, leg: Leg, quantity: number, market = 0): void {
  position(harness, leg, quantity, market);
  harness.clock += 2_000;
  position(harness, leg, quantity, market);
}

const synced = (harness: Harness) =>
  harness.of("position_synced").map(({ market, leg, quantity, reason }) => `${market} ${leg} ${quantity} ${reason}`);
const locks = (harness: Harness) => harness.of("risk_locked").map(({ market, reason, locked }) => `${market} ${reason} ${locked ? "on" : "off"}`);
const waits = (harness: Harness) => harness.runner.inside.outcomes.excess.waiting;

describe("fills beyond their orders", () => {
  it("of one leg are asked about once, each is told, and a leg that was settled is not asked about again", () => {
    const harness = positioned();
    harness.fill(orderOf(1), 101, 1);
    harness.fill(orderOf(1), 102, 1);
    expect([harness.of("query_position").length, harness.of("set_timer").length]).toEqual([1, 1]);
    expect(harness.of("alert").map(({ text }) => text)).toEqual(
      [2, 3].map((trade) => `fill_beyond_order: trade ${trade} is more than order 256 can have; not counted before the position has it`),
    );
    reads(harness, "LONG", 1);
    const timer = harness.of("set_timer").at(-1);
    harness.timer(timer?.timer ?? 0, timer?.due);
    expect(harness.of("query_position")).toHaveLength(1);
  });

  it("that are alike count from the first that was told on", () => {
    const harness = positioned();
    harness.fill(orderOf(1), 101, 1);
    harness.fill(orderOf(1), 110, 1);
    reads(harness, "LONG", 2);
    expect(synced(harness)).toEqual(["0 LONG 2000 fill_beyond_order", "0 LONG 2000 fill_told_twice"]);
    expect(
      harness
        .of("alert")
        .slice(-2)
        .map(({ text }) => text),
    ).toEqual([
      expect.stringMatching(/holds what was not ordered/) as string,
      "fill_told_twice: TEST/USDC:USDC LONG does not have trade 3 of order 256: dropped",
    ]);
    expect(harness.of("alert").map(({ text }) => text)).toContain("fill_beyond_order: TEST/USDC:USDC LONG has trade 2: it is counted");
  });

  it("of two legs are judged apart, and the market is free with the second", () => {
    const harness = positioned();
    harness.strategy.at[1] = (ctx) => ctx.open({ side: "SHORT", quantity: 1 });
    harness.bar(1);
    harness.fill(orderOf(1), 101, 1);
    const short = harness.sent.at(-1)?.order ?? 0;
    expect(short).toBe(orderOf(2));
    harness.fill(short, 99, 1);
    harness.fill(short, 98, 0.5);
    expect(harness.of("query_position").map(({ leg }) => leg)).toEqual(["LONG", "SHORT"]);
    reads(harness, "LONG", 1);
    expect([synced(harness), waits(harness), locks(harness)]).toEqual([["0 LONG 1000 fill_told_twice"], true, ["0 fill_beyond_order on"]]);
    reads(harness, "SHORT", -1);
    expect([synced(harness).at(-1), waits(harness), locks(harness).at(-1)]).toEqual([
      "0 SHORT -1000 fill_told_twice",
      false,
      "0 fill_beyond_order off",
    ]);
  });

  it("of two markets are judged apart, and a report of another leg is nobody's business here", () => {
    const markets = ["A/USDC:USDC", "B/USDC:USDC"].map((symbol) => ({ market: { symbol }, strategy: new TestStrategy({ name: symbol }) }));
    const harness = new Harness({ markets });
    for (const strategy of harness.strategies) strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1 });
    harness.bar(0);
    for (const market of [0, 1]) for (const price of [100, 101]) harness.fill(orderOf(market + 1), price, 1, { market });
    position(harness, "SHORT", -0.5, 0);
    reads(harness, "LONG", 1, 0);
    expect(locks(harness)).toEqual(["0 fill_beyond_order on", "1 fill_beyond_order on", "0 fill_beyond_order off"]);
    expect(waits(harness)).toBe(true);
    // While the other market's fill waits: what agrees ends a difference, and what differs twice is taken over.
    position(harness, "SHORT", 0, 0);
    expect(harness.runner.inside.positions.verifying).toBe(false);
    reads(harness, "SHORT", -0.5, 0);
    expect(harness.held("SHORT")).toBe(-0.5);
    reads(harness, "LONG", 2, 1);
    expect([harness.held("LONG"), harness.held("LONG", 1), waits(harness)]).toEqual([1, 2, false]);
  });

  it("are judged by no report from before the last of them, and nobody takes that one over", () => {
    const harness = positioned();
    harness.fill(orderOf(1), 101, 1);
    const between = reported(harness, "LONG", 0.5);
    harness.fill(orderOf(1), 102, 1);
    for (let n = 0; n < 3; n += 1) {
      harness.clock += 2_000;
      harness.nothingTraded();
      // Its moment stays that of before.
      harness.handle(between);
    }
    expect([harness.held("LONG"), synced(harness), waits(harness)]).toEqual([1, [], true]);
  });

  it("begin anew with their reads when the position says something that none of them explains", () => {
    const harness = positioned();
    // An order that is out may fill: a single read is not enough at any time.
    harness.strategy.at[1] = (ctx) => ctx.reduce({ side: "LONG", quantity: 1, orderType: "limit", price: 110 });
    harness.bar(1);
    harness.fill(orderOf(1), 101, 1);
    position(harness, "LONG", 2);
    harness.clock += 1_000;
    position(harness, "LONG", 3);
    harness.clock += 1_000;
    position(harness, "LONG", 2);
    expect([harness.held("LONG"), waits(harness)]).toEqual([1, true]);
    harness.clock += 2_000;
    position(harness, "LONG", 2);
    expect([harness.held("LONG"), waits(harness)]).toEqual([2, false]);
  });

  it("begin anew behind a verdict: what was read for the first is no read of the next", () => {
    const harness = positioned();
    harness.fill(orderOf(1), 101, 1);
    reads(harness, "LONG", 1);
    harness.fill(orderOf(1), 102, 1);
    position(harness, "LONG", 1);
    expect(waits(harness)).toBe(true);
  });

  it("of a part leave an order open for what is left of it, when the position has them", () => {
    const harness = new Harness();
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 95, timeToLive: null });
    harness.bar(0);
    harness.fill(orderOf(1), 95, 0.5, { cumulative: 0.5 });
    harness.fill(orderOf(1), 95, 0.25, { cumulative: 0.5 });
    reads(harness, "LONG", 0.75);
    expect([harness.held("LONG"), harness.settled(orderOf(1)), harness.runner.openOrders]).toEqual([0.75, [], 1]);
    harness.fill(orderOf(1), 95, 0.25, { cumulative: 1 });
    expect([harness.held("LONG"), harness.settled(orderOf(1))]).toEqual([1, ["FILLED filled"]]);
  });

  it("whose fee is taken in coins are in a spot position without it", () => {
    const coins = (harness: Harness, fill: OrderFilled) => harness.handle({ ...fill, feeCurrency: "TEST", fee: 1 as never });
    const harness = new Harness({ market: { symbol: "TEST/USDC", kind: "spot" }, hedge: false });
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1 });
    harness.bar(0);
    coins(harness, harness.fillEvent(orderOf(1), 100, 1));
    coins(harness, harness.fillEvent(orderOf(1), 101, 1));
    expect(harness.held("NET")).toBe(0.999);
    // A fee in money takes no coins.
    harness.fill(orderOf(1), 102, 0.5);
    reads(harness, "NET", 1.998);
    expect([harness.held("NET"), waits(harness)]).toEqual([1.998, false]);
    expect(synced(harness)).toEqual(["0 NET 1998 fill_beyond_order", "0 NET 1998 fill_told_twice"]);
  });

  it("whose fee is taken in money are in a spot position as they are", () => {
    const harness = new Harness({ market: { symbol: "TEST/USDC", kind: "spot" }, hedge: false });
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1 });
    harness.bar(0);
    for (const quantity of [1, 0.5]) harness.fill(orderOf(1), 100, quantity, { fee: 0.3 });
    reads(harness, "NET", 1.5);
    expect([harness.held("NET"), waits(harness)]).toEqual([1.5, false]);
  });

  it("of an order that nobody remembers any more are asked about as those of an unknown one", () => {
    const harness = positioned();
    harness.fill(orderOf(1), 101, 1);
    for (let bar = 1; bar <= 600; bar += 1) {
      harness.strategy.at[bar % 199] = (ctx) => ctx.reduce({ side: "LONG", quantity: 0.1, orderType: "limit", price: 110 });
      harness.bar(bar % 199);
      harness.canceled(orderOf(bar + 1));
    }
    // Long after the fill, and with nothing out, one read is enough.
    position(harness, "LONG", 2);
    expect([harness.of("query_open_orders").length, harness.held("LONG")]).toEqual([1, 1]);
    expect(harness.of("alert").map(({ text }) => text.split(",")[0])).toContain("missed_fill: a fill names order 256");
    position(harness, "LONG", 2);
    expect(harness.held("LONG")).toBe(2);
  });
});
