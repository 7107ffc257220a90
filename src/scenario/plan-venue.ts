// The venue side of a plan: profile, position mode, leverage, fill settings, runner settings and steps, checked against
// each other. Everything it refuses is named by its place in the scenario file.

import {
  canonicalJson,
  nearestKey,
  parseDecimal,
  SeatrialError,
  type BarSeries,
  type Leg,
  type MarketRules,
  type PositionMode,
} from "../domain/index.ts";
import { fillPresets, venueProfiles, type FillModel, type LiquidationRuleName, type VenueProfile } from "../exchange/virtual/index.ts";
import { defaultRunnerSettings, type RunnerSettings } from "../runner/index.ts";
import type { MarketPlan, SimulationPlan, Step } from "../session/plan.ts";
import type { SourceDocument } from "./document.ts";
import { feedActionOf, isFeedInput, type FeedInput } from "./plan-feed.ts";
import { isAtBar, isProcessInput, processActionOf, type ProcessInput } from "./plan-process.ts";
import { disturbanceOf, faultOf, isDisturbance, isFault, type StepPlace } from "./plan-venue-steps.ts";
import { valueError } from "./problems.ts";
import { keyHint } from "./schema-values.ts";
import type { FillInput, ScenarioInput } from "./schema.ts";
import type { StepInput } from "./schema-steps.ts";

type Traded = SimulationPlan["strategy"];

/** Settings of one run that the command line lays over the scenario's. */
export interface FillOverrides {
  /** Name of a preset that takes the place of the scenario's fill settings. */
  readonly fill?: string | undefined;
  readonly path?: FillModel["path"] | "envelope" | undefined;
  /** Bars that the other worlds of an envelope may take. */
  readonly envelopeBudget?: number | undefined;
  readonly delivery?: FillModel["delivery"] | undefined;
}

export function profileOf(document: SourceDocument, input: Pick<ScenarioInput, "venue"> & Partial<Pick<ScenarioInput, "venueRules">>): VenueProfile {
  const profile = Object.hasOwn(venueProfiles, input.venue) ? venueProfiles[input.venue] : undefined;
  if (profile !== undefined) return withRules(profile, input.venueRules);
  const hint = keyHint(input.venue, Object.keys(venueProfiles));
  throw valueError(document, ["venue"], { code: "unknown_venue", reason: `"${input.venue}" is not known`, hint });
}

const defaultIdempotencyWindowMs = 600_000;

function withRules(profile: VenueProfile, rules: ScenarioInput["venueRules"]): VenueProfile {
  if (rules === undefined) return profile;
  const changed = { ...profile, ...defined(rules) };
  const windowed = changed.idempotency === "I2" && changed.idempotencyWindowMs === null;
  return windowed ? { ...changed, idempotencyWindowMs: defaultIdempotencyWindowMs } : changed;
}

export function positionModeOf(document: SourceDocument, input: ScenarioInput, profile: VenueProfile): PositionMode {
  const mode: PositionMode = input.positionMode === "hedge" ? "hedge" : "one_way";
  if (profile.positionModes.includes(mode)) return mode;
  const hint = `possible there: ${profile.positionModes.join(", ")}`;
  throw valueError(document, ["positionMode"], { code: "bad_position_mode", reason: `${profile.name} has no ${mode} mode`, hint });
}

/** How positions are liquidated in this scenario; null: insolvency ends the run. */
export function liquidationOf(document: SourceDocument, input: ScenarioInput, profile: VenueProfile): LiquidationRuleName | null {
  const name = input.liquidation === undefined ? profile.liquidation : input.liquidation;
  if (name !== null || input.marginMode !== "isolated") return name;
  const hint = 'give one, such as "liquidation": "generic"';
  throw valueError(document, ["marginMode"], { code: "bad_margin_settings", reason: "isolated margin needs a liquidation rule", hint });
}

/** Checks that a market is of the profile's kind and allows the leverage. */
export function checkMarketKind(document: SourceDocument, at: number, rules: MarketRules, profile: VenueProfile, leverage: number): void {
  if (profile.market !== "any" && profile.market !== rules.kind) {
    const hint = rules.kind === "spot" ? "a swap's symbol names its settlement currency: BTC/USDT:USDT" : "a spot symbol has no colon: BTC/USDT";
    throw valueError(document, ["markets", at, "symbol"], {
      code: "wrong_market_kind",
      reason: `${rules.symbol} is a ${rules.kind} market, ${profile.name} has ${profile.market} markets`,
      hint,
    });
  }
  const most = Math.min(profile.maxLeverage, rules.maxLeverage ?? profile.maxLeverage);
  if (leverage > most) {
    const reason = `${leverage} is more than ${rules.symbol} allows on ${profile.name}`;
    throw valueError(document, ["leverage"], { code: "bad_leverage", reason, hint: `at most ${most}` });
  }
  if (rules.kind === "spot" && leverage !== 1) {
    throw valueError(document, ["leverage"], {
      code: "bad_leverage",
      reason: `${rules.symbol} is a spot market and has no leverage`,
      hint: "leave it out",
    });
  }
}

