// The rules of the virtual exchange a second time, as plainly as they can be said: every order is looked at for every
// price of every bar. It shares no code with the real one, only its words, and must never become clever.

import type { Leg, OrderRequest, PositionMode } from "../../src/domain/index.ts";
import type { Amendment, FillModel } from "../../src/exchange/virtual/index.ts";

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
}

export interface NaiveFill {
  readonly order: number;
  readonly bar: number;
  readonly price: number;
  readonly quantity: number;
  readonly liquidity: string;
  readonly fee: number;
}

interface Order {
  readonly request: OrderRequest;
  readonly sign: 1 | -1;
  readonly closing: boolean;
  quantity: number;
  filled: number;
  limit: number | null;
  trigger: number | null;
  time: number;
  waiting: boolean;
}

type Request = { submit: OrderRequest } | { cancel: number } | { amend: number; change: Amendment } | { wake: Order };
export type NaiveBar = readonly [open: number, high: number, low: number, close: number, volume: number];

export class NaiveExchange {
  readonly fills: NaiveFill[] = [];
  /** Last word on each order: OPEN, FILLED, CANCELED, EXPIRED reason, REJECTED reason. */
  readonly statuses = new Map<number, string>();
  /** Answers to cancels and amendments, in order. */
  readonly answers: string[] = [];
  readonly positions: Record<Leg, { quantity: number; cost: bigint }>;
  wallet: bigint;
  private readonly setup: NaiveSetup;
  private open: Order[] = [];
  private requests: Request[] = [];
  private woken: Request[] = [];
  /** Amended at this open: it arrives again, so the open does not jump over it as well. */
  private anew = new Set<Order>();
  private clock = 0;
  private bar = -1;
  private range: NaiveBar = [0, 0, 0, 0, 0];
  private left = Number.POSITIVE_INFINITY;

  constructor(setup: NaiveSetup) {
    this.setup = setup;
    this.wallet = setup.wallet;
    this.positions = { NET: { quantity: 0, cost: 0n }, LONG: { quantity: 0, cost: 0n }, SHORT: { quantity: 0, cost: 0n } };
  }

  send(request: Request): void {
    this.requests.push(request);
  }

  advance(bar: NaiveBar): void {
    const [open, , , , volume] = bar;
    const { cap } = this.setup;
    this.bar += 1;
    this.range = bar;
    this.left = cap === null ? Number.POSITIVE_INFINITY : Number((BigInt(volume) * cap[0]) / cap[1]);
    const dry = cap !== null && volume === 0;
    // Requests about orders that this open touches left before it.
    const early = this.requests;
    this.requests = [];
    this.anew = new Set<Order>();
    for (const request of early) {
      const id = "cancel" in request ? request.cancel : "amend" in request ? request.amend : -1;
      const order = this.find(id);
      if (order !== undefined && (order.waiting || this.reached(order, open))) this.execute(request, open);
      else this.requests.push(request);
    }
    if (!dry) for (const falling of [true, false]) this.sweep(falling, open, open, this.anew);
    for (let request = this.requests.shift(); request !== undefined; request = this.requests.shift()) this.execute(request, open);
    if (!dry) this.walk(bar);
    this.requests = this.woken;
    this.woken = [];
  }

  private walk([open, high, low, close]: NaiveBar): void {
    const { path: name } = this.setup.fill;
    const lowFirst = name === "olhc" || (name === "adaptive" && (open - low === high - open ? close >= open : open - low < high - open));
    const path = lowFirst ? [open, low, high, close] : [open, high, low, close];
    for (const leg of [1, 2, 3]) {
      const from = path[leg - 1] as number;
      const to = path[leg] as number;
      if (to !== from) this.sweep(to < from, from, to);
    }
  }

  private find(id: number): Order | undefined {
    return this.open.find((order) => order.request.order === id);
  }

  private falling(order: Order): boolean {
    if (order.trigger === null) return order.sign === 1;
    return order.request.type.startsWith("take_profit") === (order.sign === 1);
  }

  /** The price from which on an order has its turn: its trigger, or its limit and a tick beyond. */
  private level(order: Order): number {
    if (order.trigger !== null) return order.trigger;
    return (order.limit as number) - (this.setup.fill.limit === "through" ? order.sign * this.setup.tick : 0);
  }

  private reached(order: Order, price: number): boolean {
    if (order.waiting) return false;
    return this.falling(order) ? price <= this.level(order) : price >= this.level(order);
  }

