// LEAN's files of bars: what their names say (kind of security, market, resolution, date, trades or quotes) and how their
// rows become bars. Facts from LEAN's documentation of its data format and from recorded files. Never guesses a price scale.

import { SeatrialError } from "../domain/index.ts";
import type { RawColumns } from "./columns.ts";
import { numbersOf, type Pick, type Table, type TableHead } from "./table.ts";
import { ZoneClock } from "./zone.ts";

export type LeanSecurity = "equity" | "crypto" | "cryptofuture" | "forex";

/** How the prices of a kind of security are written: equities in ten-thousandths, the others as they are. */
const priceDivisors: Readonly<Record<LeanSecurity, number>> = { equity: 10_000, crypto: 1, cryptofuture: 1, forex: 1 };

/**
 * The zone in which a market's files are stamped; crypto is UTC everywhere. FXCM's files keep New York's winter time all the
 * year: their trading week ends at 16:00 in summer, at 17:00 in winter.
 */
const zones: Readonly<Record<string, string>> = { "equity/usa": "America/New_York", "forex/fxcm": "Etc/GMT+5" };

const resolutions = ["second", "minute", "hour", "daily"] as const;
type Resolution = (typeof resolutions)[number];

export interface LeanOptions {
  /** Kind of security of a LEAN file outside LEAN's folders. @defaultValue by the folders `equity/usa/minute/…` */
  readonly leanSecurity?: LeanSecurity;
  /** Zone of the times of a LEAN file. @defaultValue by security and market */
  readonly zone?: string;
  /** Which bars of a LEAN file of quotes: of the bid or of the ask. Their volume is 0, quotes trade nothing. */
  readonly side?: "bid" | "ask";
}

export interface LeanFile {
  readonly security: LeanSecurity;
  readonly resolution: Resolution;
  readonly quotes: boolean;
  /** Midnight of the file's date, as if it were UTC; null where every row has its date. */
  readonly midnight: number | null;
  readonly zone: string;
}

/** `20180404_btcusd_minute_trade.csv`, `adausdt_trade_perp.csv`, `aapl.csv`: the name inside the archive. */
const datedEntry = /^(\d{4})(\d{2})(\d{2})_.+?_(second|minute|hour|daily)_(trade|quote)(?:_\w+)?\.csv$/;
const plainEntry = /^[^_]+(?:_(trade|quote)(?:_\w+)?)?\.csv$/;

/**
 * What a file's path and the name in its archive say; null when it is none of LEAN's.
 * @throws SeatrialError `lean_security_unknown`, `zone_unknown` for one of LEAN's files whose form cannot be told
 */
export function leanFile(path: string, entry: string | null, options: LeanOptions): LeanFile | null {
  if (entry === null) return null;
  const dated = datedEntry.exec(entry);
  const folders = path.split(/[\\/]/).slice(0, -1);
  const at = folders.findLastIndex((name, place) => name in priceDivisors && isResolution(folders[place + 2]));
  if (dated === null && (at < 0 || !plainEntry.test(entry))) return null;
  const security = options.leanSecurity ?? (at < 0 ? undefined : (folders[at] as LeanSecurity));
  if (security === undefined) {
    throw new SeatrialError({
      code: "lean_security_unknown",
      reason: `"${entry}" is one of LEAN's files, but its folder does not say of what kind of security`,
      hint: "keep LEAN's folders (equity/usa/minute/…) or name the kind with --lean-security (leanSecurity in a scenario's bars): equities are in ten-thousandths",
      place: { file: path },
    });
  }
  const market = at < 0 ? "" : (folders[at + 1] ?? "");
  const resolution = (dated?.[4] ?? folders[at + 2]) as Resolution;
  const zone = options.zone ?? (security.startsWith("crypto") || resolution === "daily" ? "UTC" : zones[`${security}/${market}`]);
  if (zone === undefined) {
    const reason = `the time zone of LEAN's ${security} files of "${market}" is not known`;
    throw new SeatrialError({
      code: "zone_unknown",
      reason,
      hint: "name it with --zone (zone in a scenario's bars): America/New_York",
      place: { file: path },
    });
  }
  const midnight = dated === null ? null : Date.UTC(Number(dated[1]), Number(dated[2]) - 1, Number(dated[3]));
  const quotes = (dated?.[5] ?? plainEntry.exec(entry)?.[1]) === "quote";
  return { security, resolution, quotes, midnight: resolution === "second" || resolution === "minute" ? midnight : null, zone };
}

function isResolution(name: string | undefined): boolean {
  return resolutions.some((resolution) => resolution === name);
}

const prices = ["open", "high", "low", "close"] as const;

/**
 * Rows of trades: time, open, high, low, close, volume. Rows of quotes: time, those five of the bid, those five of the ask.
 * @throws SeatrialError `lean_row_unknown`, `side_needed`
 */
export function leanPicks(lean: LeanFile, { sample }: TableHead, side: "bid" | "ask" | undefined, file: string): Pick[] {
  const quotes = sample.length === 11;
  if (!quotes && (sample.length !== 6 || lean.quotes)) {
    const reason = `${sample.length} fields a row; LEAN's bars have 6, of quotes 11`;
    throw new SeatrialError({ code: "lean_row_unknown", reason, place: { file, line: 1 } });
  }
  if (quotes && side === undefined) {
    throw new SeatrialError({
      code: "side_needed",
      reason: "bars of bid and ask quotes",
      hint: "read those of one with --side bid or --side ask (in a scenario's bars and in code: side)",
      place: { file },
    });
  }
  const start = quotes && side === "ask" ? 6 : 1;
  const picks = prices.map((role, at): Pick => ({ role, place: start + at, kind: "number" }));
  const time: Pick = { role: "time", place: 0, kind: lean.midnight === null ? "time" : "number" };
  return [time, ...picks, ...(quotes ? [] : [{ role: "volume", place: 5, kind: "number" } as const])];
}

/** The bars of a file's rows: UTC, prices in the quote currency. Daily bars keep their date, as midnight UTC. */
export function leanColumns(lean: LeanFile, table: Table, picks: readonly Pick[]): RawColumns {
  const clock = new ZoneClock(lean.zone);
  const { midnight } = lean;
  const divisor = priceDivisors[lean.security];
  const price = (role: string): Float64Array => numbersOf(table, picks, role).map((value) => value / divisor);
  const [open, high, low, close] = prices.map(price) as [Float64Array, Float64Array, Float64Array, Float64Array];
  const volume = picks.some(({ role }) => role === "volume") ? numbersOf(table, picks, "volume") : new Float64Array(table.length);
  const time = numbersOf(table, picks, "time").map((stamp) => clock.instantOf(midnight === null ? stamp : midnight + stamp));
  return { time, open, high, low, close, volume };
}
