// Tables of a run by hand: groups and their totals, P&L per symbol with and without a price (row 003-P1-1), slippage by sides
// (row 004-SL-1), and how cells are told to a person.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { Instrument } from "../../src/domain/index.ts";
import { executionFigures } from "../../src/report/metrics/execution-figures.ts";
import { pricedFills, requestedPrice, type PricedFill } from "../../src/report/metrics/requested-price.ts";
import type { RunFacts } from "../../src/report/metrics/run-facts.ts";
import { Calendar } from "../../src/report/metrics/time-words.ts";
import { readRun } from "../../src/report/read-run.ts";
import { groupedTable } from "../../src/report/tables/grouped.ts";
import { cellText, figureText, tableCsv, tableMarkdown } from "../../src/report/tables/report-table.ts";
import { symbolProfits, symbolTable } from "../../src/report/tables/symbol-profit.ts";
import { instrument } from "../domain/rules.ts";
import { entryOrder, fills } from "./sample.ts";
import { simulateTo, writeScenario } from "./stored.ts";

const scenarios = fileURLToPath(new URL("../../scenarios/", import.meta.url));
const utc = new Calendar("UTC");

let root = "";
let facts: RunFacts;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "seatrial-tables-"));
  ({ facts } = await readRun(await simulateTo(root, await writeScenario(root))));
});
afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

async function factsOf(name: string): Promise<RunFacts> {
  return (await readRun(await simulateTo(root, join(scenarios, `${name}.json`)))).facts;
}

describe("trades by a key", () => {
  it("are sorted by profit, calendar keys by time, and end with the total of all", async () => {
    const legs = await groupedTable(facts.trades, "leg", facts, utc);
    expect(legs.rows).toEqual([
      {
        leg: "LONG",
        trades: 2,
        wins: 1,
        draws: 0,
        losses: 1,
        winrate: 0.5,
        profit_mean: expect.closeTo((9.895 / 100 - 10.105 / 110) / 2, 12),
        profit_total_abs: "-0.21",
        profit_total: expect.closeTo(-0.00021, 15),
        profit_factor: expect.closeTo(9.895 / 10.105, 12),
        max_drawdown_abs: "10.105",
        fees: "0.21",
        holding_avg_s: 86_400,
      },
      expect.objectContaining({ leg: "SHORT", trades: 1, profit_factor: 0, profit_total_abs: "-4.102" }),
      expect.objectContaining({ leg: "TOTAL", trades: 3, profit_total_abs: "-4.312", fees: "0.312", max_drawdown_abs: "14.207" }),
    ]);
    const days = await groupedTable(facts.trades, "day", facts, utc);
    expect(days.rows.map(({ day }) => day)).toEqual(["2025-01-03", "2025-01-05", "2025-01-08", "TOTAL"]);
    const months = await groupedTable(facts.trades, "month", facts, new Calendar("America/New_York"));
    expect(months.rows.map(({ month }) => month)).toEqual(["2025-01", "TOTAL"]);
  });

  it("are none for a run without a trade", async () => {
    expect((await groupedTable([], "reason", facts, utc)).rows).toEqual([]);
  });

  it("leave out what was closed outside of the session", async () => {
    const closed = await factsOf("closed-by-hand-with-resting-target");
    expect(closed.trades).toHaveLength(1);
    expect((await groupedTable(closed.trades, "symbol", closed, utc)).rows).toEqual([]);
  });
});

describe("P&L per symbol", () => {
  it("has what is held at its average entry and the last close, and what is closed", async () => {
    // Two longs of 1 at 100.1 and 100.3, say: the venue's own statement counts; its unrealised P&L is at the last close.
    const open = await factsOf("dca-rungs-in-one-bar");
    const [position] = open.final.positions;
    const { symbols, warnings } = symbolProfits(open);
    expect(warnings).toEqual([]);
    expect(symbols).toMatchObject([
      {
        realized: "0",
        unrealized: position?.unrealizedPnl,
        total: position?.unrealizedPnl,
        quantity: position?.quantity,
        averageEntry: position?.entryPrice,
        price: open.markets[0]?.lastClose,
        status: "open",
      },
    ]);
    expect(Number(symbols[0]?.notional)).toBeCloseTo(Math.abs(Number(position?.quantity)) * Number(open.markets[0]?.lastClose), 9);
    expect(symbolProfits(facts).symbols).toMatchObject([{ realized: "-4.312", quantity: "0", averageEntry: "", price: "104", status: "closed" }]);
  });

  it("without a last close takes the average entry, and warns", async () => {
    const open = await factsOf("dca-rungs-in-one-bar");
    const without = { ...open, markets: open.markets.map((market) => ({ ...market, lastClose: null })) };
    const { symbols, warnings } = symbolProfits(without);
    expect(warnings).toEqual([`${symbols[0]?.symbol ?? ""}: the last close is not known, the average entry stands for it`]);
    expect(symbols[0]?.price).toBe(open.final.positions[0]?.entryPrice);
    expect(Number(symbols[0]?.notional)).toBeCloseTo(
      Math.abs(Number(open.final.positions[0]?.quantity)) * Number(open.final.positions[0]?.entryPrice),
      4,
    );
    expect(symbolTable({ symbols, warnings }).rows).toHaveLength(1);
  });

  it("of a hedge adds its legs up", async () => {
    const both = await factsOf("open-both-legs");
    const [only] = symbolProfits(both).symbols;
    expect(only?.averageEntry).toMatch(/^LONG [\d.]+, SHORT [\d.]+$/);
    expect(Number(only?.quantity)).toBeCloseTo(
      both.final.positions.reduce((sum, { quantity }) => sum + Number(quantity), 0),
      9,
    );
  });
});

