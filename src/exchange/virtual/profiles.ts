// The shipped venue profiles by name. One file a venue, in profiles/: each figure there names the page that states it.

import type { VenueProfile } from "./profile.ts";
import { binanceSpot } from "./profiles/binance-spot.ts";
import { binanceUsdm } from "./profiles/binance-usdm.ts";
import { broker, brokerPerShare } from "./profiles/broker.ts";
import { bybitLinear } from "./profiles/bybit-linear.ts";
import { generic } from "./profiles/generic.ts";
import { hyperliquid } from "./profiles/hyperliquid.ts";

export const venueProfiles: Readonly<Record<string, VenueProfile>> = Object.fromEntries(
  [generic, binanceUsdm, binanceSpot, bybitLinear, hyperliquid, broker, brokerPerShare].map((profile) => [profile.name, profile]),
);
