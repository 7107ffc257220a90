// What the naive exchange knows of its orders at any moment: where they wake, what of them may fill, at which price they
// take, what a fill does to a position. It moves nothing by itself; the rules of time are naive-exchange.ts's.

import type { Leg, OrderRequest, PositionMode } from "../../src/domain/index.ts";
import type { FillModel } from "../../src/exchange/virtual/index.ts";

/** Minutes are bars: bar n is [n, n + 1) minutes. */
export const minute = 60_000;

/** Everything in units: prices, quantities and money as integers. Rates are [numerator, denominator]. */
export interface NaiveSetup {
  readonly fill: FillModel;
  readonly mode: PositionMode;
  readonly gap: "limit" | "open";
  readonly crossed: "reject" | "fire";
  readonly tick: number;
  readonly step: number;
  /** Units of price × units of quantity that make one unit of money. */
  readonly perMoney: bigint;
  readonly makerRate: readonly [bigint, bigint];
  readonly takerRate: readonly [bigint, bigint];
  readonly halfSpread: readonly [bigint, bigint];
  readonly slipTicks: number;
  readonly slipRate: readonly [bigint, bigint];
  readonly cap: readonly [bigint, bigint] | null;
  readonly wallet: bigint;
  /** End of the trading day, ms. */
  readonly dayEnd: number;
  /** Whether a touch is enough for an order in a bar. */
  readonly touches: (order: number, bar: number) => boolean;
}

export interface NaiveFill {
  readonly order: number;
  readonly bar: number;
  readonly price: number;
  readonly quantity: number;
  readonly liquidity: string;
  readonly fee: number;
}

export interface Order {
  readonly request: OrderRequest;
  readonly sign: 1 | -1;
  readonly closing: boolean;
  quantity: number;
  filled: number;
  limit: number | null;
  trigger: number | null;
  time: number;
  waiting: boolean;
  /** When the venue ends it, ms; Infinity = never. */
  ends: number;
  /** A life that ends inside the bar: it has left the book. */
  away: boolean;
  /** A trailing stop that waits for its activation price. */
  asleep: boolean;
  /** What may still fill of an order with links; null without any. Negative: its siblings were faster than its parent. */
  live: number | null;
  granted: number;
  /** A child without any of its parent. */
  unborn: boolean;
  orphan: boolean;
}

export type NaiveBar = readonly [open: number, high: number, low: number, close: number, volume: number];

export class NaiveBook {
  readonly positions: Record<Leg, { quantity: number; cost: bigint }>;
  wallet: bigint;
  protected readonly setup: NaiveSetup;
  protected open: Order[] = [];
  protected bar = -1;
  /** What of the bar's volume may still be taken. */
  protected left = Number.POSITIVE_INFINITY;

  constructor(setup: NaiveSetup) {
    this.setup = setup;
    this.wallet = setup.wallet;
    this.positions = { NET: { quantity: 0, cost: 0n }, LONG: { quantity: 0, cost: 0n }, SHORT: { quantity: 0, cost: 0n } };
  }

  protected find(id: number): Order | undefined {
    return this.open.find((order) => order.request.order === id);
  }

  protected falling(order: Order): boolean {
    if (order.trigger === null) return order.sign === 1;
    return (order.asleep || order.request.type.startsWith("take_profit")) === (order.sign === 1);
  }

  /** The price from which on an order has its turn: its trigger, or its limit and a tick beyond. */
  protected level(order: Order): number {
    if (order.trigger !== null) return order.trigger;
    const touch = this.setup.touches(order.request.order, this.bar);
    return (order.limit as number) - (touch ? 0 : order.sign * this.setup.tick);
  }

  /** A limit that the bar's chance is against stands before what comes there at a worse price. */
  protected isDenied(order: Order): boolean {
    return order.trigger === null && typeof this.setup.fill.limit !== "string" && !this.setup.touches(order.request.order, this.bar);
  }

  protected crosses(order: Order, price: number): boolean {
    return this.falling(order) ? price <= this.level(order) : price >= this.level(order);
  }

  protected reached(order: Order, price: number): boolean {
    if (order.waiting || order.away || order.unborn || order.request.type === "market_on_close") return false;
    return this.falling(order) ? price <= this.level(order) : price >= this.level(order);
  }

  protected groupOf(order: Order): number {
    return order.request.terms?.group ?? order.request.order;
  }

  protected byNumber(): Order[] {
    return [...this.open].sort((a, b) => a.request.order - b.request.order);
  }

