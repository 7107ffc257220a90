// The share of a bar's volume that orders may take: partial fills, what stays and what expires, and who comes first.
import { describe, expect, it } from "vitest";

import { Desk, type Bar } from "./desk.ts";

const tenth = { volumeCap: "0.1" };
const quiet: Bar = [100, 100, 100, 100, 100];
const dip = (volume: number): Bar => [100, 100, 98, 99, volume];

describe("the volume cap", () => {
  it("fills a market order in part and expires the rest", () => {
    const desk = new Desk({ bars: [[100, 100, 100, 100, 5]], fill: tenth });
    desk.send({ side: "buy", quantity: 1 });
    // 10 % of 5 = 0.5; fee 50 × 0.0005 = 0.025
    expect(desk.next()).toEqual(["ack 1", "fill 1: 0.5 at 100 taker fee 0.025 USDC", "expired 1 after 0.5 volume_cap"]);
    expect(desk.position()).toBe(0.5);
    expect(desk.held()).toBe("0");
  });

  it("keeps the rest of a resting limit open, bar by bar", () => {
    const desk = new Desk({ bars: [quiet, dip(4), dip(0.55), dip(100)], fill: tenth });
    desk.send({ type: "limit", side: "buy", quantity: 1, price: 99 });
    desk.next();
    // 39.6 × 0.0002 = 0.00792
    expect(desk.next()).toEqual(["fill 1: 0.4 at 99 maker fee 0.00792 USDC"]);
    // 10 % of 0.55 = 0.055, floored to the step: 0.05; 4.95 × 0.0002 = 0.00099
    expect(desk.next()).toEqual(["fill 1: 0.05 at 99 maker fee 0.00099 USDC"]);
    // 0.55 × 99 × 0.0002 = 0.01089
    expect(desk.next()).toEqual(["fill 1: 0.55 at 99 maker fee 0.01089 USDC"]);
  });

  it("expires the rest of a triggered stop and keeps its fill", () => {
    const desk = new Desk({ bars: [quiet, dip(4)], fill: tenth });
    desk.send({ type: "stop_market", side: "sell", quantity: 1, trigger: 99 });
    desk.next();
    // 0.4 × 99 × 0.0005 = 0.0198
    expect(desk.next()).toEqual(["fill 1: 0.4 at 99 taker fee 0.0198 USDC", "expired 1 after 0.4 volume_cap"]);
  });

  it("is shared in price-time priority", () => {
    const desk = new Desk({ bars: [quiet, dip(10)], fill: tenth });
    desk.send({ type: "limit", side: "buy", quantity: 0.5, price: 99 });
    desk.send({ type: "limit", side: "buy", quantity: 0.5, price: 99 });
    desk.send({ type: "limit", side: "buy", quantity: 0.4, price: 99.5 });
    desk.next();
    // 10 % of 10 = 1: the dearer 0.4, then the earlier 0.5, then 0.1 of the later.
    // 39.8 × 0.0002 = 0.00796; 49.5 × 0.0002 = 0.0099; 9.9 × 0.0002 = 0.00198
    expect(desk.next()).toEqual([
      "fill 3: 0.4 at 99.5 maker fee 0.00796 USDC",
      "fill 1: 0.5 at 99 maker fee 0.0099 USDC",
      "fill 2: 0.1 at 99 maker fee 0.00198 USDC",
    ]);
  });

  it("is shared with arrivals: what rests and is gapped past comes before what arrives", () => {
    const desk = new Desk({ bars: [quiet, [98, 99, 97.5, 98, 10]], fill: tenth });
    desk.send({ type: "limit", side: "buy", quantity: 0.7, price: 99 });
    desk.next();
    desk.send({ side: "buy", quantity: 1 });
    // 1 in all: 0.7 × 98 × 0.0002 = 0.01372, then 0.3 × 98 × 0.0005 = 0.0147
    expect(desk.next()).toEqual([
      "fill 1: 0.7 at 98 maker fee 0.01372 USDC",
      "ack 2",
      "fill 2: 0.3 at 98 taker fee 0.0147 USDC",
      "expired 2 after 0.3 volume_cap",
    ]);
  });

  it("leaves nothing on a bar without volume, triggers included", () => {
    const desk = new Desk({ bars: [quiet, dip(0), dip(100)], fill: tenth });
    desk.send({ type: "limit", side: "buy", quantity: 1, price: 99 });
    desk.send({ type: "stop_market", side: "sell", quantity: 1, trigger: 98.5 });
    desk.next();
    expect(desk.next()).toEqual([]);
    expect(desk.openOrders).toEqual([1, 2]);
    expect(desk.next()).toHaveLength(2);
  });

  it("leaves a stop and a trail that the open of such a bar passes alone, funded or not", () => {
    const gone: Bar = [95, 95, 94, 95, 0];
    for (const funding of [undefined, [[60_000, 1_000]] as const]) {
      const desk = new Desk({ bars: [quiet, gone, [95, 95, 94, 95, 100]], fill: tenth, ...(funding === undefined ? {} : { funding }) });
      desk.send({ type: "stop_market", side: "sell", quantity: 1, trigger: 98.5 });
      desk.send({ type: "trailing_stop", side: "sell", quantity: 1, terms: { distance: 3 } });
      desk.send({ type: "stop_market", side: "sell", quantity: 1, trigger: 94.5 });
      desk.next();
      desk.next();
      expect(desk.openOrders).toEqual([1, 2, 3]);
      expect(desk.next().map((line) => line.slice(0, 16))).toEqual(["fill 1: 1 at 95 ", "fill 2: 1 at 95 ", "fill 3: 1 at 94."]);
    }
  });

  it("holds in the first bar that is opened, whichever that is", () => {
    const thin: Bar = [100, 100, 100, 100, 5];
    const desk = new Desk({ bars: [quiet, thin, thin], fill: tenth });
    expect(desk.next()).toEqual([]);
    desk.send({ side: "buy", quantity: 1 });
    expect(desk.next()[1]).toBe("fill 1: 0.5 at 100 taker fee 0.025 USDC");
  });

  it("off fills whole", () => {
    const desk = new Desk({ bars: [quiet, dip(0.01)], fill: { volumeCap: null } });
    desk.send({ type: "limit", side: "buy", quantity: 5, price: 99 });
    desk.next();
    expect(desk.next()).toEqual(["fill 1: 5 at 99 maker fee 0.099 USDC"]);
  });

  it("counts a fallback and the bar's own fills together", () => {
    const desk = new Desk({ bars: [quiet, dip(10)], fill: tenth });
    desk.send({ type: "limit", side: "buy", quantity: 0.6, price: 99 });
    desk.next();
    desk.send({ type: "limit", side: "buy", quantity: 1, price: 98.5, timeToLive: 1_000 });
    expect(desk.next()).toEqual(["ack 2", "fill 1: 0.6 at 99 maker fee 0.01188 USDC"]);
    desk.cancel(2, 61_000);
    desk.send({ side: "buy", quantity: 1, replaces: 2 }, 61_000);
    // 1 - 0.6 = 0.4 are left, at the high of 100: 40 × 0.0005 = 0.02
    expect(desk.heard()).toEqual(["canceled 2 after 0", "ack 3", "fill 3: 0.4 at 100 taker fee 0.02 USDC", "expired 3 after 0.4 volume_cap"]);
  });
});
