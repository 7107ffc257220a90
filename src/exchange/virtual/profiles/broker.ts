// Cost models of stock brokers: shares bought with cash and sold from stock, costs as a contract note lists them. Brokers
// are not reached through ccxt, so their refusals have no codes here.

import type { VenueProfile } from "../profile.ts";
import { generic } from "./generic.ts";

const shares: VenueProfile = {
  ...generic,
  market: "spot",
  makerFee: "0",
  takerFee: "0",
  positionModes: ["one_way"],
  maxLeverage: 1,
  maintenanceMarginRate: "0",
  liquidation: null,
  orderTypes: ["market", "limit", "stop_market", "stop_limit", "trailing_stop", "market_on_close"],
  timeInForce: ["GTC", "GTD", "IOC", "FOK", "DAY"],
  contingent: ["oco", "bracket", "good_after"],
  gap: "limit",
  triggerBy: ["last"],
  // No order request of theirs names a time after which it is void.
  absence: null,
};

/**
 * A sum per order, India's way (row 000-PB-1): brokerage of 20 an executed order, turnover charges on both sides, the
 * securities transaction tax when selling, stamp duty when buying, GST on the brokerage.
 */
export const broker: VenueProfile = {
  ...shares,
  name: "broker",
  // kite.trade/docs/connect/v3/orders: a `tag` of at most 20 letters and digits, never checked for uniqueness; the order id is
  // the broker's. Ours stays in the journal, so it needs no place in the tag.
  clientId: { pattern: "[0-9a-z]{1,32}", prefix: "" },
  idempotency: "I0",
  charges: [
    { name: "brokerage", side: "both", basis: "order", rate: "20" },
    { name: "turnover charges", side: "both", basis: "value", rate: "0.0003" },
    { name: "securities transaction tax", side: "sell", basis: "value", rate: "0.00025" },
    { name: "stamp duty", side: "buy", basis: "value", rate: "0.00003" },
    { name: "GST", side: "both", basis: { charge: "brokerage" }, rate: "0.18" },
  ],
};

/**
 * By share with bounds, the American way: interactivebrokers.com "Commissions: Stocks" (fixed: 0.005 a share, at least 1.00
 * an order, at most 1 % of its value); FINRA's trading activity fee when selling (finra.org, Schedule A to the By-Laws,
 * section 1: 0.000166 a share, at most 8.30 an order); the SEC's fee when selling (section 31: 27.80 a million, until May 2025).
 */
export const brokerPerShare: VenueProfile = {
  ...shares,
  name: "broker-per-share",
  clientId: { pattern: "[0-9a-z]{1,32}", prefix: "" },
  idempotency: "I3",
  charges: [
    { name: "commission", side: "both", basis: "quantity", rate: "0.005", minimum: "1", maximumShare: "0.01" },
    { name: "trading activity fee", side: "sell", basis: "quantity", rate: "0.000166", maximum: "8.3" },
    { name: "section 31 fee", side: "sell", basis: "value", rate: "0.0000278" },
  ],
};
