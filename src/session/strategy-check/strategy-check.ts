// Examines a strategy before it trades: runs it on several markets, each again with another future, at another time, beside
// restarted copies, and says what a live session would suffer from. It judges faults of the program, never profit.

import { InvariantError, type BarSeries, type MarketRules, type PositionMode, type Timeframe } from "../../domain/index.ts";
import { defaultFillModel, venueProfiles, type VenueProfile } from "../../exchange/virtual/index.ts";
import type { RunRecord } from "../../journal/index.ts";
import { resample } from "../../market/index.ts";
import { defaultRunnerSettings } from "../../runner/index.ts";
import { createStrategy, missingHooks, type Params, type Strategy, type StrategyDefinition } from "../../strategy/index.ts";
import type { SimulationPlan } from "../plan.ts";
import { SimulatedSession } from "../simulate.ts";
import { truncated, withOtherFuture, type CheckBars } from "./bars.ts";
import { atAnotherTime, type ForbiddenUse } from "./clock.ts";
import { Findings, type Finding } from "./finding.ts";
import { StateInspector } from "./state.ts";
import { Watch, type Listener, type Request } from "./watch.ts";

export { regimeBars, truncated, type CheckBars } from "./bars.ts";
export { findingKinds, type Finding, type FindingKind, type Severity } from "./finding.ts";

export interface CheckOptions {
  readonly definition: StrategyDefinition;
  /** Resolved: every parameter that the strategy has. */
  readonly params: Params;
  readonly rules: MarketRules;
  readonly bars: readonly CheckBars[];
  /** Longer timeframes that the strategy reads, made from the bars. */
  readonly timeframes: readonly Timeframe[];
  readonly positionMode: PositionMode;
  /** Requests (orders, cancels, amendments) at one bar, at most; on average a twentieth of it, unless they fill. */
  readonly maxOrders: number;
  readonly seed: number;
  /** What `strategyRequests` gave in a process of its own. */
  readonly fresh?: readonly (readonly string[])[];
  /** Told what is being looked at, before it is. */
  onPhase?(phase: string): void;
  /** Told before each hook of the strategy. */
  onBeat?(bar: number, hook: string): void;
}

/** What one set of bars showed. */
export interface CheckRun {
  readonly bars: string;
  readonly length: number;
  readonly requests: number;
  readonly fills: number;
}

export interface StrategyCheck {
  readonly strategy: string;
  readonly params: Params;
  readonly runs: readonly CheckRun[];
  readonly findings: readonly Finding[];
}

/** Share of a bar's allowance that the average bar has. */
const averageShare = 1 / 20;
/** Cuts at bars on which the strategy asked for something, and at these shares of the bars. */
const cutsAtRequests = 6;
const cutShares = [0.3, 0.6, 0.9];
/** In the settlement currency: money is not what is examined. */
const balance = "1000000";

/** Everything that a strategy asks for on the bars, in words, one list for each of them: for a second process to compare with. */
export function strategyRequests(options: CheckOptions): string[][] {
  return options.bars.map((bars) => {
    options.onPhase?.(`${bars.name}, in a fresh process`);
    return outcomeOf(options, bars.series).requests.map(lineOf);
  });
}

/** @throws SeatrialError `bad_strategy` when there is nothing to examine; InvariantError for a defect of ours */
export function checkStrategy(options: CheckOptions): StrategyCheck {
  const { definition, params } = options;
  const findings = new Findings();
  const runs: CheckRun[] = [];
  options.onPhase?.("creating it");
  const instance = created(options, findings);
  if (instance !== null) {
    const missing = missingHooks(instance);
    if (missing.length > 0) findings.add("missing_hooks", { evidence: missing.join(", ") });
    options.bars.forEach((bars, at) => runs.push(new Examination(options, findings, bars).run(instance, options.fresh?.[at])));
    if (runs.every(({ requests }) => requests === 0) && !findings.has("throws")) {
      findings.add("idle", { evidence: `no order in ${runs.reduce((sum, { length }) => sum + length, 0)} bars` });
    }
  }
  return { strategy: definition.name, params, runs, findings: findings.list() };
}

function created({ definition, params }: CheckOptions, findings: Findings): Strategy | null {
  try {
    return createStrategy(definition, params);
  } catch (error) {
    if (error instanceof Error && error.name === "SeatrialError") throw error;
    findings.add("throws", { evidence: `create: ${messageOf(error)}` });
    return null;
  }
}

/** One set of bars, looked at from all sides. */
class Examination {
  declare private readonly options: CheckOptions;
  declare private readonly findings: Findings;
  declare private readonly bars: CheckBars;

  constructor(options: CheckOptions, findings: Findings, bars: CheckBars) {
    this.options = options;
    this.findings = findings;
    this.bars = bars;
  }

