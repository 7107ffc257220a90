// The watch may look too often, never too seldom: whatever it calls quiet is quiet by the exact verdict.
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { Price } from "../../src/domain/index.ts";
import { whole } from "../../src/exchange/virtual/fraction.ts";
import { liquidationPrices } from "../../src/exchange/virtual/liquidation-price.ts";
import { isLiquidated, type MarginPool } from "../../src/exchange/virtual/margin-pool.ts";
import { liquidationRules } from "../../src/exchange/virtual/margin-rules.ts";
import { MarginTiers } from "../../src/exchange/virtual/margin-tiers.ts";
import { MarginWatch } from "../../src/exchange/virtual/margin-watch.ts";
import { anyPool, rulesToTry } from "./margin-arbitraries.ts";
import { btc, fraction, leg, money, pool, poolMarket, price } from "./margin-setup.ts";

const { generic } = liquidationRules;
const tiers = MarginTiers.flat(fraction(0.01), whole(50));
const long = (mark: number) => pool(money(btc, 30), poolMarket(btc, tiers, mark, leg(btc, 1, 100)));

describe("the watch", () => {
  it("is silent while nothing is open", () => {
    const watch = new MarginWatch(1);
    watch.guard([pool(money(btc, 30), poolMarket(btc, tiers, 100))], generic);
    expect(watch.watching).toBe(false);
    expect(watch.endangered(0, 1 as Price, 1_000_000 as Price)).toBe(false);
  });

  it("of a lone long asks near its liquidation price, and never because the price rises", () => {
    // (100 - 30) ÷ 0.99 = 70.707…; the cushion is 30 - 1 = 29 at 100: the first bound is at 71.
    const watch = new MarginWatch(1);
    watch.guard([long(100)], generic);
    expect(watch.endangered(0, price(btc, 71.01), price(btc, 1_000_000))).toBe(false);
    expect(watch.endangered(0, price(btc, 70.99), price(btc, 100))).toBe(true);
    // Looked at from there the bound moves closer to the exact price.
    watch.guard([long(71.01)], generic);
    expect(watch.endangered(0, price(btc, 70.72), price(btc, 100))).toBe(false);
    expect(watch.endangered(0, price(btc, 70.7), price(btc, 100))).toBe(true);
  });

  it("asks at every price once nothing is left", () => {
    const watch = new MarginWatch(1);
    watch.guard([long(70)], generic);
    expect(watch.endangered(0, price(btc, 100), price(btc, 100))).toBe(true);
  });

  it("of several pools on one market takes the nearest danger of each side", () => {
    const isolated = (quantity: number, margin: number) => pool(money(btc, margin), poolMarket(btc, tiers, 100, leg(btc, quantity, 100)));
    const watch = new MarginWatch(1);
    watch.guard([isolated(1, 11), isolated(-1, 21), isolated(1, 50)], generic);
    // Long with 11: cushion 10, at 90. Short with 21: cushion 20, at most 20 ÷ 1.01 above: 119.80.
    expect(watch.endangered(0, price(btc, 90.01), price(btc, 119.79))).toBe(false);
    expect(watch.endangered(0, price(btc, 89.99), price(btc, 100))).toBe(true);
    expect(watch.endangered(0, price(btc, 100), price(btc, 119.82))).toBe(true);
  });

  it("calls no liquidation quiet: any prices of all markets within their bounds leave every pool safe", () => {
    const places = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(anyPool(), fc.constantFrom(...rulesToTry), places, (given, rule, shares) => {
        const watch = new MarginWatch(given.markets.length);
        watch.guard([given], rule);
        const moved: MarginPool = {
          ...given,
          markets: given.markets.map((market, at) => ({ ...market, mark: within(watch, market.index, market.mark, shares[at] as number) })),
        };
        const quiet = moved.markets.every(({ index, mark }) => !watch.endangered(index, mark, mark));
        if (quiet) expect(isLiquidated(moved, rule)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it("sees every exact liquidation price of a market", () => {
    fc.assert(
      fc.property(anyPool(), fc.constantFrom(...rulesToTry), (given, rule) => {
        const watch = new MarginWatch(given.markets.length);
        watch.guard([given], rule);
        given.markets.forEach(({ index }, market) => {
          const { low, high } = liquidationPrices(given, rule, market);
          for (const found of [low, high]) if (found !== null) expect(watch.endangered(index, found, found)).toBe(true);
        });
      }),
      { numRuns: 300 },
    );
  });
});

/** A price between the outermost quiet ones: share 0 the lowest, 1 the highest, found by halving. */
function within(watch: MarginWatch, market: number, mark: Price, share: number): Price {
  const edge = (far: number): number => {
    let [quiet, loud] = [mark as number, far];
    if (!watch.endangered(market, far as Price, far as Price)) return far;
    while (Math.abs(loud - quiet) > 1) {
      const middle = Math.trunc((quiet + loud) / 2);
      if (watch.endangered(market, middle as Price, middle as Price)) loud = middle;
      else quiet = middle;
    }
    return quiet;
  };
  const [low, high] = [edge(1), edge(mark * 50)];
  return Math.min(high, Math.max(low, Math.round(low + share * (high - low)))) as Price;
}
