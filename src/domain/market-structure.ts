// A ccxt market structure → our trading rules. Its `precision` is a step size in some versions and a count of decimals
// in others; the reading is decided by evidence and never guessed: without evidence it is an error that asks.

import { decimalOfNumber, parseDecimal, printDecimal } from "./decimal.ts";
import { SeatrialError } from "./errors.ts";
import type { MarketRules } from "./instrument.ts";
import { compareDecimals, remainderOf } from "./precision.ts";

export interface MarketStructureOptions {
  /** How to read `precision`: as step sizes, as counts of decimals, or by evidence. @defaultValue "auto" */
  readonly precisionMode?: "tick" | "decimals" | "auto";
}

type Json = Readonly<Record<string, unknown>>;
type Mode = "tick" | "decimals";

/**
 * Reads a market structure of ccxt (`exchange.market(symbol)`, or one of a recorded file).
 * @throws SeatrialError `bad_market_structure` for missing or nonsensical parts, `unsupported_market` for futures and
 * options, `ambiguous_precision` when step sizes and counts of decimals are equally possible
 */
export function rulesOfCcxtMarket(market: unknown, options: MarketStructureOptions = {}): MarketRules {
  if (!isObject(market)) throw badStructure("a market", "is not an object");
  const symbol = textOf(market["symbol"]) ?? "a market";
  const base = required(market, "base", symbol);
  const quote = required(market, "quote", symbol);
  const kind = kindOf(market, symbol);
  const info = objectOf(market["info"]);
  const limits = objectOf(market["limits"]);
  const venue = venueFacts(info);
  return {
    symbol,
    base,
    quote,
    settle: textOf(market["settle"]) ?? quote,
    kind,
    inverse: market["inverse"] === true,
    contractSize: contractSizeOf(market, kind, symbol),
    ...gridOf(market, kind, venue, symbol, options.precisionMode ?? "auto"),
    minQuantity: limit(limits, "amount", "min") ?? venue.minQuantity,
    maxQuantity: limit(limits, "amount", "max") ?? venue.maxQuantity,
    maxMarketQuantity: limit(limits, "market", "max") ?? venue.maxMarketQuantity,
    minPrice: limit(limits, "price", "min"),
    maxPrice: limit(limits, "price", "max"),
    minNotional: limit(limits, "cost", "min") ?? venue.minNotional,
    maxLeverage: leverageOf(limits, venue),
  };
}

// ---- the grid -----------------------------------------------------------------------------------------------------

interface Grid {
  readonly tick: string;
  readonly step: string;
  readonly significantDigits: number | null;
}

function gridOf(market: Json, kind: "spot" | "swap", venue: VenueFacts, symbol: string, wanted: Mode | "auto"): Grid {
  const precision = objectOf(market["precision"]);
  const price = decimalText(precision["price"]);
  const amount = decimalText(precision["amount"]);
  if (venue.isHyperliquid) return hyperliquidGrid(kind, venue, price, amount, symbol, wanted);
  const evidence = { market, price, amount, venue, precision };
  const mode = wanted === "auto" ? modeOf(evidence, symbol) : wanted;
  const tick = venue.tick ?? stepFrom(price, mode, symbol, "price");
  const step = venue.step ?? stepFrom(amount, mode, symbol, "amount");
  return { tick, step, significantDigits: null };
}

// Hyperliquid (docs: "Tick and lot size"): prices have at most 5 significant digits and at most 6 - szDecimals decimals
// (8 - szDecimals on spot), whole prices are always allowed; sizes have szDecimals decimals.
const significantDigitsOfHyperliquid = 5;
const priceDecimals = { spot: 8, swap: 6 } as const;

function hyperliquidGrid(
  kind: "spot" | "swap",
  venue: VenueFacts,
  price: string | null,
  amount: string | null,
  symbol: string,
  wanted: Mode | "auto",
): Grid {
  const decimals = venue.sizeDecimals ?? sizeDecimalsFrom(kind, price, amount, symbol, wanted);
  const left = priceDecimals[kind] - decimals;
  if (left < 0) throw badStructure(symbol, `has ${decimals} size decimals, Hyperliquid allows ${priceDecimals[kind]}`);
  return { tick: powerText(-left), step: powerText(-decimals), significantDigits: significantDigitsOfHyperliquid };
}

