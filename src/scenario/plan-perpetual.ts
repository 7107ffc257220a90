// What only swaps have, from a scenario's file to the plan: funding rates, mark prices, leverage tiers. What contradicts the
// venue or the market is refused with its place.

import { createHash } from "node:crypto";

import { BarSeries, Instrument, parseDecimal, SeatrialError, timeframeMillis, type FundingSeries, type MarketRules } from "../domain/index.ts";
import { leverageTiers, type LiquidationRuleName } from "../exchange/virtual/index.ts";
import { inferTimeframe, readFunding, readMark, seriesDigest, toSeries, validateBars } from "../market/index.ts";
import { createSha256, type MarketPlan } from "../session/index.ts";
import { resolveDataPath, type NotRun } from "./data-path.ts";
import { defaultStart, defaultTimeframe, type BarRequest } from "./plan-bars.ts";
import { readRulesDocument } from "./plan-rules.ts";
import { valueError } from "./problems.ts";
import type { FundingInput, MarkInput } from "./schema-perpetual.ts";

/** What a market of the plan has beside its bars. */
export type PerpetualParts = Pick<MarketPlan, "funding" | "marks" | "tiers">;

/** @returns the parts, or why the machine cannot have them. @throws SeatrialError for parts that are wrong */
export async function perpetualOf(request: BarRequest, liquidation: LiquidationRuleName | null): Promise<PerpetualParts | NotRun> {
  const { funding, mark, tiersFile } = request.input;
  for (const key of ["funding", "mark", "tiersFile"] as const) if (request.input[key] !== undefined) checkUse(request, key, liquidation);
  const parts: { funding?: FundingSeries; marks?: BarSeries; tiers?: unknown } = {};
  if (funding !== undefined) {
    const found = await fundingOf(request, funding);
    if ("reason" in found) return found;
    parts.funding = found;
  }
  if (mark !== undefined) {
    const found = await marksOf(request, mark);
    if ("reason" in found) return found;
    parts.marks = found;
  }
  if (tiersFile !== undefined) {
    const found = await tiersOf(request, tiersFile);
    if ("notRun" in found) return found.notRun;
    parts.tiers = found.tiers;
  }
  return parts;
}

/** The same as plain data, for the run hash; null for a market that has none of it. */
export function perpetualFacts({ rules, funding, marks, tiers }: MarketPlan): unknown {
  if (funding === undefined && marks === undefined && tiers === undefined) return null;
  return {
    symbol: rules.symbol,
    funding: funding === undefined ? null : fundingDigest(funding),
    marks: marks === undefined ? null : seriesDigest(marks, createSha256),
    tiers: tiers ?? null,
  };
}

function checkUse({ document, path, rules }: BarRequest, key: "funding" | "mark" | "tiersFile", liquidation: LiquidationRuleName | null): void {
  const refuse = (reason: string, hint: string) => valueError(document, [...path, key], { code: "bad_margin_settings", reason, hint });
  if (rules.kind === "spot")
    throw refuse(`${rules.symbol} is a spot market: it has no ${key}`, "a swap's symbol names its settlement currency: BTC/USDT:USDT");
  if (key !== "tiersFile" || liquidation !== null) return;
  throw refuse("nothing is judged by it: insolvency ends the run", 'give a liquidation rule, such as "liquidation": "generic"');
}

async function fundingOf(request: BarRequest, { script, file }: FundingInput): Promise<FundingSeries | NotRun> {
  if (file === undefined) return scriptedFunding(request, script ?? []);
  const found = await resolveDataPath(request.document, [...request.path, "funding", "file"], file, request.baseDir, request.env);
  return found.kind === "absent" ? found.notRun : readFunding(found.file);
}

