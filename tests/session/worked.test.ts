// The simulated session by hand: the worked scenario, steps, several markets and timeframes.

import { describe, expect, it } from "vitest";

import { BarSeries } from "../../src/domain/index.ts";
import { simulate, type Step } from "../../src/session/index.ts";
import { defineStrategy, defaultExecutionPolicy, type Context, type Strategy, type StrategyDefinition } from "../../src/strategy/index.ts";
import { plainRules } from "../domain/rules.ts";
import { barsOf, planOf, quiet, workedPlan, type PlanOptions, type Row } from "./plans.ts";

const rows = (count: number): Row[] => Array.from({ length: count }, () => quiet);
const limit = (price: number) => ({ type: "limit" as const, price });

describe("the worked scenario", () => {
  it("in at 100, out at 102 when the high trades through it: every row, fee and balance as by hand", () => {
    const { rows: told, final, metrics, equity, invariants } = simulate(workedPlan());
    expect(told.orders).toMatchObject([
      {
        id: "vex-00000001",
        side: "buy",
        leg: "NET",
        family: "entry",
        type: "market",
        quantity: "1",
        price: null,
        status: "FILLED",
        reason: "filled",
        time: 60_000,
        bar: 0,
      },
      {
        id: "vex-00000002",
        side: "sell",
        leg: "NET",
        family: "tp",
        type: "limit",
        quantity: "1",
        price: "102",
        status: "FILLED",
        bar: 1,
        reduceOnly: true,
      },
    ]);
    // Fees: 100 × 0.0005 = 0.05 taker; 102 × 0.0002 = 0.0204 maker.
    expect(told.fills).toMatchObject([
      {
        orderId: "vex-00000001",
        price: "100",
        quantity: "1",
        fee: "0.05",
        feeCurrency: "USDC",
        liquidity: "taker",
        time: 60_000,
        bar: 1,
        family: "entry",
      },
      { orderId: "vex-00000002", price: "102", quantity: "1", fee: "0.0204", liquidity: "maker", bar: 2, family: "tp" },
    ]);
    // 1000 - 0.05 + 2 - 0.0204.
    expect(final).toEqual({
      balances: { USDC: { total: "1001.9296", free: "1001.9296", used: "0" } },
      positions: [],
      openOrders: [],
      equity: "1001.9296",
    });
    expect(told.ledger).toMatchObject([{ gross: "2", entryFee: "0.05", exitFee: "0.0204", net: "1.9296", cumulative: "1.9296" }]);
    // Closes: 1000, then 999.95 with the position at 100, then flat.
    expect([...equity.value]).toEqual([1_000, 999.95, 1_001.9296]);
    expect([...equity.time]).toEqual([60_000, 120_000, 180_000]);
    expect(metrics).toMatchObject({
      orders: 2,
      fills: 2,
      rejected: 0,
      canceled: 0,
      skipped: 0,
      unknown: 0,
      feesByCurrency: { USDC: "0.0704" },
      realizedPnl: "2",
      maxDrawdown: "0.05",
    });
    expect(invariants.violated).toBe(0);
  });

  it("with a high of exactly 102 the take-profit only stands: position 1, equity at the last close", () => {
    const { rows: told, final } = simulate(workedPlan(102));
    expect(told.fills).toHaveLength(1);
    // 999.95 + (101.5 - 100).
    expect(final.equity).toBe("1001.45");
    expect(final.positions).toEqual([{ symbol: plainRules.symbol, leg: "NET", quantity: "1", entryPrice: "100", unrealizedPnl: "1.5" }]);
    expect(final.openOrders).toMatchObject([{ family: "tp", status: "SUBMITTED" }]);
  });
});

describe("steps", () => {
  const action = (do_: "stop_new_orders" | "kill" | "resume" | "halt") => ({ do: do_, text: "by hand" });
  const opens = (count: number) =>
    Array.from({ length: count }, (_, bar) => ({ bar, do: "open" as const, leg: "LONG" as const, quantity: 1, order: limit(50) }));

  it("are applied before the open of their bar: a fault of bar 1 meets the order that was decided at the close of bar 0", () => {
    const steps: Step[] = [{ bar: 1, symbol: null, action: { do: "reject", next: 1, family: null, symbol: null, code: "-2010" } }];
    const { rows: told } = simulate(planOf({ rows: rows(4), actions: opens(3), steps }));
    expect(told.orders.map(({ status, reason }) => [status, reason])).toEqual([
      ["REJECTED", "injected_rejection"],
      ["SUBMITTED", "scripted"],
    ]);
  });

  it("004-SG-1: a stop of bar 1 refuses what is decided at its close, and not what was decided before", () => {
    const { rows: told } = simulate(
      planOf({ rows: rows(4), actions: opens(3), script: {}, steps: [{ bar: 1, symbol: null, action: action("stop_new_orders") }] }),
    );
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
    const other = { ...plainRules, symbol: "B/USDC:USDC", base: "B" };
    const markets: PlanOptions["markets"] = [
      { rules: plainRules, series: [barsOf(rows(8))] },
      { rules: other, series: [barsOf(rows(5), { symbol: other.symbol, start: 180_000 })] },
    ];
    const actions = [
      { bar: 0, symbol: plainRules.symbol, do: "open" as const, leg: "LONG" as const, quantity: 1 },
      { bar: 0, symbol: other.symbol, do: "open" as const, leg: "LONG" as const, quantity: 1 },
    ];
    const steps: Step[] = [{ bar: 2, symbol: other.symbol, action: { do: "close_position", leg: "LONG", quantity: null, notify: true } }];
    const { rows: told, final } = simulate(planOf({ markets, actions, steps }));
    expect(told.synced).toMatchObject([{ symbol: other.symbol, reason: "externally_closed", bar: 2, time: 180_000 + 2 * 60_000 }]);
    expect(final.positions.map((position) => position.symbol)).toEqual([plainRules.symbol]);
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
    expect(told.synced.map(({ status, reason }) => [status, reason])).toEqual([
      ["SYNCED", notify ? "externally_closed" : "exchange_no_position_before_close"],
    ]);
    // Bought at 101 (fee 0.0505), closed by hand at 102, the close before bar 3: the venue's figures, whatever the book learns later.
    expect(final).toMatchObject({ positions: [], equity: "1000.9495" });
  });
});

