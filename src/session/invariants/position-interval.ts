// I-07 while answers are on their way: the venue's position is the book's with what has not been told yet, or lies between what the
// runner's own orders leave open. Looked at where a session is audited; it sees both sides, as nothing in a live session can.

import { InvariantError, type Leg, type MarketIndex, type VenueEvent } from "../../domain/index.ts";
import type { VirtualExchange } from "../../exchange/virtual/index.ts";
import type { Runner } from "../../runner/index.ts";

type Book = Pick<Runner, "positionOf" | "snapshot">;
type Truth = Pick<VirtualExchange, "account" | "events" | "find">;

/** @returns how many legs were compared. @throws InvariantError I-07 for a position that nothing explains */
export function assertInside(venue: Truth, runner: Book): number {
  const waiting = venue.events.list().map(({ event }) => event);
  let compared = 0;
  for (const [market, { legs, instrument }] of venue.account.markets.entries()) {
    for (const { leg, quantity } of legs) {
      compared += 1;
      const booked = runner.positionOf(market, leg);
      if (booked + untold(venue, waiting, market, leg) === quantity) continue;
      const { lowest, highest } = interval(runner, booked, market, leg);
      if (quantity >= lowest && quantity <= highest) continue;
      const between = `the runner's book holds ${booked}, its orders allow ${lowest} to ${highest}`;
      throw new InvariantError("I-07", `${instrument.symbol} ${leg}: the venue holds ${quantity}, ${between}`);
    }
  }
  return compared;
}

/** What the answers that are on their way will change a leg by. */
function untold(venue: Truth, waiting: readonly VenueEvent[], market: number, leg: Leg): number {
  let change = 0;
  for (const event of waiting) {
    if (event.type === "order_filled" && event.market === market) {
      const order = venue.find(market as MarketIndex, event.order);
      if (order?.leg === leg) change += order.direction * event.quantity;
    } else if ((event.type === "liquidated" || event.type === "auto_deleveraged") && event.market === market && event.leg === leg)
      change += event.side === "buy" ? event.quantity : -event.quantity;
  }
  return change;
}

/**
 * Each order that is out fills with nothing or with all that is left of it, one that has ended with what the venue's last word on it
 * counts and no fill has told; a fill in question is one or is none.
 */
function interval(runner: Book, booked: number, market: number, leg: Leg): { lowest: number; highest: number } {
  let lowest = booked;
  let highest = booked;
  const { orders, ended, excess } = runner.snapshot();
  for (const { fill, side, leg: own } of excess.held) {
    if (fill.market !== market || own !== leg) continue;
    if (side === "buy") highest += fill.quantity;
    else lowest -= fill.quantity;
  }
  const open = orders.map(({ request, filled }) => ({ request, left: request.quantity - filled }));
  const heardOf = ended.map(({ request, cumulative, filled }) => ({ request, left: Math.max(0, cumulative - filled) }));
  for (const { request, left } of [...open, ...heardOf]) {
    if (request.market !== market || request.leg !== leg) continue;
    if (request.side === "buy") highest += left;
    else lowest -= left;
  }
  return { lowest, highest };
}
