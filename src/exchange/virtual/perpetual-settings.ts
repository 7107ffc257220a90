// From the settings of an exchange to what funding, margin and liquidation need of them. It checks nothing: options.ts does.

import { parseRatio } from "../../domain/index.ts";
import { fractionOf, whole } from "./fraction.ts";
import type { MarkPrices } from "./mark-prices.ts";
import { liquidationRules, type LiquidationRule } from "./margin-rules.ts";
import { MarginTiers } from "./margin-tiers.ts";
import { ruleNameOf, type VirtualExchangeOptions } from "./options.ts";
import type { PerpetualMarket } from "./perpetuals.ts";

/** null = insolvency ends the run. */
export function ruleOf(options: VirtualExchangeOptions): LiquidationRule | null {
  const name = ruleNameOf(options);
  return name === null ? null : liquidationRules[name];
}

/** null when no market of the session has funding, nor a position that a rule could liquidate. */
export function perpetualMarkets(options: VirtualExchangeOptions, marks: readonly (MarkPrices | null)[]): PerpetualMarket[] | null {
  const { markets, profile, leverage, marginMode = "cross" } = options;
  const liquidates = ruleNameOf(options) !== null && markets.some(({ instrument }) => !instrument.spot);
  if (!liquidates && markets.every(({ funding }) => funding === undefined)) return null;
  const flat = MarginTiers.flat(fractionOf(parseRatio(profile.maintenanceMarginRate)), whole(profile.maxLeverage));
  return markets.map(({ instrument, series, inside, funding, tiers }, at) => ({
    series: inside ?? series,
    start: series.timeAt(0),
    funding: funding ?? null,
    marks: marks[at] ?? null,
    margin: instrument.spot ? null : { tiers: tiers ?? flat, mode: marginMode, leverage },
  }));
}
