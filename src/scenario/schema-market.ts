// Schema of a scenario's markets: trading rules and bars. Descriptions end up in the JSON Schema, where editors show
// them; checks across fields stand beside the fields they join.

import * as z from "zod";

import { tickBandProblem, type TickBand } from "../domain/index.ts";
import { perpetualKeys } from "./schema-perpetual.ts";
import { instant, notNegativeDecimal, object, positiveDecimal, symbol, timeframe } from "./schema-values.ts";

/** Trading rules as a person writes them; base, quote and settlement currency follow from the symbol. */
export const rulesSchema = object({
  tick: positiveDecimal.describe("Price step."),
  step: positiveDecimal.describe("Quantity step, in base units or contracts."),
  minNotional: notNegativeDecimal.nullable().optional().describe("Smallest value of an order, in the quote currency. Default: no limit."),
  minQuantity: notNegativeDecimal.nullable().optional().describe("Smallest quantity of an order. Default: no limit."),
  maxQuantity: positiveDecimal.nullable().optional().describe("Largest quantity of an order. Default: no limit."),
  maxMarketQuantity: positiveDecimal
    .nullable()
    .optional()
    .describe("Largest quantity of a market order, where the venue has a limit of its own for it."),
  minPrice: notNegativeDecimal.nullable().optional().describe("Lowest price of an order. Default: no limit."),
  maxPrice: positiveDecimal.nullable().optional().describe("Highest price of an order. Default: no limit."),
  contractSize: positiveDecimal.optional().describe("Base units a contract (quote units on an inverse swap). Default: 1."),
  significantDigits: z
    .int()
    .min(1)
    .max(15)
    .nullable()
    .optional()
    .describe("Prices have at most this many significant digits, so the tick moves with the price (Hyperliquid: 5). Default: no such rule."),
  tickBands: z
    .array(
      object({
        from: positiveDecimal.describe("Lowest price at which this tick holds; a multiple of this tick and of the one below."),
        tick: positiveDecimal.describe("Price step from there on."),
      }),
    )
    .min(1)
    .max(64)
    .optional()
    .describe("Other price steps from certain prices on, lowest first, as stock exchanges have them; tick holds below the first. Default: one tick."),
  maxLeverage: z.int().min(1).nullable().optional().describe("Largest leverage of this market. Default: the venue's."),
}).check(checkTicks);
export type RulesInput = z.output<typeof rulesSchema>;

/** The same rules in a file of their own, which may say whose they are. */
export const rulesFileSchema = object({
  $schema: z.string().optional(),
  symbol: symbol.optional().describe("The market these rules belong to; it must be the scenario's."),
  why: z.string().optional().describe("Where the rules come from."),
  ...rulesSchema.shape,
}).check(checkTicks);

function checkTicks(
  ctx: z.core.ParsePayload<{ tick: string; significantDigits?: number | null | undefined; tickBands?: TickBand[] | undefined }>,
): void {
  const { tick, significantDigits, tickBands } = ctx.value;
  if (tickBands === undefined) return;
  const say = (message: string, path: (string | number)[]) => ctx.issues.push({ code: "custom", message, path, input: ctx.value });
  if (typeof significantDigits === "number") say("stands beside significantDigits: a market has one or the other", ["tickBands"]);
  const found = tickBandProblem(tick, tickBands);
  if (found !== null) say(found.problem, ["tickBands", found.band, found.key]);
}

const scriptRow = z.tuple([positiveDecimal, positiveDecimal, positiveDecimal, positiveDecimal, notNegativeDecimal], {
  error: "is not a bar: write [open, high, low, close, volume]",
});

const moveGrammar =
  'A move in words, relative to the close before it: "+0.5%" or "-1%" (close, from the open), "flat", "gap -2%" (open, from the close before), ' +
  '"high +1%" and "low -1%" (extremes, from the open), "volume 500", "x5" (five such bars). Parts combine, each once: "gap -2% +0.5% low -1%". ' +
  '"missing" or "missing x5" in a row of its own: there are no bars for so long. ' +
  "Prices are rounded to the tick.";

const syntheticSchema = object({
  count: z.int().min(1).max(5_000_000).describe("How many bars."),
  startPrice: positiveDecimal.describe("Open of the first bar."),
  seed: z.int().min(0).optional().describe("Seed of the bars. Default: the scenario's seed, so that another --seed also means other bars."),
  volatility: z
    .number()
    .positive()
    .max(0.1)
    .optional()
    .describe("Standard deviation of a one-minute return, as a share of the price. Default: 0.001."),
  volume: positiveDecimal.optional().describe("Mean volume of a bar in base units. Default: worth 100,000 in the quote currency at the start price."),
});

