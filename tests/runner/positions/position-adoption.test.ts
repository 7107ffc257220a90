// What a report was taken over for, and the trades that explain it later, by hand: money in units of 10^-6, quantities of 10^-3.
// 1,000 were taken over at 100.00 as if bought, for a fee of 0.05.

import { describe, expect, it } from "vitest";

import type { MarketRules, Price } from "../../../src/domain/index.ts";
import { PositionAdoption, signedValue, type PositionAdoptionState } from "../../../src/runner/positions/position-adoption.ts";
import { instrumentOf } from "../harness.ts";

const none = { quantity: 0, cost: 0, entryFees: 0 };

function adoption(changes: Partial<PositionAdoptionState> = {}, rules: Partial<MarketRules> = {}): PositionAdoption {
  const plain = { time: 0, sequence: 0, price: 10_000, open: 1_000, value: 100_000_000, fee: 50_000, ofLong: true, closed: none };
  return new PositionAdoption(instrumentOf(rules), { ...plain, ...changes } as PositionAdoptionState);
}

const left = (one: PositionAdoption) => {
  const { open, value, fee } = one.snapshot();
  return [open, value, fee];
};

describe("a report that was taken over", () => {
  it("is explained by the trade that it knew of: what that cost less, and the fee that was booked, come back", () => {
    const one = adoption();
    expect(one.isOpen).toBe(true);
    // Bought at 99, not at 100.
    expect(one.explain(1_000, 99_000_000)).toBe(1_000_000 + 50_000);
    expect([left(one), one.isOpen]).toEqual([[0, 0, 0], false]);
  });

  it("is explained in parts, each with its share of the fee", () => {
    const one = adoption();
    // 0.4 at 99: 0.4 less than at 100; 2/5 of the fee.
    expect(one.explain(400, 39_600_000)).toBe(400_000 + 20_000);
    expect(left(one)).toEqual([600, 60_000_000, 30_000]);
    // 0.6 at 101: 0.6 more.
    expect(one.explain(600, 60_600_000)).toBe(-600_000 + 30_000);
    expect(left(one)).toEqual([0, 0, 0]);
  });

  it("is explained by a trade of more, the rest of which was taken over as if sold", () => {
    const one = adoption();
    // 1.5 at 99 cost 148.5; 1 at 100 was booked, and 0.5 as if sold at 100.
    expect(one.explain(1_500, 148_500_000)).toBe(1_500_000 + 50_000);
    expect([left(one), one.isOpen]).toEqual([[-500, -50_000_000, 0], true]);
  });

  it("that sold is explained with the signs turned round", () => {
    const one = adoption({ open: -1_000, value: -100_000_000, ofLong: false });
    expect(one.explain(-500, -50_500_000)).toBe(500_000 + 25_000);
    expect(left(one)).toEqual([-500, -50_000_000, 25_000]);
  });

  it("of an inverse contract gains what a linear one loses", () => {
    const one = adoption({}, { symbol: "TEST/USD:TEST", quote: "USD", settle: "TEST", inverse: true });
    expect(one.explain(1_000, 99_000_000)).toBe(-1_000_000 + 50_000);
  });

  it("has its value with the sign of its quantity", () => {
    const instrument = instrumentOf();
    expect([1_000, -1_000].map((quantity) => signedValue(instrument, 10_000 as Price, quantity))).toEqual([100_000_000, -100_000_000]);
  });
});

describe("what a report has closed", () => {
  const closed = { quantity: 1_000, cost: 100_000_000, entryFees: 50_000 };

  it("is explained in parts by trades against the position of before, and never twice", () => {
    const one = adoption({ open: 0, closed });
    expect(one.takeClosed(-400)).toEqual({ quantity: 400, cost: 40_000_000, entryFees: 20_000 });
    // More than is left explains what is left.
    expect(one.takeClosed(-900)).toEqual({ quantity: 600, cost: 60_000_000, entryFees: 30_000 });
    expect(one.takeClosed(-100)).toEqual(none);
    expect(one.snapshot().closed).toEqual(none);
  });

  it("is no trade's that went with the position", () => {
    const [long, short] = [adoption({ open: 0, closed }), adoption({ open: 0, closed, ofLong: false })];
    expect([long.ofLong, short.ofLong]).toEqual([true, false]);
    expect([long.takeClosed(400), short.takeClosed(-400)]).toEqual([none, none]);
    expect(short.takeClosed(400).quantity).toBe(400);
  });
});
