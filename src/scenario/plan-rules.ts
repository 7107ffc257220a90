// Trading rules of a scenario's market: written inline, or in a file of our own keys or of ccxt market structures.
// The symbol decides what base, quote and settlement currency are; a file can only agree with it.

import { gunzipSync } from "node:zlib";

import { rulesOfCcxtMarket, SeatrialError, type MarketRules } from "../domain/index.ts";
import { parseJson } from "./json-document.ts";
import { SourceDocument } from "./document.ts";
import { schemaError } from "./problems.ts";
import { rulesFileSchema, type MarketInput, type RulesInput } from "./schema-market.ts";
import { readBytes, sourceOfBytes } from "./source-text.ts";

/** Market files of a whole venue are large; more than this is not one. */
const maxRulesBytes = 64 * 1_048_576;

/** What a ccxt unified symbol says by itself. */
export interface SymbolParts {
  readonly base: string;
  readonly quote: string;
  readonly settle: string;
  readonly kind: "spot" | "swap";
  readonly inverse: boolean;
}

/** "HYPE/USDC:USDC" → swap settled in USDC; "BTC/USDT" → spot. @param symbol already of that form */
export function symbolParts(symbol: string): SymbolParts {
  const [pair = "", settle] = symbol.split(":");
  const [base = "", quote = ""] = pair.split("/");
  return {
    base,
    quote,
    settle: settle ?? quote,
    kind: settle === undefined ? "spot" : "swap",
    inverse: settle !== undefined && settle === base && settle !== quote,
  };
}

export function rulesOfInput(symbol: string, input: RulesInput): MarketRules {
  return {
    symbol,
    ...symbolParts(symbol),
    contractSize: input.contractSize ?? "1",
    tick: input.tick,
    significantDigits: input.significantDigits ?? null,
    ...(input.tickBands === undefined ? {} : { tickBands: input.tickBands }),
    step: input.step,
    minQuantity: input.minQuantity ?? null,
    maxQuantity: input.maxQuantity ?? null,
    maxMarketQuantity: input.maxMarketQuantity ?? null,
    minPrice: input.minPrice ?? null,
    maxPrice: input.maxPrice ?? null,
    minNotional: input.minNotional ?? null,
    maxLeverage: input.maxLeverage ?? null,
  };
}

/**
 * Rules of one symbol from a JSON file (.json, .json.gz): one market in our keys, one ccxt structure, a list of
 * structures, or an object of them by symbol. @throws SeatrialError with the file's own place
 */
export async function rulesOfFile(file: string, symbol: string, precision: MarketInput["precision"]): Promise<MarketRules> {
  const document = await readRulesDocument(file);
  const found = pick(document.value, symbol);
  if (found === null) {
    const hint = `its markets: ${namesIn(document.value).slice(0, 8).join(", ") || "none"}`;
    throw new SeatrialError({ code: "unknown_symbol", reason: `the file has no market ${symbol}`, hint, place: { file } });
  }
  if (isRecord(found.value) && Object.hasOwn(found.value, "tick")) return ownRules(document, symbol, found.value);
  try {
    const rules = rulesOfCcxtMarket(found.value, precision === undefined ? {} : { precisionMode: precision });
    if (rules.symbol === symbol) return rules;
    throw new SeatrialError({ code: "unknown_symbol", reason: `the structure is of ${rules.symbol}, not of ${symbol}` });
  } catch (error) {
    throw error instanceof SeatrialError ? error.at(document.placeOf(found.path)) : error;
  }
}

function ownRules(document: SourceDocument, symbol: string, value: unknown): MarketRules {
  const parsed = rulesFileSchema.safeParse(value);
  if (!parsed.success) throw schemaError(document, parsed.error.issues);
  if (parsed.data.symbol !== undefined && parsed.data.symbol !== symbol) {
    const place = document.placeOf(["symbol"]);
    throw new SeatrialError({ code: "unknown_symbol", reason: `the rules are of ${parsed.data.symbol}, not of ${symbol}`, place });
  }
  return rulesOfInput(symbol, parsed.data);
}

/** A JSON document, gzipped or not. @throws SeatrialError with the file's place */
export async function readRulesDocument(file: string): Promise<SourceDocument> {
  const bytes = await readBytes(file, maxRulesBytes);
  const source = sourceOfBytes(file, file.toLowerCase().endsWith(".gz") ? gunzip(file, bytes) : bytes);
  return new SourceDocument(source, parseJson(source, { exactNumbers: false }));
}

function gunzip(file: string, bytes: Uint8Array): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: maxRulesBytes });
  } catch (error) {
    throw new SeatrialError({ code: "file_truncated", reason: "the file is no complete gzip file", place: { file }, cause: error });
  }
}

/** The symbol's market in any of the file's shapes, and where it stands. */
function pick(value: unknown, symbol: string): { value: unknown; path: readonly PropertyKey[] } | null {
  if (Array.isArray(value)) {
    const at = value.findIndex((one) => isRecord(one) && one["symbol"] === symbol);
    return at < 0 ? null : { value: value[at], path: [at] };
  }
  if (!isRecord(value)) return null;
  if (Object.hasOwn(value, symbol)) return { value: value[symbol], path: [symbol] };
  const single = Object.hasOwn(value, "tick") || Object.hasOwn(value, "precision");
  return single ? { value, path: [] } : null;
}

function namesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.map((one) => (isRecord(one) ? String(one["symbol"]) : "?"));
  return isRecord(value) ? Object.keys(value) : [];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
