// Triggers by the mark where a bar leaves something open: which bars are ambiguous, what an open passes at once, groups, a
// liquidation on the way, coarse ticks. Worked by hand.
import { describe, expect, it } from "vitest";

import { Desk, drain, exchangeOf, requestOf, type Bar, type DeskSetup, type Ticket } from "./desk.ts";

type Mark = readonly [number, number, number, number];

const calm: Bar = [100, 100, 100, 100, 100];
const still: Mark = [100, 100, 100, 100];
const byMark = { triggerBy: "mark" } as const;
const sell: Ticket = { type: "stop_market", side: "sell", quantity: 1, trigger: 95, terms: byMark };
const buy: Ticket = { type: "stop_market", side: "buy", quantity: 1, trigger: 105, terms: byMark };
const bid: Ticket = { type: "limit", side: "buy", quantity: 1, price: 95 };
const offer: Ticket = { type: "limit", side: "sell", quantity: 1, price: 105 };

/** A desk on which orders arrive in a calm bar, before the one that is looked at. */
function deskOf(tickets: readonly Ticket[], bar: Bar, mark: Mark | null, more: Partial<DeskSetup> = {}): Desk {
  const desk = new Desk({ bars: [calm, bar], marks: mark === null ? [still] : [still, mark], ...more });
  for (const ticket of tickets) desk.send(ticket);
  expect(desk.next()).toEqual(tickets.map((_, at) => `ack ${at + 1}`));
  return desk;
}

/** How many bars were ambiguous. */
function ambiguous(tickets: readonly Ticket[], bar: Bar, mark: Mark | null, more: Partial<DeskSetup> = {}): number | undefined {
  const desk = deskOf(tickets, bar, mark, more);
  desk.next();
  return desk.exchange.markets[0]?.choice.ambiguousBars;
}

// A limit fills when the price has gone through it, by a tick.
describe("a bar in which orders wait for the mark", () => {
  const quiet: Bar = [100, 101, 99, 100, 100];

  it.each<[what: string, tickets: readonly Ticket[], bar: Bar, mark: Mark, expected: number]>([
    ["the mark reaches triggers on both sides", [sell, buy], quiet, [100, 105, 95, 100], 1],
    ["it reaches one of them", [sell, buy], quiet, [100, 104.99, 95, 100], 0],
    ["it reaches the other", [sell, buy], quiet, [100, 105, 95.01, 100], 0],
    ["it reaches none", [sell, buy], quiet, [100, 104.99, 95.01, 100], 0],
    ["it falls to a trigger and the trades rise to an order", [sell, offer], [100, 105.01, 99, 100, 100], [100, 101, 95, 100], 1],
    ["the trades do not rise so far", [sell, offer], [100, 105, 99, 100, 100], [100, 101, 95, 100], 0],
    ["the mark does not fall so far", [sell, offer], [100, 105.01, 99, 100, 100], [100, 101, 95.01, 100], 0],
    ["it rises to a trigger and the trades fall to an order", [buy, bid], [100, 101, 94.99, 100, 100], [100, 105, 99, 100], 1],
    ["the trades do not fall so far", [buy, bid], [100, 101, 95, 100, 100], [100, 105, 99, 100], 0],
    ["the mark does not rise so far", [buy, bid], [100, 101, 94.99, 100, 100], [100, 104.99, 99, 100], 0],
    ["both fall", [sell, bid], [100, 101, 94.99, 100, 100], [100, 101, 95, 100], 0],
    ["both rise", [buy, offer], [100, 105.01, 99, 100, 100], [100, 105, 99, 100], 0],
  ])("is ambiguous or not where %s", (_, tickets, bar, mark, expected) => {
    expect(ambiguous(tickets, bar, mark, { balances: { USDC: "10000" } })).toBe(expected);
  });

  it("is ambiguous for a stop that trails the mark where the mark both moves it and comes back to it, whatever the trades do", () => {
    const trail = (side: "buy" | "sell", terms: Ticket["terms"] = byMark): Ticket => ({
      type: "trailing_stop",
      side,
      quantity: 1,
      terms: { ...terms, distance: 3 },
    });
    const wide: Bar = [100, 106, 94, 100, 100];
    const swung: Mark = [100, 106, 94, 100];
    const narrow: Mark = [100, 100.5, 99.5, 100];
    for (const side of ["buy", "sell"] as const) {
      expect([ambiguous([trail(side)], quiet, swung), ambiguous([trail(side)], wide, narrow)]).toEqual([1, 0]);
      expect([ambiguous([trail(side, {})], quiet, swung), ambiguous([trail(side, {})], wide, narrow)]).toEqual([0, 1]);
      // Without a mark the trades stand for it.
      expect([ambiguous([trail(side)], wide, null), ambiguous([trail(side)], quiet, null)]).toEqual([1, 0]);
    }
  });
});

