// A position as the venue reports it, against the book: when a difference is believed, and what becomes of it. Intent 1 opened
// LONG at 100, and its fill is told at 60 s.

import { describe, expect, it } from "vitest";

import type { Context } from "../../../src/strategy/index.ts";
import { Harness, minute, orderOf, positioned, TestStrategy, type HarnessOptions } from "../harness.ts";

const interval = 2_000;

/** The newest timer, fired at its time. */
function wait(harness: Harness): void {
  const timer = harness.of("set_timer").at(-1);
  harness.timer(timer?.timer ?? 0, timer?.due as number);
}

/** In doubt: reported as 1 right behind the fill that made it 2. */
function doubted(options: HarnessOptions = {}): Harness {
  const harness = positioned(options, 2);
  harness.position("LONG", 1);
  return harness;
}

/** Reported as 1 an interval and more behind the fill that made it 2, while a take-profit of 1 rests at the venue. */
function resting(): Harness {
  const harness = positioned({}, 2);
  harness.strategy.at[1] = (ctx) => ctx.reduce({ side: "LONG", quantity: 1, orderType: "limit", price: 110 });
  harness.bar(1);
  harness.position("LONG", 1);
  return harness;
}

describe("a difference that may be a fill on its way", () => {
  it("is asked about again an interval later, and is open until then", () => {
    const harness = doubted();
    expect(harness.of("set_timer").at(-1)).toMatchObject({ due: minute + interval });
    expect([harness.held("LONG"), harness.runner.divergent]).toEqual([2, true]);
    wait(harness);
    expect(harness.of("query_position")).toEqual([{ type: "query_position", market: 0, leg: "LONG" }]);
    harness.position("LONG", 1);
    expect([harness.held("LONG"), harness.runner.divergent]).toEqual([1, false]);
  });

  it("is not believed before the interval is over, however often it is said", () => {
    const harness = doubted();
    harness.position("LONG", 1);
    harness.clock = minute + interval - 1;
    harness.position("LONG", 1);
    expect(harness.held("LONG")).toBe(2);
    expect(harness.of("set_timer")).toHaveLength(1);
  });

  it("begins anew when the second read says something else", () => {
    const harness = resting();
    wait(harness);
    harness.position("LONG", 0.5);
    expect(harness.held("LONG")).toBe(2);
    wait(harness);
    harness.position("LONG", 0.5);
    expect(harness.held("LONG")).toBe(0.5);
  });

  it("begins anew when a fill came between the two reads", () => {
    const harness = resting();
    harness.fill(orderOf(2), 110, 0.5);
    wait(harness);
    harness.position("LONG", 1);
    expect(harness.held("LONG")).toBe(1.5);
    wait(harness);
    harness.position("LONG", 1);
    expect(harness.held("LONG")).toBe(1);
  });

  it("is forgotten when the venue agrees meanwhile: the next one is a first read again", () => {
    const harness = resting();
    harness.position("LONG", 2);
    expect(harness.runner.divergent).toBe(false);
    wait(harness);
    harness.position("LONG", 1);
    expect(harness.held("LONG")).toBe(2);
  });
});

