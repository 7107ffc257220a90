// Binance spot. Pages named below are of developers.binance.com, Spot, REST API.

import type { VenueProfile } from "../profile.ts";
import { genericRejections, refused, type Rejections } from "../rejections.ts";
import type { RequestLimits } from "../request-weights.ts";
import { addressBan, tooManyOrders, tooMuchWeight } from "./binance-limits.ts";
import { generic } from "./generic.ts";

const unknownOrder = refused("-2011", "Unknown order sent.", "OrderNotFound");

// Pages "Errors" and "Filters". A fill-or-kill that cannot fill is no error here: it ends as EXPIRED.
const rejections: Rejections = {
  ...genericRejections,
  unsupported_order_type: refused("-1116", "Invalid orderType.", "BadRequest"),
  missing_price: refused("-1102", "Mandatory parameter 'price' was not sent, was empty/null, or malformed.", "BadRequest"),
  missing_trigger: refused("-1102", "Mandatory parameter 'stopPrice' was not sent, was empty/null, or malformed.", "BadRequest"),
  position_side_mismatch: refused("-1106", "Parameter 'positionSide' sent when not required.", "BadRequest"),
  reduce_only_not_accepted: refused("-1106", "Parameter 'reduceOnly' sent when not required.", "BadRequest"),
  reduce_only_rejected: refused("-1106", "Parameter 'reduceOnly' sent when not required.", "BadRequest"),
  price_filter: refused("-1013", "Filter failure: PRICE_FILTER", "InvalidOrder"),
  lot_size_filter: refused("-1013", "Filter failure: LOT_SIZE", "InvalidOrder"),
  market_lot_size_filter: refused("-1013", "Filter failure: MARKET_LOT_SIZE", "InvalidOrder"),
  min_notional_filter: refused("-1013", "Filter failure: NOTIONAL", "BadRequest"),
  max_orders_filter: refused("-1013", "Filter failure: MAX_NUM_ORDERS", "BadRequest"),
  duplicate_client_order_id: refused("-2010", "Duplicate order sent.", "InvalidOrder"),
  trigger_already_crossed: refused("-2010", "Stop price would trigger immediately.", "OrderImmediatelyFillable"),
  post_only_would_cross: refused("-2010", "Order would immediately match and take.", "OrderImmediatelyFillable"),
  insufficient_funds: refused("-2010", "Account has insufficient balance for requested action.", "InsufficientFunds"),
  unknown_order_at_venue: unknownOrder,
  order_already_filled: unknownOrder,
  // STOP_ON_FAILURE: nothing was cancelled and nothing placed, the order stands (-2021 would mean that one of the two was done).
  amend_rejected: refused("-2022", "Order cancel-replace failed.", "BadResponse"),
  rate_limited: tooMuchWeight,
  authentication_lost: refused("-2015", "Invalid API-key, IP, or permissions for action.", "AuthenticationError", 401),
  injected_rejection: refused("-2010", "NEW_ORDER_REJECTED", "InvalidOrder"),
  injected_cancel_failure: refused("-2011", "CANCEL_REJECTED", "OrderNotFound"),
};

// Pages "Trading endpoints", "Account endpoints", "Market Data endpoints": the weight of each. `rateLimits` of
// exchangeInfo: 6000 a minute; 100 orders in 10 s, 200,000 a day. A cancel-replace is one order.
const requests: RequestLimits = {
  windows: [
    {
      name: "REQUEST_WEIGHT",
      limit: 6_000,
      intervalMs: 60_000,
      shape: "fixed",
      weights: {
        submit: 1,
        cancel: 1,
        cancel_all: 1,
        amend: 1,
        query_order: 4,
        query_open_orders: 6,
        query_fills: 20,
        query_positions: 20,
        query_balances: 20,
        bars: 2,
        markets: 20,
        server_time: 1,
      },
      answer: tooMuchWeight,
      ban: addressBan,
    },
    { name: "ORDERS 10S", limit: 100, intervalMs: 10_000, shape: "fixed", weights: { submit: 1, amend: 1 }, answer: tooManyOrders, ban: null },
    {
      name: "ORDERS 1D",
      limit: 200_000,
      intervalMs: 86_400_000,
      shape: "fixed",
      weights: { submit: 1, amend: 1 },
      answer: tooManyOrders,
      ban: null,
    },
  ],
  budget: null,
};

export const binanceSpot: VenueProfile = {
  ...generic,
  name: "binance-spot",
  market: "spot",
  // binance.com/en/fee/trading, regular user, without BNB.
  makerFee: "0.001",
  takerFee: "0.001",
  feeCurrency: "received",
  halfSpreadBp: "0.1",
  positionModes: ["one_way"],
  defaultLeverage: 1,
  maxLeverage: 1,
  maintenanceMarginRate: "0",
  liquidation: null,
  // Page "Trading endpoints": no good-till-date; LIMIT_MAKER is the post-only order.
  orderTypes: ["market", "limit", "stop_market", "stop_limit", "take_profit_market", "take_profit_limit", "trailing_stop"],
  timeInForce: ["GTC", "IOC", "FOK", "PO"],
  // The same page: order lists OCO, OTO and OTOCO; selfTradePreventionMode.
  contingent: ["oco", "bracket", "self_trade"],
  gap: "limit",
  triggerBy: ["last"],
  // Page "Cancel an Existing Order and Send a New Order": a new orderId.
  amend: "cancel_replace",
  // Page "New order": newClientOrderId is refused only while an order with it is open; "Filters": MAX_NUM_ORDERS.
  clientId: { pattern: "[a-zA-Z0-9-_]{1,36}", prefix: "" },
  maxOpenOrders: 200,
  requests,
  rejections,
};