  /** The price moves: whoever it reaches has one turn, the first that it reaches first, then the earliest. */
  private sweep(falling: boolean, from: number, to: number, done = new Set<Order>()): void {
    for (;;) {
      const next = this.open
        .filter((order) => !done.has(order) && this.falling(order) === falling && this.reached(order, to))
        .sort((a, b) => (falling ? this.level(b) - this.level(a) : this.level(a) - this.level(b)) || a.time - b.time)[0];
      if (next === undefined) return;
      done.add(next);
      const jumped = this.reached(next, from);
      if (next.trigger === null) this.fillResting(next, jumped && this.setup.gap === "open" ? from : (next.limit as number));
      else {
        const at = jumped ? from : next.trigger;
        if (next.limit !== null) done.delete(next);
        this.fire(next, at);
      }
    }
  }

  private fillResting(order: Order, price: number): void {
    if (order.closing && this.closable(order) === 0) return this.end(order, "EXPIRED reduce_only_position_gone");
    this.fill(order, this.fillable(order), price, "maker");
    this.endIfGone(order);
  }

  /** The rest of an order that has closed its position has nothing left to close. */
  private endIfGone(order: Order): void {
    if (this.open.includes(order) && order.closing && this.closable(order) === 0) this.end(order, "EXPIRED reduce_only_position_gone");
  }

  private fire(order: Order, at: number): void {
    order.trigger = null;
    if (order.limit === null) return this.market(order, at);
    order.time = ++this.clock;
    if (this.setup.fill.stopLimit === "rest-of-path") return this.place(order, at);
    order.waiting = true;
    this.woken.push({ wake: order });
  }

  private execute(request: Request, open: number): void {
    if ("submit" in request) this.submit(request.submit, open);
    else if ("wake" in request) {
      if (!request.wake.waiting || !this.open.includes(request.wake)) return;
      request.wake.waiting = false;
      this.place(request.wake, open);
    } else if ("cancel" in request) {
      const order = this.find(request.cancel);
      this.answers.push(`cancel ${request.cancel} ${order === undefined ? "refused" : "done"}`);
      if (order !== undefined) this.end(order, "CANCELED");
    } else this.amend(request.amend, request.change, open);
  }

  private submit(request: OrderRequest, open: number): void {
    const sign = request.side === "buy" ? 1 : -1;
    const closing = request.reduceOnly || (request.leg === "LONG" && sign === -1) || (request.leg === "SHORT" && sign === 1);
    const { quantity, price: limit, trigger } = request;
    const order: Order = { request, sign, closing, quantity, filled: 0, limit, trigger, time: ++this.clock, waiting: false };
    const refusal = this.refusal(order, open);
    this.statuses.set(request.order, refusal === null ? "OPEN" : `REJECTED ${refusal}`);
    if (refusal !== null) return;
    this.open.push(order);
    this.arrive(order, open);
  }

  private refusal(order: Order, open: number): string | null {
    const { leg } = order.request;
    if ((leg === "NET") !== (this.setup.mode === "one_way")) return "position_side_mismatch";
    const filter = this.filter(order);
    if (filter !== null) return filter;
    const { quantity } = this.positions[leg];
    if (order.closing && (quantity === 0 || quantity > 0 === (order.sign === 1))) return "reduce_only_rejected";
    return this.crossing(order, open);
  }

  private filter(order: Order): string | null {
    const prices = [order.limit, order.trigger].filter((price) => price !== null);
    if (prices.some((price) => price <= 0 || price % this.setup.tick !== 0)) return "price_filter";
    return order.quantity <= 0 || order.quantity % this.setup.step !== 0 ? "lot_size_filter" : null;
  }

  private crossing(order: Order, open: number): string | null {
    if (order.trigger !== null) return this.setup.crossed === "reject" && this.reached(order, open) ? "trigger_already_crossed" : null;
    if (order.request.timeInForce !== "PO" || order.limit === null) return null;
    return this.isMarketable(order, open) ? "post_only_would_cross" : null;
  }

  private amend(id: number, change: Amendment, open: number): void {
    const order = this.find(id);
    const refuse = (): void => void this.answers.push(`amend ${id} refused`);
    if (order === undefined) return refuse();
    const lacks = (change.trigger !== null && order.trigger === null) || (change.price !== null && order.limit === null);
    if (lacks || (change.quantity !== null && change.quantity <= order.filled)) return refuse();
    const after = {
      ...order,
      quantity: change.quantity ?? order.quantity,
      limit: change.price ?? order.limit,
      trigger: change.trigger ?? order.trigger,
      waiting: false,
    };
    // Only a trigger that is changed is looked at again.
    if (this.filter(after) !== null) return refuse();
    if ((after.trigger === null || change.trigger !== null) && this.crossing(after, open) !== null) return refuse();
    Object.assign(order, after, { time: ++this.clock });
    this.anew.add(order);
    this.answers.push(`amend ${id} done`);
    this.arrive(order, open);
  }

