// Kinds of trades, sessions, books and indicators on hand-written cases: each with the arithmetic beside it, and each with
// an expectation that must be found wrong.

import { describe, expect, it } from "vitest";
import { expectChecked, verdict } from "./hand-cases.ts";

const fill = (min: number, side: "buy" | "sell", qty: number, price: number) => ({ id: min, min, side, qty, price, fee: 1 });

describe("cases of trades", () => {
  // Bought 1 at 10 and 2 at 12; sold 2 at 15. Oldest first: 1 × 5 and 1 × 3. Newest first: 2 × 3.
  const fills = [fill(0, "buy", 1, 10), fill(5, "buy", 2, 12), fill(9, "sell", 2, 15)];
  const trade = { side: "long", exitMin: 9, exitPrice: 15 };

  it("trade_matching pairs first in first out or last in first out", () => {
    const trades = [
      { ...trade, qty: 1, entryMin: 0, entryPrice: 10, pnl: 5, fees: 1.5 },
      { ...trade, qty: 1, entryMin: 5, entryPrice: 12, pnl: 3, fees: 1 },
    ];
    const body = { inputs: { fills }, params: { matching: "FIFO", grouping: "FillToFill" }, expected: { trades } };
    expectChecked("trade_matching", body, { trades: [trades[0], { ...trades[1], pnl: 4 }] }, "pnl of trade 2 is 3, not 4");
    const last = { ...body, params: { matching: "LIFO", grouping: "FillToFill" } };
    expectChecked(
      "trade_matching",
      { ...last, expected: { trades: [{ ...trade, qty: 2, entryMin: 5, entryPrice: 12, pnl: 6, fees: 2 }] } },
      { trades },
      "number of trades is 1, not 2",
    );
  });

  it("trade_matching makes one trade a reduction, or one from flat to flat", () => {
    const reduction = { ...trade, qty: 2, entryMin: 0, entryPrice: 11, pnl: 8, fees: 2.5 };
    const params = { matching: "FIFO", grouping: "FlatToReduced" };
    expectChecked("trade_matching", { inputs: { fills }, params, expected: { trades: [reduction] } }, { trades: [] }, "number of trades");
    const closed = [...fills, fill(12, "sell", 1, 9)];
    // 34 / 3 in, (30 + 9) / 3 out.
    const flat = { side: "long", qty: 3, entryMin: 0, exitMin: 12, entryPrice: 34 / 3, exitPrice: 13, pnl: 5, fees: 4 };
    const whole = { inputs: { fills: closed }, params: { ...params, grouping: "FlatToFlat" }, expected: { trades: [flat] } };
    expectChecked("trade_matching", whole, { trades: [{ ...flat, exitMin: 9 }] }, "exitMin of trade 1 is 12, not 9");
  });

  it("trade_stats sums, averages and the longest runs", () => {
    // 4 − 1 − 2: mean 1/3; squares (11/3)² + (4/3)² + (7/3)² = 186/9; ÷ 2 = 31/3.
    const trades = [4, -1, -2].map((pnl) => ({ pnl, fees: 1 }));
    const expected = {
      TotalProfitLoss: 1,
      AverageLoss: -1.5,
      WinRate: 1 / 3,
      MaxConsecutiveLosingTrades: 2,
      MaximumClosedTradeDrawdown: -3,
      TotalFees: 3,
    };
    const body = { inputs: { trades }, expected: { ...expected, ProfitLossStandardDeviation: Math.sqrt(31 / 3) } };
    expectChecked("trade_stats", body, { MaximumClosedTradeDrawdown: -2 }, "MaximumClosedTradeDrawdown is -3, not -2");
    expect(verdict("trade_stats", { ...body, expected: { SortinoRatio: 1 } }).verdict).toBe("notApplicable");
  });

  it("trade_excursion is the session's largest fall of equity", () => {
    // Long 3: the best is 14, the worst after it 11.
    const inputs = { side: "long", prices: [10, 14, 11, 13], qty: 3 };
    expectChecked("trade_excursion", { inputs, expected: { maxIntraTradeDrawdown: 9 } }, { maxIntraTradeDrawdown: 12 }, "is 9, not 12");
    // Short 3: from 10 up to 14 at once.
    const short = { inputs: { ...inputs, side: "short" }, expected: { maxIntraTradeDrawdown: 12 } };
    expectChecked("trade_excursion", short, { maxIntraTradeDrawdown: 9 }, "is 12, not 9");
  });
});

const flatBars = (...closes: readonly number[]) => closes.map((price, at) => [at * 60_000, price, price, price, price, 10]);

