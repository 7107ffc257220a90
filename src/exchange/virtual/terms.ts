// Checks of what orders of the rarer kinds say: whether the venue does it at all, and whether it fits together. Pure: a
// reason to reject, or null.

import type { NamedRequest, OrderRequest, OrderTerms, Reason, Trail } from "../../domain/index.ts";
import type { ContingentKind, VenueProfile } from "./profile.ts";

/** True for an order that the venue only keeps until another order, or an hour, brings it to life. */
export function arrivesLater({ terms }: OrderRequest, now: number): boolean {
  return terms !== null && (terms.parent !== null || (terms.goodAfter !== null && terms.goodAfter > now));
}

/** @param now ms; lives must end after it */
export function checkTerms(request: NamedRequest, profile: VenueProfile, now: number): Reason | null {
  const { terms, type, timeInForce } = request;
  if (terms === null) return request.names.needsTerms === 1 ? "bad_order_terms" : null;
  if (asked(terms).some((kind) => !profile.contingent.includes(kind))) return "unsupported_order_type";
  if (terms.triggerBy === "mark" && !profile.triggerBy.includes("mark")) return "unsupported_order_type";
  const { goodTill, goodAfter, parent, group, closePosition } = terms;
  if ((timeInForce === "GTD") !== (goodTill !== null) || (goodTill !== null && goodTill <= now)) return "bad_order_terms";
  if (goodAfter !== null && (parent !== null || (goodTill !== null && goodTill <= goodAfter))) return "bad_order_terms";
  if (parent === request.order || (group !== null && goodAfter !== null)) return "bad_order_terms";
  if (closePosition && !closable.includes(type)) return "bad_order_terms";
  return (type === "trailing_stop") === (terms.trail !== null) && (terms.trail === null || fits(terms.trail, request)) ? null : "bad_order_terms";
}

const closable: readonly string[] = ["stop_market", "take_profit_market", "trailing_stop"];

function asked({ parent, group, closePosition, selfTrade, goodAfter }: OrderTerms): ContingentKind[] {
  const kinds: ContingentKind[] = [];
  if (parent !== null) kinds.push("bracket");
  else if (group !== null) kinds.push("oco");
  if (closePosition) kinds.push("close_position");
  if (selfTrade !== "none") kinds.push("self_trade");
  if (goodAfter !== null) kinds.push("good_after");
  return kinds;
}

/** One distance, of a sensible size; a first stop or an activation price, not both. */
function fits({ rate, distance, activation }: Trail, { trigger }: OrderRequest): boolean {
  if ((rate === null) === (distance === null) || (activation !== null && trigger !== null)) return false;
  if (rate !== null) return rate.numerator > 0 && rate.numerator < rate.denominator;
  return distance !== null && distance > 0;
}
