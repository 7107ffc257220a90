// A venue's answer in memory that is used again: the answers that every order gets cost no object on their way to the
// runner. A place is valid until the next answer is taken; what must outlive that is copied out as a plain event.

import type { MarketIndex, Millis, OrderNumber, Quantity, Sequence, VenueOrderId } from "./brand.ts";
import type { OrderFilled, VenueEvent } from "./event.ts";

/** All kinds share one shape, so that reading one costs the same whatever it holds. */
export class EventPlace {
  type: VenueEvent["type"] = "order_acknowledged";
  time = 0 as Millis;
  /** Of `order_acknowledged` and `order_canceled`. */
  sequence = 0 as Sequence;
  market = 0 as MarketIndex;
  order = 0 as OrderNumber;
  /** Of `order_acknowledged`. */
  venueOrderId: VenueOrderId = 0;
  /** Of `order_canceled`. */
  cumulative = 0 as Quantity;
  /** Of `order_filled`: the execution. */
  fill: OrderFilled | null = null;
  /** Every other kind, as it was told. */
  rare: VenueEvent | null = null;

  /** A copy that stays true. */
  plain(): VenueEvent {
    const { time, sequence, market, order } = this;
    switch (this.type) {
      case "order_acknowledged":
        return { type: "order_acknowledged", market, time, sequence, order, venueOrderId: this.venueOrderId };
      case "order_canceled":
        return { type: "order_canceled", market, time, sequence, order, cumulative: this.cumulative };
      case "order_filled":
        return this.fill as OrderFilled;
      default:
        return this.rare as VenueEvent;
    }
  }
}
