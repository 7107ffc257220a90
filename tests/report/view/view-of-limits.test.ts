// Views of runs that are too long for a page, and of strategies that do not stand being looked at.

import { deflateSync } from "node:zlib";

import { describe, expect, it } from "vitest";

import { defaultExecutionPolicy, defineStrategy, type Context, type Strategy, type StrategyDefinition } from "../../../src/strategy/index.ts";
import { planOf, type Row } from "../../session/plans.ts";
import { expectFolds, expectWhole } from "./view-checks.ts";
import { viewOfPlan } from "./view-facts.ts";

describe("a strategy that is not its input alone", () => {
  let created = 0;
  /** Opens at another bar each time that it is made. */
  const moody: StrategyDefinition = defineStrategy({
    name: "moody",
    defaults: {},
    create: () => {
      created += 1;
      const bar = created % 2;
      return {
        name: "moody",
        policy: defaultExecutionPolicy,
        snapshot: () => null,
        restore: () => {},
        onBar: (ctx: Context) => {
          if (ctx.bar === bar) ctx.open({ side: "LONG", quantity: 1, orderType: "market" });
        },
      };
    },
  });

  it("is shown as it ran, without steps, and the page says why", () => {
    const { view, record } = viewOfPlan(planOf({ strategy: moody, params: {} }));
    expect(view.player.steps).toEqual([]);
    expect(view.player.omitted).toContain("did other things");
    expectWhole(view, record.rows.orders);
    expect(view.orders[0]?.stages.map(({ stage }) => stage)).toEqual(["intent", "request", "acknowledged", "fill", "ended"]);
  });
});

describe("a strategy that breaks", () => {
  const broken = (own: Partial<Strategy>): StrategyDefinition =>
    defineStrategy({
      name: "broken",
      defaults: {},
      create: () => ({
        name: "broken",
        policy: defaultExecutionPolicy,
        snapshot: () => ({ calm: true }),
        restore: () => {},
        onBar: () => {},
        ...own,
      }),
    });

  it("is shown up to the record of it", () => {
    const onBar = (ctx: Context): void => {
      if (ctx.bar === 0) ctx.open({ side: "LONG", quantity: 1, orderType: "market" });
      if (ctx.bar === 1) throw new Error("no more");
    };
    const { view, record } = viewOfPlan(planOf({ strategy: broken({ onBar }), params: {} }));
    expect(record.rows.halt?.reason).toBe("strategy_error");
    expect(view.player.steps.slice(-2).map(({ type }) => type)).toEqual(["strategy_verdict", "halt"]);
    expect(view.player.steps.at(-2)?.text).toContain("no more");
    expect(view.player.omitted).toBeNull();
    expectWhole(view, record.rows.orders);
  });

  it("in its snapshot alone has no steps, and the page says so", () => {
    const snapshot = (): never => {
      throw new Error("not now");
    };
    const positions = [{ symbol: "TEST/USDC:USDC", leg: "LONG" as const, quantity: "1", entryPrice: "100" }];
    const { view } = viewOfPlan(planOf({ strategy: broken({ snapshot }), params: {}, positions }));
    expect(view.status).toBe("passed");
    expect(view.player).toMatchObject({ steps: [], omitted: "the run cannot be walked step by step: a strategy's snapshot threw: not now" });
  });
});

describe("a long run", () => {
  const bars = 50_000;
  // A saw of 20 bars around 100, with one spike that no thinning may lose.
  const rows = Array.from({ length: bars }, (_, bar): Row => {
    const base = 100 + Math.abs((bar % 20) - 10) / 10;
    return bar === 33_333 ? [base, base + 5, base - 5, base, 1_000] : [base, base + 0.2, base - 0.2, base, 1_000];
  });
  const actions = Array.from({ length: 200 }, (_, at) => [
    { bar: at * 240, do: "open" as const, leg: "LONG" as const, quantity: 1 },
    { bar: at * 240 + 97, do: "close" as const, leg: "LONG" as const },
  ]).flat();
  const { view, record } = viewOfPlan(planOf({ rows, actions }));

  it("fits a page of 2 MB beside the chart's library, whatever is done about its columns", () => {
    expect(view.markets[0]?.time).toHaveLength(bars);
    expect((deflateSync(JSON.stringify(view)).length * 4) / 3).toBeLessThan(1_700_000);
  });

  it("keeps the extremes of equity and of drawdown", () => {
    const { value } = record.equity;
    expect(view.equity.time.length).toBeLessThanOrEqual(4_100);
    expect(Math.max(...view.equity.value)).toBe(value.reduce((a, b) => Math.max(a, b)));
    expect(Math.min(...view.equity.value)).toBe(value.reduce((a, b) => Math.min(a, b)));
    expect(Math.min(...view.equity.drawdown)).toBeCloseTo(-Number(record.metrics.maxDrawdown), 6);
    expect(view.equity.time).toEqual([...view.equity.time].sort((a, b) => a - b));
  });

  it("drops quiet bars and says so; what is there still folds step by step", () => {
    expect(view.player.omitted).toBe("bars at which nothing was recorded are one step where they follow each other");
    expect(view.player.steps.length).toBeLessThan(4_000);
    const passed = view.player.steps.find(({ text }) => text.startsWith("bars 2 to 96 closed"));
    expect(passed?.changes.map(({ path }) => path)).toEqual(["runner.now", "runner.markets.TEST/USDC:USDC.bar"]);
    expectFolds(planOf({ rows, actions }), view);
  });
});

describe("more bars than a page holds", () => {
  it("are candles of five bars each, aligned to their interval, with the highest high and the sum of volumes", () => {
    const rows = Array.from({ length: 200_003 }, (_, bar): Row => [100, bar === 12 ? 101 : 100, 100, 100, 2]);
    const [market] = viewOfPlan(planOf({ rows })).view.markets;
    expect(market).toMatchObject({ barsPerCandle: 5, timeframe: "5m", interval: 300_000 });
    expect(market?.time).toHaveLength(40_001);
    expect(market?.high.slice(0, 4)).toEqual([100, 100, 101, 100]);
    // The last candle holds three bars.
    expect(market?.volume.slice(-2)).toEqual([10, 6]);
  });
});
