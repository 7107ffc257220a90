// The older scenario form (row 004-SC-2): one symbol, bars, and strategy_steps. It becomes an ordinary scenario of the
// scripted strategy; what the old form does not say is a documented default, never a guess from the bars.

import { basename, extname } from "node:path";
import * as z from "zod";

import { ParameterError, actionsOfLegacySteps } from "../strategy/index.ts";
import type { SourceDocument } from "./document.ts";
import { symbolParts } from "./plan-rules.ts";
import { schemaError } from "./problems.ts";
import { rulesSchema } from "./schema-market.ts";
import { decimal, instant, notNegativeDecimal, object, positiveDecimal, symbol, timeframe } from "./schema-values.ts";
import { scenarioSchema, type ScenarioInput } from "./schema.ts";

/** The old form has no trading rules, so none bind: steps far below any price and quantity that it writes. */
const looseRules = { tick: "0.00000001", step: "0.00001" };
const defaultBalance = "10000";

const price = positiveDecimal;
const rowObject = object({
  time: z.unknown().optional(),
  open: price,
  high: price,
  low: price,
  close: price,
  volume: notNegativeDecimal.default("1000"),
});
const row = z.union(
  [z.tuple([price, price, price, price, notNegativeDecimal]), z.tuple([z.number(), price, price, price, price, notNegativeDecimal]), rowObject],
  { error: "is neither [open, high, low, close, volume], [time, open, high, low, close, volume] nor {open, high, low, close, volume}" },
);

const legacySchema = object({
  $schema: z.string().optional(),
  name: z.string().optional(),
  symbol,
  timeframe: timeframe.optional(),
  start: instant.optional(),
  bars: z.array(row).min(1).optional(),
  bar_file: z.string().min(1).optional(),
  backend: z.enum(["virtual"]).default("virtual"),
  debug: z.boolean().default(false),
  market: rulesSchema.optional(),
  balances: z.record(z.string(), decimal).optional(),
  strategy_steps: z.array(z.unknown()),
}).refine((input) => (input.bars === undefined) !== (input.bar_file === undefined), { error: "needs either bars or bar_file" });

export function isLegacy(document: SourceDocument): boolean {
  return typeof document.value === "object" && document.value !== null && Object.hasOwn(document.value, "strategy_steps");
}

/** @throws SeatrialError with the place in the old file */
export function readLegacy(document: SourceDocument): ScenarioInput {
  const parsed = legacySchema.safeParse(document.value);
  if (!parsed.success) throw schemaError(document, parsed.error.issues);
  const input = parsed.data;
  const bars = {
    timeframe: input.timeframe,
    ...(input.bars === undefined ? { file: input.bar_file } : { start: input.start, script: input.bars.map(numbersOf) }),
  };
  const scenario = scenarioSchema.safeParse({
    name: input.name ?? basename(document.source.file, extname(document.source.file)),
    why: "imported from strategy_steps",
    positionMode: symbolParts(input.symbol).kind === "spot" ? "one_way" : "hedge",
    markets: [{ symbol: input.symbol, market: input.market ?? looseRules, bars }],
    boot: { balances: input.balances ?? { [symbolParts(input.symbol).settle]: defaultBalance } },
    strategy: { use: "scripted", params: { actions: actionsOf(document, input.strategy_steps) } },
  });
  if (!scenario.success) throw schemaError(document, scenario.error.issues);
  return scenario.data;
}

function actionsOf(document: SourceDocument, steps: readonly unknown[]): unknown[] {
  try {
    return actionsOfLegacySteps(steps);
  } catch (error) {
    throw error instanceof ParameterError ? error.at(document.placeOf(error.path)) : error;
  }
}

function numbersOf(bar: z.output<typeof row>): readonly string[] {
  if (!Array.isArray(bar)) return [bar.open, bar.high, bar.low, bar.close, bar.volume];
  return bar.slice(-5).map(String);
}
