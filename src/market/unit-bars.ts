// Bars that were units, and sound, before anybody saw them: their decimal numbers are made when somebody asks for them. Decides nothing.

import { pow10 } from "../domain/index.ts";
import type { RawBars, RawColumns } from "./columns.ts";

/** Units of 10^-decimals in all columns but the time, and what is known of them. */
export interface UnitFacts {
  readonly columns: RawColumns;
  readonly priceDecimals: number;
  readonly volumeDecimals: number;
  /** In units. */
  readonly largestVolume: number;
  /** Bars without volume. */
  readonly zeroVolume: number;
  /** Milliseconds from each bar to the next where all are equal; else null. */
  readonly distance: number | null;
}

/** What was found beside the columns. */
type Facts = Pick<RawBars, "file" | "source" | "firstLine" | "firstRow">;

/** Not a field of bars: a copy with other columns must not inherit the units. */
const taken: WeakMap<RawBars, UnitFacts> = new WeakMap();

/** Bars whose decimal numbers are made when somebody asks for them. @param units of which every row was taken */
export function barsOfUnits(units: UnitFacts, facts: Facts): RawBars {
  const { priceDecimals, volumeDecimals, columns } = units;
  const lazy = (column: Float64Array, decimals: number): (() => Float64Array) => {
    let made: Float64Array | null = null;
    return () => (made ??= decimals === 0 ? column.slice() : column.map((value) => value / pow10(decimals)));
  };
  const [open, high, low, close] = [columns.open, columns.high, columns.low, columns.close].map((column) => lazy(column, priceDecimals)) as [
    () => Float64Array,
    () => Float64Array,
    () => Float64Array,
    () => Float64Array,
  ];
  const volume = lazy(columns.volume, volumeDecimals);
  const bars: RawBars = {
    ...facts,
    length: columns.time.length,
    priceDecimals,
    volumeDecimals,
    priceRepaired: 0,
    volumeRounded: 0,
    time: columns.time,
    get open() {
      return open();
    },
    get high() {
      return high();
    },
    get low() {
      return low();
    },
    get close() {
      return close();
    },
    get volume() {
      return volume();
    },
  };
  taken.set(bars, units);
  return bars;
}

/** The units of bars that were read as such; undefined for all others. */
export function unitsOf(bars: RawBars): UnitFacts | undefined {
  return taken.get(bars);
}
