// What the two Binance profiles have in common: how a client that asks too often is turned away.

import type { BanRule } from "../request-weights.ts";

/**
 * developers.binance.com, spot REST API, "LIMITS": a client that goes on after 429 is banned with 418, for 2 minutes at
 * first and up to 3 days for repeat offenders. How many requests are forgiven and the steps between are not
 * documented: ten, and six times the ban before.
 */
export const addressBan: BanRule = {
  forgiven: 10,
  status: 418,
  code: "-1003",
  lengthsMs: [120_000, 720_000, 4_320_000, 25_920_000, 155_520_000, 259_200_000],
};
