// The queue of a runner's effects: places that are used again and again, so that an order's usual requests and verdicts
// cost no object. A place is valid until the queue is drained; what must outlive that is copied out as a plain effect.

import { assertBounded } from "./bounds.ts";
import type { MarketIndex, OrderNumber } from "./brand.ts";
import type { Effect, OrderSettled, SubmitOrder } from "./effect.ts";
import { plainRequest, type OrderRequest } from "./order.ts";
import type { Reason } from "./reasons.ts";

/** Kinds that every order has: their fields stand in the place itself. */
type UsualEffect = "submit_order" | "cancel_order" | "order_settled";
export type RareEffect = Exclude<Effect, { type: UsualEffect }>;

/** Which fields of a place are filled; a number for the same reason as in EventPlace. */
type EffectKind = 0 | 1 | 2 | 3;

/** One place of the queue. All kinds share one shape, so that reading one costs the same whatever it holds. */
export class EffectPlace {
  /** 0 `submit_order`, 1 `cancel_order`, 2 `order_settled`, 3 everything else. */
  kind: EffectKind = 3;
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
  /** The place behind it in the queue; null where none has been needed yet. */
  next: EffectPlace | null = null;

  /** A copy that stays true. */
  plain(): Effect {
    const { order, market, reason, status } = this;
    switch (this.kind) {
      case 0:
        return { type: "submit_order", request: plainRequest(this.request as OrderRequest), reason };
      case 1:
        return { type: "cancel_order", order, market, reason };
      case 2:
        return { type: "order_settled", order, market, status, reason };
      default:
        return this.rare as RareEffect;
    }
  }
}

export class EffectQueue {
  /** Effects that wait, the verdict among them. */
  length = 0;
  /**
   * A verdict that was reached before anything else was asked for stands here and not in a place: it nearly always
   * belongs to the answer that is being handled, and is recorded with it. 0 = none.
   */
  verdictOn = 0 as OrderNumber;
  verdictMarket = 0 as MarketIndex;
  verdictStatus: OrderSettled["status"] = "NEW";
  verdictReason: Reason = "signal";
  /** Waiting places: all effects but the verdict. */
  placed = 0;
  private readonly start: EffectPlace = new EffectPlace();
  /** The first waiting place, while one waits: the others are reached by `next`. */
  first: EffectPlace = this.start;
  private free: EffectPlace = this.start;

  constructor() {
    // More places than plain sessions need at once: what is never done is no part of the code that is made of `take`.
    let last = this.start;
    for (let places = 1; places < 32; places += 1) {
      last.next = new EffectPlace();
      last = last.next;
    }
  }

  submit(request: SubmitOrder["request"], reason: Reason): void {
    const place = this.take();
    place.kind = 0;
    place.order = request.order;
    place.market = request.market;
    place.request = request;
    place.reason = reason;
  }

  cancel(order: OrderNumber, market: MarketIndex, reason: Reason): void {
    const place = this.take();
    place.kind = 1;
    place.order = order;
    place.market = market;
    place.reason = reason;
  }

  settle(order: OrderNumber, market: MarketIndex, status: OrderSettled["status"], reason: Reason): void {
    if (this.length > 0) {
      const place = this.take();
      place.kind = 2;
      place.order = order;
      place.market = market;
      place.status = status;
      place.reason = reason;
      return;
    }
    this.length = 1;
    this.verdictOn = order;
    this.verdictMarket = market;
    this.verdictStatus = status;
    this.verdictReason = reason;
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
        const place = this.take();
        place.kind = 3;
        place.rare = effect;
      }
    }
  }

  /** Takes the next effect out, as a copy. */
  shift(): Effect | undefined {
    if (this.length === 0) return undefined;
    this.length -= 1;
    if (this.verdictOn !== 0) {
      const { verdictOn: order, verdictMarket: market, verdictStatus: status, verdictReason: reason } = this;
      this.verdictOn = 0 as OrderNumber;
      return { type: "order_settled", order, market, status, reason };
    }
    const effect = this.first.plain();
    this.placed -= 1;
    this.first = this.first.next as EffectPlace;
    if (this.length === 0) this.clear();
    return effect;
  }

  /** Forgets what waits; the places stay. */
  clear(): void {
    this.length = 0;
    this.verdictOn = 0 as OrderNumber;
    this.placed = 0;
    this.first = this.start;
    this.free = this.start;
  }

  private take(): EffectPlace {
    const place = this.free;
    this.length += 1;
    this.placed += 1;
    this.free = place.next ?? this.extend(place);
    return place;
  }

  private extend(place: EffectPlace): EffectPlace {
    assertBounded("effects", this.placed);
    place.next = new EffectPlace();
    return place.next;
  }
}
