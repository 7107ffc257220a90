// Why nothing may increase risk at the moment, on one market or on all. Each lock stands until whoever set it takes it
// away again; a lock never holds back what reduces.

import type { EffectQueue, MarketIndex, Reason } from "../domain/index.ts";

export interface RiskLock {
  /** null: all markets. */
  readonly market: MarketIndex | null;
  readonly reason: Reason;
}

export class Locks {
  /** True while there is any: all that the fast road asks. */
  held = false;
  declare private readonly effects: EffectQueue;
  /** In the order in which they were set: the oldest names the reason. */
  private locks: RiskLock[] = [];

  constructor(effects: EffectQueue) {
    this.effects = effects;
  }

  /** Said again of a lock that stands, it changes nothing. */
  lock(market: MarketIndex | null, reason: Reason): void {
    if (this.has(market, reason)) return;
    this.locks.push({ market, reason });
    this.held = true;
    this.effects.push({ type: "risk_locked", market, reason, locked: true });
  }

  unlock(market: MarketIndex | null, reason: Reason): void {
    if (!this.has(market, reason)) return;
    this.locks = this.locks.filter((lock) => lock.market !== market || lock.reason !== reason);
    this.held = this.locks.length > 0;
    this.effects.push({ type: "risk_locked", market, reason, locked: false });
  }

  has(market: MarketIndex | null, reason: Reason): boolean {
    return this.locks.some((lock) => lock.market === market && lock.reason === reason);
  }

  /** Why risk may not be increased on a market; null: nothing stands against it. */
  reasonAt(market: MarketIndex): Reason | null {
    return this.locks.find((lock) => lock.market === null || lock.market === market)?.reason ?? null;
  }

  list(): readonly RiskLock[] {
    return this.locks;
  }

  snapshot(): RiskLock[] {
    return this.locks.map((lock) => ({ ...lock }));
  }

  restore(saved: readonly RiskLock[]): void {
    this.locks = saved.map((lock) => ({ ...lock }));
    this.held = this.locks.length > 0;
  }
}
