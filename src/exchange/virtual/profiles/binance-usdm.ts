// Binance USDⓈ-M futures. Pages named below are of developers.binance.com, Derivatives, USDⓈ-M Futures.

import type { VenueProfile } from "../profile.ts";
import { genericRejections, refused, type Rejections } from "../rejections.ts";
import type { RequestLimits } from "../request-weights.ts";
import { addressBan, tooManyOrders, tooMuchWeight } from "./binance-limits.ts";
import { generic } from "./generic.ts";

// Page "Error Code"; the classes are those of ccxt's table `linear` (real URL), see tests/exchange/profiles-ccxt.test.ts.
const rejections: Rejections = {
  ...genericRejections,
  unsupported_order_type: refused("-1116", "Invalid orderType.", "BadRequest"),
  missing_price: refused("-1102", "Mandatory parameter 'price' was not sent, was empty/null, or malformed.", "BadRequest"),
  missing_trigger: refused("-1102", "Mandatory parameter 'triggerPrice' was not sent, was empty/null, or malformed.", "BadRequest"),
  position_side_mismatch: refused("-4061", "Order's position side does not match user's setting.", "OperationRejected"),
  reduce_only_not_accepted: refused("-1106", "Parameter 'reduceonly' sent when not required.", "BadRequest"),
  reduce_only_rejected: refused("-2022", "ReduceOnly Order is rejected.", "InvalidOrder"),
  price_filter: refused("-4014", "Price not increased by tick size.", "BadRequest"),
  lot_size_filter: refused("-1111", "Precision is over the maximum defined for this asset.", "BadRequest"),
  market_lot_size_filter: refused("-4005", "Quantity greater than max quantity.", "BadRequest"),
  min_notional_filter: refused("-4164", "Order's notional must be no smaller than %s (unless you choose reduce only).", "InvalidOrder"),
  max_orders_filter: refused("-2025", "Reach max open order limit.", "OperationRejected"),
  duplicate_client_order_id: refused("-4116", "ClientOrderId is duplicated.", "InvalidOrder"),
  trigger_already_crossed: refused("-2021", "Order would immediately trigger.", "OrderImmediatelyFillable"),
  post_only_would_cross: refused(
    "-5022",
    "Due to the order could not be executed as maker, the Post Only order will be rejected.",
    "OrderNotFillable",
  ),
  fill_or_kill_unfilled: refused("-5021", "Due to the order could not be filled immediately, the FOK order has been rejected.", "OrderNotFillable"),
  insufficient_funds: refused("-2019", "Margin is insufficient.", "InsufficientFunds"),
  leverage_tier_exceeded: refused("-2027", "Exceeded the maximum allowable position at current leverage.", "OperationRejected"),
  unknown_order_at_venue: refused("-2011", "Unknown order sent.", "OrderNotFound"),
  order_already_filled: refused("-2011", "Unknown order sent.", "OrderNotFound"),
  amend_rejected: refused("-5027", "No need to modify the order.", "OperationRejected"),
  rate_limited: tooMuchWeight,
  // Page "Error Codes": the key, the address or the permissions.
  authentication_lost: refused("-2015", "Invalid API-key, IP, or permissions for action, request ip: %s", "AuthenticationError", 401),
  injected_rejection: refused("-2010", "NEW_ORDER_REJECTED", "InvalidOrder"),
  injected_cancel_failure: refused("-2011", "CANCEL_REJECTED", "OrderNotFound"),
};

// Pages "New Order", "Modify Order", "Cancel Order" … each state their weight: orders and amendments count as orders and
// weigh nothing on the address. Limits: `rateLimits` of exchangeInfo (2400 a minute; 300 orders in 10 s, 1200 a minute).
const requests: RequestLimits = {
  windows: [
    {
      name: "REQUEST_WEIGHT",
      limit: 2_400,
      intervalMs: 60_000,
      shape: "fixed",
      weights: {
        cancel: 1,
        cancel_all: 1,
        query_order: 1,
        query_open_orders: 1,
        query_fills: 5,
        query_positions: 5,
        query_balances: 5,
        bars: 10,
        markets: 1,
        server_time: 1,
      },
      answer: tooMuchWeight,
      ban: addressBan,
    },
    { name: "ORDERS 10S", limit: 300, intervalMs: 10_000, shape: "fixed", weights: { submit: 1, amend: 1 }, answer: tooManyOrders, ban: null },
    { name: "ORDERS 1M", limit: 1_200, intervalMs: 60_000, shape: "fixed", weights: { submit: 1, amend: 1 }, answer: tooManyOrders, ban: null },
  ],
  budget: null,
};

export const binanceUsdm: VenueProfile = {
  ...generic,
  name: "binance-usdm",
  market: "swap",
  // binance.com/en/fee/futureFee, regular user.
  makerFee: "0.0002",
  takerFee: "0.0005",
  halfSpreadBp: "0.1",
  // Page "Notional and Leverage Brackets": BTCUSDT, first bracket.
  maintenanceMarginRate: "0.004",
  liquidation: "binance-usdm",
  // Page "New Order": GTD with goodTillDate, selfTradePreventionMode; "New Algo Order": TRAILING_STOP_MARKET, closePosition.
  orderTypes: ["market", "limit", "stop_market", "stop_limit", "take_profit_market", "take_profit_limit", "trailing_stop"],
  timeInForce: ["GTC", "GTD", "IOC", "FOK", "PO"],
  contingent: ["close_position", "self_trade"],
  gap: "limit",
  // Page "New Algo Order": workingType CONTRACT_PRICE (default) or MARK_PRICE; conditional orders have an algoId.
  triggerBy: ["last", "mark"],
  triggerIds: "own",
  // Page "New Order": reduceOnly cannot be sent in hedge mode.
  reduceOnlyInHedge: "rejected",
  // Page "Modify Order": keeps orderId and clientOrderId.
  amend: "keep_id",
  // Page "New Order": newClientOrderId, unique among open orders.
  clientId: { pattern: "[\\.A-Z\\:/a-z0-9_-]{1,36}", prefix: "" },
  idempotency: "I1",
  // exchangeInfo, filter MAX_NUM_ORDERS.
  maxOpenOrders: 200,
  requests,
  rejections,
};
