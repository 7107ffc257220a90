// What each form of expectation means, on hand-made journals.
import { describe, expect, it } from "vitest";

import { BarSeries } from "../../src/domain/index.ts";
import type { RunRecord } from "../../src/journal/rows.ts";
import {
  evaluateExpectations,
  expectsHalt,
  expectsLiquidation,
  expectsRows,
  type ExpectationResult,
  type RunContext,
} from "../../src/scenario/index.ts";
import { expectationSchema, neverNames } from "../../src/scenario/schema-expect.ts";
import type { Step } from "../../src/session/plan.ts";
import { alert, fill, ledger, opens, order, record, skip, symbol, sync, worked } from "./records.ts";

function series(name: string, rows: readonly (readonly [number, number])[]): BarSeries {
  const column = (read: (row: readonly [number, number]) => number) => Float64Array.from(rows, read);
  return new BarSeries(
    { symbol: name, timeframe: "1m", interval: 60_000, priceScale: 2, quantityScale: 2 },
    {
      time: Float64Array.from(rows, (_, at) => opens(at)),
      open: column(([low]) => low),
      high: column(([, high]) => high),
      low: column(([low]) => low),
      close: column(([, high]) => high),
      volume: column(() => 100_000),
    },
  );
}

// Bar 0: 99…101, bar 1: 99.5…100.5, bar 2: 100.8…102.01, in cents.
const bars = series(symbol, [
  [9_900, 10_100],
  [9_950, 10_050],
  [10_080, 10_201],
]);

function judge(expectation: unknown, on: RunRecord = worked, context: Partial<RunContext> = {}): ExpectationResult {
  const parsed = expectationSchema.parse(expectation);
  const [result] = evaluateExpectations([parsed], on, { series: [bars], steps: [], ...context });
  if (result === undefined) throw new Error("no result");
  return result;
}

function passes(expectation: unknown, on?: RunRecord, context?: Partial<RunContext>): boolean {
  return judge(expectation, on, context).passed;
}

describe("counting rows", () => {
  it("takes at least one when no count is given, exactly n for a number, and bounds", () => {
    expect(passes({ order: {} })).toBe(true);
    expect(passes({ order: { count: 2 } })).toBe(true);
    expect(passes({ order: { count: 1 } })).toBe(false);
    expect(passes({ order: { count: { min: 1 } } })).toBe(true);
    expect(passes({ order: { count: { max: 1 } } })).toBe(false);
    expect(passes({ order: { count: { min: 2, max: 3 } } })).toBe(true);
    expect(passes({ order: { family: "dca" } })).toBe(false);
    expect(passes({ order: { family: "dca", count: 0 } })).toBe(true);
  });

  it("filters orders by every key", () => {
    const filters = {
      family: "tp",
      status: "FILLED",
      reason: "take_profit",
      side: "sell",
      leg: "NET",
      symbol,
      type: "limit",
      price: "102",
      quantity: "1",
      bar: 1,
    };
    expect(passes({ order: { ...filters, reduceOnly: true, count: 1 } })).toBe(true);
    const others = {
      family: "sl",
      status: "CANCELED",
      reason: "signal",
      side: "buy",
      leg: "LONG",
      symbol: "BTC/USDT",
      type: "market",
      price: "102.01",
      quantity: "2",
      bar: 0,
    };
    expect(Object.entries(others).filter(([key, other]) => passes({ order: { ...filters, [key]: other } }))).toEqual([]);
  });

  it("filters fills by every key", () => {
    expect(passes({ fill: { family: "tp", price: "102", fee: "0.0204", feeCurrency: "USDC", liquidity: "maker", bar: 2, count: 1 } })).toBe(true);
    expect(passes({ fill: { liquidity: "maker", count: 2 } })).toBe(false);
    expect(passes({ fill: { bar: { min: 1, max: 2 }, count: 2 } })).toBe(true);
  });

  it("compares numbers as exact decimals, not as text and not as floats", () => {
    expect(passes({ fill: { price: "102.00" } })).toBe(true);
    expect(passes({ fill: { price: 102 } })).toBe(true);
    expect(passes({ fill: { price: "102.000000000000000001" } })).toBe(false);
    expect(passes({ fill: { fee: { min: "0.0204", max: "0.0204" } } })).toBe(true);
    expect(passes({ fill: { fee: { max: "0.020399999999999999" } } })).toBe(false);
  });

  it("does not match a price of an order that has none", () => {
    expect(passes({ order: { family: "entry", price: { min: "0" } } })).toBe(false);
  });

  it("counts refused intents, synced positions and alerts", () => {
    const run = record({ skipped: [skip({}), skip({ bar: 3 })], synced: [sync({})], alerts: [alert({})] });
    expect(passes({ skipped: { reason: "strategy_execution_backoff", count: 2 } }, run)).toBe(true);
    expect(passes({ skipped: { reason: "strategy_execution_backoff", bar: 3, count: 1 } }, run)).toBe(true);
    expect(passes({ synced: { status: "SYNCED", reason: "externally_closed", quantity: "0" } }, run)).toBe(true);
    expect(passes({ alert: { level: "warning", text: "stop file" } }, run)).toBe(true);
    expect(passes({ alert: { text: "kill" } }, run)).toBe(false);
  });

  it("adds up the ledger exactly", () => {
    // 0.1 + 0.2 is 0.3 here, and nothing else
    const run = record({ ledger: [ledger({ net: "0.1", gross: "1" }), ledger({ net: "0.2", gross: "-0.5" })] });
    expect(passes({ ledger: { net: "0.3", gross: "0.5", count: 2 } }, run)).toBe(true);
    expect(judge({ ledger: { net: { min: "0.31" } } }, run)).toMatchObject({ passed: false, actual: "net 0.3" });
    expect(passes({ ledger: { net: "0", count: 0 } })).toBe(false);
  });
});

