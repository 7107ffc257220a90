// What a scenario does to the venue at a bar: faults, limits, deleveraging, trades by hand, the account's mode. It hands each step to the
// part of the venue that it is about.

import type { MarketIndex, Millis } from "../domain/index.ts";
import type { VirtualExchange } from "../exchange/virtual/index.ts";
import type { ClockStep, FeedStep, StrategyStep } from "./feed-steps.ts";
import type { Step } from "./plan.ts";
import type { ProcessStep } from "./process-plan.ts";

type Command = Extract<Step["action"], { readonly do: "stop_new_orders" | "kill" | "resume" | "halt" }>;

/** True for what is the operator's and not the venue's. */
export function isCommand(action: Step["action"]): action is Command {
  return action.do === "stop_new_orders" || action.do === "kill" || action.do === "resume" || action.do === "halt";
}

/** A step that the venue, or the account at it, takes. */
type VenueStep = Exclude<Step["action"], Command | ProcessStep | FeedStep | ClockStep | StrategyStep>;

export function applyToVenue(venue: VirtualExchange, market: MarketIndex, step: VenueStep, time: Millis): void {
  switch (step.do) {
    case "close_position":
      return venue.closeOutside(market, step.leg, step.quantity, time, step.notify);
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