  run(instance: Strategy, fresh: readonly string[] | undefined): CheckRun {
    const { bars } = this;
    this.phase("as it is");
    const base = outcomeOf(this.options, bars.series);
    const record = base.session?.record() ?? null;
    const halt = record?.rows.halt ?? null;
    const threw = halt?.reason === "strategy_error" ? halt.text : base.threw;
    if (threw !== null) this.findings.add("throws", { bars: bars.name, bar: base.watch.bar, evidence: threw });
    for (const { bar, text } of base.watch.refusals) this.findings.add("throws", { bars: bars.name, bar, evidence: text });
    this.lookAtNumbers(base);
    this.lookAtLoad(base, record);
    const same = this.lookAtRepetition(base, fresh);
    // Where equal bars give other orders, other bars prove nothing.
    if (same) this.lookAhead(base);
    const examinable = same && threw === null && !this.findings.has("look_ahead");
    if (examinable && typeof instance.snapshot === "function" && typeof instance.restore === "function") this.lookAtState();
    const fills = record?.rows.fills.length ?? 0;
    return { bars: bars.name, length: bars.series.length, requests: base.requests.length, fills };
  }

  private phase(what: string): void {
    this.options.onPhase?.(`${this.bars.name}, ${what}`);
  }

  private lookAtNumbers({ watch }: Outcome): void {
    for (const { bar, text } of watch.badNumbers) this.findings.add("not_a_number", { bars: this.bars.name, bar, evidence: text });
    const { unready } = watch;
    if (unready === null || unready.names.length === 0) return;
    const evidence = `at bar ${unready.bar}, the first decision, ${unready.names.join(", ")} has no value yet`;
    this.findings.add("indicator_not_ready", { bars: this.bars.name, bar: unready.bar, evidence });
  }

  private lookAtLoad({ requests }: Outcome, record: RunRecord | null): void {
    const { findings, bars } = this;
    const { maxOrders } = this.options;
    const { length } = bars.series;
    const counts = new Map<number, number>();
    for (const { bar } of requests) counts.set(bar, (counts.get(bar) ?? 0) + 1);
    const [busiest, most] = [...counts].reduce((high, one) => (one[1] > high[1] ? one : high), [0, 0]);
    if (most > maxOrders)
      findings.add("too_many_orders", { bars: bars.name, bar: busiest, evidence: `${most} requests at one bar, more than ${maxOrders}` });
    const fills = record?.rows.fills.length ?? 0;
    const average = requests.length / length;
    if (average > maxOrders * averageShare && requests.length > 5 * fills) {
      const evidence = `${average.toFixed(1)} requests a bar over ${length} bars, more than ${maxOrders * averageShare}, for ${fills} fills`;
      findings.add("too_many_orders", { bars: bars.name, evidence });
    }
    const changes = requests.filter(({ verb, replaces }) => verb === "cancel" || verb === "amend" || replaces).length;
    if (changes > 5 * Math.max(fills, 1) && changes > length / 10) {
      findings.add("churn", { bars: bars.name, evidence: `${changes} cancels, amendments and replacements for ${fills} fills` });
    }
    // What its own permission hook refuses, it refuses on purpose.
    const skipped = (record?.rows.skipped ?? []).filter(({ reason }) => !reason.startsWith("strategy_cannot_"));
    const [first] = skipped;
    if (first !== undefined && skipped.length > length / 5) {
      findings.add("refused", {
        bars: bars.name,
        bar: first.bar,
        evidence: `${skipped.length} of ${requests.length} requests, the first with ${first.reason}`,
      });
    }
  }

  /** @returns true when equal bars gave equal requests */
  private lookAtRepetition(base: Outcome, fresh: readonly string[] | undefined): boolean {
    const { findings, bars, options } = this;
    this.phase("at another time");
    const uses = new Map<ForbiddenUse, { readonly bar: number; readonly hook: string }>();
    const watch = new Watch(null, options.onBeat?.bind(options));
    const again = atAnotherTime(
      () => outcomeOf(options, bars.series, watch),
      (use) => {
        if (!uses.has(use) && (watch.current !== undefined || watch.hook === "create")) uses.set(use, { bar: watch.bar, hook: watch.hook });
      },
    );
    const used = [...uses].map(([use, { bar, hook }]) => `${use} in ${hook} at bar ${bar}`).join(", ");
    const lines = base.requests.map(lineOf);
    const twice = differenceOf(lines, again.requests.map(lineOf));
    const elsewhere = fresh === undefined ? null : differenceOf(lines, fresh);
    const tell = (what: string, { at, first, second }: LineDifference): void => {
      const bar = (base.requests[at] ?? again.requests[at])?.bar ?? 0;
      findings.add("not_deterministic", {
        bars: bars.name,
        bar,
        evidence: `${what}: ${second} in place of ${first}${used === "" ? "" : `; it used ${used}`}`,
      });
    };
    if (twice !== null) tell("the second run, at another time of day, asked for", twice);
    else if (elsewhere !== null) tell("a fresh process asked for", elsewhere);
    else if (used !== "") findings.add("clock_or_chance", { bars: bars.name, bar: [...uses.values()][0]?.bar ?? 0, evidence: used });
    return twice === null && elsewhere === null;
  }