describe("the end of a run", () => {
  const two = record(
    {},
    {
      final: {
        balances: { USDC: { total: "990.5", free: "890.5", used: "100" } },
        positions: [
          { symbol, leg: "LONG", quantity: "3", entryPrice: "100", unrealizedPnl: "0" },
          { symbol, leg: "SHORT", quantity: "-1.5", entryPrice: "100", unrealizedPnl: "0" },
          { symbol: "BTC/USDC:USDC", leg: "LONG", quantity: "0.5", entryPrice: "9", unrealizedPnl: "0" },
        ],
        openOrders: [order({ status: "SUBMITTED" })],
        equity: "995.25",
      },
    },
  );

  it("adds the legs up with their signs", () => {
    // 3 - 1.5 + 0.5 = 2
    expect(passes({ final: { position: "2" } }, two)).toBe(true);
    expect(passes({ final: { position: { symbol, position: "1.5" } } }, two)).toBe(true);
    expect(passes({ final: { position: { symbol, leg: "SHORT", position: "-1.5" } } }, two)).toBe(true);
    expect(
      passes(
        {
          final: {
            position: [
              { symbol, leg: "LONG", position: "3" },
              { symbol: "BTC/USDC:USDC", position: { max: 1 } },
            ],
          },
        },
        two,
      ),
    ).toBe(true);
    expect(
      passes(
        {
          final: {
            position: [
              { symbol, leg: "LONG", position: "3" },
              { symbol: "BTC/USDC:USDC", position: "0" },
            ],
          },
        },
        two,
      ),
    ).toBe(false);
    expect(passes({ final: { position: "0" } })).toBe(true);
  });

  it("needs every key to hold", () => {
    expect(passes({ final: { position: "0", openOrders: 0, equity: "1001.9296", balance: { USDC: "1001.9296" } } })).toBe(true);
    expect(judge({ final: { position: "0", equity: { min: "2000" } } })).toMatchObject({
      passed: false,
      text: "at the end: position 0, equity at least 2000",
      actual: "position 0, equity 1001.9296",
    });
    expect(passes({ final: { openOrders: { min: 1 } } }, two)).toBe(true);
  });

  it("takes a currency that was never held as 0", () => {
    expect(passes({ final: { balance: { BNB: "0", USDC: { max: "990.5" } } } }, two)).toBe(true);
    expect(passes({ final: { balance: { toString: "0" } } }, two)).toBe(true);
  });

  it("reads metrics, and fees by currency", () => {
    expect(passes({ metric: { name: "fills", equals: 2 } })).toBe(true);
    expect(passes({ metric: { name: "realizedPnl", min: "1.92", max: "1.93" } })).toBe(true);
    expect(passes({ metric: { name: "fees", currency: "USDC", equals: "0.0704" } })).toBe(true);
    expect(passes({ metric: { name: "fees", currency: "BNB", equals: "0" } })).toBe(true);
    expect(judge({ metric: { name: "orders", max: 1 } })).toMatchObject({ passed: false, text: "metric: orders at most 1", actual: "orders 2" });
  });

  it("knows what was paid for funding, and sums it", () => {
    const paid = { symbol, leg: "NET", quantity: "2", rate: "0.0001", mark: "101", source: "mark", time: opens(1), bar: 1 } as const;
    const two = record({
      funding: [
        { ...paid, amount: "-0.0202" },
        { ...paid, rate: "-0.0002", source: "last", amount: "0.0404", bar: 2 },
      ],
    });
    expect(passes({ funding: { count: 2, amount: "0.0202" } }, two)).toBe(true);
    expect(passes({ funding: { source: "last", bar: 2, amount: { min: "0.04" } } }, two)).toBe(true);
    expect(passes({ funding: { rate: "0.0001", mark: "101.00", amount: "0.0202" } }, two)).toBe(false);
    expect(judge({ funding: {} })).toMatchObject({ passed: false, text: "at least 1 funding payment" });
  });

  it("knows how routed intents were worked, and how far they came", () => {
    const worked = { symbol, side: "buy", leg: "NET", family: "entry", quantity: "13", slices: 5, orders: 7, time: opens(1), bar: 1 } as const;
    const two = record({
      routes: [
        { ...worked, route: "twap", filled: "11", reason: "entry_limit_timeout", endBar: 9 },
        { ...worked, route: "limit-patience", filled: "4", reason: null, endBar: null },
      ],
    });
    expect(passes({ route: { route: "twap", filled: "11.0", slices: 5, orders: { max: 7 }, endBar: 9, count: 1 } }, two)).toBe(true);
    expect(passes({ route: { quantity: "13", bar: 1, count: 2 } }, two)).toBe(true);
    expect(passes({ route: { reason: "filled" } }, two)).toBe(false);
    expect(passes({ route: { route: "limit-patience", endBar: 0 } }, two)).toBe(false);
    expect(judge({ route: {} })).toMatchObject({ passed: false, text: "at least 1 route" });
  });

  it("knows what was liquidated", () => {
    const closed = { symbol, leg: "NET", side: "sell", quantity: "10", price: "90.45", fee: "0", insurance: "-5", left: "0" } as const;
    const one = record({ liquidations: [{ ...closed, equity: "4.5", maintenance: "4.53", takeover: false, time: opens(1), bar: 1 }] });
    expect(passes({ liquidation: { price: "90.450", insurance: { max: "0" }, bar: 1, count: 1 } }, one)).toBe(true);
    expect(passes({ liquidation: { takeover: true } }, one)).toBe(false);
    expect(passes({ never: "liquidation" }, one)).toBe(false);
    expect(passes({ never: "liquidation" })).toBe(true);
    const parsed = (expectation: unknown) => [expectationSchema.parse(expectation)];
    expect([expectsLiquidation(parsed({ liquidation: {} })), expectsLiquidation(parsed({ never: "liquidation" }))]).toEqual([true, false]);
  });

  it("knows whether, why and when the session stopped", () => {
    const halted = record({ halt: { reason: "insolvent", text: "equity 0", time: opens(5), bar: 4 } });
    expect(passes({ halt: {} }, halted)).toBe(true);
    expect(passes({ halt: { reason: "insolvent", bar: 4 } }, halted)).toBe(true);
    expect(passes({ halt: { reason: "operator_halt" } }, halted)).toBe(false);
    expect(judge({ halt: { reason: "insolvent" } })).toMatchObject({
      passed: false,
      text: "the session stops: insolvent",
      actual: "it ran to its last bar",
    });
    expect(expectsHalt([expectationSchema.parse({ halt: {} })])).toBe(true);
    expect(expectsHalt([expectationSchema.parse({ never: "halt" })])).toBe(false);
  });

  it("knows which expectations look at rows: figures and the final state do not", () => {
    const looks = (...expectations: object[]) => expectsRows(expectations.map((expectation) => expectationSchema.parse(expectation)));
    expect(looks({ metric: { name: "fills", equals: "2" } }, { final: { equity: "100" } })).toBe(false);
    expect(looks()).toBe(false);
    for (const one of [{ fill: { bar: 1 } }, { never: "overfill" }, { order: { count: 1 } }])
      expect(looks({ metric: { name: "fills", equals: "2" } }, one)).toBe(true);
  });
});