describe("a trigger by the last price", () => {
  it("is judged by the trades when it arrives, also where marks are known, and one by the mark by the mark", () => {
    const arrives = (terms: Ticket["terms"], open: number, mark: number): string[] => {
      const exchange = exchangeOf({ bars: [[open, open, open, open, 100]], marks: [[mark, mark, mark, mark]] });
      exchange.submit(requestOf(1, { ...buy, terms }), 0 as never);
      exchange.advanceBar(0 as never, 0);
      return drain(exchange).map(({ type }) => type);
    };
    for (const terms of [undefined, {}, { triggerBy: "last" }] as const)
      expect([arrives(terms, 106, 100), arrives(terms, 100, 106)]).toEqual([["order_rejected"], ["order_acknowledged"]]);
    expect([arrives(byMark, 106, 100), arrives(byMark, 100, 106)]).toEqual([["order_acknowledged"], ["order_rejected"]]);
  });
});

describe("the open's mark", () => {
  it("sets off what it stands at exactly, at the open", () => {
    for (const [ticket, mark] of [
      [sell, 95],
      [buy, 105],
    ] as const) {
      const desk = deskOf([ticket], calm, [mark, mark, mark, mark]);
      desk.exchange.advanceBar(0 as never, 1);
      expect(drain(desk.exchange)).toMatchObject([{ type: "order_filled", time: 60_000, price: 10_000 }]);
    }
  });

  it("that jumps over a whole group fills one of it", () => {
    const group: readonly Ticket[] = [sell, { ...sell, trigger: 96, terms: { ...byMark, group: 1 } }];
    const desk = deskOf(group, calm, [90, 90, 90, 90], { positions: [["NET", 5, 100]] });
    expect(desk.next()).toEqual(["fill 2: 1 at 100 taker fee 0.05 USDC", "expired 1 after 0 one_cancels_other"]);
    expect(desk.position()).toBe(4);
  });

  it("sets nothing off in a bar in which nobody trades", () => {
    const desk = deskOf([sell], [100, 100, 100, 100, 0], [90, 90, 90, 90], { fill: { volumeCap: "1" } });
    expect([desk.next(), desk.openOrders]).toEqual([[], [1]]);
  });
});

describe("an order that the mark sets off on the way", () => {
  it("ends the rest of its group at once", () => {
    const target: Ticket = { type: "limit", side: "sell", quantity: 1, price: 110, terms: { group: 1 } };
    const desk = deskOf([sell, target], calm, [100, 100, 94, 100], { positions: [["NET", 5, 100]] });
    expect(desk.next()).toEqual(["fill 1: 1 at 100 taker fee 0.05 USDC", "expired 2 after 0 one_cancels_other"]);
  });

  it("comes alone: one that the mark has not reached waits", () => {
    const desk = deskOf([sell, { ...sell, trigger: 90 }], calm, [100, 100, 93, 95]);
    expect(desk.next()).toEqual(["fill 1: 1 at 100 taker fee 0.05 USDC"]);
    expect(desk.openOrders).toEqual([2]);
  });

  it("comes after a liquidation that the mark reaches before it, and then is gone", () => {
    // Long 10 at 100 with 100: liquidated from a mark of 90.45 down. The trades stand still at 100.
    const margined = { liquidation: "generic", leverage: 20, balances: { USDC: "100" }, positions: [["NET", 10, 100]] } as const;
    const stop: Ticket = { ...sell, quantity: 10, reduceOnly: true };
    const below = deskOf([{ ...stop, trigger: 88 }], calm, [100, 100, 80, 85], margined);
    expect(below.next()).toEqual(["expired 1 after 0 liquidated", "liquidated NET 10 at 100 fee 0 insurance 0"]);
    const above = deskOf([{ ...stop, trigger: 92 }], calm, [100, 100, 80, 85], margined);
    expect(above.next()).toEqual(["fill 1: 10 at 100 taker fee 0.5 USDC"]);
  });

  it("trades on the grid of its market, against itself", () => {
    // Trades 100 → 97 (103) while the mark goes 100 → 90 (110): at 95 (105) they stand at 98.5 (101.5); with a tick of 1 sold at 98, bought at 102.
    const rules = { tick: "1" };
    const sold = deskOf([sell], [100, 100, 97, 97, 100], [100, 100, 90, 90], { rules });
    expect(sold.next()).toEqual(["fill 1: 1 at 98 taker fee 0.049 USDC"]);
    const bought = deskOf([buy], [100, 103, 100, 103, 100], [100, 110, 100, 110], { rules });
    expect(bought.next()).toEqual(["fill 1: 1 at 102 taker fee 0.051 USDC"]);
  });
});

describe("bars without a mark", () => {
  it("are counted while an order waits for it, and no others", () => {
    const counted = (tickets: readonly Ticket[], marks: readonly Mark[]): number | undefined => {
      const desk = new Desk({ bars: [calm, calm, calm], marks });
      for (const ticket of tickets) desk.send(ticket);
      for (let bar = 0; bar < 3; bar += 1) desk.next();
      return desk.exchange.markets[0]?.unmarkedBars;
    };
    expect([counted([sell], [still, still, still]), counted([sell], [still]), counted([bid], [still]), counted([], [still])]).toEqual([0, 2, 0, 0]);
  });
});
