// Strategy-owned execution backoff: failures of risk-increasing orders block further ones for a while, by bar clock.
// It never blocks a close.

import type { BackoffPolicy, Family, Millis, Reason } from "../domain/index.ts";

/** Counters of one family (rows 004-BO-1, 004-BO-7). */
export interface BackoffCounter {
  failures: number;
  /** 0 = not blocked. */
  blockedUntil: number;
  lastEvent: Reason | null;
  lastDetails: string | null;
}

export type BackoffFamily = "entry" | "dca" | "reprice" | "exchange_error";

/** Plain data, exported and imported across a restart. */
export type BackoffSnapshot = Readonly<Record<string, BackoffCounter>>;

/** The backoff of one market. */
export class Backoff {
  declare private readonly policy: BackoffPolicy;
  private readonly counters: Record<BackoffFamily, BackoffCounter> = { entry: fresh(), dca: fresh(), reprice: fresh(), exchange_error: fresh() };
  /** True while any counter is not in its initial state: the fast road asks this first. */
  private touched = false;

  constructor(policy: BackoffPolicy) {
    this.policy = policy;
  }

  /** A rejection counts; the count that reaches the maximum starts a block, and so does every one after it. */
  fail(family: BackoffFamily, now: Millis, reason: Reason, details: string | null): void {
    const counter = this.counters[this.key(family)];
    this.touched = true;
    counter.failures += 1;
    counter.lastEvent = reason;
    counter.lastDetails = details;
    if (counter.failures < this.policy.maxFailures) return;
    counter.blockedUntil = Math.max(counter.blockedUntil, now + this.cooldown(counter.failures));
  }

  /** An open or DCA fill clears the counter; a close, partial or sync does not (row 004-BO-3). */
  succeed(family: BackoffFamily): void {
    if (!this.touched) return;
    this.counters[this.key(family)] = fresh();
    this.counters.exchange_error = fresh();
    this.counters.reprice = fresh();
    this.touched = Object.values(this.counters).some((counter) => counter.failures > 0);
  }

  blocks(family: Family, now: Millis): boolean {
    if (!this.touched) return false;
    const own = this.counters[this.key(family === "dca" ? "dca" : "entry")];
    return own.blockedUntil > now || this.counters.exchange_error.blockedUntil > now || this.counters.reprice.blockedUntil > now;
  }

  snapshot(): BackoffSnapshot {
    return structuredClone(this.counters);
  }

  restore(saved: BackoffSnapshot): void {
    for (const family of ["entry", "dca", "reprice", "exchange_error"] as const) this.counters[family] = { ...(saved[family] ?? fresh()) };
    this.touched = Object.values(this.counters).some((counter) => counter.failures > 0);
  }

  private key(family: BackoffFamily): BackoffFamily {
    return this.policy.perFamily ? family : "entry";
  }

  private cooldown(failures: number): number {
    if (this.policy.mode === "fixed") return this.policy.cooldownMs;
    let length = this.policy.cooldownMs;
    for (let n = this.policy.maxFailures; n < failures && length < this.policy.capMs; n += 1) length *= 2;
    return Math.min(length, this.policy.capMs);
  }
}

function fresh(): BackoffCounter {
  return { failures: 0, blockedUntil: 0, lastEvent: null, lastDetails: null };
}
