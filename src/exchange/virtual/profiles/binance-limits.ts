// What the two Binance profiles have in common: how a client that asks too often is turned away.

import { refused } from "../rejections.ts";
import type { BanRule } from "../request-window.ts";

/**
 * developers.binance.com, spot REST API, "LIMITS": a client that goes on after 429 is banned with 418, for 2 minutes at
 * first and up to 3 days for repeat offenders. How many requests are forgiven and the steps between are not
 * documented: ten, and six times the ban before.
 */
export const addressBan: BanRule = {
  forgiven: 10,
  answer: refused("-1003", "Way too many requests; IP banned until %s.", "DDoSProtection", 418),
  lengthsMs: [120_000, 720_000, 4_320_000, 25_920_000, 155_520_000, 259_200_000],
};

// ccxt raises both by the status 429 before it reads the code.

/** Page "Error Code": too much weight from an address. */
export const tooMuchWeight = refused("-1003", "Too many requests; current limit is %s.", "DDoSProtection", 429);

/** The same page: too many orders of an account. */
export const tooManyOrders = refused("-1015", "Too many new orders; current limit is %s orders per %s.", "DDoSProtection", 429);