describe("what a result says", () => {
  it("reads as a sentence", () => {
    const text = (expectation: unknown) => judge(expectation).text;
    expect(text({ order: { family: "dca", count: 5 } })).toBe("5 orders: family dca");
    expect(text({ order: {} })).toBe("at least 1 order");
    expect(text({ fill: { family: "tp", price: "102.0", bar: { min: 2 }, count: { min: 1, max: 2 } } })).toBe(
      "1 to 2 fills: family tp, price 102, bar at least 2",
    );
    expect(text({ skipped: { reason: "kill", count: 0 } })).toBe("no skipped intents: reason kill");
    expect(text({ alert: { text: "stop" } })).toBe('at least 1 alert: text "stop"');
    expect(text({ ledger: { net: "1.9296" } })).toBe("at least 1 ledger line: net 1.9296 in sum");
    expect(text({ never: "overfill" })).toBe("never overfill");
  });

  it("says how many were found, or what was nearest and where it differs", () => {
    expect(judge({ fill: { count: 2 } })).toMatchObject({ passed: true, actual: "2 found", context: [], bar: null });
    expect(judge({ fill: { count: 3 } }).actual).toBe("2 found");
    expect(judge({ fill: { family: "tp", price: "103" } }).actual).toBe(
      `none found; the nearest is bar 2: fill tp sell 1 ${symbol} NET at 102, maker, fee 0.0204 USDC (differs: price 102)`,
    );
    expect(judge({ synced: {} }).actual).toBe("none found: the run has no synced positions");
  });

  it("shows the records around the bar in the order of time", () => {
    expect(judge({ fill: { family: "tp", price: "103", bar: 2 } })).toMatchObject({
      bar: 2,
      context: [
        `bar 0: order entry market buy 1 ${symbol} NET: FILLED (signal)`,
        `bar 1: order tp limit sell 1 ${symbol} NET at 102: FILLED (take_profit)`,
        `bar 1: fill entry buy 1 ${symbol} NET at 100, taker, fee 0.05 USDC`,
        `bar 2: fill tp sell 1 ${symbol} NET at 102, maker, fee 0.0204 USDC`,
        `bar 2: ledger ${symbol} NET 1: gross 2, net 1.9296`,
      ],
    });
  });

  it("shows at most twelve records, the nearest", () => {
    const many = record({ skipped: Array.from({ length: 50 }, (_, bar) => skip({ bar: Math.floor(bar / 10) })) });
    // Ten records a bar, bars 0 to 4: bar 2 and what is left of its neighbours.
    const { context } = judge({ skipped: { bar: 2, count: 0 } }, many);
    expect(context).toHaveLength(12);
    expect(context.filter((line) => line.startsWith("bar 2:"))).toHaveLength(10);
  });
});

