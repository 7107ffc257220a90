// Limit orders on bars: what fills a resting one, what an arriving one takes, and what its time in force and its life do.
import { describe, expect, it } from "vitest";

import { Desk, type Bar, type DeskSetup } from "./desk.ts";

const calm: Bar = [100, 101, 99.6, 100, 100];

function resting(next: Bar, setup: Partial<DeskSetup>, side: "buy" | "sell", at: number): string[] {
  const desk = new Desk({ bars: [[100, 100.2, 99.8, 100, 100], next], ...setup });
  desk.send({ side, quantity: 1, type: "limit", price: at });
  expect(desk.next()).toEqual(["ack 1"]);
  return desk.next();
}

describe("a resting limit", () => {
  it("needs the price to trade through it by one tick", () => {
    expect(resting([100, 100, 99.5, 100, 100], {}, "buy", 99.5)).toEqual([]);
    // maker fee 99.5 × 0.0002 = 0.0199
    expect(resting([100, 100, 99.49, 100, 100], {}, "buy", 99.5)).toEqual(["fill 1: 1 at 99.5 maker fee 0.0199 USDC"]);
    expect(resting([100, 100.5, 100, 100, 100], {}, "sell", 100.5)).toEqual([]);
    expect(resting([100, 100.51, 100, 100, 100], {}, "sell", 100.5)).toEqual(["fill 1: 1 at 100.5 maker fee 0.0201 USDC"]);
  });

  it("fills on a touch when told so", () => {
    const fill = { limit: "touch" } as const;
    expect(resting([100, 100, 99.5, 100, 100], { fill }, "buy", 99.5)).toEqual(["fill 1: 1 at 99.5 maker fee 0.0199 USDC"]);
    expect(resting([100, 100, 99.51, 100, 100], { fill }, "buy", 99.5)).toEqual([]);
    expect(resting([100, 100.5, 100, 100, 100], { fill }, "sell", 100.5)).toEqual(["fill 1: 1 at 100.5 maker fee 0.0201 USDC"]);
  });

  it("that the open gaps past fills at the open or at its limit, as maker, as the setting or the venue says", () => {
    const gap: Bar = [97, 98, 96, 97, 100];
    // 97 × 0.0002 = 0.0194; 99.5 × 0.0002 = 0.0199
    expect(resting(gap, {}, "buy", 99.5)).toEqual(["fill 1: 1 at 97 maker fee 0.0194 USDC"]);
    expect(resting(gap, { fill: { gap: "limit" } }, "buy", 99.5)).toEqual(["fill 1: 1 at 99.5 maker fee 0.0199 USDC"]);
    expect(resting(gap, { venue: "binance-usdm" }, "buy", 99.5)).toEqual(["fill 1: 1 at 99.5 maker fee 0.0199 USDC"]);
    expect(resting(gap, { venue: "binance-usdm", fill: { gap: "open" } }, "buy", 99.5)).toEqual(["fill 1: 1 at 97 maker fee 0.0194 USDC"]);
    expect(resting([103, 104, 102, 103, 100], {}, "sell", 100.5)).toEqual(["fill 1: 1 at 103 maker fee 0.0206 USDC"]);
  });

  it("does not count an open at its very price as a gap", () => {
    expect(resting([99.5, 100, 99.5, 100, 100], {}, "buy", 99.5)).toEqual([]);
  });

  it("needs one tick of its own neighbourhood where the tick moves with the price", () => {
    // Three significant digits: below 100 the tick is 0.1, from 100 on it is 1. The neighbour of a buy at 100 is 99.9.
    const rules = { significantDigits: 3 };
    const bars = (low: number): DeskSetup => ({
      rules,
      bars: [
        [101, 101, 101, 101, 100],
        [101, 101, low, 101, 100],
      ],
    });
    for (const [low, fills] of [
      [99.95, 0],
      [99.9, 1],
    ] as const) {
      const desk = new Desk(bars(low));
      desk.send({ side: "buy", quantity: 1, type: "limit", price: 100 });
      desk.next();
      expect(desk.next()).toHaveLength(fills);
    }
  });

  it("fills dearer buys first across a change of tick", () => {
    const desk = new Desk({
      rules: { significantDigits: 3 },
      bars: [
        [101, 101, 101, 101, 100],
        [101, 101, 98, 101, 100],
      ],
    });
    desk.send({ side: "buy", quantity: 1, type: "limit", price: 99.9 });
    desk.send({ side: "buy", quantity: 1, type: "limit", price: 100 });
    desk.next();
    expect(desk.next()).toEqual(["fill 2: 1 at 100 maker fee 0.02 USDC", "fill 1: 1 at 99.9 maker fee 0.01998 USDC"]);
  });
});

