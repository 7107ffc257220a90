// I-20 while it runs: a leg on which book and venue differ has a reason for it, of that leg or its market, and the reason explains
// the difference to the unit where it can. What has none ends the session.

import { InvariantError, type Leg, type MarketIndex, type Reason, type VenueEvent } from "../../domain/index.ts";
import type { VirtualExchange } from "../../exchange/virtual/index.ts";
import type { Runner } from "../../runner/index.ts";

type Book = Pick<Runner, "positionOf" | "inside">;
type Truth = Pick<VirtualExchange, "account" | "events" | "find">;

/** A leg that is not at the venue what it is in the book. */
interface Difference {
  readonly market: MarketIndex;
  readonly leg: Leg;
  readonly booked: number;
  readonly held: number;
}

type Explanation = readonly [reason: Reason | "on_its_way", explains: (difference: Difference, venue: Truth, runner: Book) => boolean];

/** The first that holds is the reason. */
const explanations: readonly Explanation[] = [
  ["on_its_way", ({ market, leg, booked, held }, venue) => booked + onItsWay(venue, market, leg, held - booked) === held],
  ["unresolved_outcome", isInDoubt],
  [
    "fill_beyond_order",
    ({ market, leg }, _, { inside }) => inside.outcomes.excess.snapshot().held.some(({ fill, leg: own }) => fill.market === market && own === leg),
  ],
  ["missed_fill", ({ market }, _, { inside }) => inside.outcomes.orphans.snapshot().fills.some((fill) => fill.market === market)],
  ["position_mismatch", ({ market, leg }, _, runner) => isLookedAt(runner, `${market}/${leg}`)],
  ["reconciling", (_difference, _, { inside }) => inside.reconciliation.active],
  [
    "stream_gap",
    ({ market }, _, { inside }) => inside.core.locks.list().some((lock) => lock.reason === "stream_gap" && (lock.market ?? market) === market),
  ],
];

/** Reasons for the legs that differ. @param untold something has happened that no message will tell. @throws InvariantError I-20 for one without a reason */
export function reasonsFor(venue: Truth, runner: Book, untold: boolean): string[] {
  const reasons: string[] = [];
  for (const [market, { legs, instrument }] of venue.account.markets.entries()) {
    for (const { leg, quantity: held } of legs) {
      const booked = runner.positionOf(market, leg);
      if (booked === held) continue;
      const difference = { market: market as MarketIndex, leg, booked, held };
      const reason = explanations.find(([, explains]) => explains(difference, venue, runner))?.[0] ?? (untold ? "untold" : null);
      if (reason === null)
        throw new InvariantError("I-20", `${instrument.symbol} ${leg}: the runner's book holds ${booked}, the venue ${held}, and nothing says why`);
      reasons.push(reason);
    }
  }
  return reasons;
}

/** What messages that have not come yet will change a leg by; an answer that tells of all of it counts as that. */
export function onItsWay(venue: Pick<Truth, "events" | "find">, market: MarketIndex, leg: Leg, missing: number): number {
  let change = 0;
  for (const { event } of venue.events.list()) {
    if (!("market" in event) || event.market !== market) continue;
    if (event.type === "fills_reported" || (event.type === "query_answered" && event.fills.length > 0)) return missing;
    if (event.type === "position_reported" && event.leg === leg) return missing;
    change += changeBy(event, venue, market, leg);
  }
  return change;
}

function changeBy(event: VenueEvent, venue: Pick<Truth, "find">, market: MarketIndex, leg: Leg): number {
  if (event.type === "order_filled") {
    const order = venue.find(market, event.order);
    return order?.leg === leg ? order.direction * event.quantity : 0;
  }
  if ((event.type !== "liquidated" && event.type !== "auto_deleveraged") || event.leg !== leg) return 0;
  return event.side === "buy" ? event.quantity : -event.quantity;
}

/** Between what the orders in doubt leave open. */
function isInDoubt({ market, leg, booked, held }: Difference, _venue: Truth, { inside }: Book): boolean {
  let lowest = booked;
  let highest = booked;
  let doubts = 0;
  for (let order = inside.core.desks[market]?.first ?? null; order !== null; order = order.later) {
    if (order.leg !== leg || !order.unknown) continue;
    doubts += 1;
    const left = Math.max(order.quantity, inside.core.amendments.largest(order.order)) - order.filled;
    if (order.side === "buy") highest += left;
    else lowest -= left;
  }
  return doubts > 0 && held >= lowest && held <= highest;
}

/** It has been read once, or is about to be asked for again. */
function isLookedAt({ inside }: Book, key: string): boolean {
  const { positions, positionCheck, outcomes } = inside;
  if (outcomes.doubts.snapshot().deferred.includes(key)) return true;
  return positions.snapshot().some(([read]) => read === key) || positionCheck.snapshot().suspects.some(([suspect]) => suspect === key);
}