describe("several markets and timeframes", () => {
  it("longer bars close after their last short one, and every market decides on the same instant", () => {
    const other = { ...plainRules, symbol: "B/USDC:USDC", base: "B" };
    const seen: string[] = [];
    const watcher: StrategyDefinition = defineStrategy({
      name: "watcher",
      defaults: {},
      create: (): Strategy => ({
        name: "watcher",
        policy: defaultExecutionPolicy,
        snapshot: () => null,
        restore: () => {},
        onBar: (ctx: Context) => {
          const long = ctx.series("5m", plainRules.symbol);
          if (ctx.bar >= 3)
            seen.push(
              `${ctx.symbol.charAt(0)}${ctx.bar} at ${ctx.now / 60_000}: 5m ${long.index} closed at ${long.index < 0 ? "none" : long.close}, A ${ctx.series("1m", plainRules.symbol).index}`,
            );
        },
      }),
    });
    const five: Row[] = [[100, 100, 100, 77, 5_000]];
    const markets: PlanOptions["markets"] = [
      { rules: plainRules, series: [barsOf(rows(6)), barsOf(five, { interval: 300_000 })] },
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

  it("A6, I-11: a market without bars for a while answers nothing, so no order on its way there is taken for lost", () => {
    const other = { ...plainRules, symbol: "B/USDC:USDC", base: "B" };
    // B's rows 0, 1, 2 and then a silence of 17 minutes; A asks about its own orders in every one of them.
    const whole = barsOf(rows(24), { symbol: other.symbol });
    const kept = [0, 1, 2, 20, 21, 22];
    const pick = (column: Float64Array) => Float64Array.from(kept, (bar) => column[bar] as number);
    const { symbol, timeframe, interval, priceScale, quantityScale, time, open, high, low, close, volume } = whole;
    const broken = new BarSeries(
      { symbol, timeframe, interval, priceScale, quantityScale },
      { time: pick(time), open: pick(open), high: pick(high), low: pick(low), close: pick(close), volume: pick(volume) },
    );
    const busy = Array.from({ length: 20 }, (_, bar) => ({
      bar,
      symbol: plainRules.symbol,
      do: "open" as const,
      leg: "LONG" as const,
      quantity: 1,
      order: { ...limit(90), timeToLive: 2_000 },
    }));
    const marketable = { ...limit(101), postOnly: false, timeToLive: 2_000 };
    const { rows: told } = simulate(
      planOf({
        markets: [
          { rules: plainRules, series: [barsOf(rows(24))] },
          { rules: other, series: [broken] },
        ],
        actions: [...busy, { bar: 2, symbol: other.symbol, do: "open", leg: "LONG", quantity: 1, order: marketable }],
      }),
    );
    expect(told.orders.filter((order) => order.symbol === other.symbol).map(({ status }) => status)).toEqual(["FILLED"]);
    expect(told.fills).toMatchObject([{ symbol: other.symbol, time: 20 * 60_000, bar: 3 }]);
  });

  it("two markets trade from one account, each with its own fills; ledger and equity add up", () => {
    const other = { ...plainRules, symbol: "B/USDC:USDC", base: "B" };
    const up: Row[] = [
      [100, 100, 100, 100, 1_000],
      [100, 100, 100, 100, 1_000],
      [110, 110, 110, 110, 1_000],
      [110, 110, 110, 110, 1_000],
    ];
    const down: Row[] = [
      [50, 50, 50, 50, 1_000],
      [50, 50, 50, 50, 1_000],
      [45, 45, 45, 45, 1_000],
      [45, 45, 45, 45, 1_000],
    ];
    const { rows: told, final } = simulate(
      planOf({
        markets: [
          { rules: plainRules, series: [barsOf(up)] },
          { rules: other, series: [barsOf(down, { symbol: other.symbol })] },
        ],
        actions: [
          { bar: 0, do: "open", leg: "LONG", quantity: 2 },
          { bar: 2, do: "close", leg: "LONG" },
        ],
      }),
    );
    // A: +20 - 0.1 - 0.11. B: -10 - 0.05 - 0.045.
    expect(told.ledger.map(({ symbol, net }) => [symbol, net])).toEqual([
      [plainRules.symbol, "19.79"],
      [other.symbol, "-10.095"],
    ]);
    expect(told.ledger.at(-1)?.cumulative).toBe("9.695");
    expect(final.equity).toBe("1009.695");
  });
});