  private arrive(order: Order, open: number): void {
    if (order.trigger === null) this.place(order, open);
    else if (this.reached(order, open)) this.fire(order, open);
  }

  /** What an arriving order meets: the other side of the spread, on the tick. */
  private touch(price: number, sign: 1 | -1): number {
    return this.away(price, sign, this.setup.halfSpread);
  }

  private away(price: number, sign: 1 | -1, [n, d]: readonly [bigint, bigint]): number {
    if (n === 0n) return price;
    const { tick } = this.setup;
    const moved = Math.max(1, price + sign * Number((BigInt(price) * n + d - 1n) / d));
    return sign === 1 ? Math.ceil(moved / tick) * tick : Math.floor(moved / tick) * tick;
  }

  private isMarketable(order: Order, price: number): boolean {
    return (this.touch(price, order.sign) - (order.limit as number)) * order.sign <= 0;
  }

  private place(order: Order, price: number): void {
    if (order.limit === null) return this.market(order, price);
    const { timeInForce } = order.request;
    if (this.isMarketable(order, price)) {
      if (timeInForce === "PO") return this.end(order, "EXPIRED post_only_would_cross");
      if (timeInForce === "FOK" && this.fillable(order) < order.quantity - order.filled) return this.end(order, "EXPIRED fill_or_kill_unfilled");
      this.take(order, price);
      this.endIfGone(order);
      if (!this.open.includes(order)) return;
    }
    if (timeInForce === "IOC") this.end(order, "EXPIRED immediate_or_cancel_unfilled");
    if (timeInForce === "FOK") this.end(order, "EXPIRED fill_or_kill_unfilled");
  }

  private market(order: Order, price: number): void {
    if (order.request.timeInForce === "FOK" && this.fillable(order) < order.quantity - order.filled)
      return this.end(order, "EXPIRED fill_or_kill_unfilled");
    this.take(order, price);
    if (!this.open.includes(order)) return;
    const gone = order.closing && this.closable(order) === 0;
    this.end(order, gone ? "EXPIRED reduce_only_position_gone" : order.filled > 0 ? "EXPIRED volume_cap" : "EXPIRED no_liquidity");
  }

  private take(order: Order, price: number): void {
    const [, high, low] = this.range;
    const { slipTicks, slipRate, tick, halfSpread } = this.setup;
    let at = this.touch(price, order.sign) + order.sign * slipTicks * tick;
    at = this.away(at, order.sign, slipRate);
    if (halfSpread[0] !== 0n || slipTicks !== 0 || slipRate[0] !== 0n) at = Math.min(Math.max(at, low), high);
    if (order.limit !== null && (at - order.limit) * order.sign > 0) at = order.limit;
    this.fill(order, this.fillable(order), at, "taker");
  }

  private closable(order: Order): number {
    const { quantity } = this.positions[order.request.leg];
    return quantity * order.sign < 0 ? Math.min(Math.abs(quantity), order.quantity - order.filled) : 0;
  }

  private fillable(order: Order): number {
    const wanted = order.closing ? this.closable(order) : order.quantity - order.filled;
    return wanted <= this.left ? wanted : Math.floor(this.left / this.setup.step) * this.setup.step;
  }

  private fill(order: Order, quantity: number, price: number, liquidity: "maker" | "taker"): void {
    if (quantity === 0) return;
    const value = rounded(BigInt(price) * BigInt(quantity), this.setup.perMoney);
    const [n, d] = liquidity === "maker" ? this.setup.makerRate : this.setup.takerRate;
    const fee = rounded(value * n, d);
    this.wallet -= fee;
    this.settle(this.positions[order.request.leg], order.sign * quantity, value);
    this.left -= quantity;
    order.filled += quantity;
    this.fills.push({ order: order.request.order, bar: this.bar, price, quantity, liquidity, fee: Number(fee) });
    if (order.filled === order.quantity) this.end(order, "FILLED");
  }

  /** Average cost: what closes takes its share of cost and value, what is left of either opens. */
  private settle(position: { quantity: number; cost: bigint }, signed: number, value: bigint): void {
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

  private end(order: Order, status: string): void {
    this.open = this.open.filter((other) => other !== order);
    this.statuses.set(order.request.order, status);
  }
}

/** Half away from zero. */
function rounded(n: bigint, d: bigint): bigint {
  const magnitude = ((n < 0n ? -n : n) * 2n + d) / (d * 2n);
  return n < 0n ? -magnitude : magnitude;
}
