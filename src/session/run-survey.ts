// Runs a plan once more, instant by instant, and notes where something happened: the instants that recorded anything, the bars
// whose outcome the assumed path decided, and how positions changed. It must never do anything but look.

import { SeatrialError, type BarSeries, type Leg, type Money, type OrderNumber, type Price, type Quantity } from "../domain/index.ts";
import type { Journal } from "../journal/index.ts";
import { buildSession } from "./build.ts";
import { openSession } from "./open-session.ts";
import type { SimulationPlan } from "./plan.ts";
import { runHash } from "./run-hash.ts";
import { stateOf } from "./runner-state.ts";
import { createSha256 } from "./sha256.ts";
import type { SimulatedSession } from "./simulate.ts";
import { WatchedJournal } from "./watched-journal.ts";

/** A bar that woke orders on both sides of its open, or moved a stop and reached it. */
export interface AmbiguousBar {
  readonly market: number;
  /** Row in the market's finest series. */
  readonly bar: number;
  /** The path `worst` or `best` took the other order of its extremes. */
  readonly turned: boolean;
}

/** A leg of the runner's book, from an instant on. */
export interface PositionPoint {
  readonly market: number;
  readonly leg: Leg;
  readonly time: number;
  /** Signed units. */
  readonly quantity: Quantity;
  /** Units of the settlement currency: value at entry of what is open. */
  readonly cost: Money;
}

/** Where a trailing stop stood from an instant on. */
export interface StopPoint {
  readonly order: OrderNumber;
  readonly time: number;
  readonly price: Price;
}

export interface RunSurvey {
  readonly journal: Journal;
  readonly runHash: string;
  /** Instants that recorded something, ascending: what `SimulatedSession.advance` counts. */
  readonly active: readonly number[];
  readonly ambiguous: readonly AmbiguousBar[];
  readonly positions: readonly PositionPoint[];
  /** In the order of time. */
  readonly stops: readonly StopPoint[];
  /** All instants of the run. */
  readonly instants: number;
}

/** Entries of each list at most: the first ones are kept. */
export interface SurveyLimits {
  readonly active: number;
  readonly ambiguous: number;
  readonly positions: number;
  readonly stops: number;
}

/** A trailing stop to follow: what it does at the venue no answer tells. */
export interface TrailingOrder {
  readonly market: number;
  readonly order: OrderNumber;
}

/** Where a strategy's state cannot be read there are no positions: a walk says why. @throws SeatrialError as a run of the plan does */
export function surveyRun(plan: SimulationPlan, limits: SurveyLimits, trailing: readonly TrailingOrder[] = []): RunSurvey {
  return new Survey(plan, limits, trailing).run();
}

/** What of a runner's snapshot is read here. */
interface BookState {
  readonly markets: readonly {
    readonly book: { readonly legs: readonly { readonly leg: Leg; readonly quantity: Quantity; readonly cost: Money }[] };
  }[];
}

class Survey {
  declare private readonly plan: SimulationPlan;
  declare private readonly limits: SurveyLimits;
  declare private readonly trailing: readonly TrailingOrder[];
  declare private readonly session: SimulatedSession;
  private readonly active: number[] = [];
  private readonly ambiguous: AmbiguousBar[] = [];
  private readonly positions: PositionPoint[] = [];
  private readonly stops: StopPoint[] = [];
  /** A strategy's snapshot threw. */
  private blind = false;
  private readonly lastStops = new Map<number, Price>();
  /** Quantity of each leg when it was looked at last, by market. */
  private held: readonly (readonly number[])[] = [];

  constructor(plan: SimulationPlan, limits: SurveyLimits, trailing: readonly TrailingOrder[]) {
    this.plan = plan;
    this.trailing = trailing;
    this.limits = limits;
    const parts = buildSession(plan);
    this.session = openSession(plan, { ...parts, journal: new WatchedJournal(parts.journal, () => this.lookAtPositions()) });
  }

  run(): RunSurvey {
    const { session, plan, limits, active, ambiguous, positions, stops } = this;
    const { venue, journal } = session;
    const counted = venue.markets.map(() => 0);
    this.held = venue.account.markets.map(({ legs }) => legs.map(() => 0));
    this.lookAtPositions();
    for (let going = true; going;) {
      const { done } = session;
      const { length } = journal.tape;
      going = session.step(Number.MAX_SAFE_INTEGER);
      // A step over quiet bars ends with the one that was not.
      if (journal.tape.length !== length && active.length < limits.active) active.push(Math.max(done, session.done - 1));
      for (const { index, frame, choice } of venue.markets) {
        if (choice.ambiguousBars === counted[index]) continue;
        counted[index] = choice.ambiguousBars;
        if (ambiguous.length < limits.ambiguous) ambiguous.push({ market: index, bar: frame, turned: choice.turnedBars.has(frame) });
      }
      if (this.trailing.length > 0) this.lookAtStops();
    }
    return { journal, runHash: runHash(plan, journal, createSha256), active, ambiguous, positions, stops, instants: session.done };
  }

  // A commit moves a leg seldom: whether it did is asked of the book first, and its cost only then.
  private lookAtPositions(): void {
    const { session, limits, positions } = this;
    const { runner, venue } = session;
    if (positions.length >= limits.positions) return;
    const now = venue.account.markets.map(({ legs }, market) => legs.map(({ leg }) => runner.positionOf(market, leg)));
    if (now.every((legs, market) => legs.every((quantity, at) => quantity === this.held[market]?.[at]))) return;
    const books = this.booksOf(runner);
    if (books === null) return;
    for (const [market, legs] of books.entries()) {
      for (const [at, { leg, quantity, cost }] of legs.entries()) {
        if (quantity !== this.held[market]?.[at]) positions.push({ market, leg, time: runner.now, quantity, cost });
      }
    }
    this.held = books.map((legs) => legs.map(({ quantity }) => quantity));
  }

  private booksOf(runner: SimulatedSession["runner"]): BookState["markets"][number]["book"]["legs"][] | null {
    if (this.blind) return null;
    try {
      return (stateOf(runner) as BookState).markets.map(({ book }) => book.legs);
    } catch (error) {
      if (!(error instanceof SeatrialError) || error.code !== "state_unreadable") throw error;
      this.blind = true;
      return null;
    }
  }

  private lookAtStops(): void {
    const { session, limits, trailing, stops, lastStops } = this;
    for (const { market, order } of trailing) {
      const live = session.venue.markets[market]?.orders.get(order);
      if (live === undefined || live.trailing !== 2 || live.stop === 0 || live.stop === lastStops.get(order)) continue;
      lastStops.set(order, live.stop);
      if (stops.length < limits.stops) stops.push({ order, time: session.time, price: live.stop });
    }
  }
}

/** Instants that a plan has at most. */
export function instantsOf({ markets }: SimulationPlan): number {
  return markets.reduce((sum, { inside, series }) => sum + (inside ?? (series[0] as BarSeries)).length, 0);
}
