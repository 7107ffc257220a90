// The earmark of an isolated leg through fills and funding, worked by hand.
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { Money, Quantity } from "../../src/domain/index.ts";
import { isolatedMarginAfter, splitFunding } from "../../src/exchange/virtual/isolated-margin.ts";
import { outcomeOf } from "../domain/outcome.ts";

const after = (margin: number, before: number, now: number, opened: number, leverage: number) =>
  isolatedMarginAfter(margin as Money, before as Quantity, now as Quantity, opened as Money, leverage);

describe("isolated margin", () => {
  it("grows with what is opened, rounded up", () => {
    expect(after(0, 0, 10, 1_000, 3)).toBe(334);
    expect(after(334, 10, 20, 1_000, 3)).toBe(668);
    expect(after(0, 0, -10, 1_000, 4)).toBe(250);
  });

  it("gives its share back when a part is closed, and all with the last close", () => {
    // 668 × 5 ÷ 20 = 167
    expect(after(668, 20, 15, 0, 3)).toBe(501);
    expect(after(668, -20, -15, 0, 3)).toBe(501);
    // 7 × 1 ÷ 2 = 3.5, half away from zero: 4 go
    expect(after(7, 2, 1, 0, 3)).toBe(3);
    expect(after(501, 15, 0, 0, 3)).toBe(0);
  });

  it("starts anew when the leg crosses zero", () => {
    // 10 long closed, 5 short opened for 500
    expect(after(334, 10, -5, 500, 5)).toBe(100);
  });

  it("is of no fill that reduces and opens at once without crossing zero", () => {
    for (const now of [5, 0]) expect(outcomeOf(() => after(334, 10, now, 500, 5))).toBe("I-07");
    expect(outcomeOf(() => after(334, -10, -5, 500, 5))).toBe("I-07");
  });

  it("never gives back more than it has, however often it is closed in parts", () => {
    const parts = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(parts, fc.integer({ min: 0, max: 1_000 }), (sizes, start) => {
        let open = sizes.reduce((sum, size) => sum + size, 0);
        let margin: number = start;
        for (const size of sizes) {
          const next = after(margin, open, open - size, 0, 7);
          expect(next).toBeGreaterThanOrEqual(0);
          expect(next).toBeLessThanOrEqual(margin);
          margin = next;
          open -= size;
        }
        expect(margin).toBe(0);
      }),
    );
  });
});

describe("funding of an isolated leg", () => {
  const split = (payment: number, available: number) => splitFunding(payment as Money, available as Money);

  it("comes out of the free balance first, then out of the leg's own margin (Bybit)", () => {
    expect(split(-10, 25)).toEqual({ balance: -10, margin: 0 });
    expect(split(-10, 4)).toEqual({ balance: -4, margin: -6 });
    expect(split(-10, 0)).toEqual({ balance: 0, margin: -10 });
    expect(split(-10, -3)).toEqual({ balance: 0, margin: -10 });
  });

  it("goes to the balance when it is received", () => {
    expect(split(10, -3)).toEqual({ balance: 10, margin: 0 });
  });
});
