// Hyperliquid perpetuals. Pages named below are of hyperliquid.gitbook.io/hyperliquid-docs. Its moving tick is a matter of
// the market (five significant digits), not of the profile.

import type { CcxtErrorClass } from "../../../domain/index.ts";
import type { VenueProfile } from "../profile.ts";
import { genericRejections, refused, type Rejection, type Rejections } from "../rejections.ts";
import type { RequestLimits } from "../request-weights.ts";
import { generic } from "./generic.ts";

/** Refusals come with status 200 as a text; `code` is the error type that the documents give it, or the text where they give none. */
function errorText(type: string | null, message: string, ccxtClass: CcxtErrorClass): Rejection {
  return refused(type ?? message, message, ccxtClass, 200);
}

/** The documents name no text; ccxt makes an ExchangeError of every text that it does not know. */
const undocumented = refused(null, null, "ExchangeError", 200);
const badSize = errorText(null, "Order has invalid size.", "InvalidOrder");
const tooManyActions = errorText(null, "Too many cumulative requests sent", "RateLimitExceeded");
const missingOrder = errorText("MissingOrder", "Order was never placed, already canceled, or filled.", "OrderNotFound");

// Page "API: Error responses".
const rejections: Rejections = {
  ...genericRejections,
  unsupported_order_type: undocumented,
  missing_price: undocumented,
  missing_trigger: undocumented,
  position_side_mismatch: undocumented,
  reduce_only_not_accepted: undocumented,
  reduce_only_rejected: errorText("ReduceOnly", "Reduce only order would increase position.", "InvalidOrder"),
  price_filter: errorText("Tick", "Price must be divisible by tick size.", "InvalidOrder"),
  lot_size_filter: badSize,
  market_lot_size_filter: badSize,
  min_notional_filter: errorText("MinTradeNtl", "Order must have minimum value of $10.", "InvalidOrder"),
  max_orders_filter: undocumented,
  duplicate_client_order_id: undocumented,
  trigger_already_crossed: errorText("BadTriggerPx", "Invalid TP/SL price.", "InvalidOrder"),
  post_only_would_cross: errorText("BadAloPx", "Post only order would have immediately matched, bbo was %s.", "InvalidOrder"),
  fill_or_kill_unfilled: undocumented,
  insufficient_funds: errorText("PerpMargin", "Insufficient margin to place order.", "InsufficientFunds"),
  leverage_tier_exceeded: errorText("PerpMaxPosition", "Order would cause position to exceed margin tier limit at current leverage", "ExchangeError"),
  unknown_order_at_venue: missingOrder,
  order_already_filled: missingOrder,
  amend_rejected: undocumented,
  rate_limited: tooManyActions,
  authentication_lost: errorText(null, "User or API Wallet %s does not exist.", "InvalidOrder"),
  injected_rejection: undocumented,
  injected_cancel_failure: missingOrder,
};

// Page "API: Rate limits and user limits": 1200 a minute from an address, an action weighs 1, a question 2 or 20; beside
// it an address has 10,000 actions and one more for each USDC traded, then one every 10 s.
const requests: RequestLimits = {
  windows: [
    {
      name: "IP",
      limit: 1_200,
      intervalMs: 60_000,
      shape: "rolling",
      weights: {
        submit: 1,
        cancel: 1,
        cancel_all: 1,
        amend: 1,
        query_order: 2,
        query_open_orders: 20,
        query_fills: 20,
        query_positions: 2,
        query_balances: 2,
        bars: 20,
        markets: 20,
        server_time: 2,
      },
      // The documents name neither code nor words; ccxt goes by the status.
      answer: refused(null, null, "RateLimitExceeded", 429),
      ban: null,
    },
  ],
  budget: {
    kinds: ["submit", "cancel", "cancel_all", "amend"],
    initial: 10_000,
    cancelsBeyond: 100_000,
    throttledMs: 10_000,
    answer: tooManyActions,
  },
};

export const hyperliquid: VenueProfile = {
  ...generic,
  name: "hyperliquid",
  market: "swap",
  // Page "Trading: Fees": perpetuals, tier 0.
  makerFee: "0.00015",
  takerFee: "0.00045",
  halfSpreadBp: "0.1",
  // Page "Trading: Contract specifications": no hedge mode.
  positionModes: ["one_way"],
  // Page "Trading: Margining": maintenance is half of the initial margin at the largest leverage; BTC has 40.
  maxLeverage: 40,
  maintenanceMarginRate: "0.0125",
  liquidation: "hyperliquid",
  // Pages "API: Exchange endpoint" (tif Alo, Ioc, Gtc) and "Trading: Order types".
  orderTypes: ["market", "limit", "stop_market", "stop_limit", "take_profit_market", "take_profit_limit"],
  timeInForce: ["GTC", "IOC", "PO"],
  // Page "API: Exchange endpoint": grouping normalTpsl.
  contingent: ["bracket"],
  gap: "limit",
  // Page "Trading: Take profit and stop loss orders": the mark price triggers.
  triggerBy: ["mark"],
  // Page "API: Exchange endpoint", modify: the order gets a new oid.
  amend: "cancel_replace",
  // Page "API: Exchange endpoint": cloid, 128 bits in hexadecimal. How long it must stay unique is not documented.
  clientId: { pattern: "0x[0-9a-fA-F]{32}", prefix: "0x" },
  // Page "API: Rate limits and user limits": 1000 open orders, more by volume.
  maxOpenOrders: 1_000,
  requests,
  // Page "API: Exchange endpoint": expiresAfter, here 5 s after the sending; the chain itself refuses what comes later, so no engine works at it any more.
  absence: { validityWindowMs: 5_000, engineTimeoutMs: 0, lagMarginMs: 2_000 },
  // Page "API: Info endpoint", orderStatus by cloid: tickRejected, perpMarginRejected, reduceOnlyRejected and the others.
  rejectionMemory: "all",
  rejections,
};
