// Cancels, amendments and queries: what they change, when they arrive, and what they say about orders that are gone.
import { describe, expect, it } from "vitest";

import type { MarketIndex, Millis } from "../../src/domain/index.ts";
import { Desk, drain, type Bar, type Ticket } from "./desk.ts";

const calm: Bar = [100, 101, 99, 100, 1_000];
const gap: Bar = [97, 98, 96, 97, 1_000];
const limit = (price: number, quantity = 1): Ticket => ({ type: "limit", side: "buy", quantity, price });

describe("a cancel", () => {
  it("reaches a resting order before the open that would have filled it", () => {
    const desk = new Desk({ bars: [calm, gap] });
    desk.send(limit(98.5));
    desk.next();
    desk.cancel(1);
    expect(desk.next()).toEqual(["canceled 1 after 0"]);
    expect(desk.position()).toBe(0);
  });

  it("keeps what was filled", () => {
    const desk = new Desk({ bars: [calm, [100, 100, 98, 99, 4], calm], fill: { volumeCap: "0.1" } });
    desk.send(limit(98.5));
    desk.next();
    desk.next();
    desk.cancel(1);
    expect(desk.next()).toEqual(["canceled 1 after 0.4"]);
    expect([desk.position(), desk.held()]).toEqual([0.4, "0"]);
  });

  it("of an order that the venue does not have is refused with its code", () => {
    const desk = new Desk({ bars: [calm, calm], venue: "binance-usdm" });
    desk.send({ side: "buy", quantity: 1 });
    desk.cancel(7);
    desk.next();
    desk.cancel(1);
    expect(desk.next()).toEqual(["cancel rejected 1 unknown_order_at_venue -2011"]);
  });

  it("follows its own order through the same open", () => {
    const desk = new Desk({ bars: [calm] });
    desk.send(limit(98));
    desk.cancel(1);
    expect(desk.next()).toEqual(["ack 1", "canceled 1 after 0"]);
  });
});

