// Stops, take-profits and the path inside a bar: what fires first, where, and what a crossed trigger does.
import { describe, expect, it } from "vitest";

import type { Price } from "../../src/domain/index.ts";
import { pathOf, type Path, type PathName } from "../../src/exchange/virtual/index.ts";
import { Desk, drain, line, type Bar, type DeskSetup, type Ticket } from "./desk.ts";

const calm: Bar = [100, 100.5, 99.5, 100, 100];

/** The answers of the bar after the one in which an order arrived. */
function later(ticket: Ticket, bars: readonly Bar[], setup: Partial<DeskSetup> = {}): string[][] {
  const desk = new Desk({ bars: [calm, ...bars], ...setup });
  desk.send(ticket);
  expect(desk.next()).toEqual(["ack 1"]);
  return bars.map(() => desk.next());
}

describe("the path inside a bar", () => {
  const path = (name: PathName, open: number, high: number, low: number, close: number): number[] => {
    const into: Path = [0, 0, 0, 0] as unknown as Path;
    pathOf(name, open as Price, high as Price, low as Price, close as Price, into);
    return into;
  };

  it("goes to the nearer extreme first", () => {
    expect(path("adaptive", 100, 102, 97, 99)).toEqual([100, 102, 97, 99]);
    expect(path("adaptive", 100, 103, 98, 99)).toEqual([100, 98, 103, 99]);
  });

  it("breaks a tie by the close: low first on a rising or level bar, high first on a falling one", () => {
    expect(path("adaptive", 100, 102, 98, 101)).toEqual([100, 98, 102, 101]);
    expect(path("adaptive", 100, 102, 98, 100)).toEqual([100, 98, 102, 100]);
    expect(path("adaptive", 100, 102, 98, 99)).toEqual([100, 102, 98, 99]);
  });

  it("is fixed by name", () => {
    expect(path("ohlc", 100, 110, 99, 105)).toEqual([100, 110, 99, 105]);
    expect(path("olhc", 100, 101, 90, 95)).toEqual([100, 90, 101, 95]);
  });
});

describe("a stop-market", () => {
  it("fires at its trigger, as taker", () => {
    // fee 95 × 0.0005 = 0.0475
    expect(later({ type: "stop_market", side: "sell", quantity: 1, trigger: 95 }, [[100, 101, 94, 96, 100]])).toEqual([
      ["fill 1: 1 at 95 taker fee 0.0475 USDC"],
    ]);
    expect(later({ type: "stop_market", side: "buy", quantity: 1, trigger: 105 }, [[100, 105, 99, 104, 100]])).toEqual([
      ["fill 1: 1 at 105 taker fee 0.0525 USDC"],
    ]);
  });

  it("fires at the open that gaps past it, not at its trigger", () => {
    expect(later({ type: "stop_market", side: "sell", quantity: 1, trigger: 95 }, [[93, 94, 92, 93, 100]])).toEqual([
      ["fill 1: 1 at 93 taker fee 0.0465 USDC"],
    ]);
  });

  it("slips like any taker", () => {
    const fill = { slippage: { kind: "ticks", ticks: 3 } } as const;
    // 95 - 0.03 = 94.97; fee 0.047485
    expect(later({ type: "stop_market", side: "sell", quantity: 1, trigger: 95 }, [[100, 101, 94, 96, 100]], { fill })).toEqual([
      ["fill 1: 1 at 94.97 taker fee 0.047485 USDC"],
    ]);
  });

  it("waits while the price stays short of its trigger", () => {
    expect(later({ type: "stop_market", side: "sell", quantity: 1, trigger: 95 }, [[100, 101, 95.01, 96, 100]])).toEqual([[]]);
  });
});

describe("a take-profit", () => {
  it("fires on the other side of the market from a stop", () => {
    expect(later({ type: "take_profit_market", side: "sell", quantity: 1, trigger: 105 }, [[100, 105, 99, 104, 100]])).toEqual([
      ["fill 1: 1 at 105 taker fee 0.0525 USDC"],
    ]);
    expect(later({ type: "take_profit_market", side: "buy", quantity: 1, trigger: 95 }, [[100, 101, 95, 96, 100]])).toEqual([
      ["fill 1: 1 at 95 taker fee 0.0475 USDC"],
    ]);
  });

  it("with a limit beyond its trigger fills in the same fall", () => {
    // At 95 a buy limit at 94 rests; the price falls on through 93.99: maker fee 94 × 0.0002 = 0.0188
    const ticket: Ticket = { type: "take_profit_limit", side: "buy", quantity: 1, trigger: 95, price: 94 };
    expect(later(ticket, [[100, 101, 93, 96, 100]])).toEqual([["fill 1: 1 at 94 maker fee 0.0188 USDC"]]);
    expect(later(ticket, [[100, 101, 94, 96, 100]])).toEqual([[]]);
  });

  it("with a limit that is marketable at its trigger takes there", () => {
    const ticket: Ticket = { type: "take_profit_limit", side: "sell", quantity: 1, trigger: 105, price: 104 };
    expect(later(ticket, [[100, 106, 99, 100, 100]])).toEqual([["fill 1: 1 at 105 taker fee 0.0525 USDC"]]);
  });
});

