// What a runner is made of: markets with their strategies, and the operator's settings. Plain wiring.

import type { BarSeries, Instrument, Leg, Money, Price, Quantity, ResumableRandom } from "../domain/index.ts";
import type { Strategy } from "../strategy/index.ts";
import type { RunnerSettings } from "./settings.ts";

export interface RunnerMarket {
  readonly instrument: Instrument;
  /** Finest first. */
  readonly series: readonly BarSeries[];
  readonly strategy: Strategy;
  readonly random: ResumableRandom;
  readonly makerFee: number;
  readonly takerFee: number;
  /** Draws of the waits between a route's slices: a stream of its own. */
  readonly routeRandom: ResumableRandom;
  /** The venue changes a resting order in its place and keeps what it has filled. */
  readonly amends: boolean;
}

export interface RunnerOptions {
  readonly markets: readonly RunnerMarket[];
  readonly hedge: boolean;
  readonly settings: RunnerSettings;
  /** Settlement balance at the start, for equity. */
  readonly balance: Money;
  /** Positions from before the session. */
  readonly positions?: readonly { readonly market: number; readonly leg: Leg; readonly quantity: Quantity; readonly price: Price }[];
}
