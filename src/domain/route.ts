// Routes: how a strategy wants an intent of any price to be worked. Plain data with documented defaults; the runner works
// an intent by the strategy's own route and never picks one by itself (architecture, rule 7).

/**
 * `plain`: one market order. `limit-patience`: a limit at the mid that moves towards the market in three stages.
 * `twap`: slices one after the other, each worked by patience. `auto`: by the share of a day's volume (row 002-OM-1).
 */
export type Route = "plain" | "limit-patience" | "twap" | "auto";

/** What a route works by, once `auto` has been decided. */
export type WorkedRoute = Exclude<Route, "plain" | "auto">;

export interface RoutePolicy {
  /** Wait of the first stage in ms; the second waits half of it, the third a quarter, rounded down. @defaultValue 300000 */
  readonly patienceMs: number;
  /** Distance of the second stage from the mid as a share of it; the third stands ten times as far. @defaultValue 0.001 */
  readonly stepRate: number;
  /** Slices of a TWAP. @defaultValue 5 */
  readonly slices: number;
  /** Largest deviation of the wait between two slices, as a share of it. @defaultValue 0.2 */
  readonly jitter: number;
  /** Volume of a day in base units (or contracts); null = of the closed bars of the last 24 hours. @defaultValue null */
  readonly adv: number | null;
  /** Share of a day's volume from which on `auto` is a TWAP. @defaultValue 0.01 */
  readonly participation: number;
}

export const defaultRoutePolicy: RoutePolicy = {
  patienceMs: 300_000,
  stepRate: 0.001,
  slices: 5,
  jitter: 0.2,
  adv: null,
  participation: 0.01,
};

const words: ReadonlySet<unknown> = new Set<Route>(["plain", "limit-patience", "twap", "auto"]);

export function isRoute(word: unknown): word is Route {
  return words.has(word);
}

/** Three orders a slice, and an intent has 256 order numbers. */
const slicesMax = 80;
/** The third stage stands ten steps away and must not reach a price of nothing. */
const stepRateMax = 0.05;

/** What is wrong with a value of a route policy, by its key; null when it is good. */
export const routePolicyChecks: Readonly<Record<keyof RoutePolicy, (value: unknown) => string | null>> = {
  patienceMs: (value) => (isWhole(value, 1_000, 86_400_000) ? null : "must be whole ms from 1000 to 86400000"),
  stepRate: (value) => (isNumber(value) && value >= 0 && value <= stepRateMax ? null : `must be a share from 0 to ${stepRateMax}`),
  slices: (value) => (isWhole(value, 1, slicesMax) ? null : `must be a whole number from 1 to ${slicesMax}`),
  jitter: (value) => (isNumber(value) && value >= 0 && value < 1 ? null : "must be a share from 0 to below 1"),
  adv: (value) => (value === null || (isNumber(value) && value > 0) ? null : "must be a number above 0, or null"),
  participation: (value) => (isNumber(value) && value > 0 && value <= 1 ? null : "must be a share above 0, at most 1"),
};

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function isWhole(value: unknown, least: number, most: number): boolean {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
}

/**
 * Row 002-SM-1: spread ÷ 2 + 0.1 × daily volatility × √(size ÷ max(daily volume, 1)). In the unit of `spread` and
 * `dailyVolatility`: both in price give the price units that an execution is expected to lose. A statistic, never money.
 * @param size base units, > 0. @param dailyVolume the same units a day
 */
export function predictedSlippage(spread: number, dailyVolatility: number, size: number, dailyVolume: number): number {
  return spread / 2 + 0.1 * dailyVolatility * Math.sqrt(size / Math.max(dailyVolume, 1));
}
