// The simulated session by hand: the worked scenario, steps, several markets, breaking strategies, insolvency, aborts.

import { describe, expect, it } from "vitest";

import type { BarSeries } from "../../src/domain/index.ts";
import { simulate, SimulatedSession, type Step } from "../../src/session/index.ts";
import { defineStrategy, defaultExecutionPolicy, type Context, type Strategy, type StrategyDefinition } from "../../src/strategy/index.ts";
import { barsOf, planOf, quiet, testRules, workedPlan, type PlanOptions, type Row } from "./plans.ts";

const rows = (count: number): Row[] => Array.from({ length: count }, () => quiet);
const limit = (price: number) => ({ type: "limit" as const, price });

describe("the worked scenario", () => {
  it("in at 100, out at 102 when the high trades through it: every row, fee and balance as by hand", () => {
    const { rows: told, final, metrics, equity, invariants } = simulate(workedPlan());
    expect(told.orders).toMatchObject([
      { id: "vex-00000001", side: "buy", leg: "NET", family: "entry", type: "market", quantity: "1", price: null, status: "FILLED", reason: "filled", time: 60_000, bar: 0 },
      { id: "vex-00000002", side: "sell", leg: "NET", family: "tp", type: "limit", quantity: "1", price: "102", status: "FILLED", bar: 1, reduceOnly: true },
    ]);
    // Fees: 100 × 0.0005 = 0.05 taker; 102 × 0.0002 = 0.0204 maker.
    expect(told.fills).toMatchObject([
      { orderId: "vex-00000001", price: "100", quantity: "1", fee: "0.05", feeCurrency: "USDC", liquidity: "taker", time: 60_000, bar: 1, family: "entry" },
      { orderId: "vex-00000002", price: "102", quantity: "1", fee: "0.0204", liquidity: "maker", bar: 2, family: "tp" },
    ]);
    // 1000 - 0.05 + 2 - 0.0204.
    expect(final).toEqual({ balances: { USDC: { total: "1001.9296", free: "1001.9296", used: "0" } }, positions: [], openOrders: [], equity: "1001.9296" });
    expect(told.ledger).toMatchObject([{ gross: "2", entryFee: "0.05", exitFee: "0.0204", net: "1.9296", cumulative: "1.9296" }]);
    // Closes: 1000, then 999.95 with the position at 100, then flat.
    expect([...equity.value]).toEqual([1_000, 999.95, 1_001.9296]);
    expect([...equity.time]).toEqual([60_000, 120_000, 180_000]);
    expect(metrics).toMatchObject({ orders: 2, fills: 2, rejected: 0, canceled: 0, skipped: 0, unknown: 0, feesByCurrency: { USDC: "0.0704" }, realizedPnl: "2", maxDrawdown: "0.05" });
    expect(invariants.violated).toBe(0);
  });

  it("with a high of exactly 102 the take-profit only stands: position 1, equity at the last close", () => {
    const { rows: told, final } = simulate(workedPlan(102));
    expect(told.fills).toHaveLength(1);
    // 999.95 + (101.5 - 100).
    expect(final.equity).toBe("1001.45");
    expect(final.positions).toEqual([{ symbol: testRules.symbol, leg: "NET", quantity: "1", entryPrice: "100", unrealizedPnl: "1.5" }]);
    expect(final.openOrders).toMatchObject([{ family: "tp", status: "SUBMITTED" }]);
  });
});