describe("what must never be found", () => {
  it("holds in the worked scenario", () => {
    expect(neverNames.filter((name) => !passes({ never: name }))).toEqual([]);
    expect(judge({ never: "halt" })).toMatchObject({ text: "never halt", actual: "never found" });
  });

  it("finds two orders with one client id", () => {
    const run = record({ orders: [order({}), order({ bar: 7 })] });
    expect(judge({ never: "duplicate-order" }, run)).toMatchObject({
      passed: false,
      bar: 7,
      actual: `1 found, the first in bar 7: order entry market buy 1 ${symbol} NET: FILLED (signal)`,
    });
  });

  it("finds an order after the halt, not one of the same instant", () => {
    const halt = { reason: "operator_halt", text: "enough", time: opens(3), bar: 2 } as const;
    expect(passes({ never: "order-after-halt" }, record({ halt, orders: [order({ bar: 2 })] }))).toBe(true);
    expect(passes({ never: "order-after-halt" }, record({ halt, orders: [order({ bar: 3 })] }))).toBe(false);
    expect(passes({ never: "halt" }, record({ halt }))).toBe(false);
  });

  it("finds an entry or dca between stop and resume, and lets reduces pass", () => {
    const step = (bar: number, action: "stop_new_orders" | "kill" | "resume"): Step => ({ bar, symbol, action: { do: action, text: "" } });
    const context = {
      series: [
        series(
          symbol,
          Array.from({ length: 10 }, () => [1, 2] as const),
        ),
      ],
      steps: [step(2, "kill"), step(5, "resume")],
    };
    const at = (row: Parameters<typeof order>[0]) => passes({ never: "risk-increase-while-stopped" }, record({ orders: [order(row)] }), context);
    // Decided at the close of bar 1: the stop of bar 2 comes after it. Bars 2, 3 and 4 are stopped, bar 5 is free again.
    expect([1, 2, 3, 4, 5].map((bar) => at({ bar }))).toEqual([true, false, false, false, true]);
    expect(at({ bar: 3, family: "dca" })).toBe(false);
    expect(at({ bar: 3, family: "close" })).toBe(true);
    // Another market has bars of its own: only time compares. The stop is at the open of bar 2.
    const other = "BTC/USDC:USDC";
    expect(at({ symbol: other, bar: 40, time: opens(2) })).toBe(true);
    expect(at({ symbol: other, bar: 40, time: opens(2) + 1 })).toBe(false);
    expect(at({ symbol: other, bar: 40, time: opens(5) + 1 })).toBe(true);
  });

  it("finds a fill at a price that its bar did not have", () => {
    const at = (row: Parameters<typeof fill>[0]) => passes({ never: "fill-outside-bar" }, record({ fills: [fill(row)] }));
    expect(at({ bar: 1, price: "99.5" })).toBe(true);
    expect(at({ bar: 1, price: "99.49" })).toBe(false);
    expect(at({ bar: 1, price: "100.5" })).toBe(true);
    expect(at({ bar: 1, price: "100.501" })).toBe(false);
    expect(at({ bar: 3 })).toBe(false);
    expect(at({ symbol: "NO/BARS" })).toBe(false);
  });

  it("finds a fill in a bar in which nothing was traded", () => {
    const { symbol: name, timeframe, interval, priceScale, quantityScale, time, open, high, low, close } = bars;
    const volume = bars.volume.map((units, bar) => (bar === 1 ? 0 : units));
    const empty = new BarSeries({ symbol: name, timeframe, interval, priceScale, quantityScale }, { time, open, high, low, close, volume });
    const never = (bar: number) => passes({ never: "fill-without-volume" }, record({ fills: [fill({ bar })] }), { series: [empty] });
    expect([never(0), never(1), never(2)]).toEqual([true, false, true]);
  });

  it("finds a fill that is worse than its limit", () => {
    const at = (side: "buy" | "sell", price: string) =>
      passes({ never: "fill-beyond-limit" }, record({ orders: [order({ side, price: "100" })], fills: [fill({ side, price })] }));
    expect([at("buy", "99"), at("buy", "100"), at("buy", "100.01")]).toEqual([true, true, false]);
    expect([at("sell", "101"), at("sell", "100"), at("sell", "99.99")]).toEqual([true, true, false]);
  });

  it("finds fills without an order and more filled than ordered", () => {
    expect(passes({ never: "fill-without-order" }, record({ fills: [fill({})] }))).toBe(false);
    const partials = (quantity: string) => record({ orders: [order({ quantity: "0.3" })], fills: [fill({ quantity: "0.1" }), fill({ quantity })] });
    expect(passes({ never: "overfill" }, partials("0.2"))).toBe(true);
    expect(passes({ never: "overfill" }, partials("0.21"))).toBe(false);
  });

  it("finds unresolved outcomes and violated invariants", () => {
    expect(passes({ never: "unresolved-outcome" }, record({ orders: [order({ status: "UNKNOWN" })] }))).toBe(false);
    expect(passes({ never: "unresolved-outcome" }, record({ orders: [order({ status: "QUARANTINED" })] }))).toBe(false);
    expect(passes({ never: "unresolved-outcome" }, record({ orders: [order({ status: "NEVER_ARRIVED" })] }))).toBe(true);
    expect(judge({ never: "invariant-violation" }, record({}, { invariants: { checked: 9, violated: 2 } })).actual).toContain(
      "2 of 9 invariant checks failed",
    );
  });
});