/** The preset, the scenario's settings over it, the command line's over those. */
export function fillModelOf(
  input: ScenarioInput["fill"],
  overrides: FillOverrides,
): { preset: string; model: FillModel; envelope: NonNullable<SimulationPlan["envelope"]> | null } {
  const settings: FillInput = typeof input === "string" ? { preset: input } : input;
  const preset = overrides.fill ?? settings.preset ?? "default";
  const base = Object.hasOwn(fillPresets, preset) ? fillPresets[preset] : undefined;
  if (base === undefined) {
    throw new SeatrialError({
      code: "unknown_preset",
      reason: `there is no fill preset "${preset}"`,
      hint: keyHint(preset, Object.keys(fillPresets)),
    });
  }
  const own = overrides.fill === undefined ? settings : {};
  const path = overrides.path ?? own.path;
  const envelopeBudget = overrides.envelopeBudget ?? own.envelopeBudget;
  return { preset, ...fillModelOver(base, { ...own, path, envelopeBudget, delivery: overrides.delivery ?? own.delivery }) };
}

/** Settings laid over a model; a preset among them is for the caller. The main world of an envelope is the adaptive one, the same as without the others. */
export function fillModelOver(
  base: FillModel,
  settings: { readonly [Key in keyof FillInput]?: FillInput[Key] | undefined },
): { model: FillModel; envelope: NonNullable<SimulationPlan["envelope"]> | null } {
  const { preset: _preset, envelopeBudget, path, ...own } = settings;
  const model = { ...base, ...defined({ ...own, path: path === "envelope" ? "adaptive" : path }) } as FillModel;
  return { model, envelope: path === "envelope" ? { budget: envelopeBudget ?? null } : null };
}

/** @param profile says what the absence of an order is proven by, where the scenario does not */
export function runnerSettingsOf(input: ScenarioInput["runner"], { absence }: Pick<VenueProfile, "absence">): RunnerSettings {
  const { fallback, limits, ...rest } = input;
  return {
    ...defaultRunnerSettings,
    absence,
    ...defined(rest),
    fallback: { ...defaultRunnerSettings.fallback, ...defined(fallback ?? {}) },
    limits: { ...defaultRunnerSettings.limits, ...defined(limits ?? {}) },
  };
}

/** Settings that runs of earlier versions did not know. */
const laterSettings: readonly (keyof RunnerSettings)[] = ["absence", "foreignOrders", "clockOffsetMaxMs", "leverage", "positionCheckMs"];

/** The runner's settings as a run hash counts them: later ones that stand at their defaults are left out, so that hashes of earlier runs stay true. */
export function countedSettings(settings: RunnerSettings, { absence }: Pick<VenueProfile, "absence">): Partial<RunnerSettings> {
  const defaults = { ...defaultRunnerSettings, absence };
  const isPlain = (key: keyof RunnerSettings) => canonicalJson(settings[key]) === canonicalJson(defaults[key]);
  const plain = new Set<string>(laterSettings.filter(isPlain));
  return Object.fromEntries(Object.entries(settings).filter(([key]) => !plain.has(key)));
}

/** Words of a venue that earlier versions did not know: only steps that are counted themselves make it say them. */
const laterRejections: ReadonlySet<string> = new Set([
  "venue_post_only",
  "venue_limit_only",
  "venue_cancel_only",
  "venue_maintenance",
  "delisted",
  "authentication_lost",
]);

/** The venue as a run hash counts it. What it remembers and how long it takes a request is only heard of in doubts, which are counted themselves. */
export function countedProfile({ rejections, absence: _absence, rejectionMemory: _memory, ...profile }: VenueProfile): unknown {
  return { ...profile, rejections: Object.fromEntries(Object.entries(rejections).filter(([reason]) => !laterRejections.has(reason))) };
}

export function streamsOf(input: NonNullable<ScenarioInput["streams"]>): NonNullable<SimulationPlan["streams"]> {
  return defined(input);
}

