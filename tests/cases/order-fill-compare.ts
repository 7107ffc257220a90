// What a replay of an order_fill case came to, against what the peer recorded: fills (a complete list), order states,
// position, cash, equity after each bar, cancellations, fees.

import type { OrderNumber, OrderStatus } from "../../src/domain/index.ts";
import { asObject, listAt, numberAt, objectAt, onlyKeys, textAt, type Json } from "./case.ts";
import { Comparison } from "./compare.ts";

export interface FillRecord {
  readonly bar: number;
  readonly price: number;
  readonly quantity: number;
  readonly fee: number;
}

export interface OrderRecord {
  readonly id: string;
  readonly number: OrderNumber;
  status: OrderStatus;
  /** Units of the instrument, as `filled`. */
  quantity: number;
  filled: number;
  readonly fills: FillRecord[];
  /** The bar after which the case asked for a cancel. */
  cancelAfter: number | null;
  /** The bar in which the venue ended the order without a fill. */
  endedIn: number | null;
}

export interface Replay {
  /** In the order of submission. */
  readonly orders: readonly OrderRecord[];
  readonly position: number;
  readonly cash: number;
  /** After each bar, marked at its close. */
  readonly equity: readonly number[];
  /** Float noise of a peer's money, in whole currency units. */
  readonly noise: number;
}

export function compareOrderFill(body: Json, replay: Replay): Comparison {
  const expected = objectAt(body, "expected");
  onlyKeys(expected, ["fills", "orders", "position", "cash", "equityPerBar", "cancels", "totalFees"], "the expectation");
  const result = new Comparison(body, replay.noise);
  if (expected["fills"] !== undefined) compareFills(result, replay, listAt(expected, "fills"));
  if (expected["orders"] !== undefined) compareOrders(result, replay, objectAt(expected, "orders"));
  if (expected["position"] !== undefined) result.number("position", replay.position, expected["position"]);
  if (expected["cash"] !== undefined) result.number("cash", replay.cash, expected["cash"]);
  if (expected["equityPerBar"] !== undefined) compareEquity(result, replay, listAt(expected, "equityPerBar"));
  if (expected["cancels"] !== undefined) compareCancels(result, replay, listAt(expected, "cancels"));
  if (expected["totalFees"] !== undefined) {
    const fees = replay.orders.reduce((sum, order) => order.fills.reduce((total, fill) => total + fill.fee, sum), 0);
    result.number("totalFees", fees, expected["totalFees"]);
  }
  return result;
}

/** Both lists by bar, and within a bar by the order's submission: peers differ in the order in which they report a bar. */
function compareFills(result: Comparison, replay: Replay, expected: readonly unknown[]): void {
  const rank = new Map(replay.orders.map((order, at) => [order.id, at]));
  const actual = replay.orders.flatMap((order) => order.fills.map((fill) => ({ order: order.id, ...fill })));
  const sorted = <T extends { readonly order: string; readonly bar: number }>(fills: readonly T[]): T[] =>
    fills.toSorted((a, b) => a.bar - b.bar || (rank.get(a.order) ?? 0) - (rank.get(b.order) ?? 0));
  const ours = sorted(actual);
  const theirs = sorted(
    expected.map((value) => {
      const fill = asObject(value, "a fill");
      return { order: textAt(fill, "order"), bar: numberAt(fill, "bar"), fill };
    }),
  );
  result.same("number of fills", ours.length, theirs.length);
  theirs.forEach(({ order, bar, fill }, at) => {
    const own = ours[at];
    if (own === undefined) return;
    const where = `fill ${at + 1}`;
    result.same(`order of ${where}`, own.order, order);
    result.same(`bar of ${where}`, own.bar, bar);
    result.number(`price of ${where}`, own.price, fill["price"]);
    result.number(`quantity of ${where}`, own.quantity, fill["qty"]);
    if (fill["fee"] !== undefined) result.number(`fee of ${where}`, own.fee, fill["fee"]);
  });
}

/** The peers' words and ours; an order that never reached a bar counts as sent. */
const statusWords: Readonly<Record<string, readonly OrderStatus[]>> = {
  held: ["NEW", "SUBMITTED"],
  working: ["SUBMITTED"],
  accepted: ["SUBMITTED"],
  partial: ["PARTIAL"],
  filled: ["FILLED"],
  // We tell an end by the venue's own rules (IOC, FOK, nothing left to take) from an end by request; the peers do not.
  canceled: ["CANCELED", "EXPIRED"],
  expired: ["EXPIRED"],
  denied: ["REJECTED"],
  rejected: ["REJECTED"],
};

function compareOrders(result: Comparison, replay: Replay, expected: Json): void {
  for (const id of Object.keys(expected)) {
    const wanted = objectAt(expected, id);
    const order = replay.orders.find((each) => each.id === id);
    if (order === undefined) result.differs(`order ${id}`, null, wanted);
    else compareOrder(result, order, wanted);
  }
}

/** `status`, or any of `statusAnyOf`; `filled`, `avgPrice`. */
export function compareOrder(result: Comparison, order: OrderRecord, wanted: Json): void {
  const words = wanted["statusAnyOf"] ?? wanted["status"];
  const named = Array.isArray(words) ? (words as unknown[]) : [words];
  if (words !== undefined && !named.some((word) => typeof word === "string" && statusWords[word]?.includes(order.status) === true))
    result.differs(`status of ${order.id}`, order.status, words);
  const filled = order.fills.reduce((sum, fill) => sum + fill.quantity, 0);
  const paid = order.fills.reduce((sum, fill) => sum + fill.quantity * fill.price, 0);
  if (wanted["filled"] !== undefined) result.number(`filled of ${order.id}`, filled, wanted["filled"]);
  if (wanted["avgPrice"] !== undefined) result.number(`avgPrice of ${order.id}`, filled === 0 ? null : paid / filled, wanted["avgPrice"]);
}

function compareEquity(result: Comparison, replay: Replay, expected: readonly unknown[]): void {
  result.same("bars of equity", replay.equity.length, expected.length);
  expected.forEach((value, bar) => result.number(`equity after bar ${bar}`, replay.equity[bar] ?? null, value));
}

/** A cancel counts for the bar after which it was asked for, an end by the venue for the bar in which it came. */
function compareCancels(result: Comparison, replay: Replay, expected: readonly unknown[]): void {
  const print = (order: string, bar: number) => `${order} in bar ${bar}`;
  const ours = replay.orders.flatMap((order) =>
    order.endedIn === null ? [] : [print(order.id, order.status === "CANCELED" ? (order.cancelAfter ?? order.endedIn) : order.endedIn)],
  );
  const theirs = expected.map((value) => {
    const cancel = asObject(value, "a cancel");
    return print(textAt(cancel, "order"), numberAt(cancel, "bar"));
  });
  result.same("cancels", ours.sort(byText).join(", "), theirs.sort(byText).join(", "));
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
