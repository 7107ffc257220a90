// A simulation, ready to run: everything resolved, validated and in memory. The scenario room builds one from a file.

import type { BarSeries, FundingSeries, Leg, MarketRules, PositionMode } from "../domain/index.ts";
import type {
  DeleverageStep,
  Disturbance,
  Fault,
  FillModel,
  LimitStep,
  LiquidationRuleName,
  MarginMode,
  VenueProfile,
} from "../exchange/virtual/index.ts";
import type { FeedSettings } from "./feed/guard.ts";
import type { ClockStep, FeedStep, StrategyStep } from "./feed/steps.ts";
import type { RunnerSettings } from "../runner/settings.ts";
import type { StreamSettings } from "./feed/liveness.ts";
import type { Params, StrategyDefinition } from "../strategy/index.ts";
import { isProcessStep, type CrashPoint, type ProcessStep } from "./process/process-plan.ts";

export interface MarketPlan {
  readonly rules: MarketRules;
  /** Finest first; all with the same scales. The venue matches on the first. */
  readonly series: readonly BarSeries[];
  /** Finer bars or trades that the venue walks inside the bars of the first series, which are made of them. @defaultValue the bars themselves */
  readonly inside?: BarSeries;
  /** Funding rates of a swap. @defaultValue no funding */
  readonly funding?: FundingSeries;
  /** Mark price bars of a swap. @defaultValue the trades are the marks */
  readonly marks?: BarSeries;
  /** First bars in which the strategy is told of bars and may not order, beside its own warm-up. @defaultValue 0 */
  readonly leadIn?: number;
  /** Leverage tiers as ccxt's fetchLeverageTiers has them, of this market alone or by symbol. @defaultValue the profile's one rate */
  readonly tiers?: unknown;
}

/** A position that the account holds before the first bar; quantities and prices as decimal text. */
export interface BootPosition {
  readonly symbol: string;
  readonly leg: Leg;
  /** Signed. */
  readonly quantity: string;
  readonly entryPrice: string;
}

/** Something done to the venue, the operator's desk or the account at a bar. It takes effect before that bar's open. */
export interface Step {
  readonly bar: number;
  readonly symbol: string | null;
  readonly action:
    | Fault
    | { readonly do: "stop_new_orders" | "kill" | "resume" | "halt"; readonly text: string }
    /** A manual trade on the account: the venue closes it before the bar's open, at the last price, outside this session. */
    | { readonly do: "close_position"; readonly leg: Leg; readonly quantity: string | null; readonly notify: boolean }
    /** The account's mode is changed outside while it is flat: the bot's next order meets it. */
    | { readonly do: "set_position_mode"; readonly mode: PositionMode }
    | LimitStep
    | DeleverageStep
    | FeedStep
    | ClockStep
    | StrategyStep
    | Disturbance
    | ProcessStep;
}

export interface SimulationPlan {
  readonly name: string;
  readonly seed: number;
  readonly profile: VenueProfile;
  readonly positionMode: PositionMode;
  readonly leverage: number;
  /** @defaultValue "cross" */
  readonly marginMode?: MarginMode;
  /** Whether the profile's limits on requests are watched. @defaultValue true */
  readonly requestLimits?: boolean;
  /** null: insolvency ends the run. @defaultValue the profile's */
  readonly liquidation?: LiquidationRuleName | null;
  readonly fill: FillModel;
  readonly markets: readonly MarketPlan[];
  /** Decimal text by currency. */
  readonly balances: Readonly<Record<string, string>>;
  readonly positions: readonly BootPosition[];
  readonly strategy: { readonly definition: StrategyDefinition; readonly params: Params };
  readonly runner: RunnerSettings;
  readonly steps: readonly Step[];
  /** What is believed of a feed, in sessions with steps for it. @defaultValue defaultFeedSettings */
  readonly feed?: Partial<FeedSettings>;
  /** How the session watches its streams. @defaultValue defaultStreamSettings, in a session with a `stream_gap` */
  readonly streams?: Partial<StreamSettings>;
  /** Where its process dies beside the bars of its steps. @defaultValue nowhere */
  readonly crashes?: readonly CrashPoint[];
  /** Run what else the bars allow, too. Absent: the main world alone. It changes nothing in that one. */
  readonly envelope?: {
    /** Instants that the other worlds may take together; null: see `defaultEnvelopeBudget`. */
    readonly budget: number | null;
  };
  /** What the run hash covers beside bars, events and effects: the scenario as plain data. */
  readonly configuration: unknown;
}

/** True for a plan whose process may die, sleep or lose its disk: such a session keeps commits. */
export function isFragile({ crashes, steps }: SimulationPlan): boolean {
  return crashes !== undefined || steps.some(({ action }) => isProcessStep(action));
}
