// What a scenario does to what a session hears and to who decides in it: bars that come otherwise than they closed, a clock of
// the host that is wrong, a strategy that fails. The venue goes on as the bars say; none of this is done to it.

/** How a bar is told that no bar can be. */
export const absurdities = ["zero", "not_a_number", "negative", "high_below_low", "times_100"] as const;

export type Absurdity = (typeof absurdities)[number];

/** Prices in units of the market's scale. */
export interface RevisedPrices {
  readonly open: number | null;
  readonly high: number | null;
  readonly low: number | null;
  readonly close: number | null;
}

/** The bar of the step does not come as it closed. */
export type FeedStep =
  /** Nothing comes. `backfill`: it can be asked for. */
  | { readonly do: "bar_missing"; readonly backfill: boolean }
  /** It comes `ms` after its close, or with the close of the bar `bars` later; null: the other one counts. Until then nobody has it. */
  | { readonly do: "bar_late"; readonly ms: number | null; readonly bars: number | null }
  | { readonly do: "bar_duplicate" }
  /** Behind it comes the bar `back` before it once more, with other prices. null keeps one. */
  | { readonly do: "bar_revised"; readonly back: number; readonly prices: RevisedPrices }
  /** In the middle of it, the bar `ahead` after it (0: itself) is told as if it had closed. */
  | { readonly do: "bar_unfinished"; readonly ahead: number }
  /** It comes behind the next one. */
  | { readonly do: "bar_out_of_order" }
  | { readonly do: "bar_absurd"; readonly kind: Absurdity; readonly backfill: boolean }
  /** At its open the stream's numbers leap: nothing is taken from it for so many bars. */
  | { readonly do: "feed_gap"; readonly bars: number };

/** The clock of the host against data time, ms ahead. `clock_step` jumps, which is noticed at once; `clock_skew` was wrong all along. */
export type ClockStep =
  | { readonly do: "clock_step" | "clock_skew"; readonly ms: number }
  /** Millionths that it gains from here on. */
  | { readonly do: "clock_drift"; readonly ppm: number };

/** Hooks that a scenario can make fail. */
export const failingHooks = ["onBar", "onFill", "onRejected", "onCanceled"] as const;
export type FailingHook = (typeof failingHooks)[number];

export type StrategyStep =
  /** The hook throws in its first `times` calls from the bar on; what it asked for before stays asked for until then. */
  | { readonly do: "strategy_throws"; readonly hook: FailingHook; readonly times: number }
  /** The hook does not come back from its call number `call` in the bar or later; the watchdog has ended it. */
  | { readonly do: "strategy_timed_out"; readonly hook: FailingHook; readonly call: number };

/** Any step, as far as its kind tells. */
interface Doing {
  readonly do: string;
}

const feedKinds: ReadonlySet<string> = new Set<FeedStep["do"]>([
  "bar_missing",
  "bar_late",
  "bar_duplicate",
  "bar_revised",
  "bar_unfinished",
  "bar_out_of_order",
  "bar_absurd",
  "feed_gap",
]);
const clockKinds: ReadonlySet<string> = new Set<ClockStep["do"]>(["clock_step", "clock_skew", "clock_drift"]);
const strategyKinds: ReadonlySet<string> = new Set<StrategyStep["do"]>(["strategy_throws", "strategy_timed_out"]);

export function isFeedStep(action: Doing): action is FeedStep {
  return feedKinds.has(action.do);
}

export function isClockStep(action: Doing): action is ClockStep {
  return clockKinds.has(action.do);
}

export function isStrategyStep(action: Doing): action is StrategyStep {
  return strategyKinds.has(action.do);
}

/** True for a step that is done to the session itself, and not to the venue or by the operator. */
export function isInside(action: Doing): action is FeedStep | ClockStep | StrategyStep {
  return isFeedStep(action) || isClockStep(action) || isStrategyStep(action);
}
