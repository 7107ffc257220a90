// What a virtual exchange is built from. Settings that contradict each other are refused before the first bar, with a reason a user can act on.

import {
  SeatrialError,
  type BarSeries,
  type FundingSeries,
  type Instrument,
  type Leg,
  type PositionMode,
  type Price,
  type Quantity,
} from "../../domain/index.ts";
import type { FillModel } from "./fill-model.ts";
import type { MarginMode } from "./isolated-margin.ts";
import type { LiquidationRuleName } from "./margin-rules.ts";
import type { MarginTiers } from "./margin-tiers.ts";
import type { VenueProfile } from "./profile.ts";

export interface VenueMarket {
  readonly instrument: Instrument;
  readonly series: BarSeries;
  /** Finer bars, or trades, that the venue walks inside those of `series`. Each row lies in one of them. @defaultValue the bars themselves */
  readonly inside?: BarSeries;
  /** Funding payments of a swap. @defaultValue none */
  readonly funding?: FundingSeries;
  /** Mark price bars of a swap. @defaultValue none: the trades are the marks */
  readonly marks?: BarSeries;
  /** Maintenance tiers of a swap. @defaultValue the profile's one rate */
  readonly tiers?: MarginTiers;
}

export interface VirtualExchangeOptions {
  /** Instrument and series of a market share their scales. */
  readonly markets: readonly VenueMarket[];
  readonly profile: VenueProfile;
  readonly fill: FillModel;
  readonly positionMode: PositionMode;
  readonly leverage: number;
  /** @defaultValue "cross" */
  readonly marginMode?: MarginMode;
  /** How a position that its margin no longer covers is closed; null ends the run as insolvent. @defaultValue the profile's */
  readonly liquidation?: LiquidationRuleName | null;
  /** Boot balances as decimal text by currency. */
  readonly balances: Readonly<Record<string, string>>;
  /** Positions from before the first bar. */
  readonly positions?: readonly { readonly market: number; readonly leg: Leg; readonly quantity: Quantity; readonly price: Price }[];
  readonly seed: number;
  /** Whether the profile's limits on requests are watched. @defaultValue true */
  readonly requestLimits?: boolean;
  /** Whether it can tell the account's trades afterwards. @defaultValue false */
  readonly history?: boolean;
  /** Whether it keeps a tape of what it does. @defaultValue false */
  readonly tape?: boolean;
}

/** @throws SeatrialError `bad_venue_settings` */
export function checkOptions(options: VirtualExchangeOptions): void {
  const { markets, profile, positionMode, leverage } = options;
  const first = markets[0];
  if (first === undefined) throw bad("there is no market", "name at least one market");
  if (!profile.positionModes.includes(positionMode)) {
    throw bad(`${profile.name} has no ${positionMode} position mode`, `use ${profile.positionModes.join(" or ")}`);
  }
  if (!Number.isInteger(leverage) || leverage < 1 || leverage > profile.maxLeverage) {
    throw bad(`leverage ${leverage} is not possible on ${profile.name}`, `1 to ${profile.maxLeverage}`);
  }
  if (profile.fixedFee !== null && profile.feeCurrency !== "quote")
    throw bad(`${profile.name} has a fixed fee beside fees in ${profile.feeCurrency}`, "a fixed fee needs fees in quote");
  if (profile.charges.length > 0 && profile.feeCurrency !== "quote")
    throw bad(`${profile.name} has charges beside fees in ${profile.feeCurrency}`, "charges need fees in quote");
  if (options.marginMode === "isolated" && ruleNameOf(options) === null)
    throw bad("isolated margin without a liquidation rule", "name one: generic, binance-usdm, bybit …");
  if (options.fill.latency !== null && markets.some(({ inside }) => inside === undefined))
    throw bad("latency in ms between bars: they do not say when their prices came", "give every market finer bars or trades inside its bars");
  if (options.fill.latency !== null && options.fill.market === "same-bar-close")
    throw bad("latency beside market orders at the close that decided them", "an order that takes time to arrive cannot be there: take next-open");
  for (const market of markets) checkPerpetual(market, ruleNameOf(options), profile);
  for (const { instrument, series, inside = series } of markets) {
    if (instrument.rules.settle !== first.instrument.rules.settle) {
      throw bad(
        `${instrument.symbol} settles in ${instrument.rules.settle}, ${first.instrument.symbol} in ${first.instrument.rules.settle}`,
        "one settlement currency a session",
      );
    }
    if (profile.market !== "any" && instrument.spot !== (profile.market === "spot")) {
      throw bad(`${instrument.symbol} is not a ${profile.market} market`, `${profile.name} trades ${profile.market} markets only`);
    }
    if (profile.feeCurrency === "third" && [instrument.rules.base, instrument.rules.settle].includes(profile.thirdCurrency?.currency ?? "")) {
      throw bad(`${instrument.symbol} trades its own fee currency ${profile.thirdCurrency?.currency}`, "take its fees in base, quote or received");
    }
    if (instrument.spot && (positionMode === "hedge" || leverage !== 1))
      throw bad(`${instrument.symbol} is a spot market`, "spot is one-way at leverage 1");
    if ([series, inside].some((bars) => bars.priceScale !== instrument.priceScale || bars.quantityScale !== instrument.quantityScale)) {
      throw bad(`the bars of ${instrument.symbol} have other scales than its instrument`, "build both with the same scales");
    }
  }
}

/** The liquidation rule of a session; null = insolvency ends it. */
export function ruleNameOf({ liquidation, profile }: Pick<VirtualExchangeOptions, "liquidation" | "profile">): LiquidationRuleName | null {
  return liquidation === undefined ? profile.liquidation : liquidation;
}

function checkPerpetual({ instrument, funding, marks, tiers }: VenueMarket, rule: LiquidationRuleName | null, { triggerBy }: VenueProfile): void {
  const { symbol, spot } = instrument;
  if (spot && (funding ?? marks ?? tiers) !== undefined)
    throw bad(`${symbol} is a spot market with funding, marks or margin tiers`, "these belong to swaps");
  if (marks !== undefined && funding === undefined && rule === null && !triggerBy.includes("mark"))
    throw bad(`${symbol} has mark prices, and nothing that is judged by them`, "they belong to funding, a liquidation rule or triggers by the mark");
  if (tiers !== undefined && rule === null) throw bad(`${symbol} has margin tiers and no liquidation rule`, "name a liquidation rule");
}

function bad(reason: string, hint: string): SeatrialError {
  return new SeatrialError({ code: "bad_venue_settings", reason, hint });
}
