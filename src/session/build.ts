// From a plan to the parts that run: instruments at their scales, the virtual exchange, the runner with one strategy a
// market, the journal. Wiring only.

import { createHash } from "node:crypto";

import {
  clientOrderId,
  Instrument,
  moneyScaleOf,
  multiplyDecimals,
  orderNumber,
  parseDecimal,
  parseUnits,
  printDecimal,
  randomStream,
  SeatrialError,
  type BarSeries,
  type IdSpace,
  type IntentNumber,
  type Leg,
  type MarketIndex,
  type Money,
  type Price,
  type Quantity,
} from "../domain/index.ts";
import { leverageTiers, longestWay, venueClientId, VirtualExchange, type VenueMarket } from "../exchange/virtual/index.ts";
import { Journal } from "../journal/index.ts";
import { Runner, type RunnerOptions, type RunnerSettings } from "../runner/index.ts";
import type { Strategy } from "../strategy/index.ts";
import { Decisions } from "./process/decisions.ts";
import { failingAsPlanned } from "./failing-strategy.ts";
import { feedWatchOf, type FeedWatch } from "./feed/watch.ts";
import { isFragile, type MarketPlan, type SimulationPlan } from "./plan.ts";

export interface SessionParts {
  /** Null where bars and clocks are what they are. */
  readonly watch: FeedWatch | null;
  readonly instruments: readonly Instrument[];
  readonly venue: VirtualExchange;
  readonly runner: Runner;
  readonly journal: Journal;
  /** Notes what the strategies decide; null in a session whose process lives as long as it does. */
  readonly decisions: Decisions | null;
  /** One more runner at its first breath, of the plan's strategy or another: for a process that comes back. */
  newRunner(strategy?: SimulationPlan["strategy"], decisions?: Decisions): Runner;
}

/**
 * @param tape the venue keeps a tape of what it does, for an audit. @param kept its commits are kept, and with them what is decided
 * @throws SeatrialError for a plan whose parts contradict each other
 */
export function buildSession(plan: SimulationPlan, tape = false, kept = isFragile(plan)): SessionParts {
  const instruments = plan.markets.map(({ rules, series }) => {
    const finest = series[0];
    if (finest === undefined || finest.length === 0) throw new SeatrialError({ code: "no_bars", reason: `${rules.symbol} has no bars` });
    return new Instrument(rules, { price: finest.priceScale, quantity: finest.quantityScale, money: moneyScale(plan, rules.settle) });
  });
  const finest = plan.markets.map((market) => market.series[0] as BarSeries);
  const boot = plan.positions.map(({ symbol, leg, quantity, entryPrice }) => {
    const market = instruments.findIndex((instrument) => instrument.symbol === symbol);
    const instrument = instruments[market];
    if (instrument === undefined)
      throw new SeatrialError({ code: "unknown_symbol", reason: `the boot position names ${symbol}, which is no market of this plan` });
    return {
      market,
      leg,
      quantity: parseUnits(quantity, instrument.quantityScale) as Quantity,
      price: parseUnits(entryPrice, instrument.priceScale) as Price,
    };
  });
  const venue = new VirtualExchange({
    markets: instruments.map((instrument, at) => venueMarket(instrument, plan.markets[at] as MarketPlan)),
    profile: plan.profile,
    fill: plan.fill,
    positionMode: plan.positionMode,
    leverage: plan.leverage,
    ...(plan.marginMode === undefined ? {} : { marginMode: plan.marginMode }),
    ...(plan.liquidation === undefined ? {} : { liquidation: plan.liquidation }),
    ...(plan.requestLimits === undefined ? {} : { requestLimits: plan.requestLimits }),
    balances: plan.balances,
    positions: boot,
    seed: plan.seed,
    tape,
    // What is lost by a step has to be asked for.
    ...(isFragile(plan) || plan.streams !== undefined || plan.steps.length > 0 ? { history: true } : {}),
  });
  const watch = feedWatchOf(plan);
  if (watch !== null && kept)
    throw new SeatrialError({
      code: "steps_do_not_mix",
      reason: "a session whose bars or clock are wrong keeps no commits: it cannot die and come back in the same scenario, nor keep a journal",
      hint: "make two scenarios of it, or leave out --journal",
    });
  const heard = watch === null ? finest : finest.map((_, market) => watch.heardOf(market));
  const runnerFor = (strategy = plan.strategy, noted: Decisions | null = null): Runner =>
    new Runner(runnerOptions({ ...plan, strategy }, instruments, heard, venue.settlement, boot, noted));
  const decisions = kept ? new Decisions() : null;
  const runner = runnerFor(plan.strategy, decisions);
  const ids = idSpace(plan);
  // Ours are all of one form: a venue that takes the first takes every one.
  venueClientId(plan.profile.clientId, clientOrderId(ids, orderNumber(1 as IntentNumber, 0), "NET"));
  const journal = new Journal(
    instruments.map((instrument, at) => ({ instrument, series: finest[at] as BarSeries })),
    ids,
  );
  return { instruments, venue, runner, journal, watch, decisions, newRunner: runnerFor };
}

