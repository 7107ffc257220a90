// How a session ends before its bars do: a strategy that breaks, insolvency, an abort; and plans that cannot begin.

import { describe, expect, it } from "vitest";

import type { BarSeries } from "../../src/domain/index.ts";
import { simulate, SimulatedSession, type Step } from "../../src/session/index.ts";
import { defineStrategy, defaultExecutionPolicy, type Context, type Strategy, type StrategyDefinition } from "../../src/strategy/index.ts";
import { plainRules } from "../domain/rules.ts";
import { barsOf, planOf, quiet, type Row } from "./plans.ts";

const rows = (count: number): Row[] => Array.from({ length: count }, () => quiet);

/** A strategy with one hook that throws when called at or after a bar. */
function throwing(hook: "onBar" | "onFill" | "onRejected" | "snapshot"): StrategyDefinition {
  return defineStrategy({
    name: "faulty",
    defaults: {},
    create: (): Strategy => {
      const fail = (): never => {
        throw new RangeError("out of range");
      };
      return {
        name: "faulty",
        policy: defaultExecutionPolicy,
        restore: () => {},
        snapshot: () => (hook === "snapshot" ? fail() : null),
        onBar: (ctx: Context) => {
          if (ctx.bar === 2 && hook === "onBar") fail();
          if (ctx.bar === 0) ctx.open({ side: "LONG", quantity: hook === "onRejected" ? 0 : 1 });
        },
        onFill: () => (hook === "onFill" ? fail() : undefined),
        onRejected: () => (hook === "onRejected" ? fail() : undefined),
      };
    },
  });
}

describe("a strategy that breaks", () => {
  it.each([
    ["onBar", 2],
    ["onFill", 1],
    ["onRejected", 0],
    ["snapshot", 0],
  ] as const)("004-IN-13: a throw in %s ends the run with strategy_error, naming hook, symbol and bar", (hook, bar) => {
    const { rows: told } = simulate(planOf({ rows: rows(5), strategy: throwing(hook), params: {} }));
    expect(told.halt?.reason).toBe("strategy_error");
    // A fill of bar 1 is told before that bar closes, when the last closed bar is 0.
    const named = hook === "onFill" ? 0 : bar;
    expect(told.halt?.text).toBe(`strategy faulty threw in ${hook} on TEST/USDC:USDC, bar ${named}: RangeError: out of range`);
    expect(told.halt?.bar).toBe(bar);
  });

  it("the fill that broke it stays on the record, with the end of its order; what the hook asked for does not", () => {
    const breaking: StrategyDefinition = defineStrategy({
      name: "breaking",
      defaults: {},
      create: (): Strategy => ({
        name: "breaking",
        policy: defaultExecutionPolicy,
        restore: () => {},
        snapshot: () => null,
        onBar: (ctx: Context) => {
          if (ctx.bar === 0) ctx.open({ side: "LONG", quantity: 1 });
        },
        onFill: (ctx: Context) => {
          ctx.close({ side: "LONG" });
          throw new Error("too late");
        },
      }),
    });
    const { rows: told, final } = simulate(planOf({ rows: rows(5), strategy: breaking, params: {} }));
    expect(told.fills).toHaveLength(1);
    expect(told.orders.map(({ family, status }) => [family, status])).toEqual([["entry", "FILLED"]]);
    expect(final.positions).toMatchObject([{ leg: "LONG", quantity: "1" }]);
  });

  it.each([
    ["no side", { quantity: 1 }],
    ["a word for a quantity", { side: "LONG", quantity: "lots" }],
    ["nothing at all", undefined],
  ] as const)("nonsense (%s) ends the run as strategy_error", (_what, intent) => {
    const nonsense: StrategyDefinition = defineStrategy({
      name: "nonsense",
      defaults: {},
      create: (): Strategy => ({
        name: "nonsense",
        policy: defaultExecutionPolicy,
        restore: () => {},
        snapshot: () => null,
        onBar: (ctx: Context) => void ctx.open(intent as never),
      }),
    });
    const { rows: told } = simulate(planOf({ rows: rows(3), strategy: nonsense, params: {} }));
    expect(told.halt).toMatchObject({ reason: "strategy_error", bar: 0 });
    expect(told.halt?.text).toMatch(/nonsense asked for a senseless OPEN on TEST\/USDC:USDC, bar 0/);
    expect(told.orders).toEqual([]);
  });

  it("004-ST-1: a strategy without the hooks of a live session runs, with one warning", () => {
    const { rows: told } = simulate(planOf({ rows: rows(3), strategy: throwing("onFill"), params: {} }));
    expect(told.alerts[0]).toMatchObject({ level: "warning" });
    expect(told.alerts[0]?.text).toMatch(/^faulty has no canSubmit, canClose, /);
  });
});

