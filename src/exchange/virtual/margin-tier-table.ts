// Reads maintenance tiers in the shape of ccxt's fetchLeverageTiers, which recorded tables have too. It only reads: a table
// with a hole, a falling rate or an amount that contradicts its tiers is refused, never repaired.

import {
  decimalOfNumber,
  nearestKey,
  parseDecimal,
  printDecimal,
  SeatrialError,
  type Decimal,
  type Instrument,
  type MarketRules,
} from "../../domain/index.ts";
import { approximate, compare, fractionOfDecimal, minus, scaled, times, whole, type Fraction } from "./fraction.ts";
import { MarginTiers, type MarginTier, type MarginTierRule } from "./margin-tiers.ts";

type Row = Readonly<Record<string, unknown>>;

/** One row as read: money in units of the settlement currency. */
interface ReadTier extends MarginTierRule {
  readonly cap: Fraction | null;
  /** As the venue prints it; null when the row has none. */
  readonly printed: Decimal | null;
}

/**
 * The tiers of one symbol out of a table `{ symbol: rows }`.
 * @throws SeatrialError `no_margin_tiers` when the table has no such symbol, `bad_margin_tiers`; exit code 3
 */
export function marginTiersOf(table: unknown, instrument: Instrument): MarginTiers {
  const { symbol } = instrument;
  if (typeof table !== "object" || table === null || Array.isArray(table))
    throw bad(symbol, "a table of leverage tiers is an object, symbol by symbol");
  if (Object.hasOwn(table, symbol)) return readMarginTiers((table as Row)[symbol], instrument);
  const near = nearestKey(symbol, Object.keys(table));
  throw new SeatrialError({
    code: "no_margin_tiers",
    reason: `the table of leverage tiers has no ${symbol}`,
    hint: near === null ? "fetch the tiers of this market from its venue" : `did you mean ${near}?`,
  });
}

/** The tiers of a market from its own rows, or from a table by symbol. @throws SeatrialError as the two below */
export function leverageTiers(given: unknown, instrument: Instrument): MarginTiers {
  return Array.isArray(given) ? readMarginTiers(given, instrument) : marginTiersOf(given, instrument);
}

/**
 * The tiers of one market: ccxt's rows `{ minNotional, maxNotional, maintenanceMarginRate, maxLeverage }`, values in the
 * settlement currency, ascending, the first from 0, each from where the one below ends, at rates that rise. An amount
 * (`maintAmt`, or Binance's `info.cum`) is checked against the tiers within its own printed decimals; the exact one, which
 * the tiers imply, is used.
 * @throws SeatrialError `bad_margin_tiers`, exit code 3
 */
export function readMarginTiers(rows: unknown, instrument: Instrument): MarginTiers {
  const { symbol } = instrument;
  if (!Array.isArray(rows) || rows.length === 0) throw bad(symbol, "leverage tiers are a list of at least one tier");
  const read = rows.map((row: unknown, at) => readTier(row, `tier ${at + 1}`, instrument));
  read.forEach((tier, at) => checkOrder(tier, read[at - 1], `tier ${at + 1}`, symbol));
  const tiers = new MarginTiers(read, read.at(-1)?.cap ?? null);
  read.forEach(({ printed }, at) => checkAmount(tiers.tiers[at] as MarginTier, printed, `tier ${at + 1}`, instrument));
  return tiers;
}

