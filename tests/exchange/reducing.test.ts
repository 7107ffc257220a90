// Orders that may only shrink a position: reduce-only, the closing side of a hedge leg, and what a trade by hand leaves of them.
import { describe, expect, it } from "vitest";

import type { MarketIndex, Millis } from "../../src/domain/index.ts";
import { Desk, type Bar, type Ticket } from "./desk.ts";

const calm: Bar = [100, 101, 99, 100, 1_000];
const rise: Bar = [100, 103, 99, 102, 1_000];
const market = 0 as MarketIndex;
const profit = (quantity: number): Ticket => ({ type: "limit", side: "sell", quantity, price: 102, reduceOnly: true });

describe("a reduce-only order", () => {
  it("needs a position on its other side when it arrives", () => {
    const desk = new Desk({ bars: [calm], venue: "binance-usdm", positions: [["NET", 1, 100]] });
    desk.send({ side: "buy", quantity: 1, reduceOnly: true });
    expect(desk.next()).toEqual(["reject 1 reduce_only_rejected -2022"]);
  });

  it("sees the fill of an entry that arrived before it", () => {
    const desk = new Desk({ bars: [calm] });
    desk.send({ side: "buy", quantity: 1 });
    desk.send({ side: "sell", quantity: 1, reduceOnly: true });
    expect(desk.next().filter((answer) => answer.startsWith("fill"))).toHaveLength(2);
    expect(desk.position()).toBe(0);
  });

  it("is capped at the position and never turns it", () => {
    const desk = new Desk({ bars: [calm], positions: [["NET", 0.6, 100]] });
    desk.send({ side: "sell", quantity: 1, reduceOnly: true });
    expect(desk.next()).toEqual(["ack 1", "fill 1: 0.6 at 100 taker fee 0.03 USDC", "expired 1 after 0.6 reduce_only_position_gone"]);
    expect(desk.position()).toBe(0);
  });

  it("that takes at its arrival and rests on with nothing left to close is over at once", () => {
    const desk = new Desk({ bars: [[100, 100, 99, 100, 1_000]], positions: [["NET", 0.6, 100]] });
    desk.send({ type: "limit", side: "sell", quantity: 1, price: 100, reduceOnly: true });
    expect(desk.next()).toEqual(["ack 1", "fill 1: 0.6 at 100 taker fee 0.03 USDC", "expired 1 after 0.6 reduce_only_position_gone"]);
  });

  it("expires when the price reaches it and the position is gone", () => {
    const desk = new Desk({ bars: [calm, calm, rise], positions: [["NET", 1, 100]] });
    desk.send(profit(1));
    desk.next();
    desk.send({ side: "sell", quantity: 1, reduceOnly: true });
    expect(desk.next()).toEqual(["ack 2", "fill 2: 1 at 100 taker fee 0.05 USDC"]);
    expect(desk.next()).toEqual(["expired 1 after 0 reduce_only_position_gone"]);
    expect(desk.openOrders).toEqual([]);
  });

  it("shares one position with others in their order", () => {
    const desk = new Desk({ bars: [calm, rise], positions: [["NET", 1, 100]] });
    desk.send(profit(0.7));
    desk.send(profit(0.7));
    desk.next();
    // 0.7 × 102 × 0.0002 = 0.01428; 0.3 × 102 × 0.0002 = 0.00612
    expect(desk.next()).toEqual([
      "fill 1: 0.7 at 102 maker fee 0.01428 USDC",
      "fill 2: 0.3 at 102 maker fee 0.00612 USDC",
      "expired 2 after 0.3 reduce_only_position_gone",
    ]);
    expect(desk.openOrders).toEqual([]);
  });

  it("needs no funds", () => {
    const desk = new Desk({ bars: [calm, rise], positions: [["NET", 5, 100]], balances: { USDC: "500" } });
    desk.send(profit(5));
    expect(desk.next()).toEqual(["ack 1"]);
    expect(desk.held()).toBe("0");
  });
});

describe("a hedge account", () => {
  it("keeps long and short apart, and their closing sides bound by them", () => {
    const desk = new Desk({ bars: [calm, calm], mode: "hedge" });
    desk.send({ side: "buy", quantity: 1, leg: "LONG" });
    desk.send({ side: "sell", quantity: 0.4, leg: "SHORT" });
    desk.next();
    expect([desk.position("LONG"), desk.position("SHORT")]).toEqual([1, -0.4]);
    desk.send({ side: "sell", quantity: 2, leg: "LONG" });
    desk.send({ side: "buy", quantity: 0.1, leg: "SHORT" });
    expect(desk.next()).toEqual([
      "ack 3",
      "fill 3: 1 at 100 taker fee 0.05 USDC",
      "expired 3 after 1 reduce_only_position_gone",
      "ack 4",
      "fill 4: 0.1 at 100 taker fee 0.005 USDC",
    ]);
    expect([desk.position("LONG"), desk.position("SHORT")]).toEqual([0, -0.3]);
  });

  it("refuses to close a leg that is flat", () => {
    const desk = new Desk({ bars: [calm], mode: "hedge", venue: "binance-usdm" });
    desk.send({ side: "sell", quantity: 1, leg: "LONG", family: "close" });
    expect(desk.next()).toEqual(["reject 1 reduce_only_rejected -2022"]);
  });
});

describe("a one-way account", () => {
  it("nets buys and sells", () => {
    const desk = new Desk({ bars: [calm, calm] });
    desk.send({ side: "buy", quantity: 1 });
    desk.send({ side: "sell", quantity: 3 });
    desk.next();
    expect(desk.position()).toBe(-2);
    // two fills: 100 × 0.0005 + 300 × 0.0005 = 0.2, no gain
    expect(desk.wallet()).toBe("999.8");
  });
});

describe("a trade by hand", () => {
  it("closes a position at the last price, tells the session when asked, and conserves the money", () => {
    const desk = new Desk({ bars: [calm, rise, rise], positions: [["NET", 1, 100]] });
    desk.send(profit(1));
    desk.next();
    desk.exchange.outside.close(market, "NET", "0.4", desk.now as Millis, true);
    expect(desk.heard()).toEqual(["position NET 0.6 external"]);
    desk.exchange.outside.close(market, "NET", null, desk.now as Millis, false);
    expect(desk.heard()).toEqual([]);
    expect(desk.wallet()).toBe("1000");
    expect(desk.next()).toEqual(["expired 1 after 0 reduce_only_position_gone"]);
  });

  it("realises what the position had gained", () => {
    const desk = new Desk({ bars: [calm, rise], positions: [["NET", -2, 100]] });
    desk.next();
    desk.next();
    desk.exchange.outside.close(market, "NET", null, desk.now as Millis, true);
    // the close of 102: -2 × 2
    expect(desk.wallet()).toBe("996");
    expect(desk.heard()).toEqual(["position NET 0 external"]);
  });

  it("of a flat leg is nothing, and of no quantity is refused", () => {
    const desk = new Desk({ bars: [calm], positions: [["NET", 1, 100]], mode: "one_way" });
    desk.next();
    desk.exchange.outside.close(market, "LONG", null, desk.now as Millis, true);
    expect(desk.heard()).toEqual([]);
    expect(() => desk.exchange.outside.close(market, "NET", "0", desk.now as Millis, true)).toThrow("no quantity");
  });
});