describe("a difference that no fill can explain", () => {
  it("is believed at once when the last fill is an interval ago, and not a millisecond earlier", () => {
    const held = [minute, minute + 1].map((queryIntervalMs) => {
      const harness = positioned({ settings: { queryIntervalMs } }, 2);
      harness.bar(1);
      harness.position("LONG", 1);
      return harness.held("LONG");
    });
    expect(held).toEqual([1, 2]);
  });

  it("is not held up by orders of the other leg", () => {
    const harness = positioned({}, 2);
    harness.strategy.at[1] = (ctx) => ctx.open({ side: "SHORT", quantity: 1, orderType: "limit", price: 110 });
    harness.bar(1);
    harness.position("LONG", 1);
    expect(harness.held("LONG")).toBe(1);
  });

  it("is told as a record, an alert and to the strategy, in its own numbers", () => {
    const harness = positioned({}, 2);
    harness.bar(1);
    harness.position("LONG", 1.5, true);
    expect(harness.of("position_synced")).toEqual([
      { type: "position_synced", market: 0, leg: "LONG", status: "SYNCED", quantity: 1_500, reason: "external_position_change" },
    ]);
    expect(harness.of("alert")).toEqual([
      { type: "alert", level: "warning", text: "external_position_change: TEST/USDC:USDC LONG is 1.5 at the venue" },
    ]);
    expect(harness.strategy.heard).toContainEqual({ what: "external", leg: "LONG", quantity: 1.5 });
  });

  it("is adopted for a strategy that has no ear for it, too", () => {
    const strategy = Object.assign(new TestStrategy(), { onExternalChange: undefined }) as unknown as TestStrategy;
    const harness = positioned({ strategy }, 2);
    harness.bar(1);
    harness.position("LONG", 0);
    expect(harness.held("LONG")).toBe(0);
  });

  it("is what the strategy knows from then on: an order that fails afterwards does not undo it", () => {
    const harness = positioned({}, 2);
    harness.strategy.at[1] = (ctx) => ctx.open({ side: "SHORT", quantity: 1 });
    harness.bar(1);
    harness.position("LONG", 1);
    harness.reject(orderOf(2));
    expect(harness.strategy.rejections).toEqual(["2 injected_rejection kept"]);
  });

  it("stays news to it, whatever it has asked for besides: its old state does not become true again", () => {
    const harness = positioned({}, 2);
    harness.strategy.at[1] = (ctx) => {
      ctx.open({ side: "SHORT", quantity: 1, orderType: "limit", price: 110 });
      ctx.reduce({ side: "LONG", quantity: 0.5, orderType: "limit", price: 110 });
    };
    harness.bar(1);
    for (let n = 0; n < 2; n += 1) {
      harness.position("LONG", 1);
      harness.clock += interval;
    }
    expect(harness.held("LONG")).toBe(1);
    harness.reject(orderOf(2));
    expect(harness.strategy.rejections).toEqual(["2 injected_rejection kept"]);
  });

  it("lets the strategy answer, and what it may not do then is told to it at once", () => {
    const strategy = new TestStrategy();
    const harness = positioned({ strategy: Object.assign(strategy, { onExternalChange: (ctx: Context) => ctx.open({ side: "SHORT" }) }) }, 2);
    harness.bar(1);
    harness.position("LONG", 1);
    expect(strategy.rejections).toEqual(["2 missing_explicit_qty restored"]);
  });

  it("of a leg that the book does not have is none", () => {
    const harness = positioned({}, 2);
    harness.bar(1);
    expect(harness.position("NET", 1)).toEqual([]);
  });
});

describe("entry fees of a position that the venue has turned round", () => {
  it("went with the position that they were paid for", () => {
    const harness = positioned({ hedge: false }, 1);
    harness.bars(1, 2);
    harness.position("NET", -1, true, "100");
    harness.strategy.at[3] = (ctx) => ctx.close({ side: "SHORT" });
    harness.bar(3);
    harness.fill(orderOf(2), 100, 1, { fee: 0 });
    expect(harness.of("ledger_entry")).toMatchObject([{ leg: "NET", quantity: 1_000, entryFee: 0, exitFee: 0, net: 0 }]);
  });
});

describe("the price at which a stated position came about", () => {
  /** Entry price of the leg that the venue states, after bars at 100. */
  function entry(leg: "LONG" | "SHORT", quantity: number, stated: string | null, options: HarnessOptions = {}): number {
    const harness = positioned(options, 1);
    harness.bars(1, 2);
    harness.position(leg, quantity, true, stated);
    let found = Number.NaN;
    harness.strategy.at[3] = (ctx: Context) => (found = ctx.position(leg).entryPrice);
    harness.bar(3);
    return found;
  }

  it("is said by the average of a position that is new or has grown, and of no other", () => {
    // 1 at 100 grows to 2 at 103 on average: one more at 106.
    expect(entry("LONG", 2, "103")).toBeCloseTo(103, 9);
    expect(entry("SHORT", -2, "97.5")).toBeCloseTo(97.5, 9);
    expect(entry("LONG", 0.5, "97.5")).toBeCloseTo(100, 9);
    expect(entry("LONG", 2, null)).toBeCloseTo(100, 9);
  });

  it("is said by the average of one that has turned round, however small it is now", () => {
    const turned = (from: number, to: number) => {
      const harness = new Harness({ hedge: false, positions: [{ market: 0, leg: "NET", quantity: from, price: 100 }] });
      harness.bars(0, 2);
      harness.position("NET", to, true, "90");
      return harness.runner.equity();
    };
    // 2 at 100 sold at 90 lose 20, and 1 short at 90 is worth 10 less at the close of 100; the other way round it wins as much.
    expect([turned(2, -1), turned(-2, 1)]).toEqual([970_000_000, 1_030_000_000]);
  });

  it("of a close, whole or in part, is the last close, whatever average is stated", () => {
    const closed = (to: number) => {
      const harness = positioned({ closes: [100, 105, 110, 110] }, 2);
      harness.bars(1, 2);
      const before = harness.runner.equity();
      harness.position("LONG", to, true, "80");
      return harness.runner.equity() - before;
    };
    // Bought at 100 and closed at 110, where it was worth as much before.
    expect([closed(0), closed(1)]).toEqual([0, 0]);
  });

  it("is the last close where the average explains nothing: 2 at 49 on average would need one for less than nothing", () => {
    // 2 × 49 − 1 × 100 = −2
    expect(entry("LONG", 2, "49")).toBeCloseTo(100, 9);
  });
});
