// A session whose bars or whose host's clock are not what they are: between its feed and its runner stands a watch. In
// everything else it is the session that it extends.

import type { Millis } from "../../domain/index.ts";
import type { SessionParts } from "../build.ts";
import type { FeedWatch, WatchedSession } from "./watch.ts";
import type { Lanes } from "../lanes.ts";
import type { SimulationPlan } from "../plan.ts";
import { SimulatedSession } from "../simulate.ts";

export class WatchedFeedSession extends SimulatedSession {
  declare private readonly watch: FeedWatch;
  declare private readonly doors: WatchedSession;

  constructor(plan: SimulationPlan, parts: Omit<SessionParts, "instruments">, watch: FeedWatch) {
    super(plan, parts);
    this.watch = watch;
    this.doors = {
      runner: this.runner,
      isHalted: () => this.halted,
      tell: (event) => this.handle(event, event.time),
      drain: (until) => super.drain(until),
      decided: (time) => {
        if (this.runner.effects.length > 0) this.afterDecision(time);
      },
    };
  }

  /** What is due of the feed and the clock comes in its turn among answers and timers. */
  protected override drain(until: Millis): void {
    this.watch.before(until, this.doors);
    super.drain(until);
  }

  protected override close(lanes: Lanes, _last: number, close: Millis): void {
    if (this.liveness !== null) this.liveness.look(close, (event) => this.handle(event, close));
    this.watch.hear(lanes, close, this.doors);
  }

  protected override mark(close: Millis): void {
    const { venue, watch } = this;
    const equity = venue.equity();
    const value = equity / this.moneyPower;
    this.equity.add(close, equity, value);
    this.runner.markEquity(value);
    this.check.oracle?.at(close, this.timers.length);
    if (!this.touched) return;
    this.touched = false;
    // The two ledgers stand at the same price only where the newest bar has been heard.
    if (venue.events.length === 0) this.check.compare(equity, !this.halted && watch.current);
  }
}
