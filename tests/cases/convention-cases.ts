// Kinds that show one convention each: order_fill_divergent, order_fill_slippage, slippage, bar_sequence, split_candle,
// margin_account and position_spot_fee. The exchange and the position of the product answer; nothing here fills or holds.

import { Position, type Millis, type Price, type Quantity, type VenueEvent } from "../../src/domain/index.ts";
import { pathOf, type Path, type PathName } from "../../src/exchange/virtual/index.ts";
import {
  asObject,
  listAt,
  NotApplicable,
  numberAt,
  objectAt,
  onlyKeys,
  optionalNumber,
  sides,
  wordAt,
  type Case,
  type SeriesReader,
} from "./case.ts";
import { Comparison } from "./compare.ts";
import { instrumentOf, plainText, priceUnits, quantityUnits, rowsOf, seriesOf, type Row } from "./market.ts";
import { replayed } from "./order-fill-cases.ts";
import { compareOrderFill } from "./order-fill-compare.ts";
import { CaseVenue, marketOrder, noFees, type CaseOrder } from "./venue.ts";

/** The peers disagree: one of their answers must be ours, fill by fill. */
export function divergent(given: Case, series: SeriesReader): Comparison {
  const replay = replayed(given.body, series);
  const byPeer = objectAt(objectAt(given.body, "expected"), "fillsByPeer");
  const result = new Comparison(given.body);
  const verdicts = Object.entries(byPeer).map(([peer, fills]) => ({
    peer,
    why: compareOrderFill({ ...given.body, expected: { fills } }, replay).why,
  }));
  if (verdicts.length === 0) throw new NotApplicable("no peer has an answer");
  if (verdicts.every(({ why }) => why !== null))
    result.differs("our answer", verdicts.map(({ peer, why }) => `${peer}: ${why ?? ""}`).join(" / "), "any peer's");
  return result;
}

/** Slippage as a share of the price, never beyond the bar. */
export function slippedFills(given: Case, series: SeriesReader): Comparison {
  const { slippagePct, clipToBar, ...setup } = objectAt(given.body, "setup");
  if (typeof slippagePct !== "number") throw new NotApplicable("the slippage is not a number");
  if (clipToBar !== true) throw new NotApplicable("fills here never leave the range of their bar");
  const body = { ...given.body, setup };
  const { fills, withoutSlippage } = objectAt(given.body, "expected");
  const prices = rowsOf(listAt(given.body, "bars")).flatMap((row) =>
    row.slice(1, 5).flatMap((price) => [price * (1 + slippagePct), price * (1 - slippagePct)]),
  );
  const slipped = replayed(body, series, { fill: { slippage: { kind: "bps", bps: plainText(slippagePct * 10_000) } }, prices });
  const result = compareOrderFill({ ...body, expected: { fills } }, slipped);
  if (result.why !== null || withoutSlippage === undefined) return result;
  return compareOrderFill({ ...body, expected: { fills: withoutSlippage } }, replayed(body, series));
}

/** Price impact that grows with the share of the bar's volume: ours in proportion to it. */
export function slippage(given: Case): Comparison {
  const params = objectAt(given.body, "params");
  onlyKeys(params, ["side", "price", "qty", "barVolume", "volumeUsedBefore", "priceImpact"], "params");
  if ((optionalNumber(params, "volumeUsedBefore") ?? 0) !== 0) throw new NotApplicable("impact here counts one order's share of the volume");
  const [price, quantity, impact] = [numberAt(params, "price"), numberAt(params, "qty"), numberAt(params, "priceImpact")];
  const [low, high] = [price / 2, price * 2];
  const instrument = instrumentOf({ prices: [low, price * (1 + impact), price / 1e6, high], quantities: [quantity], money: quantity * high * 16 });
  const venue = new CaseVenue({
    instrument,
    series: seriesOf(instrument, [[0, price, high, low, price, numberAt(params, "barVolume")]]),
    fees: noFees,
    volumeCap: 1,
    balance: quantity * high * 4,
    leverage: 1,
    mode: "one_way",
    position: null,
    fill: { slippage: { kind: "volume_share", baseBps: "0", slopeBps: plainText(impact * 10_000), limit: null } },
  });
  venue.submit(marketOrder(wordAt(params, "side", sides), quantityUnits(instrument, quantity)));
  const fill = firstFill(venue.advance());
  const result = new Comparison(given.body);
  result.number("price", fill === null ? null : instrument.priceNumber(fill.price), objectAt(given.body, "expected")["price"]);
  return result;
}

/** Whatever the path inside a bar, its orders take no more than its volume. */
export function barSequence(given: Case, series: SeriesReader): Comparison {
  const { orders } = replayed({ ...given.body, setup: { volumeCap: 1 } }, series);
  const expected = objectAt(given.body, "expected");
  onlyKeys(expected, ["filledQty"], "the expectation");
  const filled = orders.reduce((sum, order) => order.fills.reduce((total, fill) => total + fill.quantity, sum), 0);
  const result = new Comparison(given.body);
  result.number("filledQty", filled, expected["filledQty"]);
  return result;
}

