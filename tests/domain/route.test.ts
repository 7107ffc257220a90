// Routes: their words, the borders of each value of their policy, the predicted slippage and the adverse slip by hand.

import { describe, expect, it } from "vitest";
import { adverseSlipBp, defaultRoutePolicy, isRoute, predictedSlippage, routePolicyChecks, type RoutePolicy } from "../../src/domain/index.ts";

describe("the words of routes", () => {
  it("are four, and nothing else is one", () => {
    const words: unknown[] = ["plain", "limit-patience", "twap", "auto", "TWAP", "", null, undefined, 0];
    expect(words.filter(isRoute)).toEqual(["plain", "limit-patience", "twap", "auto"]);
  });
});

describe("the policy of a route", () => {
  const keys = Object.keys(defaultRoutePolicy) as (keyof RoutePolicy)[];

  it("has defaults that are good", () => {
    expect(keys.map((key) => routePolicyChecks[key](defaultRoutePolicy[key]))).toEqual(keys.map(() => null));
  });

  it.each<[keyof RoutePolicy, unknown[], unknown[]]>([
    ["patienceMs", [1_000, 86_400_000], [999, 86_400_001, 1_000.5, "5000", Number.NaN, null]],
    ["stepRate", [0, 0.05], [-0.001, 0.0501, "0.01", Number.NaN, Number.NEGATIVE_INFINITY]],
    ["slices", [1, 80], [0, 81, 2.5, "5"]],
    ["jitter", [0, 0.999], [-0.1, 1, "0.2", Number.NaN]],
    ["adv", [null, 0.001, 5_000], [0, -1, "100", Number.NaN, Number.POSITIVE_INFINITY]],
    ["participation", [0.0001, 1], [0, -0.5, 1.01, "0.5", Number.NaN]],
  ])("%s is judged at its borders", (key, good, bad) => {
    expect(good.map((value) => routePolicyChecks[key](value))).toEqual(good.map(() => null));
    for (const value of bad) expect(routePolicyChecks[key](value)).toMatch(/^must be /);
  });
});

describe("slippage", () => {
  it("row 002-SM-1: half the spread and a tenth of the volatility by the root of the share of the day", () => {
    // 0.4 ÷ 2 + 0.1 × 3 × √(25 ÷ 10000) = 0.2 + 0.3 × 0.05
    expect(predictedSlippage(0.4, 3, 25, 10_000)).toBeCloseTo(0.215, 12);
    // A day without volume counts as one unit: 0.1 × 3 × √4
    expect(predictedSlippage(0, 3, 4, 0)).toBeCloseTo(0.6, 12);
  });

  it("row 004-SL-1: adverse is above for a buy and below for a sell, in basis points of the requested price", () => {
    expect([adverseSlipBp("buy", 200, 201), adverseSlipBp("buy", 200, 199)]).toEqual([50, -50]);
    expect([adverseSlipBp("sell", 200, 201), adverseSlipBp("sell", 200, 199)]).toEqual([-50, 50]);
  });
});
