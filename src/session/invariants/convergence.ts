// I-38: when nothing goes wrong any more, a session comes to rest within a bounded time, or stands at a lock that waits for a
// person, for the venue or for the strategy. It looks; what brings the session to rest is the runner's.

import { InvariantError, type Halt, type Reason } from "../../domain/index.ts";
import type { VirtualExchange } from "../../exchange/virtual/index.ts";
import type { Runner } from "../../runner/index.ts";
import type { SimulationPlan, Step } from "../plan.ts";

/** Intervals between questions after which what is open counts as open without an end. */
const intervalsMax = 20;

/** Locks that no passing of time lifts, and what does. */
const standing: Readonly<Partial<Record<Reason, string>>> = {
  symbol_quarantined: "evidence, or a person",
  unexplained_divergence: "a person",
  strategy_locked: "a person",
  strategy_timed_out: "another process",
  account_mode_changed: "a person, who sets the account back",
  leverage_changed: "a person, who sets the account back",
  authentication_lost: "a person, who gives it another key",
  configuration_changed: "the strategy, when it is flat",
  code_changed: "the strategy, when it is flat",
  executed_beyond_order: "the strategy, when it is flat",
  filters_changed: "the venue",
  venue_cancel_only: "the venue",
  venue_maintenance: "the venue",
  delisted: "nobody",
  stale_data: "bars that follow each other",
  clock_gap: "the clock",
};

/** Why a session may end before its bars do. */
const halts: ReadonlySet<Reason> = new Set<Reason>(["operator_halt", "insolvent", "strategy_error", "higher_epoch_seen"]);

/** @throws InvariantError I-38 for a halt of which nobody has said that it may be */
export function assertExpected({ reason, text }: Pick<Halt, "reason" | "text">): void {
  if (!halts.has(reason)) throw new InvariantError("I-38", `the session halts for ${reason}, ${text}`);
}

type Venue = Pick<VirtualExchange, "faults" | "trouble" | "account">;
type Book = Pick<Runner, "divergent" | "positionOf" | "inside" | "halted">;

export class Convergence {
  declare private readonly venue: Venue;
  /** From here on the scenario does nothing any more; Infinity: it never lets go. */
  declare private calmFrom: number;
  /** The comparison with the venue waits for a person. */
  blocked = false;
  /** Since when something has been open that must come to an end; -1: nothing is. */
  private since = -1;

  constructor(venue: Venue, { steps, markets }: Pick<SimulationPlan, "steps" | "markets">) {
    this.venue = venue;
    this.calmFrom = 0;
    for (const { bar, symbol, action } of steps) {
      const [series] = (markets.find(({ rules }) => rules.symbol === symbol) ?? markets[0])?.series ?? [];
      const time = series === undefined ? 0 : series.timeAt(Math.min(bar, series.length - 1));
      this.calmFrom = Math.max(this.calmFrom, time + lengthOf(action));
    }
  }

  /** The process was not there until now: what it left open begins anew. */
  cameBack(now: number): void {
    this.calmFrom = Math.max(this.calmFrom, now);
    this.since = -1;
  }

  /** @returns 1: it was looked at. @throws InvariantError I-38 for what is open for too long */
  look(runner: Book, now: number): number {
    const { venue } = this;
    const open = runner.halted || !this.mayBeOpen(runner) ? null : this.openIn(runner);
    if (open === null) {
      this.since = -1;
      return 0;
    }
    if (this.since < 0) this.since = now;
    if (venue.faults.threatens) return 0;
    const waited = now - Math.max(this.since, this.calmFrom);
    if (waited <= intervalsMax * runner.inside.core.settings.queryIntervalMs) return 1;
    throw new InvariantError("I-38", `${open}, ${waited} ms after the last fault`);
  }

  private mayBeOpen(runner: Book): boolean {
    return runner.divergent || runner.inside.core.locks.held || !this.agrees(runner);
  }

  private agrees(runner: Book): boolean {
    const { markets } = this.venue.account;
    for (let market = 0; market < markets.length; market += 1) {
      const { legs } = markets[market] as (typeof markets)[number];
      for (const { leg, quantity } of legs) if (runner.positionOf(market, leg) !== quantity) return false;
    }
    return true;
  }

  /** null: what is open waits for somebody else. */
  private openIn(runner: Book): string | null {
    const { locks, desks, settings } = runner.inside.core;
    const held = locks.list();
    for (const { reason } of held) {
      const waits = standing[reason] !== undefined || (reason === "reconciling" && this.blocked);
      if (!waits) return `the lock ${reason} stands`;
    }
    for (const { first } of desks)
      for (let order = first; order !== null; order = order.later)
        if (order.status === "UNKNOWN") return `it is not known what became of order ${order.order}`;
    if (held.length > 0) return null;
    if (runner.divergent) return "a position is being looked at";
    // What no message has told and nobody asks for is not found out.
    const isHidden = settings.positionCheckMs === null && (this.venue.trouble?.wire.untold ?? 0) > 0;
    return isHidden || this.agrees(runner) ? null : "the book differs from the venue";
  }
}

/** How long what a scenario does goes on, ms. */
function lengthOf(action: Step["action"]): number {
  if ("lengthMs" in action) return action.lengthMs ?? Number.POSITIVE_INFINITY;
  return "downtimeMs" in action ? action.downtimeMs : 0;
}