function scriptedFunding({ document, path, rules }: BarRequest, script: NonNullable<FundingInput["script"]>): FundingSeries {
  script.forEach(([time], row) => {
    const before = script[row - 1];
    if (before === undefined || before[0] < time) return;
    throw valueError(document, [...path, "funding", "script", row], { code: "bad_funding", reason: "is not after the payment before it" });
  });
  const rates = script.map(([, rate]) => parseDecimal(rate));
  const rateScale = Math.max(...rates.map(({ scale }) => scale));
  return {
    symbol: rules.symbol,
    length: script.length,
    time: Float64Array.from(script, ([time]) => time),
    rate: Float64Array.from(rates, ({ units, scale }) => Number(units * 10n ** BigInt(rateScale - scale))),
    rateScale,
  };
}

async function marksOf(request: BarRequest, { script, file, timeframe }: MarkInput): Promise<BarSeries | NotRun> {
  const { document, path, rules, input } = request;
  if (file === undefined) return scriptedMarks(request, script ?? [], timeframe ?? input.bars.timeframe ?? defaultTimeframe);
  const found = await resolveDataPath(document, [...path, "mark", "file"], file, request.baseDir, request.env);
  if (found.kind === "absent") return found.notRun;
  const raw = await readMark(found.file);
  const length = timeframe ?? inferTimeframe(raw);
  validateBars(raw, { timeframe: length });
  return toSeries(raw, { symbol: rules.symbol, timeframe: length, priceScale: raw.priceDecimals, quantityScale: raw.volumeDecimals });
}

function scriptedMarks({ document, path, rules, input }: BarRequest, script: NonNullable<MarkInput["script"]>, timeframe: string): BarSeries {
  const rows = script.map((row) => row.map((text) => parseDecimal(text)));
  rows.forEach(([open, high, low, close], row) => {
    const value = (one: typeof open) => Number(one?.units) / 10 ** (one?.scale ?? 0);
    const isBar = value(low) <= Math.min(value(open), value(close)) && value(high) >= Math.max(value(open), value(close));
    if (!isBar) throw valueError(document, [...path, "mark", "script", row], { code: "bad_bar", reason: "is no bar: low ≤ open, close ≤ high" });
  });
  const priceScale = Math.max(...rows.flat().map(({ scale }) => scale));
  const interval = timeframeMillis(timeframe);
  const start = input.inside?.start ?? input.bars.start ?? defaultStart;
  const column = (at: number) =>
    Float64Array.from(rows, (row) => {
      const { units, scale } = row[at] as { units: bigint; scale: number };
      return Number(units * 10n ** BigInt(priceScale - scale));
    });
  return new BarSeries(
    { symbol: rules.symbol, timeframe, interval, priceScale, quantityScale: 0 },
    {
      time: Float64Array.from(rows, (_, at) => start + at * interval),
      open: column(0),
      high: column(1),
      low: column(2),
      close: column(3),
      volume: new Float64Array(rows.length),
    },
  );
}

async function tiersOf(request: BarRequest, text: string): Promise<{ tiers: unknown } | { notRun: NotRun }> {
  const { document, path, rules } = request;
  const found = await resolveDataPath(document, [...path, "tiersFile"], text, request.baseDir, request.env);
  if (found.kind === "absent") return { notRun: found.notRun };
  const tiers = (await readRulesDocument(found.file)).value;
  try {
    // Read here for its errors; the session reads it again at its own scales.
    leverageTiers(tiers, new Instrument(rules, { price: 8, quantity: 8, money: 6 }));
  } catch (error) {
    throw error instanceof SeatrialError ? error.at({ file: found.file }) : error;
  }
  return { tiers: tiersOfMarket(tiers, rules) };
}

/** A venue's table may hold hundreds of markets; the plan keeps the one that is traded. */
function tiersOfMarket(tiers: unknown, { symbol }: MarketRules): unknown {
  return Array.isArray(tiers) ? tiers : (tiers as Readonly<Record<string, unknown>>)[symbol];
}

function fundingDigest({ time, rate, rateScale }: FundingSeries): string {
  const hash = createHash("sha256").update(`${rateScale}\n`);
  for (let row = 0; row < time.length; row += 1) hash.update(`${time[row]},${rate[row]}\n`);
  return hash.digest("hex");
}