describe("a limit that is marketable on arrival", () => {
  it("takes at the open", () => {
    const desk = new Desk({ bars: [calm] });
    desk.send({ side: "buy", quantity: 1, type: "limit", price: 100.8 });
    expect(desk.next()).toEqual(["ack 1", "fill 1: 1 at 100 taker fee 0.05 USDC"]);
  });

  it("meets the other side of the spread, not the bar's price", () => {
    const desk = new Desk({ bars: [[100, 100, 100, 100, 100]], profile: { halfSpreadBp: "10" } });
    // The ask is 100.10.
    desk.send({ side: "buy", quantity: 1, type: "limit", price: 100.09 });
    desk.send({ side: "buy", quantity: 1, type: "limit", price: 100.1 });
    // The bar never leaves 100, and nothing fills outside of it.
    expect(desk.next()).toEqual(["ack 1", "ack 2", "fill 2: 1 at 100 taker fee 0.05 USDC"]);
  });

  it("slips, but not beyond its limit", () => {
    const desk = new Desk({ bars: [calm], fill: { slippage: { kind: "ticks", ticks: 20 } } });
    desk.send({ side: "buy", quantity: 1, type: "limit", price: 100.05 });
    expect(desk.next()[1]).toContain("1 at 100.05 taker");
  });

  it("leaves its rest in the book", () => {
    const desk = new Desk({ bars: [[100, 100, 100, 100, 4], calm], fill: { volumeCap: "0.1" } });
    desk.send({ side: "buy", quantity: 1, type: "limit", price: 100.5 });
    // 10 % of 4 = 0.4 at once; the rest of 0.6 is above the next open of 100 and fills there as maker: 60 × 0.0002 = 0.012
    expect(desk.next()).toEqual(["ack 1", "fill 1: 0.4 at 100 taker fee 0.02 USDC"]);
    expect(desk.next()).toEqual(["fill 1: 0.6 at 100 maker fee 0.012 USDC"]);
  });
});

describe("post-only", () => {
  it("is refused with the venue's code when it would take", () => {
    const desk = new Desk({ bars: [calm], venue: "binance-usdm" });
    desk.send({ side: "buy", quantity: 1, type: "limit", price: 100.01, timeInForce: "PO" });
    expect(desk.next()).toEqual(["reject 1 post_only_would_cross -5022"]);
  });

  it("is refused at the very price of the other side, and rests one tick away", () => {
    const desk = new Desk({ bars: [calm] });
    desk.send({ side: "sell", quantity: 1, type: "limit", price: 100, timeInForce: "PO" });
    desk.send({ side: "sell", quantity: 1, type: "limit", price: 100.01, timeInForce: "PO" });
    expect(desk.next()).toEqual(["reject 1 post_only_would_cross", "ack 2", "fill 2: 1 at 100.01 maker fee 0.020002 USDC"]);
  });
});

