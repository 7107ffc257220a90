// What a scenario does to the venue at a bar: faults, limits, deleveraging, trades by hand, the account's mode. It hands each step to the
// part of the venue that it is about.

import { assert, type MarketIndex, type Millis } from "../domain/index.ts";
import { disturb, isDisturbance, type VirtualExchange } from "../exchange/virtual/index.ts";
import { isInside } from "./feed/steps.ts";
import type { Step } from "./plan.ts";
import { isProcessStep } from "./process/process-plan.ts";

type Command = Extract<Step["action"], { readonly do: "stop_new_orders" | "kill" | "resume" | "halt" }>;

/** True for what is the operator's and not the venue's. */
export function isCommand(action: Step["action"]): action is Command {
  return action.do === "stop_new_orders" || action.do === "kill" || action.do === "resume" || action.do === "halt";
}

/** What is done to the feed, the clock or the strategy passes by: the session has its own parts for it. */
export function applyToVenue(venue: VirtualExchange, market: MarketIndex, step: Exclude<Step["action"], Command>, time: Millis): void {
  assert(!isProcessStep(step), "I-22", () => `a plain session cannot ${step.do}`);
  if (isInside(step)) return;
  switch (step.do) {
    case "close_position":
      return venue.outside.close(market, step.leg, step.quantity, time, step.notify);
    case "set_position_mode":
      return venue.outside.setPositionMode(step.mode);
    case "rate_limit":
    case "ban":
      return venue.limitRequests(step, time);
    case "adl":
      return venue.outside.deleverage(market, step, time);
    default:
      if (isDisturbance(step)) disturb(venue, step, market, time);
      else venue.arm(step);
  }
}
