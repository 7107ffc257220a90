// What a strategy sees in float64: bars up to the one that has closed, the two sides of a position, its fills.

import { describe, expect, it } from "vitest";

import { BarSeries, orderNumber } from "../../src/domain/index.ts";
import type { Context } from "../../src/strategy/index.ts";
import { SeriesView } from "../../src/runner/views.ts";
import { Harness, minute, orderOf, TestStrategy } from "./harness.ts";

describe("the view of a series", () => {
  const column = (...values: number[]) => Float64Array.from(values);
  const view = () =>
    new SeriesView(
      new BarSeries(
        { symbol: "TEST/USDC:USDC", timeframe: "5m", interval: 5 * minute, priceScale: 2, quantityScale: 3 },
        {
          time: column(0, 300_000, 600_000),
          open: column(10_000, 10_100, 10_200),
          high: column(10_050, 10_150, 10_250),
          low: column(9_950, 10_050, 10_150),
          close: column(10_010, 10_110, 10_210),
          volume: column(1_000, 2_500, 4_000),
        },
      ),
    );

  it("is the bar that has closed last, in prices and quantities", () => {
    const bars = view();
    bars.index = 1;
    expect([bars.timeframe, bars.time, bars.open, bars.high, bars.low, bars.close, bars.volume]).toEqual([
      "5m",
      300_000,
      101,
      101.5,
      100.5,
      101.1,
      2.5,
    ]);
  });

  it("reaches back to the first bar, and never before it or into what has not closed", () => {
    const bars = view();
    bars.index = 1;
    const reads = [0, 1].map((ago) => [bars.openAt(ago), bars.highAt(ago), bars.lowAt(ago), bars.closeAt(ago), bars.volumeAt(ago)]);
    expect(reads).toEqual([
      [101, 101.5, 100.5, 101.1, 2.5],
      [100, 100.5, 99.5, 100.1, 1],
    ]);
    for (const ago of [-1, 2, Number.NaN])
      expect([bars.openAt(ago), bars.highAt(ago), bars.lowAt(ago), bars.closeAt(ago), bars.volumeAt(ago)]).toEqual(
        Array.from({ length: 5 }, () => Number.NaN),
      );
  });

  it("is of no bar before the first one has closed", () => {
    expect([view().index, view().closeAt(0)]).toEqual([-1, Number.NaN]);
  });
});

describe("the sides of a position", () => {
  const sides = (ctx: Context) => [ctx.position("LONG"), ctx.position("SHORT")].map(({ quantity, entryPrice }) => [quantity, entryPrice]);

  it.each([
    [
      true,
      2,
      [
        [2, 100],
        [0, 0],
      ],
    ],
    [
      false,
      2,
      [
        [2, 100],
        [0, 0],
      ],
    ],
    [
      false,
      -2,
      [
        [0, 0],
        [2, 100],
      ],
    ],
    [
      false,
      0,
      [
        [0, 0],
        [0, 0],
      ],
    ],
  ])("in hedge mode %s at %d are one with its entry price, the other with neither", (hedge, quantity, expected) => {
    const harness = new Harness({ hedge, positions: quantity === 0 ? [] : [{ market: 0, leg: hedge ? "LONG" : "NET", quantity, price: 100 }] });
    let seen: unknown = null;
    harness.strategy.at[0] = (ctx) => void (seen = sides(ctx));
    harness.bar(0);
    expect(seen).toEqual(expected);
  });
});

describe("a fill as its strategy hears of it", () => {
  it("has its fee in the money that it was paid in, or in coins, and whether nothing is left", () => {
    const harness = new Harness({ market: { symbol: "TEST/USDC", kind: "spot" }, hedge: false });
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 2, tag: "coins" });
    harness.bar(0);
    harness.fill(orderOf(1), 100, 0.5, { fee: 0.05 });
    harness.handle({ ...harness.fillEvent(orderOf(1), 101, 1.5, { cumulative: 2 }), feeCurrency: "TEST", fee: 3 as never, liquidity: "maker" });
    const plain = { intent: 1, family: "entry", kind: "OPEN", side: "LONG", time: minute, tag: "coins" };
    expect(harness.strategy.heard.filter(({ what }) => what === "fill")).toEqual([
      { what: "fill", fill: { ...plain, price: 100, quantity: 0.5, fee: 0.05, liquidity: "taker", complete: false, cumulative: 0.5 } },
      { what: "fill", fill: { ...plain, price: 101, quantity: 1.5, fee: 0.003, liquidity: "maker", complete: true, cumulative: 2 } },
    ]);
  });

  it("of a routed intent is a part of the whole intent", () => {
    const harness = new Harness({ strategy: new TestStrategy({ policy: { route: "twap", routing: { slices: 2 } } }) });
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 4 });
    harness.bar(0);
    harness.fill(orderOf(1), 100, 2);
    const next = harness.of("set_timer").at(-1);
    harness.timer(next?.timer ?? 0, next?.due);
    harness.fill(orderNumber(1 as never, 1), 100, 2);
    const fills = harness.strategy.heard.flatMap((entry) => (entry.what === "fill" ? [entry.fill] : []));
    expect(fills.map(({ complete, cumulative, quantity }) => [complete, cumulative, quantity])).toEqual([
      [false, 2, 2],
      [true, 4, 2],
    ]);
  });
});
