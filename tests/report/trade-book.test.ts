// Closed trades and their figures: pairs, groupings, fees, flips and inverse contracts by hand; sums against the position's
// own ledger by property.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Position, type Money, type Price, type Quantity } from "../../src/domain/index.ts";
import { TradeBook, tradeMetrics, type ClosedTrade, type LotOrder, type TradeFill, type TradeGrouping } from "../../src/report/index.ts";
import { instrument as instrumentWith } from "../domain/rules.ts";

// Prices have 2 decimals, quantities 3, money 6.
const instrument = instrumentWith();
const inverse = instrumentWith({ symbol: "TEST/USD:TEST", inverse: true, settle: "TEST", step: "1" }, { quantity: 0, money: 8 });

const fill = (time: number, side: "buy" | "sell", price: number, quantity: number, fee = 0): TradeFill => ({
  time,
  side,
  price: (price * 100) as Price,
  quantity: (quantity * 1_000) as Quantity,
  fee: (fee * 1_000_000) as Money,
});

function closed(fills: readonly TradeFill[], order?: LotOrder, grouping?: TradeGrouping): readonly ClosedTrade[] {
  const book = new TradeBook(instrument, order, grouping);
  for (const each of fills) book.apply(each);
  return book.closed;
}

describe("closed trades", () => {
  it("close the oldest entry first unless told otherwise, one a pair", () => {
    const fills = [fill(1, "sell", 20, 1), fill(2, "sell", 30, 1), fill(3, "buy", 10, 1)];
    const [oldest] = closed(fills);
    expect(oldest).toMatchObject({ side: "SHORT", quantity: 1_000, entryTime: 1, exitTime: 3, entryPrice: 20, exitPrice: 10, gross: 10_000_000 });
    expect(closed(fills, "lifo")).toMatchObject([{ entryTime: 2, entryPrice: 30, gross: 20_000_000 }]);
  });

  it("close and open in one fill, whose fee is shared by quantity", () => {
    const trades = closed([fill(1, "buy", 10, 1, 0.1), fill(2, "sell", 12, 4, 0.4), fill(3, "buy", 11, 3, 0.3)]);
    expect(trades).toMatchObject([
      { side: "LONG", quantity: 1_000, gross: 2_000_000, fees: 200_000 },
      { side: "SHORT", quantity: 3_000, entryTime: 2, gross: 3_000_000, fees: 600_000 },
    ]);
  });

  it("group by reduction or from flat to flat", () => {
    const fills = [fill(1, "buy", 10, 1), fill(2, "buy", 13, 2), fill(3, "sell", 16, 2), fill(4, "sell", 10, 1)];
    // 10 and 13 out at 16: 6 + 3; then 13 out at 10: −3.
    expect(closed(fills, "fifo", "reduction").map(({ entryPrice, gross }) => [entryPrice, gross])).toEqual([
      [11.5, 9_000_000],
      [13, -3_000_000],
    ]);
    expect(closed(fills, "fifo", "flat")).toMatchObject([
      { quantity: 3_000, entryTime: 1, exitTime: 4, entryPrice: 12, exitPrice: 14, gross: 6_000_000 },
    ]);
    expect(closed(fills.slice(0, 3), "fifo", "flat")).toEqual([]);
  });

  it("of an inverse contract gain the coins that a higher price saves", () => {
    const book = new TradeBook(inverse);
    // 100 contracts of 1: worth 10 coins at 10, 5 at 20.
    for (const [side, price] of [
      ["buy", 1_000],
      ["sell", 2_000],
    ] as const)
      book.apply({ time: 0, side, price: price as Price, quantity: 100 as Quantity, fee: 0 as Money });
    expect(book.closed).toMatchObject([{ side: "LONG", gross: 500_000_000 }]);
  });

  it("sum to the position's realised P&L and to all fees whenever the position is flat", () => {
    const arbitraryFill = fc.record({
      side: fc.constantFrom("buy", "sell"),
      price: fc.integer({ min: 1, max: 100_000 }),
      quantity: fc.integer({ min: 1, max: 10_000 }),
      fee: fc.integer({ min: -1_000, max: 1_000 }),
    });
    const settings = fc.tuple(fc.constantFrom("fifo", "lifo"), fc.constantFrom("pair", "reduction", "flat"));
    fc.assert(
      fc.property(
        fc.array(arbitraryFill, { minLength: 1, maxLength: 12 }),
        settings,
        fc.integer({ min: 1, max: 100_000 }),
        (raw, [order, grouping], last) => {
          const fills = raw.map((each, time) => ({ ...each, time }) as unknown as TradeFill);
          const open = fills.reduce((sum, { side, quantity }) => sum + (side === "buy" ? quantity : -quantity), 0);
          if (open !== 0) {
            const side = open > 0 ? "sell" : "buy";
            fills.push({ time: 99, side, price: last as Price, quantity: Math.abs(open) as Quantity, fee: 7 as Money });
          }
          const position = new Position(instrument, "NET");
          for (const { side, price, quantity } of fills)
            position.apply((side === "buy" ? quantity : -quantity) as Quantity, price, instrument.notional(price, quantity));
          const trades = closed(fills, order, grouping);
          expect(trades.reduce((sum, { gross }) => sum + gross, 0)).toBe(position.realized);
          expect(trades.reduce((sum, { fees }) => sum + fees, 0)).toBe(fills.reduce((sum, { fee }) => sum + fee, 0));
          if (grouping !== "flat") expect(trades.every(({ entryTime, exitTime }) => entryTime <= exitTime)).toBe(true);
        },
      ),
    );
  });
});

describe("figures of trades", () => {
  const of = (...profits: readonly number[]) => tradeMetrics(profits.map((profit) => ({ profit, fees: 1 })));

  it("count wins and losses; exactly nothing is neither and ends a run", () => {
    expect(of(5, 1, 0, 2, -4, -1)).toMatchObject({
      trades: 6,
      wins: 3,
      losses: 2,
      profit: 3,
      grossProfit: 8,
      grossLoss: -5,
      fees: 6,
      largestProfit: 5,
      largestLoss: -4,
      averageResult: 0.5,
      averageLoss: -2.5,
      winRate: 0.5,
      winsInARow: 2,
      lossesInARow: 2,
      drawdown: -5,
    });
  });

  it("measure the spread of a sample", () => {
    // Mean 4, squares 4 + 4, ÷ 1: √8.
    expect(of(2, 6).deviation).toBeCloseTo(Math.sqrt(8), 12);
    expect(of(2, 6).sharpe).toBeCloseTo(4 / Math.sqrt(8), 12);
  });

  it("have no average of nothing and no deviation of one", () => {
    expect(of()).toMatchObject({ trades: 0, profit: 0, averageResult: null, winRate: null, deviation: null, sharpe: null, drawdown: 0 });
    expect(of(3)).toMatchObject({ averageResult: 3, averageLoss: null, deviation: null, sharpe: null });
    expect(of(3, 3)).toMatchObject({ deviation: 0, sharpe: null });
  });
});