describe("an amendment", () => {
  it("changes price and quantity under the same ids", () => {
    const desk = new Desk({ bars: [calm, calm, [100, 100, 97.9, 99, 100]] });
    desk.send(limit(98.5));
    desk.next();
    desk.amend(1, { price: 98, quantity: 2 });
    expect(desk.next()).toEqual(["amended 1 2 9800"]);
    // 196 × 0.0002 = 0.0392
    expect(desk.next()).toEqual(["fill 1: 2 at 98 maker fee 0.0392 USDC"]);
    desk.exchange.query(256 as never, 0 as MarketIndex, desk.now as Millis);
    expect(drain(desk.exchange)[0]).toMatchObject({ venueOrderId: 1, status: "FILLED" });
  });

  it("loses the order's place in the queue", () => {
    const desk = new Desk({ bars: [calm, calm, [100, 100, 98, 99, 10]], fill: { volumeCap: "0.1" } });
    desk.send(limit(98.5, 0.9));
    desk.send(limit(98.5, 1));
    desk.next();
    desk.amend(1, { quantity: 1 });
    desk.next();
    expect(desk.next()).toEqual(["fill 2: 1 at 98.5 maker fee 0.0197 USDC"]);
  });

  it("to a marketable price takes at the open", () => {
    const desk = new Desk({ bars: [calm, calm] });
    desk.send(limit(98.5));
    desk.next();
    desk.amend(1, { price: 100.5 });
    expect(desk.next()).toEqual(["amended 1 1 10050", "fill 1: 1 at 100 taker fee 0.05 USDC"]);
  });

  it("leaves before the open that would have filled the order at its old price", () => {
    const desk = new Desk({ bars: [calm, gap] });
    desk.send(limit(98.5));
    desk.next();
    desk.amend(1, { price: 95 });
    expect(desk.next()).toEqual(["amended 1 1 9500"]);
  });

  it("arrives at its open anew: that open does not jump over it as well", () => {
    // Ask and bid are 0.4 % away, so a sell at 105 rests at an open of 105; on a touch the jumped order would have filled there.
    const bars: Bar[] = [calm, [105, 105, 104, 104, 100]];
    const desk = new Desk({ bars, profile: { halfSpreadBp: "40" }, fill: { limit: "touch" } });
    desk.send({ type: "limit", side: "sell", quantity: 1, price: 103 });
    desk.next();
    desk.amend(1, { price: 105 });
    expect(desk.next()).toEqual(["amended 1 1 10500"]);
  });

  it("moves a trigger, and fires it at the open when that crosses", () => {
    // The high of the second bar comes first: fired at the open means at 100, not on the way back from 100.5.
    const desk = new Desk({ bars: [calm, [100, 100.5, 98.2, 99, 100], [100, 101, 97, 99, 100]], fill: { crossedTrigger: "fire" } });
    desk.send({ type: "stop_market", side: "sell", quantity: 1, trigger: 98 });
    desk.send({ type: "stop_market", side: "sell", quantity: 1, trigger: 98 });
    desk.next();
    desk.amend(1, { trigger: 97.5 });
    desk.amend(2, { trigger: 105 });
    expect(desk.next()).toEqual(["amended 1 1 9750", "amended 2 1 10500", "fill 2: 1 at 100 taker fee 0.05 USDC"]);
    expect(desk.next()).toEqual(["fill 1: 1 at 97.5 taker fee 0.04875 USDC"]);
  });

  it.each([
    ["an unknown order", limit(98), 9, { price: 97 }, "amend rejected 9 unknown_order_at_venue -2011"],
    ["a price off the tick", limit(98), 1, { price: 97.01 }, "amend rejected 1 price_filter -4014"],
    [
      "a price on a stop-market",
      { type: "stop_market", side: "sell", quantity: 1, trigger: 98 },
      1,
      { price: 97 },
      "amend rejected 1 amend_rejected -5027",
    ],
    ["a trigger on a limit", limit(98), 1, { trigger: 97 }, "amend rejected 1 amend_rejected -5027"],
    [
      "a trigger across the market",
      { type: "stop_market", side: "sell", quantity: 1, trigger: 98 },
      1,
      { trigger: 101 },
      "amend rejected 1 trigger_already_crossed -2021",
    ],
    ["a post-only order across the market", { ...limit(98), timeInForce: "PO" }, 1, { price: 100.5 }, "amend rejected 1 post_only_would_cross -5022"],
  ] as const)("is refused for %s and changes nothing", (_, ticket, number, change, answer) => {
    const desk = new Desk({ bars: [calm, calm], venue: "binance-usdm", rules: { tick: "0.05" } });
    desk.send(ticket as Ticket);
    desk.next();
    const held = desk.held();
    desk.amend(number, change);
    expect(desk.next()).toEqual([answer]);
    expect([desk.openOrders, desk.held()]).toEqual([[1], held]);
  });

  it("below what is filled, or where the venue knows none, is refused", () => {
    const bars: Bar[] = [calm, [100, 100, 98, 99, 5], calm];
    const desk = new Desk({ bars, fill: { volumeCap: "0.1" } });
    desk.send(limit(98.5));
    desk.next();
    desk.next();
    desk.amend(1, { quantity: 0.5 });
    expect(desk.next()).toEqual(["amend rejected 1 amend_rejected"]);
    const plain = new Desk({ bars, profile: { amend: "none" } });
    plain.send(limit(98));
    plain.next();
    plain.amend(1, { quantity: 0.5 });
    expect(plain.next()[0]).toBe("amend rejected 1 amend_rejected");
  });
});

describe("a query", () => {
  it("tells open, partly filled, filled, canceled and unknown orders apart", () => {
    const desk = new Desk({ bars: [calm, [100, 100, 98, 99, 4], calm], fill: { volumeCap: "0.1" } });
    desk.send(limit(98.5));
    desk.send(limit(97));
    desk.send({ side: "buy", quantity: 1 });
    desk.next();
    desk.cancel(2);
    desk.next();
    desk.send(limit(96));
    desk.next();
    for (const number of [1, 2, 3, 4, 5]) desk.query(number);
    expect(desk.heard()).toEqual([
      "answer 1 PARTIAL 0.4 1 fills",
      "answer 2 CANCELED 0 0 fills",
      "answer 3 FILLED 1 1 fills",
      "answer 4 SUBMITTED 0 0 fills",
      "answer 5 unknown 0 0 fills",
    ]);
  });

  it("is a picture of its moment: later fills do not enter an answer that is on its way", () => {
    const bars: Bar[] = [calm, [100, 100, 98, 99, 4], [100, 100, 98, 99, 4]];
    const desk = new Desk({ bars, fill: { volumeCap: "0.1" } });
    desk.send(limit(98.5));
    desk.next();
    desk.next();
    desk.query(1);
    desk.exchange.advanceBar(0 as MarketIndex, 2);
    expect(desk.heard()[0]).toBe("answer 1 PARTIAL 0.4 1 fills");
  });

  it("of a position answers with the venue's truth", () => {
    const desk = new Desk({ bars: [calm], positions: [["NET", -2, 100]] });
    desk.next();
    desk.exchange.queryPosition(0 as MarketIndex, "NET", desk.now as Millis);
    desk.exchange.queryPosition(0 as MarketIndex, "LONG", desk.now as Millis);
    expect(desk.heard()).toEqual(["position NET -2", "position LONG 0"]);
  });
});
