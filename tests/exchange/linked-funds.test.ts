// Orders that hang on others, at their edges: who joins late, what is held once for all of a group, what a part of a parent
// brings to life, and what is found out only then. The plain cases are in links.test.ts.
import { describe, expect, it } from "vitest";

import type { MarketIndex, Millis } from "../../src/domain/index.ts";
import { defaultFillModel, venueProfiles, VirtualExchange, type VenueProfile } from "../../src/exchange/virtual/index.ts";
import { Desk, drain, instrumentOf, line, requestOf, seriesOf, type Bar, type DeskSetup, type Ticket } from "./desk.ts";

const calm: Bar = [100, 100.5, 99.5, 100, 100];
/** Ten per cent of it are 0.4. */
const thinDip: Bar = [100, 100.5, 97.9, 98.5, 4];
const tenth = { fill: { volumeCap: "0.1" } } as const;
const entry: Ticket = { type: "limit", side: "buy", quantity: 1, price: 98 };
const target = (quantity: number, terms: Ticket["terms"] = { parent: 1 }): Ticket => {
  return { type: "limit", side: "sell", quantity, price: 103, reduceOnly: true, terms };
};

function deskOf(bars: readonly Bar[], setup: Partial<DeskSetup> = {}): Desk {
  return new Desk({ bars, ...setup });
}

describe("a group of orders for one side", () => {
  const stop: Ticket = { type: "stop_market", side: "buy", quantity: 1, trigger: 105, terms: { group: 1 } };

  it("holds the dearest of them, and for two sides each", () => {
    const desk = deskOf([calm]);
    desk.send(entry);
    desk.send(stop);
    desk.next();
    expect(desk.held()).toBe("105");
    const both = deskOf([calm]);
    both.send(entry);
    both.send({ ...stop, side: "sell", trigger: 95 });
    both.next();
    expect(both.held()).toBe("193");
  });

  it("lets each other's holds go with what one fills, and inherits them when one ends", () => {
    const desk = deskOf([calm, thinDip, calm, calm], tenth);
    desk.send(entry);
    desk.send(stop);
    desk.next();
    desk.next();
    // 0.6 × 98, and 0.6 of the 7 beside it.
    expect(desk.held()).toBe("63");
    desk.cancel(1);
    desk.next();
    // The stop needs 0.6 × 105.
    expect(desk.held()).toBe("63");
    desk.cancel(2);
    desk.next();
    expect(desk.held()).toBe("0");
  });

  it("leaves its holds to a cheaper one as far as that needs them", () => {
    const desk = deskOf([calm, calm]);
    desk.send({ ...stop, terms: undefined });
    desk.send({ ...entry, terms: { group: 1 } });
    desk.next();
    expect(desk.held()).toBe("105");
    desk.cancel(1);
    expect([desk.next(), desk.held()]).toEqual([["canceled 1 after 0"], "98"]);
  });

  it("holds for itself what no other order of its group holds: orders of other groups, and of none, are not its own", () => {
    const desk = deskOf([calm]);
    desk.send(entry);
    desk.send({ ...entry, terms: { group: 77 } });
    desk.send({ ...entry, terms: { group: 78 } });
    desk.next();
    expect(desk.held()).toBe("294");
  });

  it("has nothing to do with another group: what fills in one takes nothing from the other", () => {
    const desk = deskOf([calm, [100, 100.5, 97.9, 98.5, 100], [98.5, 107, 98.5, 106, 100]], { balances: { USDC: "9000" } });
    desk.send(entry);
    desk.send({ ...entry, price: 90 });
    desk.send(stop);
    desk.send({ ...stop, trigger: 106, terms: { group: 2 } });
    desk.next();
    expect(desk.next()).toEqual(["fill 1: 1 at 98 maker fee 0.0196 USDC", "expired 3 after 0 one_cancels_other"]);
    expect(desk.next()).toEqual(["fill 4: 1 at 106 taker fee 0.053 USDC", "expired 2 after 0 one_cancels_other"]);
  });

  it("takes one in that comes late, for what is left", () => {
    const desk = deskOf([calm, thinDip, calm, [100, 107, 100, 106, 1_000]], tenth);
    desk.send(entry);
    desk.next();
    desk.next();
    desk.send({ ...stop, quantity: 2 });
    desk.next();
    // 0.4 of 1 has gone, which is 0.8 of 2. 1.2 × 105 × 0.0005 = 0.063
    expect(desk.next()).toEqual([
      "fill 2: 1.2 at 105 taker fee 0.063 USDC",
      "expired 2 after 1.2 one_cancels_other",
      "expired 1 after 0.4 one_cancels_other",
    ]);
  });

  it("named after an order that nobody knows, or after itself, is a group of one", () => {
    for (const group of [77, 1]) {
      const desk = deskOf([calm, [100, 107, 100, 106, 100]]);
      desk.send({ ...stop, terms: { group } });
      expect([desk.next(), desk.next()]).toEqual([["ack 1"], ["fill 1: 1 at 105 taker fee 0.0525 USDC"]]);
    }
  });
});

