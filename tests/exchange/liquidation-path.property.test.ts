// Where a position is liquidated, against a reader that walks every price of every bar with nothing but integers.
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { Desk, type Bar } from "./desk.ts";

/** Cents and hundredths: the first price on the way at which wallet + quantity × (price - entry) ≤ 0.5 % × |quantity| × price. */
function firstPrice(wallet: bigint, quantity: bigint, entry: bigint, bars: readonly Bar[]): { bar: number; price: number } | null {
  const size = quantity < 0n ? -quantity : quantity;
  const isBad = (price: bigint) => 1_000n * (wallet * 100n + quantity * (price - entry)) <= 5n * size * price;
  for (const [bar, row] of bars.entries()) {
    const [open = 0, high = 0, low = 0, close = 0] = row.map((value) => Math.round(value * 100));
    const lowFirst = open - low === high - open ? close >= open : open - low < high - open;
    const points = lowFirst ? [open, low, high, close] : [open, high, low, close];
    for (let leg = 0; leg < 4; leg += 1) {
      const from = points[Math.max(leg - 1, 0)] as number;
      const to = points[leg] as number;
      for (let price = from; price !== to + Math.sign(to - from); price += Math.sign(to - from)) {
        if (isBad(BigInt(price))) return { bar, price: price / 100 };
        if (from === to) break;
      }
    }
  }
  return null;
}

describe("a lone position", () => {
  it("is liquidated in the bar and at the price that a walk over every price finds", () => {
    const step = fc.integer({ min: -300, max: 300 });
    const walk = fc.array(fc.tuple(step, step, fc.nat(400), fc.nat(400)), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(walk, fc.integer({ min: 5, max: 300 }), fc.integer({ min: -20, max: 20 }), (moves, wallet, quantity) => {
        if (quantity === 0) return;
        let last = 10_000;
        const bars = moves.map(([gap, change, up, down]): Bar => {
          const open = Math.max(2_000, last + gap);
          last = Math.max(2_000, open + change);
          return [open / 100, (Math.max(open, last) + up) / 100, (Math.min(open, last) - down) / 100, last / 100, 1_000];
        });
        const desk = new Desk({
          bars,
          liquidation: "generic",
          leverage: 100,
          balances: { USDC: String(wallet) },
          positions: [["NET", quantity, 100]],
        });
        const found = bars.flatMap((_, bar) => desk.next().map((text) => ({ bar, text })));
        const expected = firstPrice(BigInt(wallet) * 100n, BigInt(quantity) * 100n, 10_000n, bars);
        expect(found.map(({ bar, text }) => ({ bar, price: Number(/at ([\d.]+)/.exec(text)?.[1]) }))).toEqual(expected === null ? [] : [expected]);
        const size = Math.abs(quantity);
        if (expected !== null) expect(found[0]?.text).toContain(`liquidated NET ${size} at`);
      }),
      { numRuns: 400 },
    );
  });
});
