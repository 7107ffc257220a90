// Kinds trade_matching, trade_stats and trade_excursion: the report's trade book and trade metrics, and the drawdown of a
// whole simulated session. Nothing here matches, sums or marks.

import type { Side } from "../../src/domain/index.ts";
import {
  TradeBook,
  tradeMetrics,
  type ClosedTrade,
  type LotOrder,
  type TradeFill,
  type TradeGrouping,
  type TradeMetrics,
} from "../../src/report/index.ts";
import { asObject, listAt, NotApplicable, numberAt, objectAt, onlyKeys, optionalNumber, sides, wordAt, type Case, type Json } from "./case.ts";
import { Comparison } from "./compare.ts";
import { instrumentOf, moneyUnits, priceUnits, quantityUnits, type Row } from "./market.ts";
import { oneTrade, runSession } from "./session-run.ts";

const minute = 60_000;
const orders: Readonly<Record<string, LotOrder>> = { FIFO: "fifo", LIFO: "lifo" };
const groupings: Readonly<Record<string, TradeGrouping>> = { FillToFill: "pair", FlatToReduced: "reduction", FlatToFlat: "flat" };
const directions = { long: "LONG", short: "SHORT" } as const;

export function tradeMatching(given: Case): Comparison {
  const params = objectAt(given.body, "params");
  onlyKeys(params, ["matching", "grouping"], "params");
  const fills = listAt(objectAt(given.body, "inputs"), "fills").map((fill) => asObject(fill, "a fill"));
  const prices = fills.map((fill) => numberAt(fill, "price"));
  const quantities = fills.map((fill) => numberAt(fill, "qty"));
  const money = quantities.reduce((sum, quantity) => sum + quantity, 0) * Math.max(0, ...prices);
  const instrument = instrumentOf({ prices, quantities, money });
  const book = new TradeBook(instrument, wordAt(params, "matching", orders), wordAt(params, "grouping", groupings));
  for (const fill of fills) {
    onlyKeys(fill, ["id", "min", "side", "price", "qty", "fee"], "a fill");
    book.apply({
      time: numberAt(fill, "min") * minute,
      side: wordAt(fill, "side", sides),
      price: priceUnits(instrument, numberAt(fill, "price")),
      quantity: quantityUnits(instrument, numberAt(fill, "qty")),
      fee: moneyUnits(instrument, optionalNumber(fill, "fee") ?? 0),
    } satisfies TradeFill);
  }
  const result = new Comparison(given.body, money * 1e-12);
  const expected = listAt(objectAt(given.body, "expected"), "trades");
  result.same("number of trades", book.closed.length, expected.length);
  expected.forEach((trade, at) => {
    const own = book.closed[at];
    if (own !== undefined) compareTrade(result, `trade ${at + 1}`, factsOf(own, instrument), asObject(trade, "a trade"));
  });
  return result;
}

function factsOf(trade: ClosedTrade, instrument: ReturnType<typeof instrumentOf>): Json {
  return {
    side: trade.side === "LONG" ? "long" : "short",
    qty: instrument.quantityNumber(trade.quantity),
    entryMin: trade.entryTime / minute,
    exitMin: trade.exitTime / minute,
    entryPrice: trade.entryPrice,
    exitPrice: trade.exitPrice,
    pnl: instrument.moneyNumber(trade.gross),
    fees: instrument.moneyNumber(trade.fees),
  };
}

/** `peerFees` is the peer's own attribution of a shared fill's fee and no part of the claim. */
function compareTrade(result: Comparison, what: string, actual: Json, expected: Json): void {
  onlyKeys(expected, [...Object.keys(actual), "peerFees"], "a trade");
  for (const [name, value] of Object.entries(expected)) {
    const own = actual[name];
    if (typeof own === "number") result.number(`${name} of ${what}`, own, value);
    else if (typeof own === "string") result.same(`${name} of ${what}`, own, value);
  }
}

