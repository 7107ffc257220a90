// The paths `worst` and `best`, and what a bar leaves open: each case is one thing that hangs on the order of the extremes,
// with the account's end on either way worked out by hand. Fees are left out: what decides is whole units.
import { describe, expect, it, vi } from "vitest";

import type { MarketIndex } from "../../src/domain/index.ts";
import type { Fault, FillModel, VirtualExchangeState } from "../../src/exchange/virtual/index.ts";
import { Desk, exchangeOf, type Bar, type DeskSetup, type Ticket } from "./desk.ts";

const calm: Bar = [100, 100, 100, 100, 1_000];
const free = { makerFee: "0", takerFee: "0", halfSpreadBp: "0" } as const;

interface Play {
  readonly tickets: readonly Ticket[];
  /** The first one is calm: orders arrive there. */
  readonly bar: Bar;
  readonly setup?: Partial<DeskSetup>;
  readonly fault?: Fault;
}

function played({ tickets, bar, setup = {}, fault }: Play, path: FillModel["path"]): Desk {
  const desk = new Desk({ bars: [calm, bar, bar], ...setup, profile: { ...free, ...setup.profile }, fill: { path, ...setup.fill } });
  for (const ticket of tickets) desk.send(ticket);
  desk.next();
  if (fault !== undefined) desk.exchange.arm(fault);
  desk.next();
  return desk;
}

const choiceOf = (desk: Desk) => desk.exchange.markets[0]?.choice;

/** Equity at the bar's close on the paths adaptive, worst and best, and the bars that the latter two have turned. */
function ends(play: Play): [string, string, string, number[], number[]] {
  const [plain, worst, best] = (["adaptive", "worst", "best"] as const).map((path) => played(play, path));
  const turned = (desk: Desk | undefined): number[] => [...(desk === undefined ? [] : (choiceOf(desk)?.turnedBars ?? []))];
  return [plain?.equity ?? "", worst?.equity ?? "", best?.equity ?? "", turned(worst), turned(best)];
}

const long: Partial<DeskSetup> = { positions: [["NET", 1, 100]] };
const target: Ticket = { type: "limit", side: "sell", quantity: 1, price: 105, reduceOnly: true };
const stop: Ticket = { type: "stop_market", side: "sell", quantity: 1, trigger: 95, reduceOnly: true };

describe("a target and a stop in one bar", () => {
  // Stopped at 95: 995. Taken at 105: 1005.
  it("take the way that leaves the account lower, or higher, whichever the adaptive one is", () => {
    // Down 5.5, up 6: the stop first.
    expect(ends({ tickets: [target, stop], bar: [100, 106, 94.5, 100, 100], setup: long })).toEqual(["995", "995", "1005", [], [1]]);
    // Down 6, up 5.5: the target first.
    expect(ends({ tickets: [target, stop], bar: [100, 105.5, 94, 100, 100], setup: long })).toEqual(["1005", "995", "1005", [1], []]);
  });

  it("are counted as an ambiguous bar, at their very prices too, and one of them alone is none", () => {
    const count = (bar: Bar, tickets: readonly Ticket[] = [target, stop]): number | undefined =>
      choiceOf(played({ tickets, bar, setup: { ...long, fill: { limit: "touch" } } }, "ohlc"))?.ambiguousBars;
    expect([count([100, 105, 95, 100, 100]), count([100, 104.99, 95, 100, 100]), count([100, 105, 95.01, 100, 100])]).toEqual([1, 0, 0]);
    expect([count([100, 106, 94, 100, 100], [target]), count([100, 106, 94, 100, 100], [stop])]).toEqual([0, 0]);
  });

  it("of a bar without volume decide nothing under a cap", () => {
    const setup = { ...long, fill: { volumeCap: "0.1" } };
    const desk = played({ tickets: [target, stop], bar: [100, 106, 94, 100, 0], setup }, "worst");
    expect([choiceOf(desk)?.ambiguousBars, choiceOf(desk)?.bar, desk.equity, desk.openOrders]).toEqual([0, -1, "1000", [1, 2]]);
  });
});

