// A taker's price by itself: spread, slippage, the bar's bounds, and what the venue gets for a position that it closes.
import { describe, expect, it } from "vitest";

import type { FillModel } from "../../src/exchange/virtual/index.ts";
import { TakerPricing } from "../../src/exchange/virtual/pricing.ts";
import { instrumentOf, price, quantity } from "./desk.ts";

describe("a taker's price", () => {
  const pricing = (slippage: FillModel["slippage"], halfSpreadBp = "0", rules = {}): TakerPricing =>
    new TakerPricing(instrumentOf(rules), halfSpreadBp, slippage);
  const executed = (of: TakerPricing, direction: 1 | -1, size = 1, volume = 100): number =>
    of.execution(price(100), direction, quantity(size), quantity(volume), price(90), price(110));

  it("is half the spread away, in whole ticks against the order", () => {
    const of = pricing({ kind: "none" }, "0.5");
    // 0.005 of 100 is half a tick.
    expect([of.touch(price(100), 1), of.touch(price(100), -1), executed(of, 1), executed(of, -1)]).toEqual([10_001, 9_999, 10_001, 9_999]);
    expect(pricing({ kind: "none" }).touch(price(100), 1)).toBe(10_000);
  });

  it.each<[string, FillModel["slippage"], number, number]>([
    ["ticks", { kind: "ticks", ticks: 3 }, 10_003, 9_997],
    ["basis points", { kind: "bps", bps: "10" }, 10_010, 9_990],
    // 10 + 100 × 1 ÷ 100 = 11 bp of 100
    ["a share of the volume", { kind: "volume_share", baseBps: "10", slopeBps: "100", limit: null }, 10_011, 9_989],
  ])("slips by %s, up for a buy and down for a sale", (_, slippage, up, down) => {
    expect([executed(pricing(slippage), 1), executed(pricing(slippage), -1)]).toEqual([up, down]);
  });

  it("does not slip by a share of no volume", () => {
    expect(executed(pricing({ kind: "volume_share", baseBps: "10", slopeBps: "100", limit: null }), 1, 1, 0)).toBe(10_000);
  });

  it("stays inside its bar, and above nothing", () => {
    const of = pricing({ kind: "ticks", ticks: 50 });
    expect(of.execution(price(100), 1, quantity(1), quantity(1), price(99), price(100.2))).toBe(10_020);
    expect(of.execution(price(100), -1, quantity(1), quantity(1), price(99.9), price(101))).toBe(9_990);
    expect(pricing({ kind: "none" }, "20000").touch(price(0.01), -1)).toBe(1);
  });

  it("refuses more than its share, and takes exactly that", () => {
    const of = pricing({ kind: "volume_share", baseBps: "0", slopeBps: "1", limit: "0.15" });
    const refused = (size: number, volume: number): boolean => of.refuses(quantity(size), quantity(volume));
    expect([refused(15, 100), refused(15.01, 100), refused(0.01, 0)]).toEqual([false, true, true]);
    expect(pricing({ kind: "volume_share", baseBps: "0", slopeBps: "1", limit: null }).refuses(quantity(99), quantity(1))).toBe(false);
    expect(pricing({ kind: "none" }).refuses(quantity(99), quantity(1))).toBe(false);
  });

  it("of a close by the venue begins on the tick beyond the price, inside the bar, and slips from there", () => {
    const of = pricing({ kind: "ticks", ticks: 2 }, "0", { tick: "0.05" });
    const closed = (position: number, at: number, low = 90, high = 110): number =>
      of.closing(price(at), quantity(position), quantity(100), price(low), price(high));
    // A long one is sold: 100.02 → 100.00, less two ticks. A short one is bought: 100.02 → 100.05, and two more.
    expect([closed(1, 100.02), closed(-1, 100.02)]).toEqual([9_990, 10_015]);
    expect([closed(1, 100.02, 100.01), closed(-1, 100.02, 90, 100.04)]).toEqual([10_001, 10_004]);
  });
});
