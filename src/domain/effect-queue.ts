// The queue of a runner's effects: places that are used again and again, so that an order's usual requests and verdicts
// cost no object. A place is valid until the queue is drained; what must outlive that is copied out as a plain effect.

import type { MarketIndex, OrderNumber } from "./brand.ts";
import type { Effect, OrderSettled, SubmitOrder } from "./effect.ts";
import { plainRequest, type OrderRequest } from "./order.ts";
import type { Reason } from "./reasons.ts";

/** Kinds that every order has: their fields stand in the place itself. */
type UsualEffect = "submit_order" | "cancel_order" | "order_settled";
export type RareEffect = Exclude<Effect, { type: UsualEffect }>;

/** One place of the queue. All kinds share one shape, so that reading one costs the same whatever it holds. */
export class EffectPlace {
  type: Effect["type"] = "halt";
  /** Of the usual kinds. */
  order = 0 as OrderNumber;
  market = 0 as MarketIndex;
  reason: Reason = "signal";
  /** Of `order_settled`. */
  status: OrderSettled["status"] = "NEW";
  /** Of `submit_order`: belongs to the runner and may change once the queue is drained. */
  request: OrderRequest | null = null;
  /** Every other kind, as it was pushed. */
  rare: RareEffect | null = null;

  /** A copy that stays true. */
  plain(): Effect {
    const { order, market, reason, status } = this;
    switch (this.type) {
      case "submit_order":
        return { type: "submit_order", request: plainRequest(this.request as OrderRequest), reason };
      case "cancel_order":
        return { type: "cancel_order", order, market, reason };
      case "order_settled":
        return { type: "order_settled", order, market, status, reason };
      default:
        return this.rare as RareEffect;
    }
  }
}

export class EffectQueue {
  private readonly places: EffectPlace[] = [];
  private head = 0;
  private tail = 0;

  get length(): number {
    return this.tail - this.head;
  }

  submit(request: SubmitOrder["request"], reason: Reason): void {
    const place = this.next();
    place.type = "submit_order";
    place.order = request.order;
    place.market = request.market;
    place.request = request;
    place.reason = reason;
  }

  cancel(order: OrderNumber, market: MarketIndex, reason: Reason): void {
    const place = this.next();
    place.type = "cancel_order";
    place.order = order;
    place.market = market;
    place.reason = reason;
  }

  settle(order: OrderNumber, market: MarketIndex, status: OrderSettled["status"], reason: Reason): void {
    const place = this.next();
    place.type = "order_settled";
    place.order = order;
    place.market = market;
    place.status = status;
    place.reason = reason;
  }

  push(effect: Effect): void {
    switch (effect.type) {
      case "submit_order":
        return this.submit(effect.request, effect.reason);
      case "cancel_order":
        return this.cancel(effect.order, effect.market, effect.reason);
      case "order_settled":
        return this.settle(effect.order, effect.market, effect.status, effect.reason);
      default: {
        const place = this.next();
        place.type = effect.type;
        place.rare = effect;
      }
    }
  }

  /** The n-th waiting place. */
  at(n: number): EffectPlace {
    return this.places[this.head + n] as EffectPlace;
  }

  /** Takes the next effect out, as a copy. */
  shift(): Effect | undefined {
    if (this.head === this.tail) return undefined;
    const effect = this.at(0).plain();
    this.head += 1;
    if (this.head === this.tail) this.clear();
    return effect;
  }

  /** Forgets what waits; the places stay. */
  clear(): void {
    this.head = 0;
    this.tail = 0;
  }

  private next(): EffectPlace {
    const at = this.tail;
    this.tail += 1;
    if (at < this.places.length) return this.places[at] as EffectPlace;
    const place = new EffectPlace();
    this.places.push(place);
    return place;
  }
}
