// Raw bars as they stand in a file: float64 columns and how many decimals they really have. Names of columns are found
// here too. Never rounds a price that carries information; a rounded volume is counted.

import { SeatrialError } from "../domain/index.ts";
import { columnMissing, plainName } from "./table.ts";

/** The six columns of a file in decimal numbers (not units), all of one length. */
export interface RawColumns {
  /** Open time of each bar, epoch ms UTC. */
  readonly time: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

/** What a reader hands over. Not yet validated: `validateBars` does that. */
export interface RawBars extends RawColumns {
  /** Path as the user gave it; null for bars that come from no file. */
  readonly file: string | null;
  /** Where the bars come from when the file says so, `synthetic` for generated bars; else null. */
  readonly source: string | null;
  /** 1-based line of the file's first bar in a text format of one bar a line; else null. */
  readonly firstLine: number | null;
  /** 0-based row in the file of the first bar here: above 0 after `from`. */
  readonly firstRow: number;
  readonly length: number;
  /** Smallest number of decimals that holds every price exactly, 0…10. */
  readonly priceDecimals: number;
  /** Decimals that hold every volume exactly, 0…10; the smallest number of them unless volumes were rounded. */
  readonly volumeDecimals: number;
  /** Prices that were a decimal plus float noise (0.30000000000000004) and became that decimal. */
  readonly priceRepaired: number;
  /** Volumes that had more decimals than 10, or than ±2^53 holds, and were rounded. */
  readonly volumeRounded: number;
}

export const columnNames = ["time", "open", "high", "low", "close", "volume"] as const;
export type ColumnName = (typeof columnNames)[number];

/** Names seen in the wild, best first: a file with `timestamp` and `date` is read by `timestamp`. Lower case, `_` for blanks. */
const aliases: Readonly<Record<ColumnName, readonly string[]>> = {
  time: [
    "timestamp",
    "time",
    "open_time",
    "opentime",
    "ts",
    "t",
    "date",
    "datetime",
    "timestamp_utc",
    "time_utc",
    "date_utc",
    "unix",
    "epoch",
    "start",
    "start_time",
    "starttime",
    "timestamp_ms",
    "index",
    "__index_level_0__",
  ],
  open: ["open", "o", "open_price", "first"],
  high: ["high", "h", "high_price", "max"],
  low: ["low", "l", "low_price", "min"],
  close: ["close", "c", "close_price", "last"],
  volume: ["volume", "vol", "v", "base_volume", "volume_base", "amount", "qty"],
};

/** A file without volume may be meant so: mark prices, quotes, forex. */
const volumeHint = 'name one of them volume, or take the bars without: --no-volume, or "volume": "absent" in a scenario\'s bars';

/**
 * Where each column stands among a file's names, compared without case; in the order of `columnNames`. An unnamed first
 * column is the time when no other is (a data frame's index). @param volumeMayMiss then -1 stands for a volume that is not there
 * @throws SeatrialError `column_missing`
 */
export function findColumns(names: readonly string[], file: string | null, volumeMayMiss = false): number[] {
  const plain = names.map(plainName);
  return columnNames.map((column) => {
    const at = placeOf(plain, column);
    if (at >= 0 || (column === "volume" && volumeMayMiss)) return at;
    throw columnMissing(column, aliases[column], names, file, column === "volume" ? volumeHint : undefined);
  });
}

/** Whether a line of names has at least one that means a column of bars. */
export function hasColumnName(names: readonly string[]): boolean {
  const plain = names.map(plainName);
  return columnNames.some((column) => aliases[column].some((alias) => plain.includes(alias)));
}

function placeOf(plain: readonly string[], column: ColumnName): number {
  for (const alias of aliases[column]) {
    const at = plain.indexOf(alias);
    if (at >= 0) return at;
  }
  return column === "time" && plain[0] === "" ? 0 : -1;
}

/** Six columns that grow: what the text readers write into. */
export class ColumnBuilder {
  /** In the order of `columnNames`; replaced when they grow. */
  declare columns: Float64Array[];
  declare capacity: number;

  constructor(capacity: number) {
    this.capacity = Math.max(16, Math.floor(capacity));
    this.columns = columnNames.map(() => new Float64Array(this.capacity));
  }

  /** Makes room for at least one more row than `rows`. */
  grow(rows: number): void {
    this.capacity = Math.floor(this.capacity * 1.5) + 16;
    this.columns = this.columns.map((old) => {
      const wider = new Float64Array(this.capacity);
      wider.set(old.subarray(0, rows));
      return wider;
    });
  }

  /** The first `rows` rows; copies when much of the room was not needed, so that it is given back. */
  take(rows: number): RawColumns {
    const wasteful = this.capacity > rows * 1.25 + 64;
    const cut = (at: number): Float64Array => {
      const column = this.columns[at] as Float64Array;
      return wasteful ? column.slice(0, rows) : column.subarray(0, rows);
    };
    return { time: cut(0), open: cut(1), high: cut(2), low: cut(3), close: cut(4), volume: cut(5) };
  }
}

/** "row 17 (2025-01-01T00:17:00.000Z)" of the file the bars came from. */
export function rowName(bars: Pick<RawBars, "time" | "firstRow">, row: number): string {
  return `row ${bars.firstRow + row}${timeName(bars.time[row])}`;
}

function timeName(time: number | undefined): string {
  const printable = time !== undefined && Math.abs(time) <= 8.64e15;
  return printable ? ` (${new Date(time).toISOString()})` : "";
}

/** An error at one bar: names the file, the row, and the line in a text file. */
export function barError(
  bars: Pick<RawBars, "file" | "firstLine" | "firstRow" | "time">,
  row: number,
  details: { readonly code: string; readonly reason: string; readonly hint?: string },
): SeatrialError {
  return new SeatrialError({
    code: details.code,
    reason: `${rowName(bars, row)}: ${details.reason}`,
    ...(details.hint === undefined ? {} : { hint: details.hint }),
    place: { file: bars.file, line: bars.firstLine === null ? null : bars.firstLine + bars.firstRow + row },
  });
}