describe("cases of whole sessions", () => {
  it("e2e_backtest trades the cross at the next open and closes at the last one", () => {
    // Averages of 1 and 2 closes: 12 > 10.5 after bar 3, 10 < 11.5 after bar 5. Each fill costs 1 %.
    const bars = flatBars(10, 10, 9, 12, 13, 10, 8, 8);
    const trades = [
      { size: 2, entryBar: 4, exitBar: 6, entry: 13, exit: 8, pnl: -10.42, returnPct: -10.42 / 26, fee: 0.42 },
      { size: -2, entryBar: 6, exitBar: 7, entry: 8, exit: 8, pnl: -0.32, returnPct: -0.02, fee: 0.32 },
    ];
    const params = { cash: 1000, commission: 0.01, fast: 1, slow: 2, size: 2 };
    const body = { params, bars, expected: { trades, finalEquity: 989.26 } };
    expectChecked("e2e_backtest", body, { finalEquity: 990 }, "finalEquity is 989.26, not 990");
    expectChecked("e2e_backtest", body, { trades: [{ ...trades[0], exitBar: 5 }, trades[1]] }, "exitBar of trade 1 is 6, not 5");
    expect(verdict("e2e_backtest", { ...body, params: { ...params, size: undefined } }).verdict).toBe("notApplicable");
  });

  const rules = { stop_loss: -0.1, roi: {}, trailing_stop: false, use_exit_signal: true };
  const enter = { bar: 0, enterLong: 1 };

  it("candle_strategy enters at the next open and leaves by stop, return, signal or at the end", () => {
    // In at 100 in bar 1; the stop at 90 in bar 2.
    const fall = flatBars(100, 100, 100, 100, 100);
    fall[2] = [120_000, 100, 100, 85, 95, 10];
    const trade = { open_tick: 1, close_tick: 2, is_short: false, enter_tag: null };
    const stopped = {
      params: rules,
      bars: fall,
      signals: [enter],
      expected: { profitRatioSum: -0.1, trades: [{ ...trade, exit_reason: "stop_loss" }] },
    };
    expectChecked("candle_strategy", stopped, { profitRatioSum: -0.05 }, "profitRatioSum is -0.1, not -0.05");
    const rise = flatBars(100, 100, 100, 100, 100);
    rise[2] = [120_000, 100, 106, 100, 100, 10];
    const expected = { profitRatioSum: 0.05, trades: [{ ...trade, exit_reason: "roi" }] };
    expectChecked(
      "candle_strategy",
      { ...stopped, params: { ...rules, roi: { 0: 0.05 } }, bars: rise, expected },
      { trades: [] },
      "number of trades is 1, not 0",
    );
    const exit = { bar: 1, exitLong: 1 };
    const left = { ...stopped, bars: rise, signals: [enter, exit], expected: { trades: [{ ...trade, exit_reason: "exit_signal" }] } };
    expectChecked("candle_strategy", left, { trades: [{ ...trade, exit_reason: "force_exit" }] }, 'exit_reason of trade 1 is "exit_signal"');
    const kept = { ...stopped, bars: rise, expected: { trades: [{ ...trade, close_tick: 4, exit_reason: "force_exit" }] } };
    expectChecked("candle_strategy", kept, { trades: [{ ...trade, close_tick: 3 }] }, "close_tick of trade 1 is 4, not 3");
  });

  it("candle_strategy raises a trailing stop from a bar's high for the bars after it", () => {
    const bars = flatBars(100, 100, 120, 120, 110, 100);
    // High 120, 10 % behind: 108; bar 4 is at 110, bar 5 opens below.
    const params = { ...rules, trailing_stop: true };
    bars[4] = [240_000, 110, 110, 107, 107, 10];
    const trade = { open_tick: 1, close_tick: 4, is_short: false, exit_reason: "trailing_stop_loss" };
    expectChecked(
      "candle_strategy",
      { params, bars, signals: [enter], expected: { profitRatioSum: 0.08, trades: [trade] } },
      { profitRatioSum: 0.1 },
      "is 0.08",
    );
  });
});

