// How many decimals money, prices and quantities keep: hand-worked.
import { describe, expect, it } from "vitest";

import { moneyScaleOf, SeatrialError } from "../../src/domain/index.ts";
import { rulesOfInput, symbolParts } from "../../src/scenario/plan-rules.ts";
import { scalesOf } from "../../src/scenario/scales.ts";

const perpetual = rulesOfInput("HYPE/USDC:USDC", { tick: "0.001", step: "0.01" });
const spot = rulesOfInput("BTC/USDT", { tick: "0.01", step: "0.00001" });

describe("the scale of a currency's money", () => {
  it("is 8 while ten times the balance fits", () => {
    // 10 × 1000 × 10^8 = 10^12, far below 2^53 = 9.007… × 10^15
    expect(moneyScaleOf({ USDC: "1000" }, "USDC")).toBe(8);
  });

  it("falls to 6 for the bench's balance of 10^8", () => {
    // 10 × 10^8 × 10^7 = 10^16 > 9.007 × 10^15; × 10^6 = 10^15 fits
    expect(moneyScaleOf({ USDT: "100000000" }, "USDT")).toBe(6);
  });

  it("turns exactly at 2^53", () => {
    // 10 × 9007199.254740991 × 10^8 = 9007199254740991 = 2^53 - 1 fits, a unit more does not
    expect(moneyScaleOf({ USDT: "9007199.2547409" }, "USDT")).toBe(8);
    expect(moneyScaleOf({ USDT: "9007199.2547410" }, "USDT")).toBe(7);
  });

  it("looks at its own currency only and takes an absent balance as 0", () => {
    expect(moneyScaleOf({ SHIB: "900000000000000", USDT: "10" }, "USDT")).toBe(8);
    expect(moneyScaleOf({ SHIB: "900000000000000", USDT: "10" }, "SHIB")).toBe(0);
    expect(moneyScaleOf({}, "USDT")).toBe(8);
  });

  it("keeps a known precision that fits", () => {
    expect(moneyScaleOf({ JPY: "1000000" }, "JPY", 2)).toBe(2);
  });

  it("refuses a balance that leaves no room", () => {
    expect(() => moneyScaleOf({ USDT: "1000000000000000" }, "USDT")).toThrow(SeatrialError);
  });
});

describe("the scales of a market", () => {
  it("are those of the rules when the bars need fewer", () => {
    expect(scalesOf(perpetual, { price: 1, volume: 0, largestVolume: 0 })).toEqual({ price: 3, quantity: 2 });
  });

  it("are those of the bars when they need more", () => {
    expect(scalesOf(perpetual, { price: 5, volume: 4, largestVolume: 0 })).toEqual({ price: 5, quantity: 4 });
  });

  it("give a spot market eight decimals for fees in coins", () => {
    expect(scalesOf(spot, { price: 2, volume: 3, largestVolume: 1000 })).toEqual({ price: 2, quantity: 8 });
  });

  it("give way to a volume that would overflow, never below what the rules and the volume need", () => {
    // 10^9 × 10^8 = 10^17 and 10^9 × 10^7 = 10^16 are too large, 10^9 × 10^6 = 10^15 fits
    expect(scalesOf(spot, { price: 2, volume: 3, largestVolume: 1e9 })).toEqual({ price: 2, quantity: 6 });
    expect(scalesOf(spot, { price: 2, volume: 3, largestVolume: 1e14 })).toEqual({ price: 2, quantity: 5 });
  });

  it("refuse more decimals than exact numbers have", () => {
    expect(() => scalesOf(perpetual, { price: 16, volume: 0, largestVolume: 0 })).toThrow(/16 decimals/);
  });
});

describe("a symbol", () => {
  it("says base, quote, settlement currency, kind and direction", () => {
    expect(symbolParts("BTC/USDT")).toEqual({ base: "BTC", quote: "USDT", settle: "USDT", kind: "spot", inverse: false });
    expect(symbolParts("HYPE/USDC:USDC")).toEqual({ base: "HYPE", quote: "USDC", settle: "USDC", kind: "swap", inverse: false });
    expect(symbolParts("BTC/USD:BTC")).toEqual({ base: "BTC", quote: "USD", settle: "BTC", kind: "swap", inverse: true });
  });
});
