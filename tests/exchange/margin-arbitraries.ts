// Pools of margin as fast-check draws them: one to three markets, linear and inverse, one leg or a hedged pair, tiers or one
// rate, healthy and poor wallets. Holds no expectation.
import fc from "fast-check";

import { Position, type Instrument, type Leg, type Money, type Price, type Quantity } from "../../src/domain/index.ts";
import type { MarginPool, PoolMarket } from "../../src/exchange/virtual/margin-pool.ts";
import { liquidationRules, type LiquidationRule } from "../../src/exchange/virtual/margin-rules.ts";
import { hype, instrument } from "../domain/rules.ts";
import { btc, inverse, tiersOf, type TierRow } from "./margin-setup.ts";

export const rulesToTry: readonly LiquidationRule[] = Object.values(liquidationRules);

/** All settle in one currency of 6 decimals, as the markets of one wallet do. */
const linear: readonly Instrument[] = [btc, hype(), instrument({ contractSize: "0.01", step: "1" }, { quantity: 0 })];
const coins: readonly Instrument[] = [inverse, instrument({ ...inverse.rules, contractSize: "100" }, { price: 1, quantity: 0, money: 8 })];

const tables: readonly (readonly TierRow[])[] = [
  [[0, 0.005, 100]],
  [
    [0, 0.01, 50],
    [500, 0.02, 25],
    [2_000, 0.1, 5],
    [10_000, 0.5, 1],
  ],
];

const legOf = (on: Instrument, name: Leg, sign: 1 | -1) =>
  fc.record({ steps: fc.integer({ min: 1, max: 3_000 }), entry: fc.integer({ min: 500, max: 60_000 }) }).map(({ steps, entry }) => {
    const position = new Position(on, name);
    const size = (steps * on.step) as Quantity;
    position.apply((sign * size) as Quantity, entry as Price, on.notional(entry as Price, size));
    return position;
  });

function marketOf(on: Instrument): fc.Arbitrary<Omit<PoolMarket, "index">> {
  const net = fc.constantFrom<1 | -1>(1, -1).chain((sign) => fc.tuple(legOf(on, "NET", sign)));
  const pair = fc.tuple(legOf(on, "LONG", 1), legOf(on, "SHORT", -1));
  const legs: fc.Arbitrary<readonly Position[]> = fc.oneof(net, pair);
  const mark = fc.integer({ min: 500, max: 60_000 }).map((units) => on.roundPrice(units, "nearest"));
  return fc
    .record({ legs, mark, table: fc.constantFrom(...tables) })
    .map(({ table, ...rest }) => ({ ...rest, instrument: on, tiers: tiersOf(table, on) }));
}

/** A pool whose wallet is anything from a tenth to twice of the value of its legs. */
export function anyPool(): fc.Arbitrary<MarginPool> {
  const markets = fc
    .constantFrom(linear, coins)
    .chain((family) => fc.array(fc.constantFrom(...family).chain(marketOf), { minLength: 1, maxLength: 3 }));
  return fc.record({ markets, percent: fc.integer({ min: 10, max: 200 }) }).map(({ markets: drawn, percent }) => {
    const cost = drawn.reduce((sum, { legs }) => sum + legs.reduce((part, each) => part + each.cost, 0), 0);
    return { wallet: Math.floor((cost * percent) / 100) as Money, markets: drawn.map((market, index) => ({ ...market, index })) };
  });
}
