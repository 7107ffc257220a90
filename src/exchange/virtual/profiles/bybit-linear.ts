// Bybit USDT perpetuals, unified account. Pages named below are of bybit-exchange.github.io/docs/v5.

import type { CcxtErrorClass } from "../../../domain/index.ts";
import type { VenueProfile } from "../profile.ts";
import { genericRejections, refused, type Rejection, type Rejections } from "../rejections.ts";
import type { RequestLimits } from "../request-weights.ts";
import type { RequestKind, RequestWindow } from "../request-window.ts";
import { generic } from "./generic.ts";

/** Bybit answers 200 with a `retCode`. */
function retCode(code: string, message: string, ccxtClass: CcxtErrorClass): Rejection {
  return refused(code, message, ccxtClass, 200);
}

/** The request is acknowledged; the order's update then says why it was rejected (page "Enums Definitions", rejectReason). */
function rejectReason(code: string, message: string): Rejection {
  return { code, message, ccxtClass: null, status: 200 };
}

const unknownOrder = retCode("110001", "order not exists or too late to cancel", "OrderNotFound");
const tooManyVisits = retCode("10006", "Too many visits!", "RateLimitExceeded");
/** ccxt raises it by the status 403: the body is no JSON. */
const shutOut = refused(null, "access too frequent", "RateLimitExceeded", 403);
const badParameter = retCode("10001", "Request parameter error.", "BadRequest");

// Page "Error Codes".
const rejections: Rejections = {
  ...genericRejections,
  unsupported_order_type: badParameter,
  missing_price: badParameter,
  missing_trigger: badParameter,
  position_side_mismatch: retCode("10001", "position idx not match position mode", "BadRequest"),
  reduce_only_not_accepted: badParameter,
  reduce_only_rejected: retCode("110017", "Reduce-only rule not satisfied", "InvalidOrder"),
  price_filter: badParameter,
  lot_size_filter: retCode("10001", "Qty invalid", "BadRequest"),
  market_lot_size_filter: retCode("10001", "The number of contracts exceeds maximum limit allowed: too large", "BadRequest"),
  min_notional_filter: retCode("110094", "Order notional value below the lower limit", "InvalidOrder"),
  max_orders_filter: retCode("110020", "Not allowed to have more than 500 active orders.", "InvalidOrder"),
  duplicate_client_order_id: retCode("110072", "OrderLinkedID is duplicate", "InvalidOrder"),
  trigger_already_crossed: {
    ...retCode("110093", "expect Falling, but trigger_price[%s] >= current[%s]", "InvalidOrder"),
    rising: { code: "110092", message: "expect Rising, but trigger_price[%s] <= current[%s]" },
  },
  post_only_would_cross: rejectReason("EC_PostOnlyWillTakeLiquidity", "the post-only order would have taken liquidity"),
  fill_or_kill_unfilled: rejectReason("EC_NoImmediateQtyToFill", "no maker could be found to fill the order"),
  insufficient_funds: retCode("110007", "ab not enough for new order", "InsufficientFunds"),
  leverage_tier_exceeded: retCode(
    "110090",
    "Order placement failed as your position may exceed the max limit. Please adjust your leverage to %s or below to increase the max. position limit",
    "ExchangeError",
  ),
  unknown_order_at_venue: unknownOrder,
  order_already_filled: unknownOrder,
  amend_rejected: retCode("110064", "The number of contracts modified cannot be less than or equal to the filled quantity", "InvalidOrder"),
  rate_limited: tooManyVisits,
  authentication_lost: refused("10003", "API key is invalid.", "AuthenticationError", 200),
  injected_rejection: badParameter,
  injected_cancel_failure: unknownOrder,
};

function perSecond(name: string, limit: number, kinds: readonly RequestKind[]): RequestWindow {
  const weights = Object.fromEntries(kinds.map((kind) => [kind, 1]));
  return { name, limit, intervalMs: 1_000, shape: "rolling", weights, answer: tooManyVisits, ban: null };
}

// Page "Rate Limit Rules": 600 requests in 5 s from an address, then 403 and a pause of 10 minutes; beside it each trading
// endpoint by account in a rolling second.
const requests: RequestLimits = {
  windows: [
    {
      name: "IP",
      limit: 600,
      intervalMs: 5_000,
      shape: "rolling",
      weights: {
        submit: 1,
        cancel: 1,
        cancel_all: 1,
        amend: 1,
        query_order: 1,
        query_open_orders: 1,
        query_fills: 1,
        query_positions: 1,
        query_balances: 1,
        bars: 1,
        markets: 1,
        server_time: 1,
      },
      answer: shutOut,
      ban: { forgiven: 0, answer: shutOut, lengthsMs: [600_000] },
    },
    perSecond("order/create", 10, ["submit"]),
    perSecond("order/amend", 10, ["amend"]),
    perSecond("order/cancel", 10, ["cancel"]),
    perSecond("order/cancel-all", 10, ["cancel_all"]),
    perSecond("order/realtime", 50, ["query_order", "query_open_orders"]),
    perSecond("execution/list", 50, ["query_fills"]),
    perSecond("position/list", 50, ["query_positions"]),
    perSecond("account/wallet-balance", 50, ["query_balances"]),
  ],
  budget: null,
};

export const bybitLinear: VenueProfile = {
  ...generic,
  name: "bybit-linear",
  market: "swap",
  // bybit.com, "Trading Fee Structure": perpetuals, non-VIP.
  makerFee: "0.0002",
  takerFee: "0.00055",
  halfSpreadBp: "0.1",
  // Pages "Get Instruments Info" (BTCUSDT: 100) and "Get Risk Limit" (BTCUSDT, lowest tier).
  maxLeverage: 100,
  maintenanceMarginRate: "0.005",
  liquidation: "bybit",
  // help.bybit.com, "What is Auto-Deleveraging (ADL)?": the maker fee; Binance charges none (FAQ 360033525471).
  deleveragingFee: "maker",
  // Page "Place Order". A trailing stop belongs to the position there ("Set Trading Stop") and trails by distance, not by rate.
  orderTypes: ["market", "limit", "stop_market", "stop_limit", "take_profit_market", "take_profit_limit"],
  timeInForce: ["GTC", "IOC", "FOK", "PO"],
  // Page "Place Order": takeProfit and stopLoss of an order, smpType.
  contingent: ["bracket", "self_trade"],
  gap: "limit",
  // Page "Place Order": triggerBy, LastPrice by default; a conditional order keeps its orderId.
  triggerBy: ["last", "mark", "index"],
  // Page "Amend Order": orderId and orderLinkId stay.
  amend: "keep_id",
  // Page "Place Order": orderLinkId, at most 36 of letters, digits, dash and underscore, always unique on perpetuals.
  clientId: { pattern: "[A-Za-z0-9_-]{1,36}", prefix: "" },
  idempotency: "I3",
  // Page "Place Order": 500 active orders a symbol.
  maxOpenOrders: 500,
  requests,
  // Page "Integration Guidance": recv_window, 5 s unless told otherwise. How long the engine may work at a request is not stated: Binance's 10 s.
  absence: { validityWindowMs: 5_000, engineTimeoutMs: 10_000, lagMarginMs: 2_000 },
  // Page "Get Open & Closed Orders": rejected orders too, with their rejectReason; what is refused at once never becomes one.
  rejectionMemory: "acknowledged",
  rejections,
};
