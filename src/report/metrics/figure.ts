// A figure of a run, or why there is none. It must never hold NaN or Infinity.

/** Money is exact decimal text, ratios and counts are float64, a breakdown is a figure for each word. */
export type FigureValue = number | string | Readonly<Record<string, number | string>>;

/** Why a figure says nothing here. */
export class Missing {
  declare readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

export type Figure = FigureValue | Missing;

/** The number, or a figure that says why there is none. */
export function known(value: number | null, reason: string): number | Missing {
  return value === null || !Number.isFinite(value) ? new Missing(reason) : value;
}

export const noTrades: Missing = new Missing("no trade was closed");
export const noLosses: Missing = new Missing("no trade lost");
export const noWins: Missing = new Missing("no trade won");