// Without szDecimals the two precisions explain each other: the count of price decimals is 8 (or 6) - size decimals.
function sizeDecimalsFrom(kind: "spot" | "swap", price: string | null, amount: string | null, symbol: string, wanted: Mode | "auto"): number {
  if (amount === null) throw badStructure(symbol, "has neither szDecimals nor precision.amount");
  const asTick = wanted === "decimals" ? null : decimalsOfStep(amount);
  const asCount = wanted === "tick" || !isCount(amount) ? null : Number(amount);
  if (asTick === null || asCount === null || asTick === asCount) {
    const decimals = asTick ?? asCount;
    if (decimals === null) throw badStructure(symbol, `has a precision.amount of ${amount}, which is no power of ten`);
    return decimals;
  }
  const fits = [asTick, asCount].filter((decimals) => price !== null && isCount(price) && priceDecimals[kind] - decimals === Number(price));
  if (fits.length === 1) return fits[0] as number;
  throw ambiguous(symbol, price, amount);
}

/** Decimals of a step that is a power of ten at most 1; null for any other. */
function decimalsOfStep(step: string): number | null {
  const { units, scale } = parseDecimal(step);
  return units === 1n ? scale : null;
}

interface Evidence {
  readonly market: Json;
  readonly price: string | null;
  readonly amount: string | null;
  readonly venue: VenueFacts;
  readonly precision: Json;
}

/** One reading for the whole market: ccxt never mixes them. What the numbers can be comes first, then the filters. */
function modeOf(evidence: Evidence, symbol: string): Mode {
  const { price, amount, venue, precision } = evidence;
  if (price === null && amount === null) return "tick";
  const values = [price, amount, decimalText(precision["base"]), decimalText(precision["quote"])].filter((value) => value !== null);
  // A count of decimals is a whole number; a step size is never zero or below.
  const canBeDecimals = values.every(isCount);
  const canBeTick = values.every((value) => parseDecimal(value).units > 0n);
  if (canBeTick !== canBeDecimals) return canBeTick ? "tick" : "decimals";
  if (!canBeTick)
    throw badStructure(symbol, `has precisions that are neither step sizes nor counts: price ${price ?? "none"}, amount ${amount ?? "none"}`);
  const limits = objectOf(evidence.market["limits"]);
  const readings = [
    ...(price === null ? [] : [plausible(price, venue.tick, limit(limits, "price", "min"))]),
    ...(amount === null ? [] : [plausible(amount, venue.step, limit(limits, "amount", "min"))]),
  ];
  const tick = readings.every((modes) => modes.includes("tick"));
  const decimals = readings.every((modes) => modes.includes("decimals"));
  if (tick !== decimals) return tick ? "tick" : "decimals";
  // Undecided is harmless where the venue's own filters name both steps.
  if (venue.tick !== null && venue.step !== null) return "tick";
  throw ambiguous(symbol, price, amount);
}

/** The readings of one precision that agree with the venue's own step, or with the smallest value it allows. */
function plausible(value: string, step: string | null, smallest: string | null): Mode[] {
  const modes: Mode[] = [];
  for (const mode of ["tick", "decimals"] as const) {
    if (mode === "decimals" && !isCount(value)) continue;
    const candidate = parseDecimal(mode === "tick" ? value : powerText(-Number(value)));
    if (candidate.units <= 0n) continue;
    // A count of decimals can be finer than the step (tick 0.05 has 2 decimals); it cannot be coarser.
    const fitsStep =
      step === null ||
      (mode === "tick" ? compareDecimals(candidate, parseDecimal(step)) === 0 : remainderOf(parseDecimal(step), candidate).units === 0n);
    const fitsSmallest = smallest === null || compareDecimals(parseDecimal(smallest), candidate) >= 0;
    if (fitsStep && fitsSmallest) modes.push(mode);
  }
  return modes;
}

function stepFrom(value: string | null, mode: Mode, symbol: string, what: string): string {
  if (value === null) throw badStructure(symbol, `has no precision.${what} and no filter that names it`);
  if (mode === "tick") {
    if (parseDecimal(value).units > 0n) return value;
    throw badStructure(symbol, `has a precision.${what} of ${value}, which is no step size`);
  }
  if (isCount(value)) return powerText(-Number(value));
  throw badStructure(symbol, `has a precision.${what} of ${value}, which is no count of decimals`);
}

// ---- what the venue itself says, in `info` ------------------------------------------------------------------------

interface VenueFacts {
  readonly tick: string | null;
  readonly step: string | null;
  readonly minQuantity: string | null;
  readonly maxQuantity: string | null;
  readonly maxMarketQuantity: string | null;
  readonly minNotional: string | null;
  readonly maxLeverage: string | null;
  readonly isHyperliquid: boolean;
  readonly sizeDecimals: number | null;
}