describe("a child", () => {
  it("of a parent that has filled whole is alive at once, of one that ended with a part in that part, of an unfilled one refused", () => {
    const whole = deskOf([calm, calm, [100, 104, 100, 103, 100]]);
    whole.send({ side: "buy", quantity: 1 });
    whole.next();
    whole.send(target(1));
    expect([whole.next(), whole.next()]).toEqual([["ack 2"], ["fill 2: 1 at 103 maker fee 0.0206 USDC"]]);
    const part = deskOf([calm, thinDip, calm, calm, [100, 104, 100, 103, 1_000]], tenth);
    part.send(entry);
    part.next();
    part.next();
    part.cancel(1);
    part.next();
    part.send(target(1));
    expect(part.next()).toEqual(["ack 2"]);
    expect(part.next()).toEqual(["fill 2: 0.4 at 103 maker fee 0.00824 USDC", "expired 2 after 0.4 reduce_only_position_gone"]);
    const gone = deskOf([calm, calm, calm]);
    gone.send(entry);
    gone.next();
    gone.cancel(1);
    gone.next();
    gone.send(target(1));
    expect(gone.next()).toEqual(["reject 2 parent_order_gone"]);
    // Over at the very instant of its arrival, the first there is.
    const never = deskOf([calm]);
    never.send({ ...entry, timeInForce: "IOC" });
    never.send(target(1));
    expect(never.next()).toEqual(["ack 1", "expired 1 after 0 immediate_or_cancel_unfilled", "reject 2 parent_order_gone"]);
  });

  it("grows with its parent's fills, in proportion to the two sizes", () => {
    const desk = deskOf([calm, thinDip, [98.5, 104, 98.5, 103, 100]], { ...tenth, positions: [["NET", 5, 100]] });
    desk.send(entry);
    desk.send(target(3));
    desk.next();
    desk.next();
    // 0.4 of 1 is 1.2 of 3.
    expect(desk.next()).toEqual(["fill 2: 1.2 at 103 maker fee 0.02472 USDC"]);
    expect(desk.openOrders).toEqual([1, 2]);
  });

  it("that may only reduce is over where its parent's fill has left nothing to reduce", () => {
    const desk = deskOf([calm, [100, 100.5, 97.9, 98, 100]], { positions: [["NET", -1, 100]] });
    desk.send(entry);
    desk.send(target(1));
    desk.next();
    expect(desk.next()).toEqual(["fill 1: 1 at 98 maker fee 0.0196 USDC", "expired 2 after 0 reduce_only_position_gone"]);
  });

  it("that opens holds its funds from its life on, and is over where they are missing", () => {
    const opening = (quantity: number): [string[], string] => {
      const desk = deskOf([calm, [100, 100.5, 97.9, 98, 100]], { balances: { USDC: "300" } });
      desk.send(entry);
      desk.send({ type: "limit", side: "buy", quantity, price: 96, terms: { parent: 1 } });
      desk.next();
      expect(desk.held()).toBe("98");
      return [desk.next(), desk.held()];
    };
    // 300 less the 98 of the position and its fee: two at 96 are there, three are not.
    expect(opening(2)).toEqual([["fill 1: 1 at 98 maker fee 0.0196 USDC"], "192"]);
    expect(opening(3)).toEqual([["fill 1: 1 at 98 maker fee 0.0196 USDC", "expired 2 after 0 insufficient_funds"], "0"]);
  });

  it("that opens by a trigger holds funds by that, from its life on", () => {
    const desk = deskOf([calm, [100, 100.5, 97.9, 98, 100]]);
    desk.send(entry);
    desk.send({ type: "stop_market", side: "buy", quantity: 1, trigger: 105, terms: { parent: 1 } });
    desk.next();
    desk.next();
    expect(desk.held()).toBe("105");
  });

  it("queues behind what has rested while it waited", () => {
    const desk = deskOf([calm, [100, 100.5, 97.9, 98, 100], [98, 103.01, 98, 103, 10]], { ...tenth, positions: [["NET", 5, 100]] });
    desk.send(entry);
    desk.send(target(1));
    desk.send({ ...target(1), terms: undefined });
    desk.next();
    desk.next();
    // One of volume is left for the two at 103.
    expect(desk.next()).toEqual(["fill 3: 1 at 103 maker fee 0.0206 USDC"]);
  });

  it("waits for the activation of its trail, which may be behind the price", () => {
    const trail: Ticket = { type: "trailing_stop", side: "sell", quantity: 1, reduceOnly: true, terms: { parent: 1, distance: 2, activation: 97 } };
    // Alive at 98, beyond its activation at 97: it follows from there, two below.
    const desk = deskOf([calm, [100, 100.5, 97.9, 98, 100], [98, 99, 98, 99, 100], [99, 99, 96.5, 97, 100]]);
    desk.send(entry);
    desk.send(trail);
    desk.next();
    expect([desk.next(), desk.next(), desk.next()]).toEqual([
      ["fill 1: 1 at 98 maker fee 0.0196 USDC"],
      [],
      ["fill 2: 1 at 97 taker fee 0.0485 USDC"],
    ]);
  });

  it("has its parent in its own market", () => {
    const markets = ["AAA/USDC:USDC", "BBB/USDC:USDC"].map((symbol) => {
      return { instrument: instrumentOf({ symbol, base: symbol.slice(0, 3) }), series: seriesOf(symbol, [calm]) };
    });
    const exchange = new VirtualExchange({
      markets,
      profile: venueProfiles["generic"] as VenueProfile,
      fill: defaultFillModel,
      positionMode: "one_way",
      leverage: 1,
      balances: { USDC: "1000" },
      seed: 1,
    });
    exchange.submit(requestOf(1, { side: "buy", quantity: 1 }), 0 as Millis);
    exchange.advanceBar(0 as MarketIndex, 0);
    exchange.submit(requestOf(2, target(1), 1 as MarketIndex), 0 as Millis);
    exchange.advanceBar(1 as MarketIndex, 0);
    expect(drain(exchange).map(line)).toEqual(["ack 1", "fill 1: 1 at 100 taker fee 0.05 USDC", "reject 2 parent_order_gone"]);
  });
});