describe("immediate-or-cancel and fill-or-kill", () => {
  const thin: Bar = [100, 101, 99, 100, 5];
  const fill = { volumeCap: "0.1" };

  it("IOC takes what is there and expires with it", () => {
    const desk = new Desk({ bars: [thin], fill });
    desk.send({ side: "buy", quantity: 1, type: "limit", price: 100.5, timeInForce: "IOC" });
    // 10 % of 5 = 0.5; fee 50 × 0.0005 = 0.025
    expect(desk.next()).toEqual(["ack 1", "fill 1: 0.5 at 100 taker fee 0.025 USDC", "expired 1 after 0.5 immediate_or_cancel_unfilled"]);
  });

  it("IOC never rests", () => {
    const desk = new Desk({ bars: [thin], fill });
    desk.send({ side: "buy", quantity: 1, type: "limit", price: 99.5, timeInForce: "IOC" });
    expect(desk.next()).toEqual(["ack 1", "expired 1 after 0 immediate_or_cancel_unfilled"]);
    expect(desk.held()).toBe("0");
  });

  it("FOK fills whole or not at all", () => {
    const desk = new Desk({ bars: [thin], fill });
    desk.send({ side: "buy", quantity: 0.51, type: "limit", price: 100.5, timeInForce: "FOK" });
    desk.send({ side: "buy", quantity: 0.1, type: "limit", price: 99.5, timeInForce: "FOK" });
    desk.send({ side: "buy", quantity: 0.5, type: "limit", price: 100.5, timeInForce: "FOK" });
    expect(desk.next()).toEqual([
      "ack 1",
      "expired 1 after 0 fill_or_kill_unfilled",
      "ack 2",
      "expired 2 after 0 fill_or_kill_unfilled",
      "ack 3",
      "fill 3: 0.5 at 100 taker fee 0.025 USDC",
    ]);
  });
});