/** A bar cut where a price is first reached: an order there says on which leg of the path it filled. */
export function splitCandle(given: Case): Comparison {
  const params = objectAt(given.body, "params");
  onlyKeys(params, ["ohlc", "price"], "params");
  const [row] = rowsOf([[0, ...listAt(params, "ohlc"), 1]]);
  const price = numberAt(params, "price");
  const [, open, high, low, close] = row as Row;
  // The peer's convention, which two of our paths name: rising bars fall first, falling bars rise first.
  const path: PathName = close >= open ? "olhc" : "ohlc";
  const instrument = instrumentOf({ prices: [open, high, low, close, price], quantities: [1], money: high * 16 });
  const series = seriesOf(instrument, [row as Row]);
  const venue = new CaseVenue({
    instrument,
    series,
    fees: noFees,
    volumeCap: null,
    balance: high * 4,
    leverage: 1,
    mode: "one_way",
    position: null,
    fill: { path },
  });
  const order: CaseOrder = {
    ...marketOrder(price < open ? "buy" : "sell", quantityUnits(instrument, 1)),
    type: "limit",
    price: priceUnits(instrument, price),
  };
  venue.submit(order);
  const fill = firstFill(venue.advance());
  if (fill === null) throw new NotApplicable(`the bar never trades at ${price}`);
  const leg = Math.round(((fill.time - series.timeAt(0)) / series.interval) * 4);
  const points: Path = [0, 0, 0, 0] as Path;
  pathOf(path, series.openAt(0), series.highAt(0), series.lowAt(0), series.closeAt(0), points);
  const cut = fill.price;
  const expected = objectAt(given.body, "expected");
  const result = new Comparison(given.body);
  compareBar(result, "before", [...points.slice(0, leg), cut], instrument.pricePower, listAt(expected, "before"));
  compareBar(result, "after", [cut, ...points.slice(leg)], instrument.pricePower, listAt(expected, "after"));
  return result;
}

function compareBar(result: Comparison, what: string, points: readonly number[], power: number, expected: readonly unknown[]): void {
  const bar = [points[0], Math.max(...points), Math.min(...points), points.at(-1)] as number[];
  ["open", "high", "low", "close"].forEach((name, at) => result.number(`${name} ${what}`, (bar[at] as number) / power, expected[at]));
}

/** What resting orders leave of the funds. */
export function marginAccount(given: Case): Comparison {
  const params = objectAt(given.body, "params");
  onlyKeys(params, ["wallet", "leverage", "workingOrders"], "params");
  const [wallet, leverage] = [numberAt(params, "wallet"), numberAt(params, "leverage")];
  const values = listAt(params, "workingOrders").map((value) => {
    if (typeof value === "number") return value;
    throw new NotApplicable("a working order is not a value");
  });
  const [market, limit] = [2, 1];
  const instrument = instrumentOf({ prices: [market, limit], quantities: values, money: wallet * 16 });
  const venue = new CaseVenue({
    instrument,
    series: seriesOf(instrument, [[0, market, market, market, market, 1]]),
    fees: noFees,
    volumeCap: null,
    balance: wallet,
    leverage,
    mode: "one_way",
    position: null,
  });
  // Below the market they rest, each worth its quantity.
  for (const value of values)
    venue.submit({ ...marketOrder("buy", quantityUnits(instrument, value)), type: "limit", price: priceUnits(instrument, limit) });
  venue.advance();
  const expected = objectAt(given.body, "expected");
  onlyKeys(expected, ["wallet", "availableMargin", "leveragedAvailable"], "the expectation");
  const facts: Readonly<Record<string, number>> = {
    wallet: venue.wallet,
    availableMargin: venue.available,
    leveragedAvailable: venue.available * leverage,
  };
  const result = new Comparison(given.body);
  for (const [name, value] of Object.entries(expected)) result.number(name, facts[name] ?? null, value);
  return result;
}

/** Spot buys whose fee is taken out of what was bought. */
export function spotFee(given: Case): Comparison {
  const fills = listAt(objectAt(given.body, "inputs"), "fills").map((value) => asObject(value, "a fill"));
  const prices = fills.map((fill) => numberAt(fill, "price"));
  const quantities = fills.flatMap((fill) => [numberAt(fill, "qty"), optionalNumber(fill, "feeBase") ?? 0]);
  const instrument = instrumentOf({ prices, quantities, money: quantities.reduce((sum, size) => sum + size, 0) * Math.max(...prices), spot: true });
  const position = new Position(instrument, "NET");
  const expected = listAt(objectAt(given.body, "expected"), "qtyAfter");
  const result = new Comparison(given.body);
  result.same("number of fills", fills.length, expected.length);
  fills.forEach((fill, at) => {
    onlyKeys(fill, ["side", "qty", "price", "feeBase"], "a fill");
    const quantity = quantityUnits(instrument, numberAt(fill, "qty"));
    const price = priceUnits(instrument, numberAt(fill, "price"));
    position.apply((wordAt(fill, "side", sides) === "buy" ? quantity : -quantity) as Quantity, price, instrument.notional(price, quantity));
    position.takeBaseFee(quantityUnits(instrument, optionalNumber(fill, "feeBase") ?? 0));
    result.number(`quantity after fill ${at + 1}`, instrument.quantityNumber(position.quantity), expected[at]);
  });
  return result;
}

function firstFill(events: readonly VenueEvent[]): { readonly price: Price; readonly time: Millis } | null {
  return events.find((event) => event.type === "order_filled") ?? null;
}
