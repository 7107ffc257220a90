// What a scenario does to the venue at a bar: faults, limits, deleveraging, the account's mode. It hands each step to the
// part of the venue that it is about.

import type { MarketIndex, Millis } from "../domain/index.ts";
import type { VirtualExchange } from "../exchange/virtual/index.ts";
import type { Step } from "./plan.ts";

/** Steps that are neither the operator's nor a trade by hand. */
export type VenueStep = Exclude<Step["action"], { readonly do: "stop_new_orders" | "kill" | "resume" | "halt" | "close_position" }>;

export function applyToVenue(venue: VirtualExchange, market: MarketIndex, step: VenueStep, time: Millis): void {
  switch (step.do) {
    case "set_position_mode":
      return venue.setPositionMode(step.mode);
    case "rate_limit":
    case "ban":
      return venue.limitRequests(step, time);
    case "adl":
      return venue.deleverage(market, step, time);
    default:
      return venue.arm(step);
  }
}
