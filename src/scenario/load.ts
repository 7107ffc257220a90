// Loads one scenario file: text → schema → plan. What the file gets wrong is an error with its line and column; data
// that this machine lacks makes it `not run`. Nothing is simulated here.

import { dirname, isAbsolute, resolve } from "node:path";

import { SeatrialError, type MarketRules } from "../domain/index.ts";
import type { FillModel, LiquidationRuleName } from "../exchange/virtual/index.ts";
import type { MarketPlan, SimulationPlan } from "../session/plan.ts";
import { loadStrategy } from "../session/index.ts";
import type { Params, StrategyDefinition } from "../strategy/index.ts";
import { resolveDataPath, type Environment, type NotRun } from "./data-path.ts";
import type { SourceDocument } from "./document.ts";
import type { RunContext } from "./expect-never.ts";
import { readInput } from "./input.ts";
import { scenarioLabels, type BarTraits } from "./labels.ts";
import { checkActions } from "./plan-actions.ts";
import { bootPositionsOf, checkBalances } from "./plan-account.ts";
import type { BarOrigin, BarRequest } from "./plan-bars.ts";
import { barsOfMarket, checkLatency, insideFact } from "./plan-inside.ts";
import { feedSettingsOf } from "./plan-feed.ts";
import { paramsAt } from "./plan-params.ts";
import { checkOneWorld, crashesOf } from "./plan-process.ts";
import { perpetualFacts, perpetualOf } from "./plan-perpetual.ts";
import { rehearsalOf, surrounded } from "./rehearsal.ts";
import { rulesOfFile, rulesOfInput } from "./plan-rules.ts";
import {
  checkMarketKind,
  checkSymbol,
  fillModelOf,
  liquidationOf,
  positionModeOf,
  profileOf,
  countedProfile,
  countedSettings,
  runnerSettingsOf,
  stepsOf,
  streamsOf,
} from "./plan-venue.ts";
import type { Expectation } from "./schema-expect.ts";
import type { ScenarioInput } from "./schema.ts";

/** What the command line lays over the file; an absent key keeps the file's. */
export interface LoadOptions {
  readonly seed?: number | undefined;
  readonly path?: FillModel["path"] | "envelope" | undefined;
  /** With the path `envelope`: bars that the other worlds may take together. */
  readonly envelopeBudget?: number | undefined;
  readonly delivery?: FillModel["delivery"] | undefined;
  /** Name of a fill preset that takes the place of the file's fill settings. */
  readonly fill?: string | undefined;
  /** Built-in name or path (relative to `workingDir`) of another strategy; the file's parameters stay. */
  readonly strategy?: string | undefined;
  /** Laid over the parameters that the strategy would run with, one by one. */
  readonly params?: Params | undefined;
  /** The other strategy is put through the scenario: with its own parameters, and judged by what must hold for every one. */
  readonly rehearse?: boolean | undefined;
  /** Absent data is a failure. `SEATRIAL_REQUIRE_DATA=1` means the same. */
  readonly strict?: boolean | undefined;
  /** What a relative `strategy` is relative to. @defaultValue the process's working folder */
  readonly workingDir?: string | undefined;
}

export interface Scenario {
  /** The file as it was named. */
  readonly file: string;
  readonly name: string;
  readonly why: string;
  readonly seed: number;
  /** The strategy as it was named, and the folder that a path is relative to: another thread loads it again. */
  readonly strategy: { readonly use: string; readonly baseDir: string };
  /** Null when `notRun` says why. */
  readonly plan: SimulationPlan | null;
  /** `failure`: the caller asked that absent data fails. */
  readonly notRun: (NotRun & { readonly failure: boolean }) | null;
  readonly expectations: readonly Expectation[];
  /** What a report must say beside the result: "synthetic bars", "optimistic fills", … */
  readonly labels: readonly string[];
}

/**
 * Reads, checks and resolves a scenario.
 * @param env where `${SEATRIAL_…}` comes from; nothing else is read from it but `SEATRIAL_REQUIRE_DATA`
 * @throws SeatrialError exit code 3, with file, line and column where the fault is in a file's text
 */
