// Market orders on bars: when they fill, at which price, and when they are refused. Every number is worked out beside it.
import { describe, expect, it } from "vitest";

import { optimisticFillModel } from "../../src/exchange/virtual/index.ts";
import { Desk, type Bar } from "./desk.ts";

const calm: Bar = [100, 101, 99, 100, 100];

describe("a market order", () => {
  it("fills at the next open, never on the bar that it was decided on", () => {
    const desk = new Desk({ bars: [calm, [102, 103, 101, 102, 100]] });
    expect(desk.next()).toEqual([]);
    desk.send({ side: "buy", quantity: 1 });
    expect(desk.heard()).toEqual([]);
    // taker fee 102 × 0.0005 = 0.051
    expect(desk.next()).toEqual(["ack 1", "fill 1: 1 at 102 taker fee 0.051 USDC"]);
  });

  it("fills at the open of the first bar when it was sent before it", () => {
    const desk = new Desk({ bars: [calm] });
    desk.send({ side: "sell", quantity: 2 });
    expect(desk.next()).toEqual(["ack 1", "fill 1: 2 at 100 taker fee 0.1 USDC"]);
    expect(desk.position()).toBe(-2);
  });

  it("pays half the spread: ask above, bid below, whole ticks against the order", () => {
    const profile = { halfSpreadBp: "10" };
    const desk = new Desk({ bars: [calm, [100.05, 101, 99, 100, 100]], profile });
    desk.send({ side: "buy", quantity: 1 });
    // 100 × (1 + 0.001) = 100.10; fee 100.1 × 0.0005 = 0.05005
    expect(desk.next()).toContain("fill 1: 1 at 100.1 taker fee 0.05005 USDC");
    desk.send({ side: "sell", quantity: 1 });
    // 100.05 × 0.001 = 0.10005, up to 0.11: 99.94; fee 0.04997
    expect(desk.next()).toContain("fill 2: 1 at 99.94 taker fee 0.04997 USDC");
  });

  it.each([
    ["ticks", { kind: "ticks", ticks: 3 }, "100.03", "0.050015"],
    // 100 × 5 bp = 0.05
    ["basis points", { kind: "bps", bps: "5" }, "100.05", "0.050025"],
    // participation 1 ÷ 100; 1 + 35 × 0.01 = 1.35 bp = 0.0135, up to 0.02
    ["volume share", { kind: "volume_share", baseBps: "1", slopeBps: "35", limit: null }, "100.02", "0.05001"],
  ] as const)("slips by %s", (_, slippage, at, fee) => {
    const desk = new Desk({ bars: [calm], fill: { slippage } });
    desk.send({ side: "buy", quantity: 1 });
    expect(desk.next()).toEqual(["ack 1", `fill 1: 1 at ${at} taker fee ${fee} USDC`]);
  });

  it("takes the fill settings' half spread before the venue's", () => {
    for (const [halfSpreadBp, at] of [
      ["20", "100.2"],
      ["0", "100"],
      [null, "100.1"],
    ] as const) {
      const desk = new Desk({ bars: [calm], profile: { halfSpreadBp: "10" }, fill: { halfSpreadBp } });
      desk.send({ side: "buy", quantity: 1 });
      expect(desk.next()[1]).toContain(`fill 1: 1 at ${at} taker`);
    }
  });

  it("adds slippage to half the spread", () => {
    const desk = new Desk({ bars: [calm], profile: { halfSpreadBp: "10" }, fill: { slippage: { kind: "ticks", ticks: 3 } } });
    desk.send({ side: "sell", quantity: 1 });
    // bid 100 - 0.10 = 99.90, less 3 ticks: 99.87; fee 0.049935
    expect(desk.next()).toContain("fill 1: 1 at 99.87 taker fee 0.049935 USDC");
  });

  it("never fills outside the bar's range", () => {
    const bars: Bar[] = [
      [100, 100.02, 99.99, 100, 100],
      [100, 100, 100, 100, 100],
    ];
    const desk = new Desk({ bars, fill: { slippage: { kind: "ticks", ticks: 50 } } });
    desk.send({ side: "buy", quantity: 1 });
    desk.send({ side: "sell", quantity: 1 });
    const answers = desk.next();
    expect(answers[1]).toContain("1 at 100.02 taker");
    expect(answers[3]).toContain("1 at 99.99 taker");
    desk.send({ side: "buy", quantity: 1 });
    expect(desk.next()[1]).toContain("1 at 100 taker");
  });

  it("expires without a fill on a bar without volume", () => {
    const desk = new Desk({ bars: [[100, 101, 99, 100, 0]], fill: { volumeCap: "0.1" } });
    desk.send({ side: "buy", quantity: 1 });
    expect(desk.next()).toEqual(["ack 1", "expired 1 after 0 no_liquidity"]);
    expect(desk.held()).toBe("0");
  });

  it("as fill-or-kill fills whole or not at all", () => {
    const desk = new Desk({ bars: [[100, 101, 99, 100, 5], calm], fill: { volumeCap: "0.1" } });
    desk.send({ side: "buy", quantity: 1, timeInForce: "FOK" });
    expect(desk.next()).toEqual(["ack 1", "expired 1 after 0 fill_or_kill_unfilled"]);
    desk.send({ side: "buy", quantity: 1, timeInForce: "FOK" });
    expect(desk.next()).toEqual(["ack 2", "fill 2: 1 at 100 taker fee 0.05 USDC"]);
  });
});