describe("a life shorter than the bar", () => {
  const dip: Bar = [100, 101, 98, 99, 100];

  it("fills only if marketable on arrival: what came later in the bar is not knowable", () => {
    const desk = new Desk({ bars: [dip] });
    desk.send({ side: "buy", quantity: 1, type: "limit", price: 99, timeToLive: 2_000 });
    desk.send({ side: "buy", quantity: 1, type: "limit", price: 100, timeToLive: 2_000 });
    expect(desk.next()).toEqual(["ack 1", "ack 2", "fill 2: 1 at 100 taker fee 0.05 USDC"]);
    expect(desk.openOrders).toEqual([1]);
  });

  it("ends at its own time inside the bar, and a market fallback takes the bar's worst price", () => {
    const desk = new Desk({ bars: [dip] });
    desk.send({ side: "buy", quantity: 1, type: "limit", price: 99, timeToLive: 2_000 });
    desk.next();
    desk.cancel(1, 2_000);
    expect(desk.heard()).toEqual(["canceled 1 after 0"]);
    desk.send({ side: "buy", quantity: 1, replaces: 1 }, 2_000);
    // the high of the bar; fee 101 × 0.0005 = 0.0505
    expect(desk.heard()).toEqual(["ack 2", "fill 2: 1 at 101 taker fee 0.0505 USDC"]);
  });

  it("gives a selling fallback the low", () => {
    const desk = new Desk({ bars: [dip] });
    desk.send({ side: "sell", quantity: 1, type: "limit", price: 100.5, timeToLive: 2_000 });
    desk.next();
    desk.cancel(1, 2_000);
    desk.send({ side: "sell", quantity: 1, replaces: 1 }, 2_000);
    expect(desk.heard()).toEqual(["canceled 1 after 0", "ack 2", "fill 2: 1 at 98 taker fee 0.049 USDC"]);
  });

  it("that ended with the bar before sees no open that would have passed it", () => {
    const quiet: Bar = [100, 100.5, 99.5, 100, 100];
    const desk = new Desk({ bars: [quiet, quiet, [97, 98, 96, 97, 100]] });
    desk.next();
    desk.send({ side: "buy", quantity: 1, type: "limit", price: 97.5, timeToLive: 60_000 });
    expect([desk.next(), desk.next()]).toEqual([["ack 1"], []]);
  });

  it("leaves a fallback that comes at the bar's close, or has a limit, to the next open", () => {
    const desk = new Desk({ bars: [dip, [99, 99, 99, 99, 100]] });
    desk.send({ side: "buy", quantity: 1, type: "limit", price: 90, timeToLive: 2_000 });
    desk.next();
    desk.cancel(1, 2_000);
    desk.send({ side: "buy", quantity: 1, type: "limit", price: 99, replaces: 1 }, 2_000);
    desk.send({ side: "buy", quantity: 1, replaces: 1 }, 60_000);
    expect(desk.heard()).toEqual(["canceled 1 after 0"]);
    expect(desk.next().map((told) => told.slice(0, 15))).toEqual(["ack 2", "fill 2: 1 at 99", "ack 3", "fill 3: 1 at 99"]);
  });

  it("cannot be ended inside the bar before its time", () => {
    const desk = new Desk({ bars: [dip, dip] });
    desk.send({ side: "buy", quantity: 1, type: "limit", price: 99, timeToLive: 2_000 });
    desk.next();
    desk.cancel(1, 1_999);
    expect(desk.heard()).toEqual([]);
    expect(desk.next()).toEqual(["canceled 1 after 0"]);
  });

  it("lasts the whole bar when told so, which is counted as optimistic", () => {
    const desk = new Desk({ bars: [dip], fill: { timeToLive: "whole-bar" } });
    desk.send({ side: "buy", quantity: 1, type: "limit", price: 99, timeToLive: 2_000 });
    expect(desk.next()).toEqual(["ack 1", "fill 1: 1 at 99 maker fee 0.0198 USDC"]);
    expect(desk.exchange.markets[0]?.optimisticLives).toBe(1);
  });

  it("counts as optimistic only where it ends inside its bar: no life at all and one to the close are none", () => {
    const counted = (timeToLive: number | undefined): number | undefined => {
      const desk = new Desk({ bars: [dip], fill: { timeToLive: "whole-bar" } });
      desk.send({ side: "buy", quantity: 1, type: "limit", price: 99, ...(timeToLive === undefined ? {} : { timeToLive }) });
      expect(desk.next()).toHaveLength(2);
      return desk.exchange.markets[0]?.optimisticLives;
    };
    expect([counted(undefined), counted(60_000), counted(59_999)]).toEqual([0, 0, 1]);
  });

  it("of 90 s sees the second bar's open, but not its path", () => {
    const quiet: Bar = [100, 100.5, 99.5, 100, 100];
    for (const [second, fills] of [
      [[98.5, 99, 98, 99, 100], ["fill 1: 1 at 98.5 maker fee 0.0197 USDC"]],
      [[99.5, 100, 98, 99, 100], []],
    ] as const) {
      const desk = new Desk({ bars: [quiet, second] });
      desk.send({ side: "buy", quantity: 1, type: "limit", price: 99, timeToLive: 90_000 });
      desk.next();
      expect(desk.next()).toEqual(fills);
    }
  });

  it("of one bar has the whole of it and nothing of the next open", () => {
    const desk = new Desk({ bars: [[100, 100.5, 99.5, 100, 100], dip, [98.5, 99, 98, 99, 100]] });
    desk.next();
    desk.send({ side: "buy", quantity: 1, type: "limit", price: 97.5, timeToLive: 60_000 });
    desk.send({ side: "buy", quantity: 1, type: "limit", price: 99, timeToLive: 60_000 });
    expect(desk.next()).toEqual(["ack 1", "ack 2", "fill 2: 1 at 99 maker fee 0.0198 USDC"]);
    desk.send({ side: "buy", quantity: 1, type: "limit", price: 97, timeToLive: 60_000 });
    expect(desk.next()).toEqual(["ack 3"]);
  });
});
