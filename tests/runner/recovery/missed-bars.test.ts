// Bars that closed while nobody listened: indicators take them, a strategy hears of them and can ask for nothing on them.

import { describe, expect, it } from "vitest";

import { flatSeries, Harness, minute, TestStrategy } from "../harness.ts";

const missed = (harness: Harness, from: number, to: number, series = 0) => harness.handle(harness.fact("bars_missed", { series, from, to } as never));

describe("bars that were missed", () => {
  it("are in the indicators as if they had been heard", () => {
    const closes = [100, 104, 96, 108, 100];
    const averages = [false, true].map((silent) => {
      const strategy = new TestStrategy();
      let average = { value: Number.NaN };
      strategy.setupDo = (ctx) => (average = ctx.indicators.sma(4));
      const harness = new Harness({ strategy, closes });
      harness.bar(0);
      if (silent) missed(harness, 1, 4);
      else harness.bars(1, 3);
      harness.bar(4);
      return average.value;
    });
    // (104 + 96 + 108 + 100) / 4.
    expect(averages).toEqual([102, 102]);
  });

  it("of a strategy without a warm-up are passed over in silence", () => {
    const strategy = Object.assign(new TestStrategy(), { onWarmup: undefined }) as unknown as TestStrategy;
    const harness = new Harness({ strategy });
    expect(missed(harness, 0, 3)).toEqual([]);
    expect(harness.runner.barOf(0)).toBe(2);
  });

  it("of a longer timeframe move that view alone: the strategy has heard of the bars in them", () => {
    const strategy = new TestStrategy();
    let average = { value: Number.NaN };
    strategy.setupDo = (ctx) => (average = ctx.indicators.sma(2));
    const told: number[] = [];
    strategy.onWarmupDo = (ctx) => void told.push(ctx.bar);
    strategy.at[5] = (ctx) => expect([ctx.bars.time, ctx.series("5m").time]).toEqual([5 * minute, 0]);
    const closes = [100, 100, 100, 100, 104, 106];
    const harness = new Harness({ strategy, closes, coarser: [flatSeries("TEST/USDC:USDC", [50, 60], 5 * minute)] });
    missed(harness, 0, 5);
    missed(harness, 0, 1, 1);
    expect([told, average.value]).toEqual([[0, 1, 2, 3, 4], 102]);
    harness.bar(5);
    expect(average.value).toBe(105);
  });

  it("refuse what is asked for on them, and tell the strategy so before the next event; the next bar is in time", () => {
    const harness = new Harness();
    const { strategy } = harness;
    strategy.onWarmupDo = (ctx) => void ctx.open({ side: "LONG", quantity: 1 });
    missed(harness, 0, 1);
    expect(strategy.rejections).toEqual(["1 stale_data restored"]);
    strategy.at[1] = (ctx) => ctx.open({ side: "LONG", quantity: 1 });
    harness.bar(1);
    expect([harness.skips, harness.sent.length]).toEqual([["1 stale_data"], 1]);
  });
});
