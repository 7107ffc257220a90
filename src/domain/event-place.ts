// A venue's answer in memory that is used again: the answers that every order gets cost no object on their way to the
// runner. A place is valid until the next answer is taken; what must outlive that is copied out as a plain event.

import type { MarketIndex, Millis, OrderNumber, Quantity, Sequence, VenueOrderId } from "./brand.ts";
import { wideZero } from "./numbers.ts";
import type { OrderFilled, VenueEvent } from "./event.ts";

/** Which fields of a place are filled. Numbers: comparing names costs several times as much, and each answer is asked three times. */
export type AnswerKind = 0 | 1 | 2 | 3;

/** All kinds share one shape, so that reading one costs the same whatever it holds. */
export class EventPlace {
  /** 0 `order_acknowledged`, 1 `order_canceled`, 2 `order_filled`, 3 everything else. */
  kind: AnswerKind = 0;
  /** The place behind it, in the ring of an outbox. */
  next: EventPlace = this;
  time = wideZero as Millis;
  /** When it is handed over. */
  due = wideZero;
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
    switch (this.kind) {
      case 0:
        return { type: "order_acknowledged", market, time, sequence, order, venueOrderId: this.venueOrderId };
      case 1:
        return { type: "order_canceled", market, time, sequence, order, cumulative: this.cumulative };
      case 2:
        return this.fill as OrderFilled;
      default:
        return this.rare as VenueEvent;
    }
  }
}