describe("a stop-limit", () => {
  const below: Ticket = { type: "stop_limit", side: "buy", quantity: 1, trigger: 105, price: 104 };

  it("takes at its trigger when its limit allows", () => {
    const ticket: Ticket = { type: "stop_limit", side: "buy", quantity: 1, trigger: 105, price: 106 };
    expect(later(ticket, [[100, 107, 99, 100, 100]])).toEqual([["fill 1: 1 at 105 taker fee 0.0525 USDC"]]);
  });

  it("rests for the rest of the path", () => {
    // Low first (1 below, 6 above): 100 → 99 → 106 triggers at 105 → 100 passes 103.99. Maker fee 104 × 0.0002 = 0.0208
    expect(later(below, [[100, 106, 99, 100, 100]])).toEqual([["fill 1: 1 at 104 maker fee 0.0208 USDC"]]);
    // High first: 100 → 106 → 94 → 95.
    expect(later(below, [[100, 106, 94, 95, 100]])).toEqual([["fill 1: 1 at 104 maker fee 0.0208 USDC"]]);
    // Up to the end: nothing comes after the trigger.
    expect(later(below, [[100, 106, 99, 106, 100]])).toEqual([[]]);
  });

  it("arrives at the next open when told so: resting, or taking there", () => {
    const setup = { fill: { stopLimit: "next-bar" } } as const;
    const trigger: Bar = [100, 106, 99, 104.5, 100];
    expect(later(below, [trigger, [104.5, 105, 103.99, 105, 100]], setup)).toEqual([[], ["fill 1: 1 at 104 maker fee 0.0208 USDC"]]);
    expect(later(below, [trigger, [103, 105, 102, 105, 100]], setup)).toEqual([[], ["fill 1: 1 at 103 taker fee 0.0515 USDC"]]);
  });

  it("that arrives at the next open can still be canceled before it", () => {
    const desk = new Desk({ bars: [calm, [100, 106, 99, 104.5, 100], [103, 105, 102, 105, 100]], fill: { stopLimit: "next-bar" } });
    desk.send(below);
    desk.next();
    expect(desk.next()).toEqual([]);
    desk.cancel(1);
    expect(desk.next()).toEqual(["canceled 1 after 0"]);
    expect(desk.openOrders).toEqual([]);
  });

  it("that arrives at the next open can be amended before it, and arrives once", () => {
    const desk = new Desk({ bars: [calm, [100, 106, 99, 104.5, 100], [104, 105, 102, 105, 100]], fill: { stopLimit: "next-bar" } });
    desk.send(below);
    desk.next();
    desk.next();
    desk.amend(1, { price: 102.5 });
    expect(desk.next()).toEqual(["amended 1 1 10250", "fill 1: 1 at 102.5 maker fee 0.0205 USDC"]);
  });

  it("post-only does not take when it wakes", () => {
    const ticket: Ticket = { type: "stop_limit", side: "buy", quantity: 1, trigger: 105, price: 106, timeInForce: "PO" };
    expect(later(ticket, [[100, 107, 99, 100, 100]])).toEqual([["expired 1 after 0 post_only_would_cross"]]);
  });

  it("IOC expires when it wakes beyond its limit", () => {
    expect(later({ ...below, timeInForce: "IOC" }, [[100, 106, 99, 100, 100]])).toEqual([["expired 1 after 0 immediate_or_cancel_unfilled"]]);
  });

  it("queues behind what rests at its price when it wakes", () => {
    const desk = new Desk({ bars: [calm, calm, [100, 100, 99, 100, 10]], fill: { volumeCap: "0.1" } });
    desk.send({ type: "take_profit_limit", side: "buy", quantity: 1, trigger: 99.45, price: 99.4 });
    desk.next();
    desk.send({ type: "limit", side: "buy", quantity: 1, price: 99.4 });
    desk.next();
    // The fall wakes the first at 99.45, where the second has been in the book for a bar; 10 % of 10 = 1 is for one of them.
    expect(desk.next()).toEqual(["fill 2: 1 at 99.4 maker fee 0.01988 USDC"]);
    expect(desk.openOrders).toEqual([1]);
  });
});

