// Kinds position_pnl, average_entry, unrealized and account_balance: sequences of fills through domain/position.

import { Position, type Instrument, type Price, type Quantity } from "../../src/domain/index.ts";
import {
  asObject,
  flagAt,
  listAt,
  NotApplicable,
  numberAt,
  objectAt,
  onlyKeys,
  optionalNumber,
  sides,
  wordAt,
  type Case,
  type Json,
} from "./case.ts";
import { Comparison } from "./compare.ts";
import { instrumentOf, moneyUnits, priceUnits, quantityUnits } from "./market.ts";

interface Fill {
  /** Signed. */
  readonly quantity: number;
  readonly price: number;
  readonly fee: number;
  readonly feeRate: number;
}

/** A position and the fees that went with it, in exact units. */
class Book {
  readonly position: Position;
  readonly instrument: Instrument;
  /** Float noise of a peer that computed with floats: 10^-12 of all value that moved, in whole units. */
  readonly noise: number;
  fees = 0;
  peak = 0;

  constructor(
    fills: readonly Fill[],
    options: { readonly inverse: boolean; readonly contractSize?: number; readonly start?: number; readonly prices?: readonly number[] },
  ) {
    const { inverse, contractSize = 1, start = 0 } = options;
    const value = ({ quantity, price }: Fill) => Math.abs(quantity) * (inverse ? contractSize / price : contractSize * price);
    const prices = [...fills.map((fill) => fill.price), ...(options.prices ?? [])];
    const dearest = inverse ? Math.min(...prices) : Math.max(...prices);
    // Marks can lie beyond every fill: the whole of the fills at the dearest price bounds all money of the case.
    const money = fills.reduce((sum, fill) => sum + Math.max(value(fill), value({ ...fill, price: dearest })) + Math.abs(fill.fee), Math.abs(start));
    this.instrument = instrumentOf({ prices, quantities: fills.map((fill) => fill.quantity), money, inverse, contractSize });
    this.position = new Position(this.instrument, "NET");
    this.noise = money * 1e-12;
  }

  apply(fill: Fill): void {
    const { instrument } = this;
    const quantity = quantityUnits(instrument, fill.quantity);
    const price = priceUnits(instrument, fill.price);
    const value = instrument.notional(price, Math.abs(quantity) as Quantity);
    this.position.apply(quantity, price, value);
    this.fees += moneyUnits(instrument, fill.fee) + moneyUnits(instrument, instrument.moneyNumber(value) * fill.feeRate);
    this.peak = Math.max(this.peak, Math.abs(this.position.quantity));
  }

  money(units: number): number {
    return units / this.instrument.moneyPower;
  }
  quantity(units: number): number {
    return units / this.instrument.quantityPower;
  }
}

/** Steps of expectations after so many fills. */
export function positionSteps(given: Case): Comparison {
  const fills = listAt(objectAt(given.body, "inputs"), "fills").map(fillOf);
  const instrument = given.body["instrument"] === undefined ? {} : objectAt(given.body, "instrument");
  onlyKeys(instrument, ["inverse", "lot", "quote", "note", "multiplier"], "the instrument");
  const steps = listAt(objectAt(given.body, "expected"), "steps").map((step) => asObject(step, "a step"));
  const prices = steps.flatMap(marksOf).map((mark) => numberAt(mark, "price"));
  const book = new Book(fills, { inverse: flagAt(instrument, "inverse"), contractSize: optionalNumber(instrument, "multiplier") ?? 1, prices });
  const result = new Comparison(given.body, book.noise);
  let applied = 0;
  for (const step of steps) {
    onlyKeys(step, ["afterFills", "avg", "qty", "realizedNet", "realizedGross", "fees", "peakQty", "marks"], "a step");
    for (const end = numberAt(step, "afterFills"); applied < end; applied += 1) book.apply(fills[applied] ?? outOfFills(end));
    compareStep(result, book, step);
  }
  return result;
}