/** Binance `filters`, Bybit `priceFilter`/`lotSizeFilter`/`leverageFilter`, OKX `tickSz`/`lotSz`/…, Hyperliquid `szDecimals`. */
function venueFacts(info: Json): VenueFacts {
  const filters = binanceFilters(info);
  const price = filters.get("PRICE_FILTER") ?? objectOf(info["priceFilter"]);
  const lot = filters.get("LOT_SIZE") ?? objectOf(info["lotSizeFilter"]);
  const notional = filters.get("NOTIONAL") ?? filters.get("MIN_NOTIONAL") ?? {};
  const sizeDecimals = decimalText(info["szDecimals"]);
  return {
    tick: positiveText(price["tickSize"] ?? info["tickSz"]),
    step: positiveText(lot["stepSize"] ?? lot["qtyStep"] ?? lot["basePrecision"] ?? info["lotSz"]),
    minQuantity: positiveText(lot["minQty"] ?? lot["minOrderQty"] ?? info["minSz"]),
    maxQuantity: positiveText(lot["maxQty"] ?? lot["maxOrderQty"] ?? info["maxLmtSz"]),
    maxMarketQuantity: positiveText(objectOf(filters.get("MARKET_LOT_SIZE"))["maxQty"] ?? lot["maxMktOrderQty"] ?? info["maxMktSz"]),
    minNotional: positiveText(notional["minNotional"] ?? notional["notional"] ?? lot["minNotionalValue"] ?? lot["minOrderAmt"]),
    maxLeverage: positiveText(objectOf(info["leverageFilter"])["maxLeverage"] ?? info["lever"] ?? info["maxLeverage"]),
    isHyperliquid: sizeDecimals !== null || (Array.isArray(info["tokens"]) && textOf(info["name"]) !== null),
    sizeDecimals: sizeDecimals !== null && isCount(sizeDecimals) ? Number(sizeDecimals) : null,
  };
}

function binanceFilters(info: Json): Map<string, Json> {
  const filters = new Map<string, Json>();
  if (!Array.isArray(info["filters"])) return filters;
  for (const entry of info["filters"] as unknown[]) {
    const filter = objectOf(entry);
    const name = textOf(filter["filterType"]);
    if (name !== null) filters.set(name, filter);
  }
  return filters;
}

// ---- parts --------------------------------------------------------------------------------------------------------

function kindOf(market: Json, symbol: string): "spot" | "swap" {
  if (market["swap"] === true || market["type"] === "swap") return "swap";
  if (market["spot"] === true || market["type"] === "spot") return "spot";
  throw new SeatrialError({
    code: "unsupported_market",
    reason: `${symbol} is neither a spot market nor a perpetual swap`,
    hint: "choose a market whose type is spot or swap",
  });
}

function contractSizeOf(market: Json, kind: "spot" | "swap", symbol: string): string {
  if (kind === "spot") return "1";
  const size = positiveText(market["contractSize"]);
  if (size === null) throw badStructure(symbol, "is a swap without a contractSize");
  return size;
}

function leverageOf(limits: Json, venue: VenueFacts): number | null {
  const text = limit(limits, "leverage", "max") ?? venue.maxLeverage;
  return text === null ? null : Number(text);
}

/** limits.<what>.<end> as decimal text; null where the venue sets none (absent, null or 0). */
function limit(limits: Json, what: string, end: "min" | "max"): string | null {
  return positiveText(objectOf(limits[what])[end]);
}

/** ccxt gives numbers, venues give text with trailing zeros: both become minimal decimal text; anything else is null. */
function decimalText(value: unknown): string | null {
  if (typeof value === "number" && Number.isFinite(value)) return printDecimal(decimalOfNumber(value));
  if (typeof value !== "string" || value.trim() === "") return null;
  return printDecimal(parseDecimal(value.trim()));
}

function positiveText(value: unknown): string | null {
  const text = decimalText(value);
  return text !== null && parseDecimal(text).units > 0n ? text : null;
}

/** A whole number that can count decimals. Negative counts are tens. */
function isCount(text: string): boolean {
  return /^(?:\d|1[0-8]|-[1-9])$/.test(text);
}

/** 10^exponent as decimal text: -3 → "0.001". */
function powerText(exponent: number): string {
  return printDecimal(parseDecimal(`1e${exponent}`));
}

function required(market: Json, key: string, symbol: string): string {
  const text = textOf(market[key]);
  if (text === null) throw badStructure(symbol, `has no ${key}`);
  return text;
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function objectOf(value: unknown): Json {
  return isObject(value) ? value : {};
}

function badStructure(symbol: string, problem: string): SeatrialError {
  return new SeatrialError({
    code: "bad_market_structure",
    reason: `${symbol} ${problem}`,
    hint: "pass a market structure as ccxt's market() returns it",
  });
}

function ambiguous(symbol: string, price: string | null, amount: string | null): SeatrialError {
  return new SeatrialError({
    code: "ambiguous_precision",
    reason: `${symbol}: precision price ${price ?? "none"}, amount ${amount ?? "none"} can be step sizes or counts of decimals`,
    hint: 'say which with precisionMode "tick" or "decimals"',
  });
}