describe("slippage", () => {
  const fill = (change: Partial<PricedFill>): PricedFill => ({
    ...(fills[0] as PricedFill),
    symbol: "TEST/USDC:USDC",
    requestedPrice: "100",
    ...change,
  });

  function figuresOf(list: readonly PricedFill[], of: Instrument = instrument()) {
    const way = { requests: 0, queries: 0, cancelRetries: 0, fallbacks: 0, unknownOutcomes: 0, held: 0, backoffMs: 0 };
    return executionFigures({
      orders: [],
      fills: list,
      skipped: [],
      unprotected: [],
      assumptions: { ambiguousBars: 0, wholeBarLives: 0, lastPriceStamps: 0, unmarkedBars: 0 },
      envelope: null,
      way,
      instruments: new Map([[of.symbol, of]]),
      moneyScale: of.moneyScale,
    });
  }

  it.each([
    ["buy", "101", 100],
    ["buy", "99", -100],
    ["sell", "99", 100],
    ["sell", "101", -100],
  ] as const)("of a %s at %s for 100 is %i bp: adverse is positive", (side, price, bp) => {
    expect(figuresOf([fill({ side, price })])["slippage_bp"]).toBeCloseTo(bp, 9);
  });

  it("is weighted by value, and apart for makers and takers", () => {
    // 3 at 101 for 100: worse by 3; 1 at exactly 200 as maker: 3 of 500 in all.
    const figures = figuresOf([
      fill({ quantity: "3", price: "101" }),
      fill({ price: "200", requestedPrice: "200", liquidity: "maker" }),
      fill({ price: "50", requestedPrice: null }),
    ]);
    expect(figures).toMatchObject({ slippage_cost_abs: "3", slippage_unpriced_fills: 1, slippage_maker_bp: 0, total_volume: "553", maker_fills: 1 });
    expect(figures["slippage_bp"]).toBeCloseTo(60, 9);
    expect(figures["slippage_taker_bp"]).toBeCloseTo(100, 9);
    expect(figures["slippage_worst_bp"]).toBeCloseTo(100, 9);
    expect(figures["maker_share"]).toBeCloseTo(200 / 553, 12);
  });

  it("of an inverse contract costs the coins that a dearer price buys fewer of", () => {
    const inverse = instrument({ symbol: "TEST/USD:TEST", inverse: true, settle: "TEST", step: "1" }, { quantity: 0, money: 8 });
    // 100 contracts at 10 are 10 coins, at 12.5 they are 8.
    const figures = figuresOf([fill({ symbol: "TEST/USD:TEST", quantity: "100", requestedPrice: "10", price: "12.5" })], inverse);
    expect(figures).toMatchObject({ slippage_cost_abs: "2" });
  });

  it("is measured from the limit, else the trigger, else the last close before the order; a trailing stop asks for none", () => {
    const close = () => "9";
    expect(requestedPrice({ ...entryOrder, type: "limit", price: "7" }, close)).toBe("7");
    expect(requestedPrice({ ...entryOrder, type: "stop_market", trigger: "6" }, close)).toBe("6");
    expect(requestedPrice({ ...entryOrder, type: "stop_limit", trigger: "6", price: "5" }, close)).toBe("5");
    expect(requestedPrice(entryOrder, close)).toBe("9");
    expect(requestedPrice({ ...entryOrder, type: "trailing_stop", trigger: "6" }, close)).toBeNull();
    const [first] = fills;
    if (first === undefined) throw new Error("the sample has no fill");
    expect(pricedFills([first, { ...first, clientOrderId: "nobody's" }], [entryOrder], close).map((each) => each.requestedPrice)).toEqual([
      "9",
      null,
    ]);
  });
});

describe("cells", () => {
  it.each([
    [null, "money", "–"],
    ["12.5", "money", "12.5"],
    [0.12345, "share", "12.35 %"],
    [0.0000123, "share", "0.0012 %"],
    [0, "share", "0.00 %"],
    [20_128.23618347, "number", "20128.236"],
    [1_234_567_890.12, "number", "1234567890"],
    [4.31185, "ratio", "4.312"],
    [3_600, "s", "1:00:00"],
    [0, "ms", "1970-01-01 00:00:00"],
    [1.005, "bp", "1.00"],
    ["x", "text", "x"],
  ] as const)("%j as %s is %s", (value, unit, text) => {
    expect(cellText(value, unit)).toBe(text);
  });

  it("of a breakdown are a list", () => {
    expect(figureText("skips_by_reason", { lockout: 2, warm_up: 1 })).toBe("lockout 2, warm_up 1");
    expect(figureText("monthly_returns", { "2025-01": 0.01 })).toBe("2025-01 1.00 %");
    expect(figureText("rejects_by_class", {})).toBe("none");
  });

  it("cannot break out of a Markdown table, nor run in a spreadsheet", () => {
    const table = { name: "t", title: "", columns: [{ key: "a", unit: "text" as const }], rows: [{ a: "x | y\nz" }, { a: "=1+1" }] };
    expect(tableMarkdown(table)).toBe("| a        |\n| -------- |\n| x \\| y z |\n| =1+1     |");
    expect(tableCsv(table)).toBe('a\r\n"x | y\nz"\r\n\'=1+1\r\n');
  });
});
