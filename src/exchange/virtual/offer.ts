// What a venue's profile offers, as an answer to the question that each order asks: shapes, types, lives, and terms of the rarer
// kinds. It must never decide anything else.

import { orderTypes, timesInForce, type NamedRequest, type OrderNames, type OrderRequest, type Reason } from "../../domain/index.ts";
import type { VenueProfile } from "./profile.ts";
import { checkTerms } from "./terms.ts";

export class Offer {
  declare private readonly profile: VenueProfile;
  /**
   * The profile's two lists as a table, because searching the lists was a hundred instructions an order: 1 where the venue takes a
   * type with a life, by the bits of both in an order's code.
   */
  declare private readonly taken: readonly number[];

  constructor(profile: VenueProfile) {
    const { orderTypes: offered, timeInForce: lives } = profile;
    this.profile = profile;
    this.taken = Array.from({ length: 128 }, (_, at) => {
      const type = orderTypes[at >> 3];
      const life = timesInForce[at & 7];
      return type !== undefined && life !== undefined && offered.includes(type) && lives.includes(life) ? 1 : 0;
    });
  }

  has({ code }: OrderNames): boolean {
    return code >= 0 && this.taken[(code >> 4) & 127] === 1;
  }

  /** Why the venue does not take what an order says; null where it does. @param now ms; lives must end after it */
  refusal(request: NamedRequest, now: number): Reason | null {
    const { names, price, trigger } = request;
    const given = (price === null ? 0 : 1) | (trigger === null ? 0 : 2);
    if (given !== names.prices) {
      const misshapen = checkShape(request);
      if (misshapen !== null) return misshapen;
    }
    if (!this.has(names)) return "unsupported_order_type";
    return request.terms === null && names.needsTerms === 0 ? null : checkTerms(request, this.profile, now);
  }
}

/** Each type has the prices that it needs, and no others. */
function checkShape({ type, price, trigger, timeInForce }: OrderRequest): Reason | null {
  const limited = type === "limit" || type === "stop_limit" || type === "take_profit_limit";
  const triggered = type !== "limit" && type !== "market" && type !== "market_on_close";
  if (limited && price === null) return "missing_price";
  // A trailing stop may come without a first stop.
  if (triggered && trigger === null && type !== "trailing_stop") return "missing_trigger";
  if (type === "market_on_close" && timeInForce !== "GTC" && timeInForce !== "DAY") return "unsupported_order_type";
  const surplus = (!limited && (price !== null || timeInForce === "PO")) || (!triggered && trigger !== null);
  return surplus ? "unsupported_order_type" : null;
}