/** Our figure for each name of the peer's. */
const figures: Readonly<Record<string, (metrics: TradeMetrics) => number | null>> = {
  TotalNumberOfTrades: ({ trades }) => trades,
  NumberOfWinningTrades: ({ wins }) => wins,
  NumberOfLosingTrades: ({ losses }) => losses,
  TotalProfitLoss: ({ profit }) => profit,
  TotalProfit: ({ grossProfit }) => grossProfit,
  TotalLoss: ({ grossLoss }) => grossLoss,
  LargestProfit: ({ largestProfit }) => largestProfit,
  LargestLoss: ({ largestLoss }) => largestLoss,
  AverageProfitLoss: ({ averageResult }) => averageResult,
  AverageProfit: ({ averageProfit }) => averageProfit,
  AverageLoss: ({ averageLoss }) => averageLoss,
  MaxConsecutiveWinningTrades: ({ winsInARow }) => winsInARow,
  MaxConsecutiveLosingTrades: ({ lossesInARow }) => lossesInARow,
  WinRate: ({ winRate }) => winRate,
  LossRate: ({ lossRate }) => lossRate,
  MaximumClosedTradeDrawdown: ({ drawdown }) => drawdown,
  ProfitLossStandardDeviation: ({ deviation }) => deviation,
  SharpeRatio: ({ sharpe }) => sharpe,
  TotalFees: ({ fees }) => fees,
};

export function tradeStats(given: Case): Comparison {
  const trades = listAt(objectAt(given.body, "inputs"), "trades").map((value) => asObject(value, "a trade"));
  const metrics = tradeMetrics(trades.map((trade) => ({ profit: numberAt(trade, "pnl"), fees: optionalNumber(trade, "fees") ?? 0 })));
  const expected = objectAt(given.body, "expected");
  const stranger = Object.keys(expected).find((name) => !Object.hasOwn(figures, name));
  if (stranger !== undefined)
    throw new NotApplicable(`${stranger}: the sheet has figures of holding times and of prices inside trades, a list of results has none`);
  const result = new Comparison(given.body);
  for (const [name, value] of Object.entries(expected)) result.number(name, figures[name]?.(metrics) ?? null, value);
  return result;
}

const entries: Readonly<Record<string, Side>> = { long: "buy", short: "sell" };

/** One position from the first price to the last, marked at each: the session's own largest fall of equity. */
export function tradeExcursion(given: Case): Comparison {
  const inputs = objectAt(given.body, "inputs");
  onlyKeys(inputs, ["side", "prices", "qty"], "inputs");
  const prices = listAt(inputs, "prices").map((price) => {
    if (typeof price === "number") return price;
    throw new NotApplicable("a price is not a number");
  });
  const [first, last] = [prices[0], prices.at(-1)];
  if (first === undefined || last === undefined) throw new NotApplicable("there are no prices");
  wordAt(inputs, "side", entries);
  // Decided at the close of a bar before, filled at the open of the first price's bar, closed at the open of one after the last.
  const rows = [first, ...prices, last].map((price, at): Row => [at * minute, price, price, price, price, 1]);
  const quantity = numberAt(inputs, "qty");
  const session = runSession({
    rows,
    quantities: [quantity],
    cash: quantity * Math.max(...prices) * 8,
    feeRate: 0,
    strategy: oneTrade({ side: wordAt(inputs, "side", directions), quantity, enterAfter: 0, leaveAfter: rows.length - 2 }),
  });
  const result = new Comparison(given.body);
  const expected = objectAt(given.body, "expected");
  onlyKeys(expected, ["maxIntraTradeDrawdown"], "the expectation");
  result.number("maxIntraTradeDrawdown", Number(session.record.metrics.maxDrawdown), expected["maxIntraTradeDrawdown"]);
  result.same("position at the end", session.record.final.positions.length, 0);
  return result;
}
