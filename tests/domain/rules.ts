// Market rules that tests of several rooms start from: a linear swap without filters, and what makes it special by case.

import { Instrument, type InstrumentScales, type MarketRules } from "../../src/domain/index.ts";

export const plainRules: MarketRules = {
  symbol: "TEST/USDC:USDC",
  base: "TEST",
  quote: "USDC",
  settle: "USDC",
  kind: "swap",
  inverse: false,
  contractSize: "1",
  tick: "0.01",
  significantDigits: null,
  step: "0.001",
  minQuantity: null,
  maxQuantity: null,
  maxMarketQuantity: null,
  minPrice: null,
  maxPrice: null,
  minNotional: null,
  maxLeverage: null,
};

export const plainScales: InstrumentScales = { price: 2, quantity: 3, money: 6 };

export function instrument(rules: Partial<MarketRules> = {}, scales: Partial<InstrumentScales> = {}): Instrument {
  return new Instrument({ ...plainRules, ...rules }, { ...plainScales, ...scales });
}

/** Hyperliquid's HYPE perpetual: szDecimals 2, so 4 price decimals and 5 significant digits. */
export function hype(scales: Partial<InstrumentScales> = {}): Instrument {
  return instrument({ symbol: "HYPE/USDC:USDC", tick: "0.0001", significantDigits: 5, step: "0.01" }, { price: 4, quantity: 2, ...scales });
}