  private lookAhead(base: Outcome): void {
    const { series } = this.bars;
    for (const cut of cutsOf(base.requests, series.length)) {
      const close = series.closeTimeAt(cut);
      const own = base.requests.filter((request) => isMadeBy(request, cut, close));
      for (const [what, other] of [
        ["absent", truncated(series, cut)],
        ["others", withOtherFuture(series, cut)],
      ] as const) {
        this.phase(`with the bars after ${cut} ${what}`);
        const requests = outcomeOf(this.options, other).requests.filter((request) => isMadeBy(request, cut, close));
        const difference = differenceOf(own.map(lineOf), requests.map(lineOf));
        if (difference === null) continue;
        const { at, first, second } = difference;
        const bar = (own[at] ?? requests[at])?.bar ?? cut;
        const evidence = `with the bars after ${cut} ${what} it asked for ${second}; otherwise for ${first}`;
        this.findings.add("look_ahead", { bars: this.bars.name, bar, evidence });
      }
    }
  }

  private lookAtState(): void {
    this.phase("beside restarted copies");
    const { definition, params } = this.options;
    const { name, series } = this.bars;
    const inspector = new StateInspector({ bars: name, length: series.length, create: () => definition.create(params) }, this.findings);
    const { session } = outcomeOf(this.options, series, this.watch(inspector));
    inspector.finish();
    // It came through without an inspector: what it throws now, it throws because its state is read at every bar.
    const halt = session?.record().rows.halt ?? null;
    if (halt?.reason === "strategy_error") this.findings.add("throws", { bars: name, bar: halt.bar, evidence: halt.text });
  }

  private watch(listener: Listener): Watch {
    return new Watch(listener, this.options.onBeat?.bind(this.options));
  }
}

/** What one run left. */
interface Outcome {
  readonly watch: Watch;
  readonly requests: readonly Request[];
  /** Null when the session did not come to its first bar. */
  readonly session: SimulatedSession | null;
  /** What it threw before the first bar; null when nothing. */
  readonly threw: string | null;
}

function outcomeOf(options: CheckOptions, series: BarSeries, watch = new Watch(null, options.onBeat?.bind(options))): Outcome {
  let session: SimulatedSession;
  try {
    session = new SimulatedSession(planOf(options, series, watch));
  } catch (error) {
    if (error instanceof InvariantError) throw error;
    return { watch, requests: watch.requests, session: null, threw: `${watch.hook}: ${messageOf(error)}` };
  }
  session.run();
  return { watch, requests: watch.requests, session, threw: null };
}

function planOf(options: CheckOptions, series: BarSeries, watch: Watch): SimulationPlan {
  const { rules, params, seed, positionMode } = options;
  const profile = venueProfiles["generic"] as VenueProfile;
  return {
    name: "strategy-check",
    seed,
    profile,
    positionMode,
    leverage: profile.defaultLeverage,
    fill: defaultFillModel,
    markets: [{ rules, series: [series, ...options.timeframes.map((timeframe) => resample(series, timeframe))] }],
    balances: { [rules.settle]: balance },
    positions: [],
    strategy: { definition: watch.watched(options.definition), params },
    // What it loses is not judged here.
    runner: { ...defaultRunnerSettings, churn: null },
    steps: [],
    configuration: {},
  };
}

/** True for what was asked for with no more than the bars up to a row. Fills at the next open have the time of its close. */
function isMadeBy({ bar, hook, time }: Request, last: number, close: number): boolean {
  return hook === "onBar" || hook === "onWarmup" ? bar <= last : time < close;
}

/** Bars after which the future is changed: spread over those on which it asked for something, and over all. */
function cutsOf(requests: readonly Request[], length: number): number[] {
  const bars = [...new Set(requests.map(({ bar }) => bar))].filter((bar) => bar >= 0 && bar < length - 1);
  const atRequests = Array.from(
    { length: Math.min(cutsAtRequests, bars.length) },
    (_, at) => bars[Math.floor((at * bars.length) / cutsAtRequests)] as number,
  );
  const spread = cutShares.map((share) => Math.floor(length * share)).filter((bar) => bar < length - 1);
  return [...new Set([...atRequests, ...spread])].sort((a, b) => a - b);
}

const lineOf = ({ bar, hook, text }: Request): string => `${text} (bar ${bar}, ${hook})`;

interface LineDifference {
  readonly at: number;
  readonly first: string;
  readonly second: string;
}

function differenceOf(own: readonly string[], other: readonly string[]): LineDifference | null {
  const length = Math.max(own.length, other.length);
  for (let at = 0; at < length; at += 1) {
    if (own[at] !== other[at]) return { at, first: own[at] ?? "nothing", second: other[at] ?? "nothing" };
  }
  return null;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
