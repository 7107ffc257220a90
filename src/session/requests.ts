// The rarer requests of a runner on their way to the venue: amendments and questions. Records pass by, there is nothing to
// do about them.

import type { Millis, RareEffect } from "../domain/index.ts";
import type { VirtualExchange } from "../exchange/virtual/index.ts";
import type { Questions } from "./questions.ts";

export function request(effect: RareEffect, now: Millis, venue: VirtualExchange, questions: Questions): void {
  switch (effect.type) {
    case "amend_order":
      return venue.amend(effect.order, effect.market, effect, now);
    case "query_order":
      return questions.ask(effect, now);
    case "query_position":
      return venue.queryPosition(effect.market, effect.leg, now);
    case "query_open_orders":
      return venue.queryOpenOrders(effect.market, now);
    case "query_fills":
      return venue.queryFills(effect.market, effect.since, now);
    case "query_account":
      return venue.queryAccount(now);
    case "query_cash":
      return venue.queryCash(effect.since, now);
    case "query_rules":
      return venue.queryRules(effect.market, now);
    default:
      return;
  }
}