function compareStep(result: Comparison, book: Book, step: Json): void {
  const { position } = book;
  const after = `after ${numberAt(step, "afterFills")} fills`;
  const net = book.money(position.realized - book.fees);
  const facts: Readonly<Record<string, number | null>> = {
    // Flat, there is no average; some peers write 0.
    avg: position.quantity !== 0 || step["avg"] === 0 ? position.averageEntry() : null,
    qty: book.quantity(position.quantity),
    realizedNet: net,
    realizedGross: book.money(position.realized),
    fees: book.money(book.fees),
    peakQty: book.quantity(book.peak),
  };
  for (const [name, actual] of Object.entries(facts)) if (step[name] !== undefined) result.number(`${name} ${after}`, actual, step[name]);
  for (const mark of marksOf(step)) {
    onlyKeys(mark, ["price", "unrealized", "total", "notional"], "a mark");
    const price = priceUnits(book.instrument, numberAt(mark, "price"));
    const unrealized = book.money(position.unrealized(price));
    const at = `at ${numberAt(mark, "price")} ${after}`;
    if (mark["unrealized"] !== undefined) result.number(`unrealized ${at}`, unrealized, mark["unrealized"]);
    if (mark["total"] !== undefined) result.number(`total ${at}`, net + unrealized, mark["total"]);
    if (mark["notional"] !== undefined) result.number(`notional ${at}`, notionalAt(book, price), mark["notional"]);
  }
}

function notionalAt({ instrument, position }: Book, price: Price): number {
  return instrument.moneyNumber(instrument.notional(price, Math.abs(position.quantity) as Quantity));
}

export function averageEntry(given: Case): Comparison {
  const params = objectAt(given.body, "params");
  const fills = listAt(params, "fills").map(entryOf);
  const book = new Book(fills, { inverse: flagAt(params, "inverse") });
  for (const fill of fills) book.apply(fill);
  const result = new Comparison(given.body);
  result.number("value", book.position.quantity === 0 ? null : book.position.averageEntry(), objectAt(given.body, "expected")["value"]);
  return result;
}

const directions: Readonly<Record<string, "buy" | "sell">> = { long: "buy", short: "sell", buy: "buy", sell: "sell" };

export function unrealized(given: Case): Comparison {
  const params = objectAt(given.body, "params");
  const quantity = Math.abs(numberAt(params, "qty")) * (wordAt(params, "side", directions) === "buy" ? 1 : -1);
  const fill: Fill = { quantity, price: numberAt(params, "entry"), fee: 0, feeRate: 0 };
  const mark = numberAt(params, "price");
  const book = new Book([fill], { inverse: flagAt(params, "inverse"), prices: [mark] });
  book.apply(fill);
  const result = new Comparison(given.body, book.noise);
  result.number("value", book.money(book.position.unrealized(priceUnits(book.instrument, mark))), objectAt(given.body, "expected")["value"]);
  return result;
}

/** balance = start + realised P&L - fees. */
export function accountBalance(given: Case): Comparison {
  const params = objectAt(given.body, "params");
  const start = numberAt(params, "start");
  const fills = listAt(params, "fills").map(fillOf);
  const book = new Book(fills, { inverse: flagAt(params, "inverse"), start });
  for (const fill of fills) book.apply(fill);
  const expected = objectAt(given.body, "expected");
  onlyKeys(expected, ["balance", "position"], "the expectation");
  const result = new Comparison(given.body, book.noise);
  const balance = moneyUnits(book.instrument, start) + book.position.realized - book.fees;
  if (expected["balance"] !== undefined) result.number("balance", book.money(balance), expected["balance"]);
  if (expected["position"] !== undefined) result.number("position", book.quantity(book.position.quantity), expected["position"]);
  return result;
}

function fillOf(value: unknown): Fill {
  const fill = asObject(value, "a fill");
  onlyKeys(fill, ["side", "qty", "price", "fee", "feeRate", "id"], "a fill");
  const sign = wordAt(fill, "side", sides) === "buy" ? 1 : -1;
  return {
    quantity: sign * numberAt(fill, "qty"),
    price: numberAt(fill, "price"),
    fee: optionalNumber(fill, "fee") ?? 0,
    feeRate: optionalNumber(fill, "feeRate") ?? 0,
  };
}

/** A fill as an object, or as [signed quantity, price]. */
function entryOf(value: unknown): Fill {
  if (!Array.isArray(value)) return fillOf(value);
  const [quantity, price] = value as unknown[];
  if (typeof quantity !== "number" || typeof price !== "number") throw new NotApplicable("a fill is not [quantity, price]");
  return { quantity, price, fee: 0, feeRate: 0 };
}

function marksOf(step: Json): Json[] {
  return step["marks"] === undefined ? [] : listAt(step, "marks").map((mark) => asObject(mark, "a mark"));
}

function outOfFills(end: number): never {
  throw new NotApplicable(`a step comes after ${end} fills, which are not there`);
}