describe("steps", () => {
  const action = (do_: "stop_new_orders" | "kill" | "resume" | "halt") => ({ do: do_, text: "by hand" });
  const opens = (count: number) => Array.from({ length: count }, (_, bar) => ({ bar, do: "open" as const, leg: "LONG" as const, quantity: 1, order: limit(50) }));

  it("are applied before the open of their bar: a fault of bar 1 meets the order that was decided at the close of bar 0", () => {
    const steps: Step[] = [{ bar: 1, symbol: null, action: { do: "reject", next: 1, family: null, symbol: null, code: "-2010" } }];
    const { rows: told } = simulate(planOf({ rows: rows(4), actions: opens(3), steps }));
    expect(told.orders.map(({ status, reason }) => [status, reason])).toEqual([
      ["REJECTED", "injected_rejection"],
      ["SUBMITTED", "scripted"],
    ]);
  });

  it("004-SG-1: a stop of bar 1 refuses what is decided at its close, and not what was decided before", () => {
    const { rows: told } = simulate(planOf({ rows: rows(4), actions: opens(3), script: {}, steps: [{ bar: 1, symbol: null, action: action("stop_new_orders") }] }));
    expect(told.orders).toHaveLength(1);
    expect(told.skipped.map(({ reason, bar }) => [reason, bar])).toEqual([
      // The entry of bar 0 still rests: pending speaks before the stop.
      ["position_pending", 1],
      ["position_pending", 2],
    ]);
    const early = simulate(planOf({ rows: rows(4), actions: opens(3), steps: [{ bar: 0, symbol: null, action: action("kill") }] }));
    expect(early.rows.skipped.map(({ reason }) => reason)).toEqual(["kill", "kill", "kill"]);
  });

  it("a halt ends the session at its bar with its reason", () => {
    const { rows: told, equity } = simulate(planOf({ rows: rows(6), actions: opens(5), steps: [{ bar: 2, symbol: null, action: action("halt") }] }));
    expect(told.halt).toMatchObject({ reason: "operator_halt", text: "by hand", bar: 2, time: 120_000 });
    expect(equity.value).toHaveLength(3);
  });

  it("a step of one market waits for that market's own bar", () => {
    // B starts three bars later: its bar 1 is A's bar 4.
    const other = { ...testRules, symbol: "B/USDC:USDC", base: "B" };
    const markets: PlanOptions["markets"] = [
      { rules: testRules, series: [barsOf(rows(8))] },
      { rules: other, series: [barsOf(rows(5), { symbol: other.symbol, start: 180_000 })] },
    ];
    const actions = [
      { bar: 0, symbol: testRules.symbol, do: "open" as const, leg: "LONG" as const, quantity: 1 },
      { bar: 0, symbol: other.symbol, do: "open" as const, leg: "LONG" as const, quantity: 1 },
    ];
    const steps: Step[] = [{ bar: 2, symbol: other.symbol, action: { do: "close_position", leg: "LONG", quantity: null, notify: true } }];
    const { rows: told, final } = simulate(planOf({ markets, actions, steps }));
    expect(told.synced).toMatchObject([{ symbol: other.symbol, reason: "externally_closed", bar: 2, time: 180_000 + 2 * 60_000 }]);
    expect(final.positions.map((position) => position.symbol)).toEqual([testRules.symbol]);
  });

  it.each([true, false])("a position closed by hand (the venue tells: %s) does not stop a session that does other things meanwhile", (notify) => {
    const moving: Row[] = [100, 101, 102, 103, 104, 105, 106, 107].map((price) => [price, price, price, price, 1_000]);
    const actions = [
      { bar: 0, do: "open" as const, leg: "LONG" as const, quantity: 1 },
      { bar: 2, do: "open" as const, leg: "SHORT" as const, quantity: 1, order: limit(200) },
      { bar: 5, do: "close" as const, leg: "LONG" as const },
    ];
    const steps: Step[] = [{ bar: 3, symbol: null, action: { do: "close_position", leg: "LONG", quantity: null, notify } }];
    const { rows: told, final } = simulate(planOf({ rows: moving, actions, steps }));
    expect(told.synced.map(({ status, reason }) => [status, reason])).toEqual([["SYNCED", notify ? "externally_closed" : "exchange_no_position_before_close"]]);
    // Bought at 101 (fee 0.0505), closed by hand at 102, the close before bar 3: the venue's figures, whatever the book learns later.
    expect(final).toMatchObject({ positions: [], equity: "1000.9495" });
  });
});