function venueMarket(instrument: Instrument, { series, inside, funding, marks, tiers }: MarketPlan): VenueMarket {
  return {
    instrument,
    series: series[0] as BarSeries,
    ...(inside === undefined ? {} : { inside }),
    ...(funding === undefined ? {} : { funding }),
    ...(marks === undefined ? {} : { marks }),
    ...(tiers === undefined ? {} : { tiers: leverageTiers(tiers, instrument) }),
  };
}

function runnerOptions(
  plan: SimulationPlan,
  instruments: readonly Instrument[],
  finest: readonly BarSeries[],
  settlement: string,
  positions: readonly { market: number; leg: Leg; quantity: Quantity; price: Price }[],
  decisions: Decisions | null,
): RunnerOptions {
  const scale = (instruments[0] as Instrument).moneyScale;
  return {
    markets: plan.markets.map(({ series }, at) => {
      const instrument = instruments[at] as Instrument;
      const strategy = strategyOf(plan, plan.markets[at] as MarketPlan);
      return {
        instrument,
        series: [finest[at] as BarSeries, ...series.slice(1)],
        strategy: decisions === null ? strategy : decisions.wrap(strategy, at as MarketIndex),
        random: randomStream(plan.seed, `strategy/${instrument.symbol}`),
        makerFee: Number(plan.profile.makerFee),
        takerFee: Number(plan.profile.takerFee),
        routeRandom: randomStream(plan.seed, `routes/${instrument.symbol}`),
        // A venue that cancels and replaces would be told a rest that a fill on the way makes too large: the runner does that itself.
        amends: plan.profile.amend === "keep_id",
      };
    }),
    hedge: plan.positionMode === "hedge",
    settings: onDataTime(plan.runner, Math.max(...finest.map((series) => series.interval)) + longestWay(plan.fill)),
    balance: parseUnits(plan.balances[settlement] ?? "0", scale) as Money,
    positions,
  };
}

/** A fresh strategy, warm only after the market's lead-in. */
function strategyOf(plan: SimulationPlan, { leadIn = 0, rules }: MarketPlan): Strategy {
  const { definition, params } = plan.strategy;
  const strategy = failingAsPlanned(definition.create(params), rules.symbol, plan);
  if (leadIn <= (strategy.warmup ?? 0)) return strategy;
  return Object.defineProperty(strategy, "warmup", { value: leadIn, configurable: true, enumerable: true, writable: false });
}

// On bars an answer comes with the next bar at the earliest, and later by the delivery window: silence for less is no evidence of anything.
function onDataTime(settings: RunnerSettings, silence: number): RunnerSettings {
  return { ...settings, cancelConfirmMs: settings.cancelConfirmMs + silence, queryIntervalMs: Math.max(settings.queryIntervalMs, silence) };
}

// Margin lets an account turn over more than it has, so the headroom is for balance × leverage.
function moneyScale(plan: SimulationPlan, currency: string): number {
  const balance = multiplyDecimals(parseDecimal(plan.balances[currency] ?? "0"), { units: BigInt(plan.leverage), scale: 0 });
  return moneyScaleOf({ [currency]: printDecimal(balance) }, currency);
}

/** In simulation the session of an id is the scenario, so equal runs have equal ids. */
function idSpace(plan: SimulationPlan): IdSpace {
  const digits = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 6);
  return { tag: digits(`${plan.profile.name}/${plan.strategy.definition.name}`), epoch: 1, session: digits(plan.name) };
}
