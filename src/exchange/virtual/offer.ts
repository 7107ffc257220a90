// What a venue's profile offers, as an answer to the question that each order asks. It must never decide anything else.

import type { OrderType, TimeInForce } from "../../domain/index.ts";
import type { VenueProfile } from "./profile.ts";

/** The profile's two lists with the usual words looked up beforehand: searching the lists was a hundred instructions an order. */
export class Offer {
  declare private readonly profile: VenueProfile;
  declare private readonly market: boolean;
  declare private readonly limit: boolean;
  declare private readonly stopMarket: boolean;
  declare private readonly untilCanceled: boolean;

  constructor(profile: VenueProfile) {
    this.profile = profile;
    this.market = profile.orderTypes.includes("market");
    this.limit = profile.orderTypes.includes("limit");
    this.stopMarket = profile.orderTypes.includes("stop_market");
    this.untilCanceled = profile.timeInForce.includes("GTC");
  }

  has(type: OrderType, timeInForce: TimeInForce): boolean {
    const lives = timeInForce === "GTC" ? this.untilCanceled : this.profile.timeInForce.includes(timeInForce);
    if (!lives) return false;
    if (type === "limit") return this.limit;
    if (type === "market") return this.market;
    return type === "stop_market" ? this.stopMarket : this.profile.orderTypes.includes(type);
  }
}
