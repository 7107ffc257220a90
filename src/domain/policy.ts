// Policies: everything a strategy decides about how its orders are placed, retried and blocked. Plain data with
// documented defaults; the runner reads them and invents nothing of its own (architecture, rule 7).

import type { Family, OrderType } from "./order.ts";
import type { Reason } from "./reasons.ts";
import type { Route, RoutePolicy } from "./route.ts";

export interface FamilyPolicy {
  /** @defaultValue "market" */
  readonly orderType: OrderType;
  /** Limit orders must not take. A crossing price is moved one tick inside (row 004-OP-3). @defaultValue true */
  readonly postOnly: boolean;
  /** Life of a resting limit in ms; null = until cancelled. @defaultValue null */
  readonly timeToLiveMs: number | null;
  /** Ticks that a limit price is moved to the passive side. @defaultValue 0 */
  readonly offsetTicks: number;
  /** Where a protective order lives. `runner` is refused in this version: nothing would watch it. @defaultValue "venue" */
  readonly protection: "venue" | "runner";
  /** How market intents of the family are worked. @defaultValue the policy's `route`; "plain" for `sl`, which must not wait */
  readonly route: Route;
}

export interface ExecutionPolicy {
  readonly families: Readonly<Partial<Record<Family, Partial<FamilyPolicy>>>>;
  /** A market fallback needs this AND the intent's own permission. @defaultValue both false */
  readonly fallback: { readonly onReject: boolean; readonly onTimeout: boolean };
  /** @defaultValue "explicit" */
  readonly sizing: "explicit" | "delegate_notional";
  /** Notional for delegated sizing when the intent names none, in the settlement currency. @defaultValue null */
  readonly notional: number | null;
  /** Order type of an ADD that names none; absent, such an ADD is refused (row 004-IN-7). @defaultValue null */
  readonly dcaOrderType: "market" | "limit" | null;
  /** Resting ADD orders a leg may have at once; a ladder of five rungs needs 5. @defaultValue 1 */
  readonly maxPendingAdds: number;
  /** Adverse slip of an entry beyond this many basis points is reverted at once; 0 = off. @defaultValue 0 */
  readonly maxEntrySlipBp: number;
  /** An order of ours that was given up and is found at the venue all the same: cancelled at once, or kept. @defaultValue "cancel" */
  readonly lateAcceptance?: "cancel" | "adopt";
  /** How market intents are worked, families that say otherwise aside. @defaultValue "plain" */
  readonly route: Route;
  /** @defaultValue defaultRoutePolicy, key by key */
  readonly routing?: Partial<RoutePolicy>;
}

export interface BackoffPolicy {
  /** Failures in a row that start a block. @defaultValue 3 */
  readonly maxFailures: number;
  /** @defaultValue 60000 */
  readonly cooldownMs: number;
  /** `exponential` doubles the cooldown with each further failure, up to `capMs`. @defaultValue "fixed" */
  readonly mode: "fixed" | "exponential";
  /** @defaultValue 3600000 */
  readonly capMs: number;
  /** One counter a family; false shares one counter a symbol. @defaultValue true */
  readonly perFamily: boolean;
}

export interface Permission {
  readonly allowed: boolean;
  readonly reason?: Reason;
}

export const allowed: Permission = { allowed: true };

const defaultFamilyPolicy: Omit<FamilyPolicy, "route"> = {
  orderType: "market",
  postOnly: true,
  timeToLiveMs: null,
  offsetTicks: 0,
  protection: "venue",
};

export const defaultExecutionPolicy: ExecutionPolicy = {
  families: {},
  fallback: { onReject: false, onTimeout: false },
  sizing: "explicit",
  notional: null,
  dcaOrderType: null,
  maxPendingAdds: 1,
  maxEntrySlipBp: 0,
  route: "plain",
};

export const defaultBackoffPolicy: BackoffPolicy = { maxFailures: 3, cooldownMs: 60_000, mode: "fixed", capMs: 3_600_000, perFamily: true };

/** The policy of one family with the defaults filled in. Resolve once, not per order. */
export function familyPolicy(policy: ExecutionPolicy, family: Family): FamilyPolicy {
  // A policy that was written in JavaScript may say nothing of routes.
  const { route = "plain" } = policy as Partial<ExecutionPolicy>;
  return { ...defaultFamilyPolicy, route: family === "sl" ? "plain" : route, ...policy.families[family] };
}
