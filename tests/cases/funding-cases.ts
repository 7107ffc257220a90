// Kinds funding, funding_window and trade_profit: payments, the stamps of a holding time, and what a trade brings in all.

import { printDecimal, decimalOfNumber, type FundingSeries, type Millis, type Price, type Quantity, type Side } from "../../src/domain/index.ts";
import { FundingCursor, fundingPayment } from "../../src/exchange/virtual/funding.ts";
import { MarkPrices } from "../../src/exchange/virtual/mark-prices.ts";
import { listAt, NotApplicable, numberAt, objectAt, onlyKeys, optionalNumber, textAt, wordAt, type Case, type Json } from "./case.ts";
import { Comparison } from "./compare.ts";
import { instrumentOf, priceUnits, quantityUnits, seriesOf, type Row } from "./market.ts";
import { CaseVenue, marketOrder, noFees } from "./venue.ts";

const directions: Readonly<Record<string, Side>> = { long: "buy", short: "sell" };
const rateScale = 15;

export function funding(given: Case): Comparison {
  const params = objectAt(given.body, "params");
  onlyKeys(params, ["side", "qty", "mark", "rate"], "params");
  const held = holding(params, [numberAt(params, "mark")]);
  const stamp = { rate: rateUnits(numberAt(params, "rate")), rateScale };
  const paid = fundingPayment(held.instrument, held.quantity, priceUnits(held.instrument, numberAt(params, "mark")), stamp);
  return compared(given, held.instrument.moneyNumber(paid));
}

/** Binance charges a position that is opened up to this long after a settlement; no setting of ours does. */
const binanceGraceMs = 15_000;

/** What a position gets that is held from before the first stamp of [openMs, closeMs] until after the last. */
export function fundingWindow(given: Case): Comparison {
  const params = objectAt(given.body, "params");
  onlyKeys(params, ["side", "qty", "openMs", "closeMs", "marks", "rates", "exchange"], "params");
  const [open, close] = [numberAt(params, "openMs"), numberAt(params, "closeMs")];
  const marks = pairs(params, "marks");
  const rates = pairs(params, "rates");
  const late = rates.some(([time]) => time < open && open - time <= binanceGraceMs);
  if (late && textAt(params, "exchange") === "binance")
    throw new NotApplicable("a position opened just after a settlement pays from its next one here");
  const held = holding(
    params,
    marks.map(([, mark]) => mark),
  );
  const rows = marks.map(([time, mark]): Row => [time, mark, mark, mark, mark, 0]);
  const prices = new MarkPrices(seriesOf(held.instrument, rows), held.instrument);
  const series: FundingSeries = {
    symbol: null,
    length: rates.length,
    time: Float64Array.from(rates, ([time]) => time),
    rate: Float64Array.from(rates, ([, rate]) => rateUnits(rate)),
    rateScale,
  };
  const cursor = new FundingCursor(series, open as Millis);
  let paid = 0;
  for (let stamp = cursor.take(close); stamp !== null; stamp = cursor.take(close)) {
    const mark = prices.at(stamp.time, 0 as Price);
    if (mark.source !== "mark") throw new NotApplicable("a settlement has no mark price");
    paid += fundingPayment(held.instrument, held.quantity, mark.price, stamp);
  }
  return compared(given, held.instrument.moneyNumber(paid as Parameters<typeof held.instrument.moneyNumber>[0]));
}

function compared(given: Case, payment: number): Comparison {
  const result = new Comparison(given.body);
  result.number("payment", payment, objectAt(given.body, "expected")["payment"]);
  return result;
}

function holding(params: Json, marks: readonly number[]) {
  const size = numberAt(params, "qty");
  const instrument = instrumentOf({ prices: marks, quantities: [size], money: size * Math.max(...marks) });
  const sign = wordAt(params, "side", directions) === "buy" ? 1 : -1;
  return { instrument, quantity: quantityUnits(instrument, sign * size) };
}

function rateUnits(rate: number): number {
  const { units, scale } = decimalOfNumber(rate);
  if (scale > rateScale) throw new NotApplicable(`a rate of ${printDecimal({ units, scale })} has more than ${rateScale} decimals`);
  return Number(units * 10n ** BigInt(rateScale - scale));
}

function pairs(params: Json, key: string): (readonly [number, number])[] {
  return listAt(params, key).map((pair) => {
    const [time, value] = Array.isArray(pair) ? (pair as unknown[]) : [];
    if (typeof time !== "number" || typeof value !== "number") throw new NotApplicable(`${key} are no pairs of time and value`);
    return [time, value] as const;
  });
}

/** Cash of the close - cash of the open + funding, and its share of the open's value, times the leverage. */
export function tradeProfit(given: Case): Comparison {
  const params = objectAt(given.body, "params");
  onlyKeys(params, ["side", "qty", "open", "close", "feeOpen", "feeClose", "leverage", "funding", "mode"], "params");
  wordAt(params, "mode", { spot: "spot", futures: "futures" });
  const side = wordAt(params, "side", directions);
  const size = numberAt(params, "qty");
  const opened = cashOf(side, size, numberAt(params, "open"), numberAt(params, "feeOpen"));
  const closed = cashOf(side === "buy" ? "sell" : "buy", size, numberAt(params, "close"), numberAt(params, "feeClose"));
  const profit = opened + closed + (optionalNumber(params, "funding") ?? 0);
  const expected = objectAt(given.body, "expected");
  const result = new Comparison(given.body);
  result.number("profit", profit, expected["profit"]);
  result.number("ratio", (profit / Math.abs(opened)) * (optionalNumber(params, "leverage") ?? 1), expected["ratio"]);
  return result;
}

/** What a market order moves into the account: less than 0 for a buy. */
function cashOf(side: Side, size: number, price: number, feeRate: number): number {
  const value = size * price;
  const instrument = instrumentOf({ prices: [price], quantities: [size], money: value * 4 + 1 });
  const venue = new CaseVenue({
    instrument,
    series: seriesOf(instrument, [[0, price, price, price, price, 1]]),
    fees: { ...noFees, rate: feeRate },
    volumeCap: null,
    balance: value * 3 + 1,
    leverage: 1,
    mode: "one_way",
    position: null,
  });
  const before = venue.cash;
  venue.submit(marketOrder(side, quantityUnits(instrument, size) as Quantity, "NET"));
  venue.advance();
  return venue.cash - before;
}
