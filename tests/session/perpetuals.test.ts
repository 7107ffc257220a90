// Funding and liquidation through the whole session: the strategy hears, both ledgers agree, and no road through the bars, no
// delivery and no restart changes a unit of it.
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { FundingSeries } from "../../src/domain/index.ts";
import type { LiquidationRuleName } from "../../src/exchange/virtual/index.ts";
import { simulate, type SimulationPlan } from "../../src/session/index.ts";
import { defaultExecutionPolicy, defineStrategy, type Context, type Strategy, type StrategyDefinition } from "../../src/strategy/index.ts";
import { plainRules } from "../domain/rules.ts";
import { barsOf, planOf, quiet, type Row } from "./plans.ts";

const minute = 60_000;

function fundingOf(rows: readonly (readonly [number, number])[]): FundingSeries {
  const time = Float64Array.from(rows, ([at]) => at);
  return { symbol: null, length: rows.length, time, rate: Float64Array.from(rows, ([, rate]) => rate), rateScale: 6 };
}

const crash: Row = [100, 100, 80, 85, 1_000];
const long10 = [{ symbol: plainRules.symbol, leg: "LONG", quantity: "10", entryPrice: "100" }] as const;

describe("a liquidation", () => {
  it("is told to the strategy, written to the ledger, and leaves a session that goes on", () => {
    const heard: string[] = [];
    const listening: StrategyDefinition = defineStrategy({
      name: "listening",
      defaults: {},
      create: (): Strategy => ({
        name: "listening",
        policy: defaultExecutionPolicy,
        snapshot: () => null,
        restore: () => {},
        onBar: (ctx: Context) => {
          if (ctx.bar === 2) ctx.open({ side: "LONG", quantity: 0.01 });
        },
        onExternalChange: (ctx, leg, quantity) => {
          heard.push(`${leg} ${quantity} in the book ${ctx.position("LONG").quantity}`);
        },
      }),
    });
    const { rows, final } = simulate({
      ...planOf({ rows: [quiet, crash, quiet, quiet], strategy: listening, params: {}, balance: "100", leverage: 20, positions: long10 }),
      liquidation: "generic",
    });
    expect(heard).toEqual(["LONG 0 in the book 0"]);
    expect(rows.liquidations).toMatchObject([{ leg: "LONG", side: "sell", quantity: "10", price: "90.45", insurance: "0", left: "0", bar: 1 }]);
    expect(rows.ledger).toMatchObject([{ clientOrderId: null, gross: "-95.5", net: "-95.5" }]);
    expect(rows.synced).toMatchObject([{ status: "SYNCED", quantity: "0", reason: "liquidated", bar: 1 }]);
    expect(rows.halt).toBeNull();
    // Bought 0.01 at 100 of what is left, for a fee of 0.0005.
    expect(final.equity).toBe("4.4995");
  });

  it("does not happen without a rule: the run ends as insolvent", () => {
    const { rows } = simulate(planOf({ rows: [quiet, crash, quiet], balance: "100", leverage: 20, positions: long10 }));
    expect([rows.liquidations, rows.halt?.reason]).toEqual([[], "insolvent"]);
  });
});

describe("funding", () => {
  it("in a gap of the bars is paid before the next bar, and none before the first bar", () => {
    const before = barsOf([quiet, quiet], { start: 10 * minute });
    const bars = barsOf([quiet, quiet, quiet, quiet], { start: 10 * minute });
    // The third bar begins half an hour later.
    bars.time.set([42 * minute, 43 * minute], 2);
    const funding = fundingOf([
      [5 * minute, 100],
      [30 * minute, 100],
      [90 * minute, 100],
    ]);
    const plan = planOf({ markets: [{ rules: plainRules, series: [bars], funding }], positions: long10 });
    const { rows, final, metrics } = simulate(plan);
    expect(rows.funding).toMatchObject([{ quantity: "10", rate: "0.0001", mark: "100", source: "last", amount: "-0.1", time: 30 * minute, bar: 1 }]);
    expect([final.equity, metrics.funding]).toEqual(["999.9", "-0.1"]);
    expect(before.length).toBe(2);
  });
});

describe("for every market", () => {
  const ticks = fc.integer({ min: -400, max: 400 });
  const bars = fc.array(fc.tuple(ticks, ticks, fc.nat(600), fc.nat(600)), { minLength: 3, maxLength: 60 }).map((moves) => {
    let last = 10_000;
    return moves.map(([gap, change, up, down]): Row => {
      const open = Math.max(500, last + gap);
      const close = Math.max(500, open + change);
      const [high, low] = [Math.max(open, close) + up, Math.max(100, Math.min(open, close) - down)];
      last = close;
      return [open / 100, high / 100, low / 100, close / 100, 1_000];
    });
  });
  const stamps = fc
    .array(fc.tuple(fc.nat(60 * minute), fc.integer({ min: -3_000, max: 3_000 })), { maxLength: 8 })
    .map((rows) => fundingOf([...new Map(rows)].sort((a, b) => a[0] - b[0])));
  const rule = fc.constantFrom<LiquidationRuleName>("generic", "bybit", "okx", "hyperliquid");

  it("the fast road, the feed and a seeded delivery end in the same account, and both ledgers agree in each", () => {
    fc.assert(
      fc.property(
        bars,
        stamps,
        rule,
        fc.constantFrom("cross", "isolated"),
        fc.integer({ min: 2, max: 20 }),
        fc.nat(),
        (rows, funding, name, mode, leverage, seed) => {
          const actions = [0, 7, 20].flatMap((bar) => [
            { bar, do: "open" as const, leg: "LONG" as const, quantity: leverage },
            { bar, do: "open" as const, leg: "SHORT" as const, quantity: 1, order: { type: "limit" as const, price: 101 } },
          ]);
          const plan: SimulationPlan = {
            ...planOf({ markets: [{ rules: plainRules, series: [barsOf(rows)], funding }], actions, leverage, balance: "120", seed }),
            liquidation: name,
            marginMode: mode,
          };
          const fast = simulate(plan);
          // A step sends the session over the feed; one on the last bar changes nothing before it.
          const fed = simulate({ ...plan, steps: [{ bar: rows.length - 1, symbol: null, action: { do: "resume", text: "" } }] });
          expect({ ...fed.rows, alerts: [] }).toEqual({ ...fast.rows, alerts: [] });
          expect(fed.final).toEqual(fast.final);
          expect([...fed.equity.value]).toEqual([...fast.equity.value]);
          // Answers that overtake each other: the two ledgers are compared in the run itself.
          simulate({ ...plan, fill: { ...plan.fill, delivery: "seeded" } });
        },
      ),
      { numRuns: 150 },
    );
  });
});