export async function loadScenario(file: string, env: Environment, options: LoadOptions = {}): Promise<Scenario> {
  const { document, input: written } = await readInput(file);
  const rehearsed = options.rehearse === true && options.strategy !== undefined;
  const input = rehearsed ? rehearsalOf(written) : written;
  const seed = options.seed ?? input.seed;
  const loading: Loading = { document, input, seed, env, options, baseDir: dirname(resolve(file)) };
  const symbols = checkSymbols(document, input);
  checkExpectedSymbols(document, input.expect, symbols);
  const result = await buildPlan(loading);
  const strict = options.strict === true || env["SEATRIAL_REQUIRE_DATA"] === "1";
  const strategy = strategyNamed(loading);
  const head = { file, name: input.name, why: input.why, seed, strategy, expectations: input.expect };
  if (!("plan" in result)) return { ...head, plan: null, notRun: { ...result, failure: strict }, labels: [] };
  return { ...head, plan: result.plan, notRun: null, labels: scenarioLabels(result.traits, result.plan, result.preset) };
}

/** What expectations need beside the rows of a run. */
export function runContextOf(plan: SimulationPlan): RunContext {
  return { series: plan.markets.flatMap((market) => market.series.slice(0, 1)), steps: plan.steps };
}

interface Loading {
  readonly document: SourceDocument;
  readonly input: ScenarioInput;
  readonly seed: number;
  readonly env: Environment;
  readonly options: LoadOptions;
  readonly baseDir: string;
}

/** A plan, and what its labels are made of. */
interface BuiltPlan {
  readonly plan: SimulationPlan;
  readonly preset: string;
  readonly traits: BarTraits;
}

async function buildPlan(loading: Loading): Promise<BuiltPlan | NotRun> {
  const { document, input, seed, options } = loading;
  const profile = profileOf(document, input);
  const positionMode = positionModeOf(document, input, profile);
  const leverage = input.leverage ?? profile.defaultLeverage;
  const { preset, model, envelope } = fillModelOf(input.fill, options);
  const strategy = await strategyOf(loading);
  const allRules = await rulesOfMarkets(loading);
  if ("reason" in allRules) return allRules;
  allRules.forEach((rules, at) => checkMarketKind(document, at, rules, profile, leverage));
  checkBalances(document, input.boot.balances, allRules);
  const liquidation = liquidationOf(document, input, profile);
  const found = await marketsOf(loading, allRules, liquidation);
  if ("reason" in found) return found;
  const { traits } = found;
  const rehearsed = options.rehearse === true && options.strategy !== undefined;
  const markets = rehearsed ? found.markets.map((market) => surrounded(input, market, seed)) : found.markets;
  checkActions(document, strategy, markets);
  checkLatency(document, model, markets);
  const crashes = crashesOf(document, input, markets);
  if (envelope !== null) checkOneWorld(document, input);
  const plain = {
    name: input.name,
    seed,
    profile,
    positionMode,
    leverage,
    ...(input.marginMode === undefined ? {} : { marginMode: input.marginMode }),
    ...(input.liquidation === undefined ? {} : { liquidation: input.liquidation }),
    ...(input.requestLimits === undefined ? {} : { requestLimits: input.requestLimits }),
    fill: model,
    balances: input.boot.balances,
    positions: bootPositionsOf(document, input, markets, positionMode),
    runner: runnerSettingsOf(input.runner, profile),
    steps: stepsOf(document, input, markets, positionMode, strategy),
    ...(input.streams === undefined ? {} : { streams: streamsOf(input.streams) }),
    ...(crashes === undefined ? {} : { crashes }),
    ...feedSettingsOf(input),
  };
  const facts = markets.map(perpetualFacts).filter((fact) => fact !== null);
  const inside = markets.map(insideFact).filter((fact) => fact !== null);
  const configuration = {
    ...plain,
    profile: countedProfile(plain.profile),
    runner: countedSettings(plain.runner, plain.profile),
    rules: allRules,
    ...(facts.length === 0 ? {} : { perpetuals: facts }),
    ...(inside.length === 0 ? {} : { inside }),
    timeframes: markets.map(timeframesOf),
    strategy: { name: strategy.definition.name, params: strategy.params },
  };
  return { plan: { ...plain, markets, strategy, configuration, ...(envelope === null ? {} : { envelope }) }, preset, traits };
}

function timeframesOf(market: MarketPlan): readonly string[] {
  return market.series.map((series) => series.timeframe);
}

