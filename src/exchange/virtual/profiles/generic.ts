// A neutral venue for strategies that are not bound to one: it takes every kind of order and has no codes of its own.

import type { VenueProfile } from "../profile.ts";
import { genericRejections } from "../rejections.ts";

export const generic: VenueProfile = {
  name: "generic",
  market: "any",
  makerFee: "0.0002",
  takerFee: "0.0005",
  feeCurrency: "quote",
  fixedFee: null,
  charges: [],
  thirdCurrency: null,
  halfSpreadBp: "0",
  positionModes: ["one_way", "hedge"],
  defaultLeverage: 1,
  maxLeverage: 125,
  maintenanceMarginRate: "0.005",
  liquidation: null,
  deleveragingFee: "none",
  orderTypes: ["market", "limit", "stop_market", "stop_limit", "take_profit_market", "take_profit_limit", "trailing_stop", "market_on_close"],
  timeInForce: ["GTC", "GTD", "IOC", "FOK", "PO", "DAY"],
  contingent: ["oco", "bracket", "close_position", "self_trade", "good_after"],
  gap: "open",
  crossedTrigger: "reject",
  triggerBy: ["last", "mark", "index"],
  triggerIds: "shared",
  reduceOnlyInHedge: "accepted",
  amend: "keep_id",
  clientId: { pattern: ".{1,64}", prefix: "" },
  idempotency: "I1",
  idempotencyWindowMs: null,
  maxOpenOrders: 10_000,
  requests: null,
  // As Binance's, whose forgetfulness is the harder case.
  absence: { validityWindowMs: 5_000, engineTimeoutMs: 10_000, lagMarginMs: 2_000 },
  rejectionMemory: "none",
  rejections: genericRejections,
};
