// Touches that fill by chance: `limit: {"probability": …}`.
import { describe, expect, it } from "vitest";

import { Desk, type Bar } from "./desk.ts";

/** Ticks are 0.01: 99.5 is touched, 99.49 would be traded through. */
const touching: Bar = [100, 100.5, 99.5, 100, 100];
const through: Bar = [100, 100.5, 99.49, 100, 100];

function deskOf(bars: readonly Bar[], probability: string, seed = 1): Desk {
  return new Desk({ bars, seed, balances: { USDC: "1000000" }, fill: { limit: { probability } } });
}

/** Orders that are filled by the first bar after the one in which they arrive, of orders 1 to `count` at 99.5. */
function filledOf(count: number, probability: string, seed: number, others = 0): number[] {
  const desk = deskOf([[100, 100, 100, 100, 100], touching], probability, seed);
  for (let number = 1; number <= count; number += 1) {
    desk.send({ type: "limit", side: "buy", quantity: 0.01, price: 99.5, number });
    if (number <= others) desk.send({ type: "limit", side: "buy", quantity: 0.01, price: 99.6, number: number + 100_000 });
  }
  desk.next();
  return desk.next().flatMap((line) => {
    const filled = /^fill (\d{1,5}):/.exec(line);
    return filled === null ? [] : [Number(filled[1])];
  });
}

describe("a limit that is touched, with a probability", () => {
  it("fills never at 0 and always at 1", () => {
    expect(filledOf(50, "0", 3)).toEqual([]);
    expect(filledOf(50, "1", 3)).toHaveLength(50);
  });

  it("fills whatever the chance says once the price has traded through it, at its own price", () => {
    const desk = deskOf([[100, 100, 100, 100, 100], through], "0");
    desk.send({ type: "limit", side: "buy", quantity: 1, price: 99.5 });
    desk.next();
    expect(desk.next()).toEqual(["fill 1: 1 at 99.5 maker fee 0.0199 USDC"]);
  });

  it("sends an order that it is denied behind what a gap passes before a price that trades through it", () => {
    // The open of 105 passes the trigger at 104.5, and 104.51 where the limit is traded through.
    const order = (probability: string): string[] => {
      const desk = deskOf(
        [
          [100, 100, 100, 100, 100],
          [105, 105, 105, 105, 100],
        ],
        probability,
      );
      desk.send({ type: "limit", side: "sell", quantity: 1, price: 104.5 });
      desk.send({ type: "take_profit_market", side: "sell", quantity: 1, trigger: 104.5 });
      expect(desk.next()).toEqual(["ack 1", "ack 2"]);
      return desk.next();
    };
    const [maker, taker] = ["fill 1: 1 at 105 maker fee 0.021 USDC", "fill 2: 1 at 105 taker fee 0.0525 USDC"];
    expect(order("0")).toEqual([taker, maker]);
    expect(order("1")).toEqual([maker, taker]);
  });

  it("fills in about that share of touches", () => {
    // 2,000 draws at 0.3: 600, and 20.5 is one standard deviation.
    const { length } = filledOf(2_000, "0.3", 11);
    expect(Math.abs(length - 600)).toBeLessThan(4 * 20.5);
  });

  it("gives an order the same chance in a bar whatever else rests there, and another one under another seed", () => {
    const alone = filledOf(200, "0.5", 5);
    expect(filledOf(200, "0.5", 5, 200)).toEqual(alone);
    expect(filledOf(100, "0.5", 5)).toEqual(alone.filter((number) => number <= 100));
    expect(filledOf(200, "0.5", 6)).not.toEqual(alone);
  });

  it("has one chance a bar, and a new one in the next", () => {
    // Three legs come down to 99.5 in these bars; an order that is denied one is denied all of that bar.
    const bars: Bar[] = [[100, 100, 100, 100, 100], ...Array.from({ length: 40 }, (): Bar => [99.5, 100, 99.5, 99.5, 100])];
    const desk = deskOf(bars, "0.5");
    for (let number = 1; number <= 64; number += 1) desk.send({ type: "limit", side: "buy", quantity: 0.01, price: 99.5, number });
    desk.next();
    const left: number[] = [];
    for (let bar = 1; bar <= 6; bar += 1) {
      desk.next();
      left.push(desk.openOrders.length);
    }
    // Halved by each bar: 32, 16, 8 …, within four standard deviations of the first (4).
    expect(Math.abs((left[0] ?? 0) - 32)).toBeLessThanOrEqual(16);
    expect(left.at(-1)).toBeLessThanOrEqual(8);
    expect(left.every((open, at) => at === 0 || open <= (left[at - 1] ?? 0))).toBe(true);
  });

  it("leaves a stop, a marketable limit and a cancel as they are", () => {
    const desk = deskOf([[100, 100, 100, 100, 100], touching, touching], "0");
    desk.send({ type: "stop_market", side: "sell", quantity: 1, trigger: 99.5 });
    desk.send({ type: "limit", side: "buy", quantity: 1, price: 100 });
    const resting = desk.send({ type: "limit", side: "buy", quantity: 1, price: 99.5 });
    expect(desk.next()).toEqual(["ack 1", "ack 2", "fill 2: 1 at 100 taker fee 0.05 USDC", "ack 3"]);
    expect(desk.next()).toEqual(["fill 1: 1 at 99.5 taker fee 0.04975 USDC"]);
    desk.cancel(resting);
    expect(desk.next()).toEqual([`canceled ${resting} after 0`]);
  });
});
