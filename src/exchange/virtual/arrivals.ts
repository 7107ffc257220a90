// Requests on their way to a market, until its next open takes them up.

import { plainRequest, type OrderNumber } from "../../domain/index.ts";
import type { Amendment } from "./changes.ts";
import type { ArrivalState } from "./state.ts";
import type { VenueOrder } from "./venue-order.ts";

/**
 * An order, a cancel as the number of its order, an amendment, or a stop-limit that the venue has accepted and whose limit
 * lives from the open on. Nothing is wrapped on the hot road.
 */
export type Arrival = VenueOrder | OrderNumber | AmendRequest;

export class AmendRequest {
  /** Told from an order by its status: `instanceof` walks a chain of prototypes. */
  readonly status = "AMENDMENT";
  declare readonly order: OrderNumber;
  declare readonly change: Amendment;

  constructor(order: OrderNumber, change: Amendment) {
    this.order = order;
    this.change = change;
  }
}

/** True for an order that the venue has accepted already. */
export function isActivation(arrival: Arrival): arrival is VenueOrder {
  // By its status, and not by its class: asked at each open that something arrives at.
  return typeof arrival !== "number" && arrival.status !== "NEW" && arrival.status !== "AMENDMENT";
}

export function arrivalState(arrival: Arrival): ArrivalState {
  if (typeof arrival === "number") return { do: "cancel", order: arrival };
  if (arrival instanceof AmendRequest) return { do: "amend", order: arrival.order, change: arrival.change };
  if (isActivation(arrival)) return { do: "activate", order: arrival.order };
  return { do: "submit", request: plainRequest(arrival) };
}