/** How a file of bars is to be understood where it does not say: the options of the bars commands, by the same names. */
const fileForm = {
  time: z
    .enum(["open", "close"])
    .optional()
    .describe("File: which end of its bar a time is. Default: open; times that can only be closes are refused."),
  symbol: z.string().min(1).optional().describe("File: the market by the venue's name, in a file of several. Default: the file's only one."),
  side: z.enum(["bid", "ask"]).optional().describe("File: bars of the bid or of the ask, in a LEAN file of quotes."),
  zone: z.string().min(1).optional().describe("File: time zone of a LEAN file whose folder does not tell: America/New_York."),
  splits: z
    .array(object({ at: instant.describe("First instant in the new units."), ratio: positiveDecimal.describe('New units for one old: "7".') }))
    .min(1)
    .optional()
    .describe("File: splits of a share or redenominations of a coin inside the range; from each on prices are multiplied and volumes divided."),
  leanSecurity: z.enum(["equity", "crypto", "cryptofuture", "forex"]).optional().describe("File: what a LEAN file outside LEAN's folders is of."),
} as const;

/** Whose bars a key belongs to, where not to all. */
const owners = {
  startPrice: "script",
  from: "file",
  to: "file",
  time: "file",
  symbol: "file",
  side: "file",
  zone: "file",
  leanSecurity: "file",
  splits: "file",
} as const;

/** Keys of bars, wherever they stand. */
const barsKeys = {
  timeframe: timeframe.optional().describe('Length of a bar: "1m", "5m", "1h", "1d". Default: 1m; for a file, what its times say.'),
  start: instant.optional().describe("Open time of the first scripted or synthetic bar, ISO 8601 or epoch ms. Default: 2025-01-01T00:00:00Z."),
  script: z
    .array(z.union([scriptRow, z.string().describe(moveGrammar)], { error: "is neither [open, high, low, close, volume] nor a move" }))
    .min(1)
    .optional()
    .describe('Bars by hand: [open, high, low, close, volume], or moves in words such as "-1%".'),
  startPrice: positiveDecimal.optional().describe("Scripted bars: the close before the first bar, needed when the script begins with a move."),
  volume: z
    .union([z.enum(["required", "absent"]), notNegativeDecimal], { error: 'is neither a volume such as "1000" nor required or absent' })
    .optional()
    .describe(
      'Scripted bars: volume of moves that name none. Default: 1000. File: "absent" takes bars without volume, as volume 0. Default: "required".',
    ),
  file: z
    .string()
    .min(1)
    .optional()
    .describe("Bars from a file in any form of docs/data.md, relative to the scenario file or ${SEATRIAL_DATA}/…; absent data means not run."),
  from: instant.optional().describe("File: first open time, included."),
  to: instant.optional().describe("File: end of the range, excluded."),
  ...fileForm,
  synthetic: syntheticSchema.optional().describe("Bars from the seeded generator; reports label them synthetic."),
} as const;

/** Bars: exactly one of script, file and synthetic; none of them where they are made of what is inside. */
export const barsSchema = object(barsKeys).check((ctx) => {
  const sources = sourcesOf(ctx.value);
  if (sources.length > 1) return sayOneSource(ctx, sources);
  checkKeysOfSource(ctx, ctx.value);
});
export type BarsInput = z.output<typeof barsSchema>;

function sourcesOf(bars: Readonly<Record<string, unknown>>, names: readonly string[] = ["script", "file", "synthetic"]): string[] {
  return names.filter((name) => bars[name] !== undefined);
}

function sayOneSource(ctx: z.core.ParsePayload<unknown>, sources: readonly string[], path: readonly string[] = []): void {
  const message = `needs exactly one of script, file and synthetic, here: ${sources.join(", ") || "none"}`;
  ctx.issues.push({ code: "custom", message, path: [...path, ...sources.slice(1, 2)], input: ctx.value });
}

/** Keys that belong to one source of bars only. */
function checkKeysOfSource(ctx: z.core.ParsePayload<unknown>, bars: z.output<z.ZodObject<typeof barsKeys>>): void {
  const say = (message: string, path: (string | number)[]) => ctx.issues.push({ code: "custom", message, path, input: bars });
  const source = sourcesOf(bars)[0] ?? "what is inside";
  for (const [key, owner] of Object.entries(owners)) {
    if (bars[key as keyof typeof owners] !== undefined && owner !== source) say(`belongs to ${owner} bars, these come from ${source}`, [key]);
  }
  const { volume } = bars;
  if (volume !== undefined) {
    if (source === "synthetic") say("belongs to script and file bars: synthetic bars have a volume of their own", ["volume"]);
    if (source === "what is inside") say("belongs to script and file bars: the bars have the volume of what is inside", ["volume"]);
    if (source === "script" && isVolumeForm(volume)) say("belongs to file bars, these come from script", ["volume"]);
    if (source === "file" && !isVolumeForm(volume)) say('is the volume of scripted bars; of a file it is "required" or "absent"', ["volume"]);
  }
  if (source === "file" && bars.start !== undefined) say("belongs to script or synthetic bars: a range of a file is from and to", ["start"]);
  bars.splits?.forEach(({ at }, n) => {
    if (at <= (bars.splits?.[n - 1]?.at ?? -1)) say("is not after the split before it", ["splits", n]);
  });
  if (bars.from !== undefined && bars.to !== undefined && bars.from >= bars.to) say("is not after from: the range is empty", ["to"]);
}