/** Rules of every market before any bar is read: a wrong rule is told even where the bars are absent. */
async function rulesOfMarkets({ document, input, baseDir, env }: Loading): Promise<readonly MarketRules[] | NotRun> {
  const all: MarketRules[] = [];
  for (const [at, market] of input.markets.entries()) {
    if (market.market !== undefined) {
      all.push(rulesOfInput(market.symbol, market.market));
      continue;
    }
    const found = await resolveDataPath(document, ["markets", at, "marketFile"], market.marketFile ?? "", baseDir, env);
    if (found.kind === "absent") return found.notRun;
    all.push(await rulesOfFile(found.file, market.symbol, market.precision));
  }
  return all;
}

async function marketsOf(
  loading: Loading,
  allRules: readonly MarketRules[],
  liquidation: LiquidationRuleName | null,
): Promise<{ markets: readonly MarketPlan[]; traits: BarTraits } | NotRun> {
  const { document, input, seed, baseDir, env } = loading;
  const markets: MarketPlan[] = [];
  const origins = new Set<BarOrigin>();
  let adjusted = false;
  let absent: NotRun | null = null;
  for (const [at, market] of input.markets.entries()) {
    const rules = allRules[at] as MarketRules;
    const request: BarRequest = { document, path: ["markets", at], input: market, rules, seed, baseDir, env };
    const perpetual = await perpetualOf(request, liquidation);
    if ("reason" in perpetual) {
      absent ??= perpetual;
      continue;
    }
    const found = await barsOfMarket({ ...request, priceDecimals: perpetual.marks?.priceScale ?? 0 });
    if ("reason" in found) absent ??= found;
    else {
      markets.push({ rules, ...found.bars, ...perpetual });
      origins.add(found.origin);
      adjusted ||= found.adjusted;
    }
  }
  return absent ?? { markets, traits: { origins, adjusted } };
}

async function strategyOf(loading: Loading): Promise<{ definition: StrategyDefinition; params: Params }> {
  const { document, input } = loading;
  const definition = await definitionOf(loading);
  return { definition, params: paramsAt(document, definition, input.strategy.params, ["strategy", "params"], loading.options.params) };
}

function strategyNamed({ input, options, baseDir }: Loading): Scenario["strategy"] {
  if (options.strategy !== undefined) return { use: options.strategy, baseDir: options.workingDir ?? process.cwd() };
  return { use: input.strategy.use, baseDir };
}

async function definitionOf(loading: Loading): Promise<StrategyDefinition> {
  const { document, input, options } = loading;
  const { use, baseDir } = strategyNamed(loading);
  if (options.strategy !== undefined) return loadStrategy(use, baseDir);
  if (isAbsolute(input.strategy.use)) {
    const place = document.placeOf(["strategy", "use"]);
    throw new SeatrialError({
      code: "bad_path",
      reason: "strategy.use: an absolute path belongs to one machine",
      hint: "write it relative to this file",
      place,
    });
  }
  try {
    return await loadStrategy(use, baseDir);
  } catch (error) {
    throw error instanceof SeatrialError ? error.at(document.placeOf(["strategy", "use"])) : error;
  }
}

/** Symbols of the markets, each once, and those that the boot's and the steps' keys name are among them. */
function checkSymbols(document: SourceDocument, input: ScenarioInput): readonly string[] {
  const symbols = input.markets.map((market) => market.symbol);
  symbols.forEach((symbol, at) => {
    if (symbols.indexOf(symbol) === at) return;
    const place = document.placeOf(["markets", at, "symbol"]);
    throw new SeatrialError({
      code: "duplicate_market",
      reason: `markets[${at}].symbol: ${symbol} is here twice`,
      hint: "one entry a symbol",
      place,
    });
  });
  input.steps.forEach((step, at) => {
    checkSymbol(document, ["steps", at, "at", "symbol"], step.at.symbol, symbols);
    if ("symbol" in step) checkSymbol(document, ["steps", at, "symbol"], step.symbol, symbols);
  });
  return symbols;
}

function checkExpectedSymbols(document: SourceDocument, expectations: readonly Expectation[], symbols: readonly string[]): void {
  expectations.forEach((expectation, at) => {
    for (const [form, filter] of Object.entries(expectation)) {
      if (typeof filter === "object" && "symbol" in filter) checkSymbol(document, ["expect", at, form, "symbol"], filter.symbol, symbols);
    }
    const position = expectation.final?.position;
    const legs = Array.isArray(position) ? position : [];
    legs.forEach((leg, index) => checkSymbol(document, ["expect", at, "final", "position", index, "symbol"], leg.symbol, symbols));
    if (typeof position === "object" && "symbol" in position)
      checkSymbol(document, ["expect", at, "final", "position", "symbol"], position.symbol, symbols);
  });
}
