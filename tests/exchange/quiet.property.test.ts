// How far a market says that nothing is reached, against a look at every bar.

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { MarketVenue } from "../../src/exchange/virtual/market-venue.ts";
import { exchangeOf, price } from "./desk.ts";

// Prices of a few ticks, so that a bound is touched exactly as often as it is passed; more bars than three blocks.
const bars = fc
  .array(fc.tuple(fc.integer({ min: 100, max: 108 }), fc.nat(3)), { minLength: 1, maxLength: 60 })
  .map((drawn) => drawn.map(([low, range]): [number, number, number, number, number] => [low, low + range, low, low, 1]));
const bound = fc.oneof({ arbitrary: fc.integer({ min: 98, max: 113 }), weight: 4 }, fc.constant(null));

describe("a market of which nothing is expected", () => {
  it("is quiet until the first bar that reaches a bound, a touch included", () => {
    fc.assert(
      fc.property(bars, fc.nat(59), fc.nat(60), bound, bound, (given, first, length, floor, ceiling) => {
        const [market] = exchangeOf({ bars: given }).markets as readonly MarketVenue[];
        const from = Math.min(first, given.length);
        const to = Math.min(from + length, given.length);
        const below = floor === null ? Number.NEGATIVE_INFINITY : price(floor);
        const above = ceiling === null ? Number.POSITIVE_INFINITY : price(ceiling);
        const reached = given.findIndex(
          ([, high, low], bar) => bar >= from && bar < to && ((floor !== null && low <= floor) || (ceiling !== null && high >= ceiling)),
        );
        expect(market?.quietUntil(from, to, below, above)).toBe(reached === -1 ? to : reached);
      }),
      { numRuns: 2_000 },
    );
  });
});
