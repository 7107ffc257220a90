// The order in which a bar's four prices are assumed to have come: an assumption, named and switchable.

import type { Price } from "../../domain/index.ts";
import type { ExtremePath, PathName } from "./fill-model.ts";

/** Open, first extreme, second extreme, close; written in place, nothing allocated. */
export type Path = [Price, Price, Price, Price];

/**
 * `adaptive`: the extreme nearer to the open first; at equal distance the low first on a rising bar, the high first on
 * a falling one, because the last leg ends at the close. `worst` and `best` start from it: what they turn is found by
 * rehearsal.ts.
 */
export function pathOf(name: PathName | ExtremePath, open: Price, high: Price, low: Price, close: Price, into: Path): void {
  const lowFirst = name === "olhc" || (name !== "ohlc" && isLowFirst(open, high, low, close));
  into[0] = open;
  into[1] = lowFirst ? low : high;
  into[2] = lowFirst ? high : low;
  into[3] = close;
}

/** The same bar with its extremes in the other order. */
export function turnPath(path: Path): void {
  const first = path[1];
  path[1] = path[2];
  path[2] = first;
}

function isLowFirst(open: Price, high: Price, low: Price, close: Price): boolean {
  const down = open - low;
  const up = high - open;
  return down === up ? close >= open : down < up;
}