const trade = z.tuple([instant, positiveDecimal, positiveDecimal], { error: "is no trade: write [time, price, quantity]" });

const keysOfFinerBars = ["timeframe", "start", "startPrice", "volume", "time", "side", "zone", "leanSecurity", "splits"] as const;

/** What the venue walks inside the bars: finer bars, or trades. */
const insideSchema = object({
  ...barsKeys,
  trades: z.array(trade).min(1).optional().describe('Trades by hand, in order of time: ["2025-01-01T00:00:12.5Z", "100.2", "3"].'),
  tradesFile: z
    .string()
    .min(1)
    .optional()
    .describe("Trades from a file, relative to the scenario file or ${SEATRIAL_DATA}/…; absent data means not run. With from and to."),
}).check((ctx) => {
  const inside = ctx.value;
  const say = (message: string, path: string[] = []) => ctx.issues.push({ code: "custom", message, path, input: inside });
  const sources = sourcesOf(inside, ["script", "file", "synthetic", "trades", "tradesFile"]);
  if (sources.length !== 1) {
    say(`needs exactly one of script, file, synthetic, trades and tradesFile, here: ${sources.join(", ") || "none"}`, sources.slice(1, 2));
    return;
  }
  if (inside.trades === undefined && inside.tradesFile === undefined) return checkKeysOfSource(ctx, inside);
  for (const key of keysOfFinerBars) if (inside[key] !== undefined) say("belongs to finer bars, not to trades", [key]);
  for (const key of ["from", "to", "symbol"] as const) if (inside.trades !== undefined && inside[key] !== undefined) say("belongs to a file", [key]);
  if (inside.from !== undefined && inside.to !== undefined && inside.from >= inside.to) say("is not after from: the range is empty", ["to"]);
});
export type InsideInput = z.output<typeof insideSchema>;

/** Whether `volume` says how a file is read; otherwise it is the volume of scripted bars. */
function isVolumeForm(volume: string): volume is "required" | "absent" {
  return volume === "required" || volume === "absent";
}

export const marketSchema = object({
  symbol: symbol.describe('Symbol as ccxt unifies it: "BTC/USDT" (spot) or "HYPE/USDC:USDC" (swap settled in USDC).'),
  market: rulesSchema.optional().describe("Trading rules of the market; either these or marketFile."),
  marketFile: z
    .string()
    .min(1)
    .optional()
    .describe("JSON file of trading rules: the keys of market, or ccxt market structures. Relative to the scenario file or ${SEATRIAL_DATA}/…."),
  precision: z
    .enum(["auto", "tick", "decimals"])
    .optional()
    .describe("How a ccxt structure in marketFile gives its precision: as step sizes or as counts of decimals. Default: auto."),
  bars: barsSchema.describe("The bars that are replayed. With inside a timeframe is enough: they are made of it."),
  inside: insideSchema
    .optional()
    .describe("Finer bars or trades that the venue walks inside the bars, instead of an assumed path. Strategies hear of the bars alone."),
  ...perpetualKeys,
  timeframes: z.array(timeframe).max(16).optional().describe('Longer timeframes that the strategy may read, made from the bars: ["5m", "1h"].'),
}).check((ctx) => {
  const { market, marketFile, precision, bars, inside } = ctx.value;
  if (sourcesOf(bars).length === 0 && inside === undefined) sayOneSource(ctx, [], ["bars"]);
  if (sourcesOf(bars).length === 0 && inside !== undefined && bars.timeframe === undefined) {
    const message = "needs a timeframe: that of the bars that are made of what is inside";
    ctx.issues.push({ code: "custom", message, path: ["bars"], input: ctx.value });
  }
  if ((market === undefined) === (marketFile === undefined)) {
    ctx.issues.push({
      code: "custom",
      message: "needs either market or marketFile",
      path: market === undefined ? [] : ["marketFile"],
      input: ctx.value,
    });
  }
  if (precision !== undefined && marketFile === undefined) {
    ctx.issues.push({ code: "custom", message: "belongs to marketFile", path: ["precision"], input: ctx.value });
  }
});
export type MarketInput = z.output<typeof marketSchema>;