describe("what else hangs on the order of the extremes", () => {
  it("a stop-limit whose limit the rest of the path reaches, or does not", () => {
    // Low first: set off at 105 on the way up, and 106 → 105 does not come back to 103. High first: 106 → 95 does, and 105 − 103 = 2.
    const tickets: Ticket[] = [{ type: "stop_limit", side: "buy", quantity: 1, trigger: 105, price: 103 }];
    expect(ends({ tickets, bar: [100, 106, 95, 105, 100] })).toEqual(["1000", "1000", "1002", [], [1]]);
    expect(ends({ tickets, bar: [100, 106, 93, 105, 100] })).toEqual(["1002", "1000", "1002", [1], []]);
  });

  it("the rest of an order of which a fault has filled a part on the way", () => {
    const tickets: Ticket[] = [{ type: "limit", side: "buy", quantity: 1, price: 98 }];
    const fault: Fault = { do: "partial_fill", next: 1, family: null, symbol: null, share: "0.5" };
    // High first: one fall, one half at 98, and the close at 97.5: −0.25. Low first: the second fall takes the rest: −0.5.
    const desk = (path: FillModel["path"]): string => {
      const one = new Desk({ bars: [calm, [100, 101, 97, 97.5, 100]], profile: free, fill: { path } });
      one.exchange.arm(fault);
      for (const ticket of tickets) one.send(ticket);
      one.next();
      one.next();
      return one.equity;
    };
    expect([desk("adaptive"), desk("worst"), desk("best")]).toEqual(["999.75", "999.5", "999.75"]);
  });

  it("the rest that an open has passed and left, on either side of the book", () => {
    const fault: Fault = { do: "partial_fill", next: 1, family: null, symbol: null, share: "0.5" };
    const opened = (ticket: Ticket, bar: Bar, path: FillModel["path"]): string => {
      const desk = new Desk({ bars: [calm, bar], profile: free, fill: { path, gap: "open" } });
      desk.exchange.arm(fault);
      desk.send(ticket);
      desk.next();
      desk.next();
      return desk.equity;
    };
    // Half at the open of 95. Low first: the rest at 95 too, and 94 at the close is −1. High first: the rest at 97, −2.
    const buy: Ticket = { type: "limit", side: "buy", quantity: 1, price: 98 };
    const falling: Bar = [95, 97, 94, 94, 100];
    expect([opened(buy, falling, "adaptive"), opened(buy, falling, "worst"), opened(buy, falling, "best")]).toEqual(["999", "998", "999"]);
    // The mirror image: half and half at 105, or the rest at 103, and 106 at the close.
    const sell: Ticket = { type: "limit", side: "sell", quantity: 1, price: 102 };
    const rising: Bar = [105, 106, 103, 106, 100];
    expect([opened(sell, rising, "adaptive"), opened(sell, rising, "worst"), opened(sell, rising, "best")]).toEqual(["999", "998", "999"]);
  });

  it("a trail that the bar both moves and reaches", () => {
    const tickets: Ticket[] = [{ type: "trailing_stop", side: "sell", quantity: 1, reduceOnly: true, terms: { distance: 3 } }];
    // High first: up to 104, out at 101. Low first, down to 97.5: up to 104 then, and 101.5 at the close does not reach 101.
    expect(ends({ tickets, bar: [100, 104, 97.5, 101.5, 100], setup: long })).toEqual(["1001.5", "1001", "1001.5", [1], []]);
  });

  it("an order that comes to life inside the bar", () => {
    const tickets: Ticket[] = [
      { type: "limit", side: "buy", quantity: 1, price: 98 },
      { type: "limit", side: "sell", quantity: 1, price: 103, reduceOnly: true, terms: { parent: 1 } },
    ];
    // Low first: in at 98, out at 103. High first: in at 98, and the close at 101 is short of 103.
    const bar: Bar = [100, 104, 96, 101, 100];
    expect(ends({ tickets, bar })).toEqual(["1005", "1003", "1005", [1], []]);
    expect(choiceOf(played({ tickets, bar }, "olhc"))?.ambiguousBars).toBe(1);
    // Out of reach of the bar, the child makes it no ambiguous one: a limit at 104 would be traded through at 104.01.
    const counted = (child: Partial<Ticket>): number | undefined =>
      choiceOf(played({ tickets: [tickets[0] as Ticket, { ...(tickets[1] as Ticket), ...child }], bar }, "olhc"))?.ambiguousBars;
    expect([counted({ price: 104 }), counted({ price: 103.99 })]).toEqual([0, 1]);
    const { price: _, ...stopChild } = { ...(tickets[1] as Ticket), type: "stop_market" as const };
    const stopped = (trigger: number): number | undefined =>
      choiceOf(played({ tickets: [tickets[0] as Ticket, { ...stopChild, trigger }], bar }, "olhc"))?.ambiguousBars;
    expect([stopped(95.99), stopped(96)]).toEqual([0, 1]);
  });

  it("a life that ends on the path, where lives last to the end of their bar", () => {
    const tickets: Ticket[] = [{ type: "limit", side: "buy", quantity: 1, price: 98, timeInForce: "GTD", terms: { goodTill: 85_000 } }];
    const setup: Partial<DeskSetup> = { fill: { timeToLive: "whole-bar" } };
    // The legs begin at 60, 75 and 90 s: low first it fills before its end, 101 − 98 = 3; high first it is over.
    const bar = (low: number, high: number): Bar => [100, high, low, 101, 100];
    expect(ends({ tickets, bar: bar(97, 104), setup })).toEqual(["1003", "1000", "1003", [1], []]);
    expect(ends({ tickets, bar: bar(97, 102), setup })).toEqual(["1000", "1000", "1003", [], [1]]);
  });

  it("funding between the extremes does not: alike on both ways, the bar is left as it is", () => {
    const setup: Partial<DeskSetup> = { ...long, funding: [[60_000, 1_000]] };
    // 100 × 0.001 = 0.1
    expect(ends({ tickets: [], bar: [100, 104, 97, 101, 100], setup })).toEqual(["1000.9", "1000.9", "1000.9", [], []]);
  });

  it("a liquidation that the target comes before, or behind", () => {
    // 10 long at 100 with 100 of balance: wiped out at the low of 91, unless the target at 105 comes first: + 50.
    const setup: Partial<DeskSetup> = { positions: [["NET", 10, 100]], balances: { USDC: "100" }, leverage: 10, liquidation: "generic" };
    const tickets: Ticket[] = [{ ...target, quantity: 10 }];
    const [plain, worst, best] = ends({ tickets, bar: [100, 106, 85, 100, 100], setup });
    expect([plain, best]).toEqual(["150", "150"]);
    expect(Number(worst)).toBeLessThan(20);
  });
});

