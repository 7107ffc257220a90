// Rows of events on their way from a reader to exact columns: one market, one clock, in order of time, every value checked.
// Knows the rules of a column, no file format.

import { SeatrialError, maxExact, pow10 } from "../domain/index.ts";
import { decimalsMax, settleExact, settleRounded } from "./decimals.ts";

/** What a value of a column has to be, and with which others it shares its decimals. */
export interface EventColumn {
  readonly name: string;
  readonly rule: "above_zero" | "not_negative" | "finite";
  /** Null for columns that are no decimals: sides, numbers of messages. */
  readonly scale: "price" | "quantity" | "rate" | null;
}

export interface EventOptions {
  /** The market of a file with several, by the venue's name, without regard to case. @defaultValue the file's only one */
  readonly symbol?: string;
  /** First time kept, epoch ms. @defaultValue the file's first */
  readonly from?: number;
  /** Times from here on are left out, epoch ms. @defaultValue none */
  readonly to?: number;
  /**
   * Whose time counts: the venue's or the recorder's. Two files or streams under different clocks must not be compared.
   * @defaultValue `exchange`; a row without it is an error
   */
  readonly clock?: "exchange" | "received";
}

/** What reading found beside the rows. */
export interface EventFacts {
  readonly file: string;
  /** Values that were a decimal plus float noise and became that decimal. */
  readonly repaired: number;
  /** Quantities with more than 10 decimals, or more than ±2^53 holds, that were rounded. */
  readonly rounded: number;
  /** Rows that stood behind a later one and were moved; rows of one time keep their order. */
  readonly reordered: number;
}

/** Rows as a reader found them, of all markets of the file, all columns of one length. */
export interface EventRows {
  readonly file: string;
  /** Epoch ms by the clock asked for; NaN where the row has no time on that clock. */
  readonly time: Float64Array;
  /** In the order of the kind's columns. */
  readonly columns: readonly Float64Array[];
  /** The market of each row; null for a file without names. */
  readonly symbols: readonly (string | null)[] | null;
  /** 1-based line of each row, or of the first one when rows are lines; null for formats without lines. */
  readonly lines: Float64Array | number | null;
}

export interface SettledRows extends EventFacts {
  readonly symbol: string | null;
  readonly length: number;
  readonly time: Float64Array;
  /** Integers of 10^-scale where the column has one. */
  readonly columns: readonly Float64Array[];
  readonly scales: { readonly price: number; readonly quantity: number; readonly rate: number };
}

/** Rates of funding have many decimals and are small. */
const rateDecimalsMax = 15;

/**
 * @param noun one event in words, "trade"
 * @throws SeatrialError `no_rows`, `symbol_needed`, `symbol_unknown`, `no_exchange_time`, `range_empty`, `not_finite`,
 * `not_positive`, `negative`, `too_many_decimals`, `number_overflow`
 */
export function settleRows(rows: EventRows, kind: readonly EventColumn[], noun: string, options: EventOptions): SettledRows {
  if (rows.time.length === 0) {
    throw new SeatrialError({ code: "no_rows", reason: `the file holds no ${noun}`, place: { file: rows.file } });
  }
  const { symbol, rows: wanted } = selectSymbol(rows, noun, options.symbol);
  assertSound(rows, kind, wanted, options.clock ?? "exchange");
  const { rows: ordered, reordered } = inOrder(rows.time, wanted);
  const kept = inRange(rows, ordered, options, noun);
  const gather = (column: Float64Array): Float64Array => (kept === null ? column : Float64Array.from(kept, (row) => column[row] as number));
  const time = gather(rows.time);
  const columns = rows.columns.map(gather);
  const { scales, repaired, rounded } = settleScales(rows.file, kind, columns);
  return { file: rows.file, symbol, length: time.length, time, columns, scales, repaired, rounded, reordered };
}

/** Numbers of rows in the order in which they count; null for all of them as they stand. */
type Selection = Uint32Array | null;

function selectSymbol(rows: EventRows, noun: string, wanted: string | undefined): { symbol: string | null; rows: Selection } {
  if (rows.symbols === null) return { symbol: wanted ?? null, rows: null };
  const names = new Set(rows.symbols);
  names.delete(null);
  const listed = [...names].slice(0, 12).join(", ");
  const place = { file: rows.file };
  if (wanted === undefined) {
    if (names.size > 1) {
      throw new SeatrialError({
        code: "symbol_needed",
        reason: `the file holds ${noun}s of ${names.size} markets`,
        hint: `name one of ${listed}`,
        place,
      });
    }
    return { symbol: [...names][0] ?? null, rows: null };
  }
  const symbol = [...names].find((name) => name?.toLowerCase() === wanted.toLowerCase());
  if (symbol === undefined && names.size > 0) {
    throw new SeatrialError({ code: "symbol_unknown", reason: `the file holds no ${noun} of ${wanted}`, hint: `it holds ${listed}`, place });
  }
  // A row without a name belongs to the market asked for.
  const keep: number[] = [];
  rows.symbols.forEach((name, row) => {
    if (name === null || name === symbol) keep.push(row);
  });
  return { symbol: symbol ?? wanted, rows: Uint32Array.from(keep) };
}

