// Account-level caps on orders that enlarge exposure. Pure: numbers in, a reason or null out. It never places, closes or
// changes anything.

import type { Millis, Reason } from "../domain/index.ts";

/** Caps in the settlement currency, or counts; null = none. */
export interface RiskLimits {
  readonly maxOrderNotional: number | null;
  /** Largest value of one market's worst-case exposure: position, everything in flight and the new order. */
  readonly maxPositionNotional: number | null;
  readonly maxOpenOrders: number | null;
  readonly maxOrdersPerMinute: number | null;
}

export const noLimits: RiskLimits = { maxOrderNotional: null, maxPositionNotional: null, maxOpenOrders: null, maxOrdersPerMinute: null };

/** What one risk-increasing intent would do. */
export interface ProposedRisk {
  readonly notional: number;
  readonly exposureAfter: number;
  readonly openOrders: number;
  readonly now: Millis;
}

const minute = 60_000;

/** Keeps the one piece of state that caps need: when orders went out in the last minute. */
export class RiskGate {
  declare private readonly limits: RiskLimits;
  private readonly sent: number[] = [];
  /** False when there is nothing to check. */
  declare readonly active: boolean;

  constructor(limits: RiskLimits) {
    this.limits = limits;
    this.active = Object.values(limits).some((limit) => limit !== null);
  }

  check(proposed: ProposedRisk): Reason | null {
    if (!this.active) return null;
    const { maxOrderNotional, maxPositionNotional, maxOpenOrders, maxOrdersPerMinute } = this.limits;
    if (maxOrderNotional !== null && proposed.notional > maxOrderNotional) return "max_order_notional";
    if (maxPositionNotional !== null && proposed.exposureAfter > maxPositionNotional) return "max_position_notional";
    if (maxOpenOrders !== null && proposed.openOrders >= maxOpenOrders) return "max_open_orders";
    if (maxOrdersPerMinute === null) return null;
    this.forget(proposed.now);
    return this.sent.length >= maxOrdersPerMinute ? "max_orders_per_minute" : null;
  }

  /** To be called for each order that leaves. */
  orderSent(now: Millis): void {
    if (this.limits.maxOrdersPerMinute === null) return;
    this.forget(now);
    this.sent.push(now);
  }

  /** The order that left last did not leave after all. */
  orderDropped(): void {
    if (this.limits.maxOrdersPerMinute !== null) this.sent.pop();
  }

  snapshot(): readonly number[] {
    return [...this.sent];
  }

  restore(sent: readonly number[]): void {
    this.sent.splice(0, this.sent.length, ...sent);
  }

  private forget(now: Millis): void {
    while (this.sent.length > 0 && (this.sent[0] as number) <= now - minute) this.sent.shift();
  }
}
