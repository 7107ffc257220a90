// Markets, tier tables and pools of margin for tests, written in whole units as a document has them. Holds no expectation.

import { Position, type Instrument, type Leg, type Money, type Price, type Quantity } from "../../src/domain/index.ts";
import { decimalOfNumber, parseUnits } from "../../src/domain/index.ts";
import { fractionOfDecimal, type Fraction } from "../../src/exchange/virtual/fraction.ts";
import type { MarginPool, PoolMarket } from "../../src/exchange/virtual/margin-pool.ts";
import { MarginTiers } from "../../src/exchange/virtual/margin-tiers.ts";
import { instrument } from "../domain/rules.ts";

/** [floor in whole units of money, rate, highest leverage] */
export type TierRow = readonly [floor: number, rate: number, leverage: number];

/** Binance's BTCUSDT brackets of 2021, the ones that conformance cases carry. */
export const btcRows: readonly TierRow[] = [
  [0, 0.004, 125],
  [50_000, 0.005, 100],
  [250_000, 0.01, 50],
  [1_000_000, 0.025, 20],
  [7_500_000, 0.05, 10],
  [40_000_000, 0.1, 5],
];

/** Binance's ETHUSDT brackets of 2021. */
export const ethRows: readonly TierRow[] = [
  [0, 0.005, 100],
  [10_000, 0.0065, 75],
  [100_000, 0.01, 50],
  [500_000, 0.02, 25],
  [1_000_000, 0.05, 10],
  [2_000_000, 0.1, 5],
];

export function fraction(value: number, moneyScale = 0): Fraction {
  return fractionOfDecimal(decimalOfNumber(value), moneyScale);
}

export function tiersOf(rows: readonly TierRow[], on: Instrument): MarginTiers {
  return new MarginTiers(
    rows.map(([floor, rate, leverage]) => ({ floor: fraction(floor, on.moneyScale), rate: fraction(rate), maxLeverage: fraction(leverage) })),
  );
}

export function money(on: Instrument, value: number): Money {
  return parseUnits(String(value), on.moneyScale) as Money;
}
export function price(on: Instrument, value: number): Price {
  return parseUnits(String(value), on.priceScale) as Price;
}

/** A leg entered with one fill. @param quantity signed, in whole units */
export function leg(on: Instrument, quantity: number, entry: number, name: Leg = "NET"): Position {
  const position = new Position(on, name);
  const signed = parseUnits(String(quantity), on.quantityScale) as Quantity;
  position.apply(signed, price(on, entry), on.notional(price(on, entry), Math.abs(signed) as Quantity));
  return position;
}

export function poolMarket(on: Instrument, tiers: MarginTiers, mark: number, ...legs: readonly Position[]): PoolMarket {
  return { index: 0, instrument: on, tiers, legs, mark: price(on, mark) };
}

/** Gives the markets their places. */
export function pool(wallet: Money, ...markets: readonly PoolMarket[]): MarginPool {
  return { wallet, markets: markets.map((market, index) => ({ ...market, index })) };
}

/** Bybit's BTCUSD: contracts of 1 USD, settled in BTC, tick 0.5. */
export const inverse: Instrument = instrument(
  { symbol: "BTC/USD:BTC", base: "BTC", quote: "USD", settle: "BTC", inverse: true, tick: "0.5", step: "1" },
  { price: 1, quantity: 0, money: 8 },
);

export const btc: Instrument = instrument({ symbol: "BTC/USDT:USDT", settle: "USDT", quote: "USDT" }, { price: 2, quantity: 3, money: 6 });
export const eth: Instrument = instrument({ symbol: "ETH/USDT:USDT", settle: "USDT", quote: "USDT" }, { price: 2, quantity: 3, money: 6 });
