// Fills that are more than their order can have: the same trade under another id, or a second order made of one request. The
// venue's position says which; what it has is worked out by hand. Intent 1 opened LONG 1 at 100, told at 60 s.

import { describe, expect, it } from "vitest";

import { Harness, minute, orderOf, positioned, type HarnessOptions } from "../harness.ts";

const interval = 2_000;

/** The check of a leg that was armed last goes off. */
function wait(harness: Harness): void {
  const timer = harness.of("set_timer").at(-1);
  harness.timer(timer?.timer ?? 0, timer?.due as number);
}

/** The venue says the same of LONG twice, an interval apart. */
function reads(harness: Harness, quantity: number): void {
  harness.position("LONG", quantity);
  wait(harness);
  harness.position("LONG", quantity);
}

/** Opened with 1 at 100, and told of another 1 at 101 on the same order. */
function exceeded(options: HarnessOptions = {}): Harness {
  const harness = positioned(options);
  harness.fill(orderOf(1), 101, 1);
  return harness;
}

function alerts(harness: Harness): string[] {
  return harness.of("alert").map(({ text }) => text);
}

const locks = (harness: Harness) => harness.of("risk_locked").map(({ reason, locked }) => `${reason} ${locked}`);
const synced = (harness: Harness) => harness.of("position_synced").map(({ quantity, reason }) => `${reason} ${quantity}`);