describe("cases of reconciliation", () => {
  const of = (fn: string, params: object, expected: object) => ({ fn, params, expected });

  it("finds the price of a trade that is missing", () => {
    // (30 × 11 − 10 × 10) ÷ 20
    const body = of("reconciliation_price", { qty: 10, avg: 10, targetQty: 30, targetAvg: 11, decimals: 3 }, { price: 11.5 });
    expectChecked("reconciliation", body, { price: 11 }, "price is 11.5, not 11");
    expectChecked(
      "reconciliation",
      of("reconciliation_price", { qty: 1, avg: 10, targetQty: 2, targetAvg: null }, { price: null }),
      { price: 10 },
      "price",
    );
  });

  it("replays positions and their crossings of zero", () => {
    const fills = [
      { side: "sell", qty: 4, price: 10, ts: 1 },
      { side: "buy", qty: 6, price: 12, ts: 2 },
    ];
    expectChecked("reconciliation", of("simulate_position", { fills }, { qty: 2, value: 24 }), { value: 20 }, "value is 24, not 20");
    expectChecked("reconciliation", of("zero_crossings", { fills }, { ts: [2] }), { ts: [] }, "number of crossings is 1, not 0");
  });

  it("applies a trade once and never more than the order", () => {
    const params = { orderQty: 10, localFilled: 4, knownTradeIds: ["a"], report: { tradeId: "b", qty: 5, price: 2 } };
    expectChecked("reconciliation", of("fill_report", params, { apply: true, qty: 5 }), { apply: false }, "apply is true, not false");
    const again = { ...params, report: { ...params.report, tradeId: "a" } };
    expectChecked("reconciliation", of("fill_report", again, { apply: false }), { apply: true }, "apply is false, not true");
    const more = { ...params, report: { ...params.report, qty: 7 } };
    expectChecked("reconciliation", of("fill_report", more, { apply: false }), { apply: true }, "apply is false, not true");
  });

  it("takes the venue's terms of an order, its position and its end of an order", () => {
    const local = { qty: 10, price: 2 };
    const drift = of("order_drift", { type: "limit", local, venue: { qty: 10, price: 3 } }, { update: true });
    expectChecked("reconciliation", drift, { update: false }, "update is true, not false");
    expectChecked(
      "reconciliation",
      of("order_drift", { type: "limit", local, venue: { qty: 10 } }, { update: false }),
      { update: true },
      "update is false",
    );
    const report = of("position_report", { local: -3, venue: -5 }, { orders: [{ side: "sell", qty: 2 }] });
    expectChecked("reconciliation", report, { orders: [{ side: "buy", qty: 2 }] }, 'side is "sell", not "buy"');
    const fills = [{ side: "buy", qty: 2, price: 10, ts: 1 }];
    const opening = of("adjust_fills", { fills, venue: { side: "long", qty: 5, avg: 9 } }, { result: "add_opening", side: "buy", qty: 3 });
    expectChecked("reconciliation", opening, { qty: 5 }, "qty is 3, not 5");
    const ended = of("order_consistency", { local: "pending_cancel", venue: "canceled" }, { resolution: "canceled" });
    expectChecked("reconciliation", ended, { resolution: "unresolved" }, 'resolution is "canceled"');
    expect(verdict("reconciliation", of("external_order", {}, {})).verdict).toBe("notApplicable");
  });
});

describe("cases of indicators and sizes", () => {
  it("indicator compares every value, with nothing before it is ready", () => {
    const body = { name: "SMA", params: { period: 2 }, inputs: { close: [1, 3, 6] }, expected: { values: [null, 2, 4.5] } };
    expectChecked("indicator", body, { values: [null, 2, 4] }, "value 2 is 4.5, not 4");
    expect(verdict("indicator", { ...body, expected: { values: [1, 2, 4.5] } }).verdict).toBe("differ");
    expect(verdict("indicator", { ...body, name: "Vortex" }).verdict).toBe("notApplicable");
  });

  it("indicator_point and indicator_checkpoints read one line at an index", () => {
    // Mean 4, population deviation 1: bands at 6 and 2.
    const bands = { name: "BBANDS", params: { args: [2, 2, 2], line: 0, ma: "SMA" }, inputs: { close: [3, 5] }, expected: { index: 1, value: 6 } };
    expectChecked("indicator_point", bands, { value: 2 }, "value 1 is 6, not 2");
    const points = {
      name: "SMA",
      params: { period: 2 },
      inputs: { close: [1, 3, 6] },
      expected: { indices: [2, 1], lines: [[4.5, 2]], firstDefinedIndex: 1 },
    };
    expectChecked("indicator_checkpoints", points, { firstDefinedIndex: 2 }, "firstDefinedIndex is 1, not 2");
    expectChecked("indicator_checkpoints", points, { lines: [[4.5, 3]] }, "line 0 at 1 is 2, not 3");
  });

  it("sizing cuts value ÷ price to the precision", () => {
    // 100 ÷ 7 = 14.28…
    const body = { fn: "size_to_qty", params: { size: 100, price: 7, precision: 1 }, expected: { value: 14.2 } };
    expectChecked("sizing", body, { value: 14.3 }, "value is 14.2, not 14.3");
    expect(verdict("sizing", { ...body, fn: "limit_stop_loss" }).verdict).toBe("notApplicable");
  });
});
