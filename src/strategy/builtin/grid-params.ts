// Parameters of the grid: the documented defaults and the checks beyond key and type. Prices are prices, quantities base
// units, notionals the settlement currency, times ms.

export type GridParams = {
  /** `long` buys below and sells one level above; `short` the other way round; `neutral` is long below the start and short above it. @defaultValue "long" */
  readonly direction: "long" | "short" | "neutral";
  /** Lowest and highest level; null = the first close less and plus rangePercent. */
  readonly lower: number | null;
  readonly upper: number | null;
  /** @defaultValue 5 */
  readonly rangePercent: number;
  /** Prices at which orders may stand, both ends included. @defaultValue 11 */
  readonly levels: number;
  /** Equal distances, or equal ratios. @defaultValue "arithmetic" */
  readonly spacing: "arithmetic" | "geometric";
  /** Base units an order. @defaultValue 1 */
  readonly quantity: number;
  /** Value of an order in the settlement currency, in place of `quantity`; 0 = off. */
  readonly notional: number;
  /** What is held at the start: `none` leaves it alone, `existing` closes on the grid what its passed levels would hold, `market` buys (sells short) what is missing of that. @defaultValue "none" */
  readonly initial: "none" | "existing" | "market";
  /** Orders that open must not take. @defaultValue false: one that the price has passed fills at once, at a better price */
  readonly postOnly: boolean;
  /** What becomes of opening orders while bars close outside of the range. @defaultValue "keep" */
  readonly outside: "keep" | "pause";
  /** Prices that end the grid: everything is cancelled and closed. Null = none. */
  readonly stopLower: number | null;
  readonly stopUpper: number | null;
  /** After a refused order that opens, how long until the next one is tried. @defaultValue 60000 */
  readonly retryMs: number;
};

export const gridDefaults: GridParams = {
  direction: "long",
  lower: null,
  upper: null,
  rangePercent: 5,
  levels: 11,
  spacing: "arithmetic",
  quantity: 1,
  notional: 0,
  initial: "none",
  postOnly: false,
  outside: "keep",
  stopLower: null,
  stopUpper: null,
  retryMs: 60_000,
};

interface Problem {
  readonly key: string;
  readonly problem: string;
}

const words: Readonly<Partial<Record<keyof GridParams, readonly string[]>>> = {
  direction: ["long", "short", "neutral"],
  spacing: ["arithmetic", "geometric"],
  initial: ["none", "existing", "market"],
  outside: ["keep", "pause"],
};

/** [least, most] of each number; both included. */
const ranges: Readonly<Partial<Record<keyof GridParams, readonly [number, number]>>> = {
  rangePercent: [0.01, 99],
  levels: [2, 500],
  quantity: [0, 1e12],
  notional: [0, 1e12],
  retryMs: [1, 31_536_000_000],
};

const prices = ["lower", "upper", "stopLower", "stopUpper"] as const;

/** The first bad parameter, or null. */
export function checkGridParams(params: GridParams): Problem | null {
  for (const key of Object.keys(gridDefaults) as (keyof GridParams)[]) {
    const value = params[key];
    const allowed = words[key];
    if (allowed !== undefined && !allowed.includes(value as string)) return { key, problem: `must be one of ${allowed.join(", ")}` };
    const range = ranges[key];
    if (range !== undefined && !(typeof value === "number" && value >= range[0] && value <= range[1]))
      return { key, problem: `must be a number from ${range[0]} to ${range[1]}` };
  }
  for (const key of prices) {
    const value: unknown = params[key];
    if (value !== null && !(typeof value === "number" && value > 0)) return { key, problem: "must be null or a price above 0" };
  }
  if (!Number.isInteger(params.levels)) return { key: "levels", problem: "must be a whole number" };
  if (params.quantity === 0 && params.notional === 0) return { key: "quantity", problem: "must be above 0 where there is no notional" };
  if (params.direction === "neutral" && params.initial !== "none")
    return { key: "initial", problem: 'must be "none" with direction neutral, which starts flat' };
  return checkPrices(params);
}

function checkPrices({ lower, upper, stopLower, stopUpper }: GridParams): Problem | null {
  if (lower !== null && upper !== null && lower >= upper) return { key: "upper", problem: `must be above lower, ${lower}` };
  if (stopLower !== null && lower !== null && stopLower >= lower) return { key: "stopLower", problem: `must be below lower, ${lower}` };
  if (stopUpper !== null && upper !== null && stopUpper <= upper) return { key: "stopUpper", problem: `must be above upper, ${upper}` };
  return null;
}
