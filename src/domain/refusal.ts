// What a venue says when it refuses something: its code, its words, the class that ccxt makes of them, and, where it was
// asked too often, how long it will take nothing. Plain data; it must never decide what is refused.

import type { Millis } from "./brand.ts";
import type { Reason } from "./reasons.ts";

/** Error classes of ccxt 4.5 that a refusal can become. */
export type CcxtErrorClass =
  | "ArgumentsRequired"
  | "AuthenticationError"
  | "BadRequest"
  | "BadResponse"
  | "DDoSProtection"
  | "DuplicateOrderId"
  | "ExchangeError"
  | "ExchangeNotAvailable"
  | "InsufficientFunds"
  | "InvalidOrder"
  | "OnMaintenance"
  | "OperationRejected"
  | "OrderImmediatelyFillable"
  | "OrderNotFillable"
  | "OrderNotFound"
  | "RateLimitExceeded";

/** The venue was asked too often: the request was turned away at its door and nothing has happened. */
export interface RateLimit {
  /** HTTP status of the answer. */
  readonly status: number;
  /** The first instant at which the venue would take such a request. */
  readonly until: Millis;
  /** Every request is turned away until then, not only those like this one. */
  readonly banned: boolean;
}

export interface Refusal {
  readonly reason: Reason;
  /** The venue's own code, "-2021"; null where it is not known. */
  readonly code: string | null;
  /** The venue's words, `…` for what varies; null where they are not known. */
  readonly message: string | null;
  /** What ccxt throws; null where it throws nothing, because the word comes as an update of an acknowledged order. */
  readonly ccxtClass: CcxtErrorClass | null;
  /** null: another refusal than for too many requests. */
  readonly limit: RateLimit | null;
}