describe("several markets and timeframes", () => {
  it("longer bars close after their last short one, and every market decides on the same instant", () => {
    const other = { ...testRules, symbol: "B/USDC:USDC", base: "B" };
    const seen: string[] = [];
    const watcher: StrategyDefinition = defineStrategy({
      name: "watcher",
      defaults: {},
      create: (): Strategy => ({
        name: "watcher", policy: defaultExecutionPolicy, snapshot: () => null, restore: () => {},
        onBar: (ctx: Context) => {
          const long = ctx.series("5m", testRules.symbol);
          if (ctx.bar >= 3) seen.push(`${ctx.symbol.charAt(0)}${ctx.bar} at ${ctx.now / 60_000}: 5m ${long.index} closed at ${long.index < 0 ? "none" : long.close}, A ${ctx.series("1m", testRules.symbol).index}`);
        },
      }),
    });
    const five: Row[] = [[100, 100, 100, 77, 5_000]];
    const markets: PlanOptions["markets"] = [
      { rules: testRules, series: [barsOf(rows(6)), barsOf(five, { interval: 300_000 })] },
      { rules: other, series: [barsOf(rows(6), { symbol: other.symbol })] },
    ];
    simulate(planOf({ markets, strategy: watcher, params: {} }));
    expect(seen).toEqual([
      "T3 at 4: 5m -1 closed at none, A 3",
      "B3 at 4: 5m -1 closed at none, A 3",
      "T4 at 5: 5m 0 closed at 77, A 4",
      "B4 at 5: 5m 0 closed at 77, A 4",
      "T5 at 6: 5m 0 closed at 77, A 5",
      "B5 at 6: 5m 0 closed at 77, A 5",
    ]);
  });

  it("two markets trade from one account, each with its own fills; ledger and equity add up", () => {
    const other = { ...testRules, symbol: "B/USDC:USDC", base: "B" };
    const up: Row[] = [[100, 100, 100, 100, 1_000], [100, 100, 100, 100, 1_000], [110, 110, 110, 110, 1_000], [110, 110, 110, 110, 1_000]];
    const down: Row[] = [[50, 50, 50, 50, 1_000], [50, 50, 50, 50, 1_000], [45, 45, 45, 45, 1_000], [45, 45, 45, 45, 1_000]];
    const { rows: told, final } = simulate(
      planOf({
        markets: [{ rules: testRules, series: [barsOf(up)] }, { rules: other, series: [barsOf(down, { symbol: other.symbol })] }],
        actions: [
          { bar: 0, do: "open", leg: "LONG", quantity: 2 },
          { bar: 2, do: "close", leg: "LONG" },
        ],
      }),
    );
    // A: +20 - 0.1 - 0.11. B: -10 - 0.05 - 0.045.
    expect(told.ledger.map(({ symbol, net }) => [symbol, net])).toEqual([
      [testRules.symbol, "19.79"],
      [other.symbol, "-10.095"],
    ]);
    expect(told.ledger.at(-1)?.cumulative).toBe("9.695");
    expect(final.equity).toBe("1009.695");
  });
});

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
        name: "faulty", policy: defaultExecutionPolicy, restore: () => {},
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
        name: "breaking", policy: defaultExecutionPolicy, restore: () => {}, snapshot: () => null,
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
        name: "nonsense", policy: defaultExecutionPolicy, restore: () => {}, snapshot: () => null, onBar: (ctx: Context) => void ctx.open(intent as never),
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
      rows: crash, mode: "one_way", balance: "250", leverage: 5,
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
    const survived = planOf({ ...{ rows: crash, mode: "one_way" as const, balance: "500", leverage: 5 }, actions: [{ bar: 0, do: "open", leg: "LONG", quantity: 10 }] });
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
      planOf({ rows: rows(3), positions: [{ symbol: testRules.symbol, leg: "LONG", quantity: "2", entryPrice: "95" }], actions: [{ bar: 0, do: "close", leg: "LONG" }] }),
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
    expect(() => simulate(planOf({ markets: [{ rules: testRules, series: wrong }] }))).toThrow(expect.objectContaining({ code: "bad_feed" }) as Error);
  });
});