describe("a fill beyond its order", () => {
  it("is not counted: the venue is asked, and nothing increases risk meanwhile", () => {
    const harness = exceeded();
    expect([harness.held("LONG"), harness.runner.divergent]).toEqual([1, true]);
    expect(harness.of("query_position")).toEqual([{ type: "query_position", market: 0, leg: "LONG" }]);
    expect(locks(harness)).toEqual(["fill_beyond_order true"]);
    harness.strategy.at[1] = (ctx) => {
      ctx.open({ side: "SHORT", quantity: 1 });
      ctx.reduce({ side: "LONG", quantity: 0.5, orderType: "limit", price: 110 });
    };
    harness.bar(1);
    expect(harness.skips).toEqual(["2 fill_beyond_order"]);
    expect(harness.sent.map(({ family }) => family)).toEqual(["entry", "partial"]);
  });

  it("is counted at its own price and fee when the position has it twice, an interval apart", () => {
    const harness = exceeded();
    harness.position("LONG", 2);
    expect(harness.held("LONG")).toBe(1);
    wait(harness);
    expect(harness.of("query_position")).toHaveLength(2);
    harness.position("LONG", 2);
    expect([harness.held("LONG"), harness.runner.divergent]).toEqual([2, false]);
    expect(synced(harness)).toEqual(["fill_beyond_order 2000"]);
    expect(locks(harness)).toEqual(["fill_beyond_order true", "executed_beyond_order true", "fill_beyond_order false"]);
    // Closed at 103: (103 - 100) + (103 - 101) = 5; fees 0.05 + 0.0505 and 0.103.
    harness.strategy.at[1] = (ctx) => ctx.reduce({ side: "LONG", quantity: 2 });
    harness.bar(1);
    harness.fill(orderOf(2), 103, 2);
    expect(harness.of("ledger_entry")).toMatchObject([{ quantity: 2_000, gross: 5_000_000, entryFee: 100_500, exitFee: 103_000 }]);
  });

  it("that the position has keeps the market from more risk until it is flat; what reduces passes", () => {
    const harness = exceeded();
    reads(harness, 2);
    expect(alerts(harness).at(-1)).toMatch(/^executed_beyond_order: .* holds what was not ordered/);
    harness.strategy.at[1] = (ctx) => {
      ctx.open({ side: "SHORT", quantity: 1 });
      ctx.add({ side: "LONG", quantity: 1, orderType: "market" });
      ctx.close({ side: "LONG" });
    };
    harness.bar(1);
    expect(harness.skips).toEqual(["2 executed_beyond_order", "3 executed_beyond_order"]);
    expect(harness.sent.map(({ family, quantity }) => `${family} ${quantity}`)).toEqual(["entry 1000", "close 2000"]);
    harness.fill(orderOf(4), 103, 2);
    harness.strategy.at[2] = (ctx) => ctx.open({ side: "SHORT", quantity: 1 });
    harness.bar(2);
    expect(locks(harness).at(-1)).toBe("executed_beyond_order false");
    expect(harness.sent.at(-1)).toMatchObject({ family: "entry", leg: "SHORT" });
  });

  it("is dropped when the position is without it twice, an interval apart", () => {
    const harness = exceeded();
    harness.position("LONG", 1);
    expect(harness.runner.divergent).toBe(true);
    wait(harness);
    harness.position("LONG", 1);
    expect([harness.held("LONG"), harness.runner.divergent]).toEqual([1, false]);
    expect(synced(harness)).toEqual(["fill_told_twice 1000"]);
    expect(alerts(harness).at(-1)).toMatch(/^fill_told_twice: .* trade 2 of order 256: dropped$/);
    expect(locks(harness)).toEqual(["fill_beyond_order true", "fill_beyond_order false"]);
  });

  it("told again under its id is nothing new, before and after the verdict", () => {
    const harness = positioned();
    const again = harness.fillEvent(orderOf(1), 101, 1);
    harness.handle(again);
    harness.handle(again);
    reads(harness, 2);
    harness.handle(again);
    expect([harness.held("LONG"), harness.runner.divergent]).toEqual([2, false]);
  });

  it("may be one of two: one was made by another order, one was told twice", () => {
    for (const [first, second] of [
      [101, 102],
      [102, 101],
    ] as const) {
      const harness = positioned();
      harness.fill(orderOf(1), first, 1);
      harness.fill(orderOf(1), second, 0.5);
      reads(harness, 1.5);
      expect([harness.held("LONG"), harness.runner.divergent]).toEqual([1.5, false]);
      expect(synced(harness)).toEqual(["fill_beyond_order 1500", "fill_told_twice 1500"]);
    }
  });

  it("of both kinds in parts ends at what the venue holds, in whatever order the parts are told", () => {
    // Two orders of 1 in two parts each, at 100 and 101: 2 are held. The same parts under new ids: 1 is held.
    const parts = [
      { price: 100, trade: 1, cumulative: 0.5 },
      { price: 100, trade: 2, cumulative: 1 },
      { price: 101, trade: 3, cumulative: 0.5 },
      { price: 101, trade: 4, cumulative: 1 },
    ];
    for (const held of [1, 2])
      for (const order of permutations(parts)) {
        const harness = new Harness();
        harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1 });
        harness.bar(0);
        harness.ack(orderOf(1));
        for (const { price, ...rest } of order) harness.fill(orderOf(1), price, 0.5, rest);
        reads(harness, held);
        expect([harness.held("LONG"), harness.runner.divergent]).toEqual([held, false]);
      }
  });

  it("that the venue does not answer about is asked about again, and stays in question", () => {
    const harness = exceeded();
    for (let asked = 2; asked < 5; asked += 1) {
      wait(harness);
      expect(harness.of("query_position")).toHaveLength(asked);
    }
    expect([harness.held("LONG"), harness.runner.divergent]).toEqual([1, true]);
  });

  it("is not judged by a report from before it", () => {
    const harness = positioned();
    const early = harness.fact("position_reported", { leg: "LONG", quantity: 1_000 as never, entryPrice: null, external: false });
    harness.fill(orderOf(1), 101, 1);
    harness.handle(early);
    wait(harness);
    harness.handle(early);
    expect(harness.runner.divergent).toBe(true);
    reads(harness, 2);
    expect(harness.held("LONG")).toBe(2);
  });

  it("told twice of a half-filled order leaves the order open for what it still gets", () => {
    const harness = new Harness();
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 95, timeToLive: null });
    harness.bar(0);
    harness.ack(orderOf(1));
    harness.fill(orderOf(1), 95, 0.5, { trade: 1, cumulative: 0.5 });
    harness.fill(orderOf(1), 95, 0.5, { trade: 2, cumulative: 0.5 });
    reads(harness, 0.5);
    expect([harness.held("LONG"), harness.settled(orderOf(1))]).toEqual([0.5, []]);
    harness.fill(orderOf(1), 95, 0.5, { trade: 3, cumulative: 1 });
    expect([harness.held("LONG"), harness.runner.divergent]).toEqual([1, false]);
    expect(harness.settled(orderOf(1))).toEqual(["FILLED filled"]);
  });

  it("of a close is judged on the same evidence: the leg is flat, or has turned round", () => {
    for (const held of [0, -1]) {
      const harness = positioned({ hedge: false });
      harness.strategy.at[1] = (ctx) => ctx.close({ side: "LONG" });
      harness.bar(1);
      harness.fill(orderOf(2), 103, 1);
      harness.fill(orderOf(2), 102, 1);
      harness.position("NET", held);
      wait(harness);
      harness.position("NET", held);
      expect([harness.held("NET"), harness.runner.divergent]).toEqual([held, false]);
    }
  });

  it("waits on over a restart", () => {
    const harness = exceeded();
    harness.position("LONG", 2);
    const later = new Harness();
    later.runner.restore(JSON.parse(JSON.stringify(harness.runner.snapshot())));
    expect(later.runner.divergent).toBe(true);
    later.timer(later.runner.openTimers().at(-1)?.timer ?? 0, minute + interval);
    later.position("LONG", 2);
    expect([later.held("LONG"), later.runner.divergent]).toEqual([2, false]);
  });
});

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, at) => permutations(items.filter((_, other) => other !== at)).map((rest) => [item, ...rest]));
}
