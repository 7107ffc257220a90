// An order's request in an object that is used again: what the runner's orders and the venue's have in common. Its words are
// one shared object; it must never be handed out as a request that stays true (see plainRequest).

import type { MarketIndex, OrderNumber, Price, Quantity } from "./brand.ts";
import { namesOf, type OrderNames } from "./order-names.ts";
import type { OrderTerms } from "./order-terms.ts";
import type { Family, Leg, OrderRequest, OrderType, Side, TimeInForce } from "./order.ts";

/** What an order has before anybody has named it. */
const unnamed = namesOf({ side: "buy", leg: "NET", family: "entry", type: "market", timeInForce: "GTC", reduceOnly: false });

/** A request that carries its shared names. */
export interface NamedRequest extends OrderRequest {
  readonly names: OrderNames;
}

export class RequestFields implements NamedRequest {
  order = 0 as OrderNumber;
  market = 0 as MarketIndex;
  names: OrderNames = unnamed;
  quantity = 0 as Quantity;
  price: Price | null = null;
  trigger: Price | null = null;
  timeToLive: number | null = null;
  replaces: OrderNumber | null = null;
  terms: OrderTerms | null = null;

  get side(): Side {
    return this.names.side;
  }

  get leg(): Leg {
    return this.names.leg;
  }

  get family(): Family {
    return this.names.family;
  }

  get type(): OrderType {
    return this.names.type;
  }

  get timeInForce(): TimeInForce {
    return this.names.timeInForce;
  }

  get reduceOnly(): boolean {
    return this.names.reduceOnly;
  }

  /** Takes over all that a request says. */
  copy(request: OrderRequest): void {
    this.order = request.order;
    this.market = request.market;
    this.names = namesOfRequest(request);
    this.quantity = request.quantity;
    this.price = request.price;
    this.trigger = request.trigger;
    this.timeToLive = request.timeToLive;
    this.replaces = request.replaces;
    // A request from outside of TypeScript may leave it out.
    this.terms = request.terms ?? null;
  }
}

/** The shared names of a request, whether it carries them or has words of its own. */
export function namesOfRequest(request: OrderRequest): OrderNames {
  // A look at the field costs less than to ask for the class.
  return (request as Partial<NamedRequest>).names ?? namesOf(request);
}