describe("a trigger that is crossed on arrival", () => {
  const ticket: Ticket = { type: "stop_market", side: "sell", quantity: 1, trigger: 100.2 };

  it.each([
    ["generic", "reject 1 trigger_already_crossed"],
    ["binance-usdm", "reject 1 trigger_already_crossed -2021"],
  ])("is rejected with the code of %s", (venue, answer) => {
    const desk = new Desk({ bars: [calm], venue });
    desk.send(ticket);
    expect(desk.next()).toEqual([answer]);
  });

  it("is rejected with the code of its direction on bybit-linear", () => {
    const desk = new Desk({ bars: [calm], venue: "bybit-linear" });
    // A sell stop waits for a fall to 100.2 and stands above the price; a buy stop for a rise to 99.9, below it.
    desk.send(ticket);
    desk.send({ ...ticket, side: "buy", trigger: 99.9 });
    expect(desk.next()).toEqual(["reject 1 trigger_already_crossed 110093", "reject 2 trigger_already_crossed 110092"]);
  });

  it("is rejected with binance-spot's code", () => {
    const desk = new Desk({ bars: [calm], venue: "binance-spot", rules: { symbol: "ABC/USDC", kind: "spot" }, balances: { ABC: "1" } });
    desk.send(ticket);
    expect(desk.next()).toEqual(["reject 1 trigger_already_crossed -2010"]);
  });

  it("counts the open itself as crossed, and a take-profit on its own side", () => {
    const desk = new Desk({ bars: [calm] });
    desk.send({ ...ticket, trigger: 100 });
    desk.send({ ...ticket, trigger: 99.9, type: "take_profit_market" });
    desk.send({ ...ticket, side: "buy", trigger: 99.9 });
    expect(desk.next().map((answer) => answer.slice(0, 8))).toEqual(["reject 1", "reject 2", "reject 3"]);
  });

  it("at its very price fires at the open when told so, and not later on the path", () => {
    const desk = new Desk({ bars: [[100, 100.5, 99.5, 100, 100]], fill: { crossedTrigger: "fire" } });
    desk.send({ ...ticket, trigger: 100 });
    desk.exchange.advanceBar(0 as never, 0);
    expect(drain(desk.exchange).map((event) => [line(event).slice(0, 5), event.time])).toEqual([
      ["ack 1", 0],
      ["fill ", 0],
    ]);
  });

  it("fires at the open when told so", () => {
    const desk = new Desk({ bars: [calm], fill: { crossedTrigger: "fire" } });
    desk.send(ticket);
    expect(desk.next()).toEqual(["ack 1", "fill 1: 1 at 100 taker fee 0.05 USDC"]);
  });
});

describe("a take-profit and a stop-loss inside one bar", () => {
  function bracket(bar: Bar, path: PathName): string[] {
    const desk = new Desk({ bars: [calm, bar], positions: [["NET", 1, 100]], fill: { path } });
    desk.send({ type: "limit", side: "sell", quantity: 1, price: 102, reduceOnly: true });
    desk.send({ type: "stop_market", side: "sell", quantity: 1, trigger: 98, reduceOnly: true });
    desk.next();
    const answers = desk.next();
    expect(desk.exchange.markets[0]?.choice.ambiguousBars).toBe(1);
    expect(desk.position()).toBe(0);
    return answers;
  }
  // 102 × 0.0002 = 0.0204; 98 × 0.0005 = 0.049
  const profit = ["fill 1: 1 at 102 maker fee 0.0204 USDC", "expired 2 after 0 reduce_only_position_gone"];
  const loss = ["fill 2: 1 at 98 taker fee 0.049 USDC", "expired 1 after 0 reduce_only_position_gone"];

  it("is decided by the nearer extreme", () => {
    expect(bracket([100, 102.5, 97, 99, 100], "adaptive")).toEqual(profit);
    expect(bracket([100, 103, 97.5, 101, 100], "adaptive")).toEqual(loss);
  });

  it("on a tie is decided by the close", () => {
    expect(bracket([100, 103, 97, 101, 100], "adaptive")).toEqual(loss);
    expect(bracket([100, 103, 97, 99, 100], "adaptive")).toEqual(profit);
  });

  it("is decided by the path that is named", () => {
    expect(bracket([100, 110, 97.5, 99, 100], "ohlc")).toEqual(profit);
    expect(bracket([100, 102.5, 90, 99, 100], "olhc")).toEqual(loss);
  });
});