describe("a bar on the way to worst and best", () => {
  it("is tried on a copy only where something can happen in it", () => {
    const desk = new Desk({ bars: [calm, calm, [100, 106, 94, 100, 100]], ...long, fill: { path: "worst" } });
    const saved = vi.spyOn(desk.exchange, "exportState");
    desk.send(stop);
    desk.next();
    expect(saved).toHaveBeenCalledTimes(1);
    desk.next();
    expect(saved).toHaveBeenCalledTimes(1);
    desk.next();
    expect(saved).toHaveBeenCalledTimes(2);
  });

  it("counts an insolvent end as the worst, even where the account stands higher at the close", () => {
    // 10 long at 100 on 100 of balance: nothing is left at 90. The trail wakes at 104 and follows by 3.
    const setup: Partial<DeskSetup> = { positions: [["NET", 10, 100]], balances: { USDC: "100" }, leverage: 10 };
    const trail: Ticket = { type: "trailing_stop", side: "sell", quantity: 10, reduceOnly: true, terms: { distance: 3, activation: 104 } };
    const told = (bar: Bar, path: FillModel["path"]): [boolean, string] => {
      const desk = new Desk({ bars: [calm, bar], ...setup, profile: free, fill: { path } });
      desk.send(trail);
      desk.next();
      return [desk.next().some((line) => line.startsWith("insolvent")), desk.equity];
    };
    // High first, 106: out at 103. Low first, 85 is met with the position, and 105 at the close does not reach 103: 100 + 50.
    const nearHigh: Bar = [100, 106, 85, 105, 100];
    expect([told(nearHigh, "adaptive"), told(nearHigh, "worst"), told(nearHigh, "best")]).toEqual([
      [false, "130"],
      [true, "150"],
      [false, "130"],
    ]);
    // Low first of itself: 113.5 at the close is above 116 − 3. High first it is out at 113.
    const nearLow: Bar = [100, 116, 85, 113.5, 100];
    expect([told(nearLow, "adaptive"), told(nearLow, "worst"), told(nearLow, "best")]).toEqual([
      [true, "235"],
      [true, "235"],
      [false, "230"],
    ]);
  });

  it("goes on in another process with what it has counted", () => {
    const setup: DeskSetup = { bars: [calm, [100, 106, 94, 100, 100], calm], ...long };
    const desk = new Desk(setup);
    desk.send(target);
    desk.send(stop);
    desk.next();
    desk.next();
    const later = exchangeOf(setup);
    later.importState(JSON.parse(JSON.stringify(desk.exchange.exportState())) as VirtualExchangeState);
    expect(later.markets[0]?.choice.ambiguousBars).toBe(1);
    later.advanceBar(0 as MarketIndex, 2);
    expect(later.markets[0]?.choice.ambiguousBars).toBe(1);
  });
});