  /** It may only close, there is nothing to close, and its parent opens nothing any more. */
  protected isStranded(order: Order): boolean {
    return order.closing && (order.live === null || order.orphan) && this.closable(order) === 0;
  }

  /** No more of its quantity can come to life. */
  protected isComplete(order: Order): boolean {
    return order.live === null || order.orphan;
  }

  protected isSpent(order: Order): boolean {
    return order.live !== null && order.live <= 0 && this.isComplete(order) && order.filled < order.quantity;
  }

  protected behind(order: Order, best: number): number {
    const trail = order.request.terms?.trail;
    const { tick } = this.setup;
    const rate = trail?.rate ?? { numerator: 0, denominator: 1 };
    const away = trail?.distance ?? (best * rate.numerator) / rate.denominator;
    const stop = best + order.sign * away;
    return Math.max(tick, (order.sign === 1 ? Math.ceil(stop / tick) : Math.floor(stop / tick)) * tick);
  }

  /** What an arriving order meets: the other side of the spread, on the tick. */
  protected touch(price: number, sign: 1 | -1): number {
    return this.away(price, sign, this.setup.halfSpread);
  }

  protected away(price: number, sign: 1 | -1, [n, d]: readonly [bigint, bigint]): number {
    if (n === 0n) return price;
    const { tick } = this.setup;
    const moved = Math.max(1, price + sign * Number((BigInt(price) * n + d - 1n) / d));
    return sign === 1 ? Math.ceil(moved / tick) * tick : Math.floor(moved / tick) * tick;
  }

  protected isMarketable(order: Order, price: number): boolean {
    return (this.touch(price, order.sign) - (order.limit as number)) * order.sign <= 0;
  }

  protected closable(order: Order): number {
    const { quantity } = this.positions[order.request.leg];
    return quantity * order.sign < 0 ? Math.min(Math.abs(quantity), order.quantity - order.filled) : 0;
  }

  protected fillable(order: Order): number {
    const rest = order.closing ? this.closable(order) : order.quantity - order.filled;
    const wanted = order.live === null ? rest : Math.max(0, Math.min(rest, order.live));
    return wanted <= this.left ? wanted : Math.floor(this.left / this.setup.step) * this.setup.step;
  }

  protected filter(order: Order): string | null {
    const prices = [order.limit, order.trigger].filter((price) => price !== null);
    if (prices.some((price) => price <= 0 || price % this.setup.tick !== 0)) return "price_filter";
    return order.quantity <= 0 || order.quantity % this.setup.step !== 0 ? "lot_size_filter" : null;
  }

  protected crossing(order: Order, open: number): string | null {
    if (order.trigger !== null) return this.setup.crossed === "reject" && this.crosses(order, open) ? "trigger_already_crossed" : null;
    if (order.request.timeInForce !== "PO" || order.limit === null) return null;
    return this.isMarketable(order, open) ? "post_only_would_cross" : null;
  }

  /** GTD ends by its own date; a flow is shorter than a day, so after its one end of a trading day there is no other. */
  protected endOf({ timeInForce, type, terms }: OrderRequest): number {
    const till = terms?.goodTill ?? null;
    if (till !== null) return till;
    const daily = timeInForce === "DAY" || type === "market_on_close";
    return daily && this.setup.dayEnd > this.bar * minute ? this.setup.dayEnd : Number.POSITIVE_INFINITY;
  }

  /** Average cost: what closes takes its share of cost and value, what is left of either opens. */
  protected settle(position: { quantity: number; cost: bigint }, signed: number, value: bigint): void {
    const before = position.quantity;
    position.quantity = before + signed;
    if (before === 0 || before > 0 === signed > 0) {
      position.cost += value;
      return;
    }
    const closing = BigInt(Math.min(Math.abs(before), Math.abs(signed)));
    const cost = rounded(position.cost * closing, BigInt(Math.abs(before)));
    const proceeds = rounded(value * closing, BigInt(Math.abs(signed)));
    this.wallet += before > 0 ? proceeds - cost : cost - proceeds;
    position.cost = Math.abs(signed) > Math.abs(before) ? value - proceeds : position.cost - cost;
  }
}

/** Half away from zero. */
export function rounded(n: bigint, d: bigint): bigint {
  const magnitude = ((n < 0n ? -n : n) * 2n + d) / (d * 2n);
  return n < 0n ? -magnitude : magnitude;
}