/** Steps in the order of time, each with the symbol whose bars it counts. */
export function stepsOf(
  document: SourceDocument,
  input: ScenarioInput,
  markets: readonly MarketPlan[],
  mode: PositionMode,
  strategy: Traded,
): Step[] {
  const first = markets[0]?.rules.symbol ?? "";
  const timed = input.steps.flatMap((step, at) => {
    if (!isAtBar(step)) return [];
    const own = "symbol" in step ? step.symbol : undefined;
    const counted = step.at.symbol ?? own ?? first;
    const series = markets.find((market) => market.rules.symbol === counted)?.series[0];
    if (series !== undefined && step.at.bar >= series.length) {
      const hint = `its last bar is ${series.length - 1}`;
      throw valueError(document, ["steps", at, "at", "bar"], { code: "step_beyond_bars", reason: `${counted} has no bar ${step.at.bar}`, hint });
    }
    const time = series?.timeAt(step.at.bar) ?? 0;
    if (step.do === "adl" && series !== undefined) checkDeleverage(document, step, at, series);
    const path = ["steps", at];
    const legOf = (given: Leg | undefined) => legOfInput(document, path, given, mode);
    const place = { document, path, symbol: counted, series, legOf };
    const action = isProcessInput(step)
      ? processActionOf(document, step, at, strategy, legOf)
      : isFeedInput(step)
        ? feedActionOf(document, step, at, series)
        : actionOf(place, step);
    return [{ time, step: { bar: step.at.bar, symbol: counted, action } }];
  });
  // Stable: steps of one instant keep the file's order.
  return timed.sort((a, b) => a.time - b.time).map(({ step }) => step);
}

function actionOf(place: StepPlace, input: Exclude<StepInput, ProcessInput | FeedInput>): Step["action"] {
  if (isFault(input)) return faultOf(input, place);
  if (isDisturbance(input)) return disturbanceOf(input, place);
  switch (input.do) {
    case "reject_probability":
      return { do: input.do, probability: input.probability, code: input.code ?? null };
    case "close_position":
      return { do: input.do, leg: place.legOf(input.leg), quantity: input.quantity, notify: input.notify };
    case "set_position_mode":
      return { do: input.do, mode: input.mode };
    case "rate_limit":
      return { do: input.do, limit: input.limit, intervalMs: input.intervalMs, lengthMs: input.lengthMs, forgiven: input.forgiven ?? null };
    case "ban":
      return { do: input.do, lengthMs: input.lengthMs };
    case "adl": {
      const { quantity = null, share = null, price = null } = input;
      return { do: input.do, leg: place.legOf(input.leg), quantity, share, price };
    }
    default:
      return { do: input.do, text: input.text };
  }
}

/** Deleveraging is for margined positions, in the market's own decimals. */
function checkDeleverage(document: SourceDocument, step: Extract<StepInput, { do: "adl" }>, at: number, series: BarSeries): void {
  const { symbol, priceScale, quantityScale } = series;
  if (!symbol.includes(":"))
    throw valueError(document, ["steps", at, "do"], {
      code: "wrong_market_kind",
      reason: `${symbol} is a spot market: nothing is deleveraged there`,
    });
  for (const [key, text, scale] of [
    ["price", step.price, priceScale],
    ["quantity", step.quantity, quantityScale],
  ] as const) {
    if (text === undefined || parseDecimal(text).scale <= scale) continue;
    const hint = `at most ${scale}`;
    throw valueError(document, ["steps", at, key], { code: "too_many_decimals", reason: `${text} has more decimals than ${symbol}`, hint });
  }
}

/** The leg that a scenario means: NET in one-way mode, a named one in hedge mode. */
export function legOfInput(document: SourceDocument, path: readonly PropertyKey[], given: Leg | undefined, mode: PositionMode): Leg {
  if (mode === "one_way" && (given === undefined || given === "NET")) return "NET";
  if (mode === "hedge" && given !== undefined && given !== "NET") return given;
  const reason = mode === "hedge" ? "needs the leg LONG or SHORT in hedge mode" : `has a leg ${given}, one-way mode has only NET`;
  throw valueError(document, given === undefined ? path : [...path, "leg"], { code: "bad_leg", reason });
}

/** Refuses a symbol that is no market of the scenario. */
export function checkSymbol(document: SourceDocument, path: readonly PropertyKey[], symbol: string | undefined, known: readonly string[]): void {
  if (symbol === undefined || known.includes(symbol)) return;
  const near = nearestKey(symbol, known);
  const hint = near === null ? `its markets: ${known.join(", ")}` : `did you mean "${near}"?`;
  throw valueError(document, path, { code: "unknown_symbol", reason: `${symbol} is no market of this scenario`, hint });
}

/** Without the keys whose value is undefined, so that a spread does not overwrite with nothing. */
function defined<T extends object>(value: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as { [Key in keyof T]?: Exclude<T[Key], undefined> };
}
