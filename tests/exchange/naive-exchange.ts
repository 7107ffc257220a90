// The rules of the virtual exchange a second time, as plainly as they can be said: every order is looked at for every
// price of every bar. It shares no code with the real one, only its words, and must never become clever.

import type { OrderRequest } from "../../src/domain/index.ts";
import type { Amendment } from "../../src/exchange/virtual/index.ts";
import { minute, NaiveBook, rounded, type NaiveBar, type NaiveFill, type Order } from "./naive-book.ts";

type Request = { submit: OrderRequest } | { cancel: number } | { amend: number; change: Amendment } | { wake: Order };

export class NaiveExchange extends NaiveBook {
  readonly fills: NaiveFill[] = [];
  /** Last word on each order: OPEN, FILLED, CANCELED, EXPIRED reason, REJECTED reason. */
  readonly statuses = new Map<number, string>();
  /** Answers to cancels and amendments, in order. */
  readonly answers: string[] = [];
  private requests: Request[] = [];
  private woken: Request[] = [];
  /** Every accepted order, and those that have set something off. */
  private readonly all = new Map<number, Order>();
  private news: number[] = [];
  /** Amended at this open: it arrives again, so the open does not jump over it as well. */
  private anew = new Set<Order>();
  private clock = 0;
  private range: NaiveBar = [0, 0, 0, 0, 0];

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
    for (const order of this.byNumber()) if (order.ends <= this.bar * minute) this.endLife(order);
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
    for (const order of this.open) if (order.ends < (this.bar + 1) * minute) order.away = true;
    if (!dry && this.left > 0) this.follow(open);
    for (let request = this.requests.shift(); request !== undefined; request = this.requests.shift()) this.execute(request, open);
    if (!dry) this.walk(bar);
    this.endLives((this.bar + 1) * minute - 1, bar[3]);
    for (const order of this.byNumber()) {
      if (order.request.type === "market_on_close" && !order.unborn && order.ends <= (this.bar + 1) * minute) this.market(order, bar[3]);
    }
    this.knockOn(bar[3]);
    this.endLives((this.bar + 1) * minute, bar[3]);
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
      this.endLives(this.bar * minute + (leg * minute) / 4, from);
      if (to !== from) this.sweep(to < from, from, to);
      this.follow(to);
    }
  }

  /** The price moves: whoever it reaches has one turn, the first that it reaches first, then the earliest. */
  private sweep(falling: boolean, from: number, to: number, done = new Set<Order>()): void {
    for (;;) {
      const next = this.open
        .filter((order) => !done.has(order) && this.falling(order) === falling && this.reached(order, to))
        .sort(
          (a, b) =>
            (falling ? this.level(b) - this.level(a) : this.level(a) - this.level(b)) || +this.isDenied(b) - +this.isDenied(a) || a.time - b.time,
        )[0];
      if (next === undefined) return;
      done.add(next);
      const jumped = this.reached(next, from);
      const here = jumped ? from : this.level(next);
      if (next.trigger === null) this.fillResting(next, jumped && this.setup.gap === "open" ? from : (next.limit as number));
      else {
        if (next.limit !== null) done.delete(next);
        this.fire(next, here);
      }
      this.knockOn(here);
    }
  }

  private fillResting(order: Order, price: number): void {
    if (this.isStranded(order)) return this.end(order, "EXPIRED reduce_only_position_gone");
    this.fill(order, this.fillable(order), price, "maker");
    this.endIfGone(order);
  }

  /** The rest of an order that has closed its position has nothing left to close. */
  private endIfGone(order: Order): void {
    if (this.open.includes(order) && this.isStranded(order)) this.end(order, "EXPIRED reduce_only_position_gone");
  }

  private fire(order: Order, at: number): void {
    if (order.asleep) {
      order.asleep = false;
      order.trigger = this.behind(order, at);
      return;
    }
    if (order.limit === null && order.live !== null && order.live < order.quantity - order.filled) return this.firePart(order, at);
    order.trigger = null;
    if (order.limit === null) return this.market(order, at);
    order.time = ++this.clock;
    if (this.setup.fill.stopLimit === "rest-of-path") return this.place(order, at);
    order.waiting = true;
    this.woken.push({ wake: order });
  }

  /** A stop of which only a part may fill: it takes that, and stands on for what its parent still brings. */
  private firePart(order: Order, at: number): void {
    this.take(order, at);
    if (!this.open.includes(order) || !this.isComplete(order)) return;
    if (this.isSpent(order)) return this.end(order, spentWord(order));
    this.endIfGone(order);
    if (this.open.includes(order)) this.end(order, order.filled > 0 ? "EXPIRED volume_cap" : "EXPIRED no_liquidity");
  }

  private execute(request: Request, open: number): void {
    this.perform(request, open);
    this.knockOn(open);
  }

  private perform(request: Request, open: number): void {
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
    const activation = request.terms?.trail?.activation ?? null;
    const links = request.terms !== null && (request.terms.parent !== null || request.terms.group !== null);
    const child = (request.terms?.parent ?? null) !== null;
    const order: Order = {
      request,
      sign,
      closing,
      quantity,
      filled: 0,
      limit,
      trigger,
      time: this.clock,
      waiting: false,
      away: false,
      orphan: !child,
      ends: this.endOf(request),
      asleep: activation !== null,
      live: links ? (child ? 0 : quantity) : null,
      granted: child ? 0 : quantity,
      unborn: child,
    };
    const refusal = this.refusal(order, open);
    this.statuses.set(request.order, refusal === null ? "OPEN" : `REJECTED ${refusal}`);
    if (refusal !== null) return;
    order.time = ++this.clock;
    if (order.asleep) order.trigger = activation;
    this.open.push(order);
    this.all.set(request.order, order);
    this.tie(order);
    this.arrive(order, open);
  }

  // ---- links ------------------------------------------------------------------------------------------------------

  private tie(order: Order): void {
    const { terms } = order.request;
    const group = this.groupOf(order);
    const head = group === order.request.order ? undefined : this.all.get(group);
    if (head !== undefined && order.live !== null) {
      head.live ??= head.quantity - head.filled;
      const gone = head.granted - head.live;
      order.live -= gone === head.quantity ? order.quantity : Math.ceil((gone * order.quantity) / head.quantity);
      this.news.push(head.request.order);
    }
    const parent = terms?.parent ?? null;
    if (parent !== null) this.news.push(parent);
  }

  private knockOn(price: number): void {
    for (let number = this.news.shift(); number !== undefined; number = this.news.shift()) {
      const source = this.all.get(number);
      if (source === undefined) continue;
      for (const child of this.byNumber()) if (child.request.terms?.parent === number) this.grow(child, source, price);
      for (const other of this.byNumber()) if (this.groupOf(other) === this.groupOf(source) && this.isSpent(other)) this.end(other, spentWord(other));
    }
  }

  private grow(child: Order, parent: Order, price: number): void {
    if (!this.open.includes(child) || child.live === null) return;
    const share = Math.floor((child.quantity * parent.filled) / parent.quantity / this.setup.step) * this.setup.step;
    const total = parent.filled === parent.quantity ? child.quantity : share;
    if (total > child.granted) {
      child.live += total - child.granted;
      child.granted = total;
    }
    child.orphan = !this.open.includes(parent);
    if (this.isSpent(child)) return this.end(child, spentWord(child));
    if (!child.unborn || child.live <= 0) return;
    if (child.trigger !== null && !child.asleep && this.setup.crossed === "reject" && this.crosses(child, price))
      return this.end(child, "EXPIRED trigger_already_crossed");
    const { quantity } = this.positions[child.request.leg];
    if (child.closing && (quantity === 0 || quantity > 0 === (child.sign === 1))) return this.end(child, "EXPIRED reduce_only_position_gone");
    child.unborn = false;
    child.time = ++this.clock;
    this.arrive(child, price);
  }

  // ---- trails -----------------------------------------------------------------------------------------------------

  private follow(price: number): void {
    for (const order of this.open) {
      if (order.request.type !== "trailing_stop" || order.asleep || order.trigger === null || order.away || order.unborn) continue;
      const stop = this.behind(order, price);
      if ((order.trigger - stop) * order.sign > 0) order.trigger = stop;
    }
  }

  private refusal(order: Order, open: number): string | null {
    const { leg } = order.request;
    if (order.ends <= this.bar * minute) return "bad_order_terms";
    if ((leg === "NET") !== (this.setup.mode === "one_way")) return "position_side_mismatch";
    const filter = this.filter(order);
    if (filter !== null) return filter;
    const { quantity } = this.positions[leg];
    if (order.unborn) {
      const parent = this.all.get(order.request.terms?.parent ?? 0);
      return parent === undefined || (!this.open.includes(parent) && parent.filled === 0) ? "parent_order_gone" : null;
    }
    if (order.closing && (quantity === 0 || quantity > 0 === (order.sign === 1))) return "reduce_only_rejected";
    return this.crossing(order, open);
  }

  private amend(id: number, change: Amendment, open: number): void {
    const order = this.find(id);
    const refuse = (): void => void this.answers.push(`amend ${id} refused`);
    if (order === undefined) return refuse();
    const before = order.quantity;
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
    if (!order.unborn && (after.trigger === null || change.trigger !== null) && this.crossing(after, open) !== null) return refuse();
    Object.assign(order, after, { time: ++this.clock });
    if (order.live !== null && order.granted === before) {
      order.live += order.quantity - before;
      order.granted = order.quantity;
    }
    this.anew.add(order);
    this.answers.push(`amend ${id} done`);
    this.arrive(order, open);
  }

  private arrive(order: Order, open: number): void {
    if (order.unborn) return;
    if (this.isSpent(order)) return this.end(order, spentWord(order));
    if (order.request.type === "market_on_close") {
      order.ends = this.endOf(order.request);
      return;
    }
    order.away = order.ends < (this.bar + 1) * minute;
    if (order.request.type === "trailing_stop" && order.trigger === null) {
      order.trigger = this.behind(order, open);
      return;
    }
    if (order.trigger === null) this.place(order, open);
    else if (this.crosses(order, open)) this.fire(order, open);
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
    const gone = this.isStranded(order);
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

  private fill(order: Order, quantity: number, price: number, liquidity: "maker" | "taker"): void {
    if (quantity === 0) return;
    const value = rounded(BigInt(price) * BigInt(quantity), this.setup.perMoney);
    const [n, d] = liquidity === "maker" ? this.setup.makerRate : this.setup.takerRate;
    const fee = rounded(value * n, d);
    this.wallet -= fee;
    this.settle(this.positions[order.request.leg], order.sign * quantity, value);
    this.left -= quantity;
    order.filled += quantity;
    this.news.push(order.request.order);
    this.share(order, quantity);
    this.fills.push({ order: order.request.order, bar: this.bar, price, quantity, liquidity, fee: Number(fee) });
    if (order.filled === order.quantity) this.end(order, "FILLED");
  }

  /** What one fills, the others of its group lose in proportion. */
  private share(order: Order, quantity: number): void {
    if (order.live === null) return;
    const before = order.live;
    order.live -= quantity;
    for (const other of this.open) {
      if (other === order || other.live === null || other.live <= 0 || this.groupOf(other) !== this.groupOf(order)) continue;
      other.live = Math.floor((other.live * order.live) / before / this.setup.step) * this.setup.step;
    }
  }

  /** Lives that are over by an instant end in the order of their ends. */
  private endLives(instant: number, price: number): void {
    for (const order of this.byNumber().sort((a, b) => a.ends - b.ends)) if (order.ends <= instant) this.endLife(order);
    this.knockOn(price);
  }

  private endLife(order: Order): void {
    if (order.request.type === "market_on_close") return;
    this.end(order, order.request.timeInForce === "DAY" ? "EXPIRED day_ended" : "EXPIRED good_till_date");
  }

  private end(order: Order, status: string): void {
    this.news.push(order.request.order);
    this.open = this.open.filter((other) => other !== order);
    this.statuses.set(order.request.order, status);
  }
}

function spentWord(order: Order): string {
  return order.granted < order.quantity ? "EXPIRED parent_order_gone" : "EXPIRED one_cancels_other";
}