describe("insolvency", () => {
  // 10 at 100 with 5 × leverage on 250 USDC: a fall to 74 leaves 250 - 0.5 - 260 < 0.
  const crash: Row[] = [quiet, quiet, [100, 100, 74, 80, 1_000], [80, 120, 80, 120, 1_000], quiet];
  const plan = () =>
    planOf({
      rows: crash,
      mode: "one_way",
      balance: "250",
      leverage: 5,
      actions: [
        { bar: 0, do: "open", leg: "LONG", quantity: 10 },
        { bar: 2, do: "close", leg: "LONG" },
        { bar: 3, do: "close", leg: "LONG" },
      ],
    });

  it("ends the run at its bar and never trades on", () => {
    const { rows: told, equity } = simulate(plan());
    expect(told.halt).toMatchObject({ reason: "insolvent", bar: 2 });
    expect(told.orders).toHaveLength(1);
    expect(told.fills).toHaveLength(1);
    expect(equity.value).toHaveLength(3);
  });

  it("is not declared while equity covers the maintenance margin", () => {
    const survived = planOf({
      rows: crash,
      mode: "one_way",
      balance: "500",
      leverage: 5,
      actions: [{ bar: 0, do: "open", leg: "LONG", quantity: 10 }],
    });
    expect(simulate(survived).rows.halt).toBeNull();
  });
});

describe("hooks of the shell", () => {
  it("an abort ends the run at the next look, with the record of what ran", () => {
    const looks: number[] = [];
    const long = Array.from({ length: 5_000 }, () => quiet);
    for (const steps of [[], [{ bar: 4_999, symbol: null, action: { do: "resume", text: "" } }]] as Step[][]) {
      let calls = 0;
      const record = simulate(planOf({ rows: long, steps }), { aborted: () => (calls += 1) === 2, onProgress: (done) => looks.push(done) });
      expect(record.equity.value.length).toBeGreaterThanOrEqual(2_048);
      expect(record.equity.value.length).toBeLessThan(5_000);
      expect(record.final.equity).toBe("1000");
    }
    expect(looks.toSorted((a, b) => a - b)[0]).toBeGreaterThanOrEqual(0);
  });

  it("progress goes to the end and never back", () => {
    const seen: [number, number][] = [];
    simulate(planOf({ rows: Array.from({ length: 3_000 }, () => quiet) }), { onProgress: (done, total) => seen.push([done, total]) });
    expect(seen.map(([done]) => done)).toEqual(seen.map(([done]) => done).toSorted((a, b) => a - b));
    expect(seen.at(-1)).toEqual([3_000, 3_000]);
  });

  it("a boot position is held from the first bar on, in book and venue alike", () => {
    const session = new SimulatedSession(
      planOf({
        rows: rows(3),
        positions: [{ symbol: plainRules.symbol, leg: "LONG", quantity: "2", entryPrice: "95" }],
        actions: [{ bar: 0, do: "close", leg: "LONG" }],
      }),
    );
    session.run();
    // 2 × (100 - 95) = 10; fee 200 × 0.0005 = 0.1.
    expect(session.record().rows.ledger).toMatchObject([{ gross: "10", exitFee: "0.1", net: "9.9" }]);
  });

  it("a plan without bars or with a boot position of another market is refused", () => {
    expect(() => simulate(planOf({ rows: [] }))).toThrow(expect.objectContaining({ code: "no_bars", exitCode: 3 }) as Error);
    const strange = planOf({ positions: [{ symbol: "X/USDC:USDC", leg: "LONG", quantity: "1", entryPrice: "1" }] });
    expect(() => simulate(strange)).toThrow(expect.objectContaining({ code: "unknown_symbol" }) as Error);
  });

  it("a market whose second series is the finer one is refused", () => {
    const wrong: BarSeries[] = [barsOf(rows(2), { interval: 300_000 }), barsOf(rows(10))];
    expect(() => simulate(planOf({ markets: [{ rules: plainRules, series: wrong }] }))).toThrow(
      expect.objectContaining({ code: "bad_feed" }) as Error,
    );
  });
});