function assertSound(rows: EventRows, kind: readonly EventColumn[], chosen: Selection, clock: "exchange" | "received"): void {
  const count = chosen?.length ?? rows.time.length;
  for (let at = 0; at < count; at += 1) {
    const row = chosen === null ? at : (chosen[at] as number);
    if (!Number.isNaN(rows.time[row])) continue;
    const other = clock === "exchange" ? "received" : "exchange";
    const reason = `no time on the ${clock === "exchange" ? "venue's" : "recorder's"} clock`;
    throw rowError(rows, row, { code: `no_${clock}_time`, reason, hint: `read it with clock: "${other}"` });
  }
  kind.forEach(({ name, rule }, place) => {
    const column = rows.columns[place] as Float64Array;
    const least = rule === "above_zero" ? Number.MIN_VALUE : rule === "not_negative" ? 0 : -Number.MAX_VALUE;
    for (let at = 0; at < count; at += 1) {
      const row = chosen === null ? at : (chosen[at] as number);
      const value = column[row] as number;
      if (!(value >= least && value <= Number.MAX_VALUE)) throw flawOf(rows, row, name, value);
    }
  });
}

function flawOf(rows: EventRows, row: number, name: string, value: number): SeatrialError {
  const reason = `${name} is ${value}`;
  if (!Number.isFinite(value)) return rowError(rows, row, { code: "not_finite", reason });
  return value < 0
    ? rowError(rows, row, { code: "negative", reason })
    : rowError(rows, row, { code: "not_positive", reason, hint: "it has to be above 0" });
}

/** The rows by time; rows of one time keep their order. `reordered` counts those that stood behind a later one. */
function inOrder(time: Float64Array, chosen: Selection): { rows: Selection; reordered: number } {
  const count = chosen?.length ?? time.length;
  let latest = -Infinity;
  let reordered = 0;
  for (let at = 0; at < count; at += 1) {
    const here = time[chosen === null ? at : (chosen[at] as number)] as number;
    if (here < latest) reordered += 1;
    else latest = here;
  }
  if (reordered === 0) return { rows: chosen, reordered };
  const rows = chosen ?? Uint32Array.from(time, (_, row) => row);
  return { rows: rows.toSorted((a, b) => (time[a] as number) - (time[b] as number) || a - b), reordered };
}

function inRange(rows: EventRows, chosen: Selection, { from = -Infinity, to = Infinity }: EventOptions, noun: string): Selection {
  if (from === -Infinity && to === Infinity) return chosen;
  const all = chosen ?? Uint32Array.from(rows.time, (_, row) => row);
  const kept = all.filter((row) => (rows.time[row] as number) >= from && (rows.time[row] as number) < to);
  if (kept.length > 0) return kept;
  const ends = [all[0], all.at(-1)].map((row) => new Date(rows.time[row ?? 0] as number).toISOString());
  throw new SeatrialError({
    code: "range_empty",
    reason: `no ${noun} in the range asked for`,
    hint: `they go from ${ends[0] ?? ""} to ${ends[1] ?? ""}`,
    place: { file: rows.file },
  });
}

function settleScales(file: string, kind: readonly EventColumn[], columns: readonly Float64Array[]) {
  const of = (scale: EventColumn["scale"]): Float64Array[] => columns.filter((_, at) => kind[at]?.scale === scale);
  const fail = (most: number) => (row: number, value: number) =>
    new SeatrialError({
      code: "too_many_decimals",
      reason: `row ${row}: ${value} has more than ${most} decimals`,
      hint: "write it as a decimal of fewer places",
      place: { file },
    });
  const price = settleExact(of("price"), decimalsMax, fail(decimalsMax));
  const rate = settleExact(of("rate"), rateDecimalsMax, fail(rateDecimalsMax));
  const quantities = of("quantity");
  const quantity = quantities.length === 0 ? { decimals: 0, rounded: 0, repaired: 0 } : settleRounded(quantities, null);
  const scales = { price: price.decimals, quantity: quantity.decimals, rate: rate.decimals };
  kind.forEach(({ name, scale }, at) => {
    if (scale !== null) toUnits(columns[at] as Float64Array, scales[scale], name, file);
  });
  return { scales, repaired: price.repaired + rate.repaired + quantity.repaired, rounded: quantity.rounded };
}

/** Decimal values to integers of 10^-scale, in place. */
function toUnits(column: Float64Array, scale: number, name: string, file: string): void {
  const power = pow10(scale);
  for (let row = 0; row < column.length; row += 1) {
    const units = Math.round((column[row] as number) * power);
    if (units > maxExact || units < -maxExact) {
      throw new SeatrialError({
        code: "number_overflow",
        reason: `row ${row}: ${name} ${column[row] ?? 0} at ${scale} decimals does not fit ±2^53`,
        hint: "values of one file must not be that far apart",
        place: { file },
      });
    }
    column[row] = units + 0;
  }
}

function rowError(rows: EventRows, row: number, details: { readonly code: string; readonly reason: string; readonly hint?: string }): SeatrialError {
  const { lines } = rows;
  const line = lines === null ? null : typeof lines === "number" ? lines + row : (lines[row] as number);
  return new SeatrialError({ ...details, reason: `row ${row}: ${details.reason}`, place: { file: rows.file, line } });
}
