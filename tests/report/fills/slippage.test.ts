// What one fill lost, and what it was to lose (rows 004-SL-1, 002-SM-1).

import { describe, expect, it } from "vitest";

import { slippageOf } from "../../../src/report/fills/slippage.ts";
import { fillOf, nothingAssumed, slipped } from "./samples.ts";

describe("slippage is positive when it hurts", () => {
  // A buy opens LONG and closes SHORT, a sell the other way round.
  it.each([
    ["buy", "100.05", "0.05", 5],
    ["buy", "99.98", "-0.02", -2],
    ["sell", "99.95", "0.05", 5],
    ["sell", "100.1", "-0.1", -10],
  ] as const)("a %s asked for at 100 and filled at %s", (side, price, actual, bp) => {
    const found = slipped({ side, price });
    expect(found.actual).toBe(actual);
    expect(found.actualBp).toBeCloseTo(bp, 10);
  });

  it("in exact price units, also where a float has none", () => {
    expect(slipped({ price: "0.3", requested: "0.1" }).actual).toBe("0.2");
    expect(slipped({ price: "12345678.000000001", requested: "12345678" }).actual).toBe("0.000000001");
  });
});

describe("what a fill was to lose", () => {
  it("is what came with its order, in price units, whatever the model says", () => {
    const found = slipped(
      { predicted: 0.0125, requested: "50", price: "50", type: "limit", liquidity: "maker" },
      { ...nothingAssumed, halfSpreadBp: "9" },
    );
    expect(found).toMatchObject({ predicted: 0.0125, basis: "order" });
    expect(found.predictedBp).toBeCloseTo(2.5, 12);
  });

  it("is else half the spread and the slippage of the model", () => {
    const found = slipped({ requested: "200" }, { halfSpreadBp: "2", slippage: { kind: "bps", bps: "3" }, ticks: {} });
    expect(found).toMatchObject({ predictedBp: 5, predicted: 0.1, basis: "model" });
  });

  it("grows with the share of the bar: 1 bp + 35 bp × 2 ÷ 10", () => {
    const slippage = { kind: "volume_share", baseBps: "1", slopeBps: "35", limit: null } as const;
    const found = slipped({ quantity: "2", volume: "10" }, { halfSpreadBp: "0", slippage, ticks: {} });
    expect([found.participation, found.predictedBp]).toEqual([0.2, 8]);
  });

  it("has half a tick for each rounding against the order: 0.01 of 100 is 1 bp", () => {
    const ticks = { "HYPE/USDC:USDC": { tick: "0.01", significantDigits: null } };
    expect(slipped({}, { halfSpreadBp: "2", slippage: { kind: "bps", bps: "3" }, ticks }).predictedBp).toBe(6);
    expect(slipped({}, { halfSpreadBp: "2", slippage: { kind: "none" }, ticks }).predictedBp).toBe(2.5);
    // Whole ticks away nothing is rounded.
    expect(slipped({}, { halfSpreadBp: "0", slippage: { kind: "ticks", ticks: 4 }, ticks }).predictedBp).toBe(4);
  });

  it("knows a tick that moves with the price: five digits of 123.4 are steps of 0.01", () => {
    const ticks = { "HYPE/USDC:USDC": { tick: "0.0001", significantDigits: 5 } };
    expect(slipped({ requested: "123.4", price: "123.4" }, { ...nothingAssumed, ticks }).tickBp).toBeCloseTo(100 / 123.4, 12);
  });
});

describe("a fill is held against nothing", () => {
  it.each([
    ["when nobody knows what was asked for", fillOf({ requested: null }), "requested"],
    ["when its order has a price of its own", fillOf({ type: "limit" }), "limit"],
    ["when it is a triggered limit", fillOf({ type: "stop_limit" }), "limit"],
    ["when it rested", fillOf({ type: null, liquidity: "maker" }), "limit"],
  ] as const)("%s", (_, fill, reason) => {
    expect(slippageOf(fill, nothingAssumed)).toBe(reason);
  });

  it("when nothing predicts: no model, a share of an unknown volume, ticks of an unknown size", () => {
    expect(slippageOf(fillOf(), null)).toBe("prediction");
    const slippage = { kind: "volume_share", baseBps: "1", slopeBps: "35", limit: null } as const;
    expect(slippageOf(fillOf(), { ...nothingAssumed, slippage })).toBe("prediction");
    expect(slippageOf(fillOf(), { ...nothingAssumed, slippage: { kind: "ticks", ticks: 1 } })).toBe("prediction");
  });
});
