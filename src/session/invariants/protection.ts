// I-16: what reduces risk is never held back by what holds back entries; it leaves when the venue takes it again; and a stop that the
// venue has ended is known to be gone within a bounded time. A timer on the venue's truth; it protects nothing itself.

import { InvariantError, isRiskIncrease, type OrderStatus, type Reason, type RareEffect, type VenueEntry } from "../../domain/index.ts";
import { longestWay, type VenueTape } from "../../exchange/virtual/index.ts";
import type { Runner } from "../../runner/index.ts";
import type { SimulationPlan, Step } from "../plan.ts";

/** Gates for what increases risk, and for nothing else. Stale data is none of them: it also answers what is asked on bars that are over. */
const entryGates: ReadonlySet<Reason> = new Set<Reason>([
  "stop_new_orders",
  "kill",
  "dca_stop_new_orders",
  "lockout",
  "risk_limit",
  "not_in_top_n",
  "strategy_cannot_submit",
  "strategy_execution_backoff",
  "symbol_quarantined",
  "max_open_orders",
  "max_order_notional",
  "max_position_notional",
  "max_orders_per_minute",
  "reconciling",
  "stream_gap",
  "clock_gap",
  "fill_beyond_order",
  "executed_beyond_order",
  "missed_fill",
]);

/** Steps after which every message still comes in its time: nothing else may be judged by a timer. */
const harmless: ReadonlySet<Step["action"]["do"]> = new Set<Step["action"]["do"]>([
  "stop_new_orders",
  "kill",
  "resume",
  "reject",
  "rate_limit",
  "ban",
  "partial_fill",
  "close_position",
  "adl",
]);

type Book = Pick<Runner, "inside" | "halted">;

export class Protection {
  declare private readonly tape: VenueTape;
  /** Entries of it that have been read. */
  private read = 0;
  /** How long the venue's word that a stop is gone may take, ms; null: words are lost in this session. */
  declare private readonly most: number | null;
  /** Orders that reduce and wait for the venue, with the time that it has named. */
  private readonly held = new Map<number, number>();
  /** Stops at the venue that have not ended there. */
  private readonly stops = new Set<number>();
  /** Stops that have ended there without the runner's word on it, since when. */
  private readonly gone = new Map<number, number>();
  /** Of which the runner has had the last word. */
  private readonly settled = new Set<number>();

  constructor(tape: VenueTape, { steps, fill, markets, crashes }: SimulationPlan) {
    this.tape = tape;
    const interval = Math.max(...markets.map(({ series }) => series[0]?.interval ?? 0));
    const lossless = crashes === undefined && steps.every(({ action }) => harmless.has(action.do));
    this.most = lossless ? longestWay(fill) + 2 * interval : null;
  }

  /** @throws InvariantError I-16 for an intent that reduces and met a gate for entries */
  told(effect: RareEffect): void {
    if (effect.type === "order_held") this.held.set(effect.request.order, effect.until);
    if (effect.type !== "intent_skipped" || isRiskIncrease(effect.family) || !entryGates.has(effect.reason)) return;
    throw new InvariantError("I-16", `intent ${effect.intent} (${effect.family}) reduces risk and was refused for ${effect.reason}`);
  }

  sent(order: number): void {
    this.held.delete(order);
  }

  /** The runner's verdict on an order. */
  verdict(order: number, status: OrderStatus | "REVERTED"): void {
    if (status === "SUBMITTED" || status === "PARTIAL" || status === "UNKNOWN" || status === "QUARANTINED") return;
    this.catchUp();
    this.held.delete(order);
    if (!this.gone.delete(order) && this.stops.has(order)) this.settled.add(order);
  }

  /** @throws InvariantError I-16 for what has waited for too long */
  look(runner: Book, now: number): void {
    this.catchUp();
    if (runner.halted) return;
    if (this.held.size > 0) this.lookAtHeld(runner, now);
    const { most } = this;
    if (most === null || this.gone.size === 0) return;
    for (const [order, since] of this.gone)
      if (now - since > most)
        throw new InvariantError("I-16", `stop ${order} has been gone for ${now - since} ms, and nobody knows; ${most} are allowed`);
  }

  /** The venue takes orders again when it has said so, and what waited leaves then. */
  private lookAtHeld({ inside }: Book, now: number): void {
    for (const [order, until] of this.held) {
      const open = Math.max(until, inside.core.rateLimits.shutUntil);
      if (now > open) throw new InvariantError("I-16", `order ${order} reduces risk and is kept back at ${now}; the venue takes it from ${open} on`);
    }
  }

  private catchUp(): void {
    const { entries } = this.tape;
    for (; this.read < entries.length; this.read += 1) this.follow(entries[this.read] as VenueEntry);
  }

  private follow(entry: VenueEntry): void {
    if (entry.type === "accepted" && entry.family === "sl") this.stops.add(entry.order);
    else if (entry.type === "ended" || (entry.type === "filled" && entry.left === 0)) {
      if (!this.stops.delete(entry.order) || this.settled.delete(entry.order)) return;
      this.gone.set(entry.order, entry.time);
    }
  }
}
