// How often a family was turned away, counted by hand: what is spaced, what is shut out for the hour, and what is forgotten.

import { describe, expect, it } from "vitest";

import type { Family, MarketIndex } from "../../src/domain/index.ts";
import { Rejections } from "../../src/runner/rejections.ts";

const market = 0 as MarketIndex;
const hour = 3_600_000;

/** Turned away so often at one instant. */
function turnedAway(times: number, spacing = 2_000, family: Family = "close", now = 0): Rejections {
  const rejections = new Rejections(spacing);
  for (let n = 0; n < times; n += 1) rejections.rejected(market, family, n === times - 1 ? "price_filter" : "insufficient_funds", now);
  return rejections;
}

/** ms for which the next attempt is held back. */
function space(rejections: Rejections): number {
  let held = 0;
  while (rejections.holds(market, "close", false, held) !== null && held < 200_000) held += 1_000;
  if (held === 0) return 0;
  expect(rejections.holds(market, "close", false, held - 1)).toBe("price_filter");
  return held;
}

describe("a family that reduces", () => {
  it.each([
    [4, 0],
    [5, 2_000],
    [6, 4_000],
    [7, 8_000],
    [8, 16_000],
    [9, 32_000],
    [10, 60_000],
    [40, 60_000],
  ])("turned away %d times in a row waits %d ms, with the reason of the last time", (times, ms) => {
    expect(space(turnedAway(times))).toBe(ms);
  });

  it("waits as long as one interval where that is longer than a minute", () => {
    expect([space(turnedAway(5, 90_000)), space(turnedAway(9, 90_000))]).toEqual([90_000, 90_000]);
  });

  it("begins anew once one was taken; another family and another market do not", () => {
    const rejections = turnedAway(5);
    for (let n = 0; n < 5; n += 1) {
      rejections.rejected(market, "tp", "price_filter", 0);
      rejections.rejected(1 as MarketIndex, "close", "price_filter", 0);
    }
    rejections.taken(market, "close", false);
    const held = (at: number, family: Family) => rejections.holds(at as MarketIndex, family, false, 0);
    expect([held(0, "close"), held(0, "tp"), held(1, "close"), rejections.any]).toEqual([null, "price_filter", "price_filter", true]);
    rejections.taken(market, "tp", false);
    rejections.taken(1 as MarketIndex, "close", false);
    expect([held(0, "tp"), held(1, "close"), rejections.any]).toEqual([null, null, false]);
  });

  it("is counted within the hour: what is older is forgotten", () => {
    const rejections = turnedAway(4);
    rejections.rejected(market, "close", "price_filter", hour - 1);
    expect(rejections.holds(market, "close", false, hour - 1)).toBe("price_filter");
    expect(rejections.holds(market, "close", false, hour)).toBeNull();
    rejections.rejected(market, "close", "price_filter", hour);
    expect(rejections.snapshot()).toEqual([{ market, family: "close", times: [hour - 1, hour], reason: "price_filter" }]);
  });
});

describe("a family that increases risk", () => {
  it("is shut out from the sixtieth time on, until the first of them is an hour ago, whatever was taken meanwhile", () => {
    const rejections = turnedAway(59, 2_000, "entry");
    expect(rejections.holds(market, "entry", true, 0)).toBeNull();
    rejections.rejected(market, "entry", "price_filter", 1_000);
    rejections.taken(market, "entry", true);
    expect(rejections.holds(market, "entry", true, hour - 1)).toBe("strategy_execution_backoff");
    expect(rejections.holds(market, "entry", true, hour)).toBeNull();
    expect([rejections.any, rejections.holds(market, "dca", true, 1_000)]).toEqual([true, null]);
  });
});

describe("what was counted", () => {
  it("is nothing at first, and goes on from a copy of it", () => {
    const first = new Rejections(2_000);
    expect([first.any, first.snapshot(), first.holds(market, "close", false, 0)]).toEqual([false, [], null]);
    first.taken(market, "close", false);
    const [full, empty] = [turnedAway(5), turnedAway(5)];
    const saved = full.snapshot();
    full.rejected(market, "close", "price_filter", 0);
    expect(saved[0]?.times).toHaveLength(5);
    const second = new Rejections(2_000);
    second.restore(saved);
    expect([second.any, space(second)]).toEqual([true, 2_000]);
    empty.restore([]);
    expect([empty.any, empty.holds(market, "close", false, 0)]).toEqual([false, null]);
  });
});
