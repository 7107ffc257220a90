// Two ledgers that share no state: the venue's and the runner's. They must agree whenever no answer is on its way. It
// must never mend a difference; it ends the session with it.

import { InvariantError, type BarSeries, type Event, type Millis, type Money, type Position } from "../domain/index.ts";
import type { VirtualExchange } from "../exchange/virtual/index.ts";
import type { Runner } from "../runner/index.ts";
import { Oracle } from "./invariants/oracle.ts";
import { assertInside } from "./invariants/position-interval.ts";
import type { SimulationPlan } from "./plan.ts";

/** What a venue tells once, and no answer to a question tells again as it was. */
const movesMoney: ReadonlySet<Event["type"]> = new Set(["liquidated", "auto_deleveraged", "fill_voided"]);
/** What the comparison of the account's money finds again. */
const foundAgain: ReadonlySet<Event["type"]> = new Set(["funding_paid", "funds_moved"]);

export class CrossCheck {
  /** Comparisons so far. */
  made = 0;
  declare private readonly venue: VirtualExchange;
  declare private runner: Runner;
  /** The two equities can be compared: no coins from before the session, no trade by hand. */
  declare private comparable: boolean;
  /** By market: its bars where the venue walks finer data inside them, else null. */
  declare private readonly frames: readonly (BarSeries | null)[];
  /** Money has moved and nobody heard of it: the runner's equity has to come up to the venue's first. */
  private behind = false;
  /** A position was changed outside and the runner has not found out yet. */
  private unnoticed = false;
  /** Messages of the venue that were lost on their way, as far as they are known here. */
  private untold = 0;
  /** null: nobody audits the session. */
  declare readonly oracle: Oracle | null;

  constructor(venue: VirtualExchange, runner: Runner, plan: SimulationPlan) {
    this.venue = venue;
    this.runner = runner;
    this.comparable = venue.account.markets.every(({ instrument: { spot, rules } }) => !spot || (plan.balances[rules.base] ?? "0") === "0");
    this.oracle = venue.tape === null ? null : new Oracle(plan, venue, venue.tape, runner);
    this.frames = plan.markets.map(({ inside, series }) => (inside === undefined ? null : (series[0] as BarSeries)));
  }

  /** This runner's book is the one to compare. */
  watch(runner: Runner): void {
    this.runner = runner;
    this.oracle?.watch(runner);
  }

  /** A process came back, awake or made anew. @param pause ms that it was not there */
  cameBack(runner: Runner, now: Millis, pause: number): void {
    const anew = runner !== this.runner;
    this.watch(runner);
    this.oracle?.cameBack(now, pause, anew);
  }

  /** Something was told to nobody: where it moved money, the two equities are apart by it, some until the money is compared, others for good. */
  lost({ type }: Event): void {
    if (movesMoney.has(type)) this.comparable = false;
    if (foundAgain.has(type)) this.behind = true;
  }

  /**
   * @param equity the venue's. @param closed the runner has heard the same close: a halt inside a bar ends the session before
   * @throws InvariantError I-07 for different positions, I-26 for different equities
   */
  compare(equity: Money, closed: boolean): void {
    const { runner, venue } = this;
    const untold = venue.trouble?.wire.untold ?? 0;
    if (untold > this.untold) this.unnoticed = true;
    this.untold = untold;
    if (runner.divergent || (this.unnoticed && !this.noticed())) return this.oracle?.differs(this.unnoticed);
    this.made += 1;
    const { markets } = venue.account;
    for (let market = 0; market < markets.length; market += 1) {
      const { legs } = markets[market] as (typeof markets)[number];
      for (let n = 0; n < legs.length; n += 1) {
        const held = legs[n] as (typeof legs)[number];
        const booked = runner.positionOf(market, held.leg);
        if (booked !== held.quantity) throw apart(held, booked);
      }
    }
    if (!this.comparable || !closed || !this.standsAtClose()) return;
    const own = runner.equity();
    if (own === equity) this.behind = false;
    else if (!this.behind) throw new InvariantError("I-26", `the runner's equity is ${own}, the venue's ${equity}`);
  }

  /** To be called after whatever may have moved a position or money. @throws InvariantError as `compare`, and I-07 where an audited session has answers on their way */
  look(equity: Money, closed: boolean): void {
    if (this.venue.events.length === 0) this.compare(equity, closed);
    else if (this.venue.tape !== null) this.within();
  }

  /** The session has ended. @param armed timers that have not fired. @returns comparisons that were made. @throws InvariantError for what should have come to an end before */
  concluded(armed: number): number {
    this.oracle?.concluded(armed);
    return this.made;
  }

  private within(): void {
    const { venue, runner } = this;
    if (this.unnoticed || (venue.trouble?.wire.untold ?? 0) > 0) return;
    this.made += assertInside(venue, runner);
  }

  // Inside a bar the venue is ahead of what the runner has heard.
  private standsAtClose(): boolean {
    const { markets } = this.venue.account;
    for (let market = 0; market < this.frames.length; market += 1) {
      const frames = this.frames[market] ?? null;
      if (frames !== null && markets[market]?.last !== frames.close[this.runner.barOf(market)]) return false;
    }
    return true;
  }

  // The book adopts an outside change when it is sure of it, at the price of then: from there on the two equities differ.
  private noticed(): boolean {
    this.comparable = false;
    const { runner, venue } = this;
    const agree = venue.account.markets.every(({ legs }, market) => legs.every(({ leg, quantity }) => runner.positionOf(market, leg) === quantity));
    if (agree) this.unnoticed = false;
    return agree;
  }
}

function apart({ leg, quantity, instrument }: Position, booked: number): InvariantError {
  return new InvariantError("I-07", `${instrument.symbol} ${leg}: the runner's book holds ${booked}, the venue ${quantity}`);
}
