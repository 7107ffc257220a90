// Amendments at their edges: orders that hang on others, that wait, that an open passes, and what an amended order needs. The
// plain cases are in changes.test.ts.
import { describe, expect, it } from "vitest";

import type { MarketIndex, Millis } from "../../src/domain/index.ts";
import { Desk, type Bar, type DeskSetup, type Ticket } from "./desk.ts";

const calm: Bar = [100, 101, 99, 100, 1_000];
const dip: Bar = [100, 101, 97, 99, 1_000];
const rest: Ticket = { type: "limit", side: "buy", quantity: 1, price: 98.5 };

/** What is told of a change of order 1 in the bar after the one in which these orders arrived, and in the bars behind it. */
function changed(tickets: readonly Ticket[], change: Parameters<Desk["amend"]>[1], bars: readonly Bar[], setup: Partial<DeskSetup> = {}): string[][] {
  const desk = new Desk({ bars: [calm, ...bars], ...setup });
  for (const ticket of tickets) desk.send(ticket);
  desk.next();
  desk.amend(1, change);
  return bars.map(() => desk.next());
}

describe("an amended order", () => {
  it("lies in the book once: what comes back to its price after its fill finds nothing", () => {
    expect(changed([rest], { price: 98 }, [calm, dip, dip, dip])).toEqual([["amended 1 1 9800"], ["fill 1: 1 at 98 maker fee 0.0196 USDC"], [], []]);
  });

  it("of a stop that the open passes goes off there, with the quantity that it has now", () => {
    const stop: Ticket = { type: "stop_market", side: "sell", quantity: 1, trigger: 98 };
    expect(changed([stop], { quantity: 2 }, [[97, 98, 96, 97, 100]])).toEqual([["amended 1 2 9800", "fill 1: 2 at 97 taker fee 0.097 USDC"]]);
  });

  it("is measured by its own price, or its trigger, against the smallest value", () => {
    const setup: Partial<DeskSetup> = { rules: { minNotional: "50" } };
    const refused = [["amend rejected 1 min_notional_filter"]];
    // Half of 98.5, or of 98, is less than 50, although half of the market's 100 is not.
    expect(changed([{ ...rest, quantity: 0.6 }], { quantity: 0.5 }, [calm], setup)).toEqual(refused);
    expect(changed([{ type: "stop_market", side: "sell", quantity: 0.6, trigger: 98 }], { quantity: 0.5 }, [calm], setup)).toEqual(refused);
    expect(changed([{ type: "stop_market", side: "buy", quantity: 0.6, trigger: 105 }], { quantity: 0.5 }, [calm], setup)).toEqual([
      ["amended 1 0.5 10500"],
    ]);
  });
});

describe("a post-only order that is amended", () => {
  const passive: Ticket = { ...rest, timeInForce: "PO" };

  it("is refused at the very price of the other side, and taken a tick away", () => {
    expect(changed([passive], { price: 100 }, [calm])).toEqual([["amend rejected 1 post_only_would_cross"]]);
    expect(changed([passive], { price: 99.99 }, [[100, 100, 99.99, 100, 10]])).toEqual([["amended 1 1 9999"]]);
    const selling: Ticket = { ...passive, side: "sell", price: 102 };
    expect(changed([selling], { price: 100 }, [calm])).toEqual([["amend rejected 1 post_only_would_cross"]]);
    expect(changed([selling], { price: 100.01 }, [[100, 100.01, 100, 100, 10]])).toEqual([["amended 1 1 10001"]]);
  });

  it("may cross while it waits for its trigger, and takes nothing when that is reached", () => {
    const waiting: Ticket = { type: "stop_limit", side: "buy", quantity: 1, trigger: 105, price: 106, timeInForce: "PO" };
    expect(changed([waiting], { price: 107 }, [calm, [100, 106, 100, 106, 10]])).toEqual([
      ["amended 1 1 10700 10500"],
      ["expired 1 after 0 post_only_would_cross"],
    ]);
  });
});

describe("an amended order that hangs on others", () => {
  const long: Partial<DeskSetup> = { positions: [["NET", 5, 100]] };
  const target: Ticket = { type: "limit", side: "sell", quantity: 1, price: 102, reduceOnly: true };
  const stop: Ticket = { type: "stop_market", side: "sell", quantity: 1, trigger: 96, reduceOnly: true, terms: { group: 1 } };

  it("of a group fills as much as it says now", () => {
    expect(changed([target, stop], { quantity: 2 }, [calm, [100, 103, 100, 102, 100]], long)).toEqual([
      ["amended 1 2 10200"],
      ["fill 1: 2 at 102 maker fee 0.0408 USDC", "expired 2 after 0 one_cancels_other"],
    ]);
  });

  it("that waits for its parent may stand across the market, holds nothing, and meets the price when it comes to life", () => {
    const child: Ticket = { type: "stop_market", side: "sell", quantity: 1, trigger: 96, terms: { parent: 2 } };
    const desk = new Desk({ bars: [calm, calm, dip] });
    // The child is number 1: it is amended before its parent fills.
    desk.send({ ...rest, number: 2 });
    desk.send({ ...child, number: 1 });
    desk.next();
    expect(desk.held()).toBe("98.5");
    desk.amend(1, { trigger: 101 });
    expect([desk.next(), desk.held()]).toEqual([["amended 1 1 10100"], "98.5"]);
    expect(desk.next()).toEqual(["fill 2: 1 at 98.5 maker fee 0.0197 USDC", "expired 1 after 0 trigger_already_crossed"]);
  });

  it("that waits for its hour holds what it needs at its new price", () => {
    const desk = new Desk({ bars: [calm, calm, calm] });
    desk.send({ ...rest, terms: { goodAfter: 150_000 } });
    desk.next();
    desk.amend(1, { price: 97 });
    expect([desk.next(), desk.held()]).toEqual([["amended 1 1 9700"], "97"]);
  });
});

describe("orders that the venue takes away", () => {
  it("are those of a leg, or all of them", () => {
    const play = (leg: "LONG" | null): [string[], number[]] => {
      const desk = new Desk({ bars: [calm], mode: "hedge" });
      desk.send({ ...rest, leg: "LONG" });
      desk.send({ ...rest, leg: "SHORT", side: "sell", price: 103 });
      desk.next();
      desk.exchange.cancelOrders(0 as MarketIndex, leg, desk.now as Millis, "liquidated");
      return [desk.heard(), desk.openOrders];
    };
    expect(play("LONG")).toEqual([["expired 1 after 0 liquidated"], [2]]);
    expect(play(null)).toEqual([["expired 1 after 0 liquidated", "expired 2 after 0 liquidated"], []]);
  });
});