function readTier(row: unknown, what: string, instrument: Instrument): ReadTier {
  const { symbol, rules, moneyScale } = instrument;
  if (typeof row !== "object" || row === null || Array.isArray(row)) throw bad(symbol, `${what} is no object`);
  const fields = row as Row;
  checkCurrency(fields["currency"], what, rules);
  const floor = decimalAt(fields, "minNotional", what, symbol);
  const cap = fields["maxNotional"] === undefined || fields["maxNotional"] === null ? null : decimalAt(fields, "maxNotional", what, symbol);
  const rate = fractionOfDecimal(decimalAt(fields, "maintenanceMarginRate", what, symbol));
  const maxLeverage = fractionOfDecimal(decimalAt(fields, "maxLeverage", what, symbol));
  if (rate.numerator <= 0n || compare(rate, whole(1)) > 0) throw bad(symbol, `${what}: the maintenance margin rate must be above 0 and at most 1`);
  if (compare(maxLeverage, whole(1)) < 0) throw bad(symbol, `${what}: the leverage must be at least 1`);
  if (compare(times(rate, maxLeverage), whole(1)) > 0)
    throw bad(symbol, `${what}: at its highest leverage a position would open below its maintenance margin`);
  return {
    floor: fractionOfDecimal(floor, moneyScale),
    cap: cap === null ? null : fractionOfDecimal(cap, moneyScale),
    rate,
    maxLeverage,
    printed: printedAmount(fields, what, symbol),
  };
}

function printedAmount(fields: Row, what: string, symbol: string): Decimal | null {
  if (fields["maintAmt"] !== undefined && fields["maintAmt"] !== null) return decimalAt(fields, "maintAmt", what, symbol);
  const info = fields["info"];
  if (typeof info !== "object" || info === null) return null;
  const cumulative = (info as Row)["cum"];
  return cumulative === undefined || cumulative === null ? null : decimalAt(info as Row, "cum", what, symbol);
}

function checkOrder(tier: ReadTier, below: ReadTier | undefined, what: string, symbol: string): void {
  if (tier.cap !== null && compare(tier.cap, tier.floor) <= 0) throw bad(symbol, `${what} ends where it starts, or before`);
  if (below === undefined) {
    if (tier.floor.numerator !== 0n) throw bad(symbol, `${what} must start at 0`);
    return;
  }
  if (below.cap === null || compare(below.cap, tier.floor) !== 0) throw bad(symbol, `${what} does not start where the tier below it ends`);
  if (compare(tier.rate, below.rate) <= 0) throw bad(symbol, `${what}: its rate must be above the rate of the tier below it`);
  if (compare(tier.maxLeverage, below.maxLeverage) > 0) throw bad(symbol, `${what} allows more leverage than the tier below it`);
}

// A venue rounds the amount that it prints: it agrees when it is less than one of its last decimals away.
function checkAmount(tier: MarginTier, printed: Decimal | null, what: string, { symbol, moneyScale }: Instrument): void {
  if (printed === null) return;
  const difference = minus(scaled(tier.amount, -moneyScale), fractionOfDecimal(printed));
  const size = { numerator: difference.numerator < 0n ? -difference.numerator : difference.numerator, denominator: difference.denominator };
  if (compare(size, scaled(whole(1), -printed.scale)) < 0) return;
  const implied = approximate(scaled(tier.amount, -moneyScale));
  throw bad(symbol, `${what} has a maintenance amount of ${printDecimal(printed)}, but the tiers make it ${implied}`);
}

/** ccxt names the currency of the values; dated futures write it with their date (USDT-250328). */
function checkCurrency(given: unknown, what: string, { symbol, settle }: MarketRules): void {
  if (given === undefined || given === null) return;
  if (typeof given === "string" && (given === settle || given.startsWith(`${settle}-`))) return;
  throw bad(symbol, `${what} is in ${JSON.stringify(given)}, but the market settles in ${settle}`);
}

function decimalAt(fields: Row, key: string, what: string, symbol: string): Decimal {
  const value = fields[key];
  if (typeof value === "number" && Number.isFinite(value) && value >= 0) return decimalOfNumber(value);
  if (typeof value === "string" && /^\d/.test(value)) return parseDecimal(value);
  throw bad(symbol, `${what}: ${key} is no number of at least 0`);
}

function bad(symbol: string, reason: string): SeatrialError {
  return new SeatrialError({
    code: "bad_margin_tiers",
    reason: `${symbol}: ${reason}`,
    hint: "tiers have the shape of ccxt's fetchLeverageTiers: minNotional, maxNotional, maintenanceMarginRate, maxLeverage",
  });
}