describe("the optimistic preset", () => {
  const optimistic = { fill: optimisticFillModel, profile: { makerFee: "0", takerFee: "0.0005" } };

  it("fills at the close of the bar that decided, 1 bp + 35 bp × participation away", () => {
    const desk = new Desk({ bars: [[99, 101, 98, 100, 100], calm], ...optimistic });
    desk.next();
    desk.send({ side: "buy", quantity: 10 });
    // participation 0.1: 1 + 3.5 = 4.5 bp of 100 = 0.045, up to 0.05. But 10 × 100 + fee is beyond 1000.
    expect(desk.heard()).toEqual(["reject 1 insufficient_funds"]);
    desk.send({ side: "buy", quantity: 5 });
    // participation 0.05: 1 + 1.75 = 2.75 bp = 0.0275, up to 0.03; fee 5 × 100.03 × 0.0005 = 0.250075
    expect(desk.heard()).toEqual(["ack 2", "fill 2: 5 at 100.03 taker fee 0.250075 USDC"]);
    expect(desk.next()).toEqual([]);
  });

  it("never fills beyond the bar's extremes", () => {
    const desk = new Desk({ bars: [[99, 100, 98, 100, 100]], ...optimistic });
    desk.next();
    desk.send({ side: "buy", quantity: 5 });
    expect(desk.heard()).toEqual(["ack 1", "fill 1: 5 at 100 taker fee 0.25 USDC"]);
  });

  it("refuses more than 15 % of the bar's volume, and takes exactly 15 %", () => {
    const desk = new Desk({ bars: [[99, 101, 98, 100, 20]], ...optimistic });
    desk.next();
    desk.send({ side: "sell", quantity: 3.01 });
    expect(desk.heard()).toEqual(["reject 1 participation_too_high"]);
    desk.send({ side: "sell", quantity: 3 });
    // 1 + 35 × 0.15 = 6.25 bp of 100 = 0.0625, up to 0.07: 99.93; fee 3 × 99.93 × 0.0005 = 0.149895
    expect(desk.heard()).toEqual(["ack 2", "fill 2: 3 at 99.93 taker fee 0.149895 USDC"]);
  });

  it("fills a limit at its price on a touch, without a maker fee", () => {
    const desk = new Desk({ bars: [calm, [100, 101, 99, 100, 100]], ...optimistic });
    desk.next();
    desk.send({ side: "buy", quantity: 1, type: "limit", price: 99 });
    expect(desk.next()).toEqual(["ack 1", "fill 1: 1 at 99 maker fee 0 USDC"]);
  });

  it("fills a market order from before the first bar at the first open", () => {
    const desk = new Desk({ bars: [[99, 101, 98, 100, 100]], ...optimistic });
    desk.send({ side: "buy", quantity: 1 });
    // 99 × 1.35 bp = 0.013365, up to 0.02
    expect(desk.next()[1]).toContain("1 at 99.02 taker");
  });
});