describe("orders that hang on one whose life ends", () => {
  it.each([
    ["inside a bar", 80_000],
    ["at its close", 120_000],
  ])("end with it, %s", (_, goodTill) => {
    const desk = deskOf([calm, calm, calm]);
    desk.send({ ...entry, timeInForce: "GTD", terms: { goodTill } });
    desk.send(target(1));
    desk.next();
    expect(desk.next()).toEqual(["expired 1 after 0 good_till_date", "expired 2 after 0 parent_order_gone"]);
  });

  it("end with it on the path, before what the path then reaches", () => {
    const setup: Partial<DeskSetup> = { fill: { timeToLive: "whole-bar", path: "ohlc" }, positions: [["NET", 1, 100]] };
    // The child of a part is alive; its parent ends at 70 s, on the leg up that begins at 75.
    const desk = deskOf([calm, [100, 104, 97, 100, 1_000], calm], setup);
    desk.send({ ...entry, timeInForce: "GTD", terms: { goodTill: 70_000 } });
    desk.send(target(1));
    desk.next();
    expect(desk.next()).toEqual(["expired 1 after 0 good_till_date", "expired 2 after 0 parent_order_gone"]);
  });

  it("end inside the bar where a market fallback of their group fills there", () => {
    const desk = deskOf([[100, 101, 98.5, 99, 100], calm]);
    desk.send({ ...entry, timeToLive: 2_000 });
    desk.send({ type: "stop_market", side: "buy", quantity: 1, trigger: 105 });
    desk.next();
    desk.cancel(1, 2_000);
    desk.send({ side: "buy", quantity: 1, replaces: 1, terms: { group: 2 } }, 2_000);
    expect(desk.heard()).toEqual(["canceled 1 after 0", "ack 3", "fill 3: 1 at 101 taker fee 0.0505 USDC", "expired 2 after 0 one_cancels_other"]);
  });
});
