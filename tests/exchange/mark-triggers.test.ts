// Triggers by the mark price, worked out by hand: `triggerBy: "mark"`.
import { describe, expect, it } from "vitest";

import type { VirtualExchange } from "../../src/exchange/virtual/index.ts";
import { Desk, exchangeOf, type Bar, type DeskSetup, type Ticket } from "./desk.ts";

type Mark = readonly [number, number, number, number];

const calm: Bar = [100, 100, 100, 100, 100];
const still: Mark = [100, 100, 100, 100];
/** The trades fall to 94 and come back. */
const spike: Bar = [100, 101, 94, 100, 100];

const byMark = { triggerBy: "mark" } as const;
const stop: Ticket = { type: "stop_market", side: "sell", quantity: 1, trigger: 95, reduceOnly: true, terms: byMark };

/** A desk that is long 1 from 100, of 1,000 USDC. */
function long(bars: readonly Bar[], marks: readonly Mark[], more: Partial<DeskSetup> = {}): Desk {
  return new Desk({ bars, marks, positions: [["NET", 1, 100]], ...more });
}

/** What the bars after the first say of one order that arrives with the first. */
function after(ticket: Ticket, bars: readonly Bar[], marks: readonly Mark[], more: Partial<DeskSetup> = {}): string[][] {
  const desk = long([calm, ...bars], [still, ...marks], more);
  desk.send(ticket);
  expect(desk.next()).toEqual(["ack 1"]);
  return bars.map(() => desk.next());
}

describe("a stop by the mark", () => {
  it("holds while the trades spike and the mark does not; one by the last price does not", () => {
    expect(after(stop, [spike], [[100, 100.5, 98, 100]])).toEqual([[]]);
    expect(after({ ...stop, terms: {} }, [spike], [[100, 100.5, 98, 100]])).toEqual([["fill 1: 1 at 95 taker fee 0.0475 USDC"]]);
  });

  it("fires where the mark reaches it, at the price that the trades have then", () => {
    // The nearer extreme, 100, comes first. Then trades 100 → 99 while the mark goes 100 → 94: at a mark of 95 five sixths of the
    // way are done, 99.1666…: sold at 99.16.
    expect(after(stop, [[100, 100, 99, 99.5, 100]], [[100, 100, 94, 99]])).toEqual([["fill 1: 1 at 99.16 taker fee 0.04958 USDC"]]);
  });

  it("buys at the tick above that price", () => {
    const cover: Ticket = { ...stop, side: "buy", trigger: 105 };
    // Low first: 100, 100 → then trades 100 → 101 while the mark goes 100 → 106: five sixths, 100.8333…
    expect(after(cover, [[100, 101, 100, 100.5, 100]], [[100, 106, 100, 101]], { positions: [["NET", -1, 100]] })).toEqual([
      ["fill 1: 1 at 100.84 taker fee 0.05042 USDC"],
    ]);
  });

  it("fires at the open when the mark has jumped over it, whatever the trades did", () => {
    expect(after(stop, [[99.5, 100, 99, 99, 100]], [[94, 96, 93, 95]])).toEqual([["fill 1: 1 at 99.5 taker fee 0.04975 USDC"]]);
  });

  it("fires when the mark moves and no trade does", () => {
    expect(after(stop, [calm], [[100, 100, 94, 99]])).toEqual([["fill 1: 1 at 100 taker fee 0.05 USDC"]]);
  });

  it("waits in a bar without volume for the next one that has some", () => {
    const fill = { volumeCap: "1" };
    expect(
      after(
        stop,
        [[100, 100, 100, 100, 0], calm],
        [
          [100, 100, 94, 94],
          [94, 94, 94, 94],
        ],
        { fill },
      ),
    ).toEqual([[], ["fill 1: 1 at 100 taker fee 0.05 USDC"]]);
  });

  it("may become a limit that rests in the rest of the path", () => {
    const limited: Ticket = { ...stop, type: "stop_limit", price: 99.6 };
    // Fired at 99.16, below its limit; the path ends at 99.7, which trades through 99.6.
    expect(after(limited, [[100, 100, 99, 99.7, 100]], [[100, 100, 94, 99]])).toEqual([["fill 1: 1 at 99.6 maker fee 0.01992 USDC"]]);
  });
});

describe("a trigger by the mark that is crossed on arrival", () => {
  const under: readonly Mark[] = [[94, 94, 94, 94]];

  it("is refused, although the trades are far from it", () => {
    const desk = long([calm], under);
    desk.send(stop);
    expect(desk.next()).toEqual(["reject 1 trigger_already_crossed"]);
  });

  it("is taken while only the trades have crossed it", () => {
    const desk = long([[94, 94, 94, 94, 100]], [still]);
    desk.send(stop);
    expect(desk.next()).toEqual(["ack 1"]);
  });

  it("fires at the trades' price where the venue lets it", () => {
    const desk = long([calm], under, { fill: { crossedTrigger: "fire" } });
    desk.send(stop);
    expect(desk.next()).toEqual(["ack 1", "fill 1: 1 at 100 taker fee 0.05 USDC"]);
  });

  it("is refused by an amendment too", () => {
    const desk = long([calm, calm], [still, still]);
    const number = desk.send(stop);
    desk.next();
    desk.amend(number, { trigger: 100.5 });
    expect(desk.next()).toEqual(["amend rejected 1 trigger_already_crossed"]);
  });
});

describe("between the mark and the last price", () => {
  it("what the path reaches first acts first", () => {
    // Down: trades 100 → 98, mark 100 → 90. The mark is at 95 when trades are at 99; a buy at 99.5 is before it, one at 98.5 behind.
    const bars: Bar[] = [calm, [100, 100.5, 98, 98, 100]];
    const desk = long(bars, [still, [100, 100.5, 90, 90]], { fill: { path: "olhc" } });
    desk.send({ type: "limit", side: "buy", quantity: 1, price: 98.5 });
    desk.send({ ...stop, quantity: 2, reduceOnly: false });
    desk.send({ type: "limit", side: "buy", quantity: 1, price: 99.5 });
    desk.next();
    expect(desk.next()).toEqual([
      "fill 3: 1 at 99.5 maker fee 0.0199 USDC",
      "fill 2: 2 at 99 taker fee 0.099 USDC",
      "fill 1: 1 at 98.5 maker fee 0.0197 USDC",
    ]);
  });

  it("the mark's comes first at the same point", () => {
    const desk = long([calm, [100, 100, 95, 95, 100]], [still, [100, 100, 95, 95]]);
    desk.send({ ...stop, quantity: 1, terms: {} });
    desk.send(stop);
    desk.next();
    expect(desk.next()).toEqual(["fill 2: 1 at 95 taker fee 0.0475 USDC", "expired 1 after 0 reduce_only_position_gone"]);
  });

  it("a bar whose mark and trades reach opposite sides is ambiguous", () => {
    const desk = long([calm, [100, 103, 99, 100, 100]], [still, [100, 101, 94, 100]]);
    desk.send(stop);
    desk.send({ type: "limit", side: "sell", quantity: 1, price: 102, reduceOnly: true });
    desk.next();
    desk.next();
    expect(desk.exchange.markets[0]?.choice.ambiguousBars).toBe(1);
  });
});

describe("orders of the rarer kinds by the mark", () => {
  it("trail the mark, and never a price that only trades have seen", () => {
    const trail: Ticket = { type: "trailing_stop", side: "sell", quantity: 1, reduceOnly: true, terms: { ...byMark, distance: 3 } };
    // Stop at 97 behind the mark of 100. Trades see 110, the mark 104: the stop follows to 101. The next bar's mark falls to 100.
    expect(
      after(
        trail,
        [
          [100, 110, 100, 109, 100],
          [109, 109, 108, 108, 100],
        ],
        [
          [100, 104, 100, 104],
          [104, 104, 100, 100],
        ],
      ),
    ).toEqual([
      [],
      // mark 104 → 100 while trades go 109 → 108: at 101 three quarters, 108.25
      ["fill 1: 1 at 108.25 taker fee 0.054125 USDC"],
    ]);
  });

  it("activate by the mark", () => {
    const trail: Ticket = { type: "trailing_stop", side: "sell", quantity: 1, reduceOnly: true, terms: { ...byMark, distance: 1, activation: 105 } };
    expect(after(trail, [[100, 110, 100, 100, 100]], [[100, 104, 100, 100]])).toEqual([[]]);
  });

  it("protect as children from the point of the path on at which their parent filled", () => {
    const bars: Bar[] = [calm, [100, 100, 98, 99.9, 100]];
    const desk = new Desk({ bars, marks: [still, [100, 100, 96, 99]], fill: { path: "ohlc" } });
    desk.send({ type: "limit", side: "buy", quantity: 1, price: 99 });
    // When trades are through 99, at 98.99, the mark is at 97.98: a stop at 98 is crossed, one at 97 is not.
    desk.send({ ...stop, trigger: 97, terms: { ...byMark, parent: 1 } });
    desk.send({ ...stop, trigger: 98, terms: { ...byMark, parent: 1 } });
    expect(desk.next()).toEqual(["ack 1", "ack 2", "ack 3"]);
    expect(desk.next()).toEqual([
      "fill 1: 1 at 99 maker fee 0.0198 USDC",
      "expired 3 after 0 trigger_already_crossed",
      // mark 100 → 96 while trades go 100 → 98: at 97 three quarters, 98.5
      "fill 2: 1 at 98.5 taker fee 0.04925 USDC",
    ]);
  });

  it("that wait for an hour meet the mark of then", () => {
    const later: Ticket = { ...stop, terms: { ...byMark, goodAfter: 60_000 } };
    // At its hour the trades stand at 94, under the trigger, and the mark at 100: it is taken, and fires where the mark falls.
    expect(after(later, [[94, 94, 94, 94, 100], calm], [still, [100, 100, 94, 94]])).toEqual([[], ["fill 1: 1 at 100 taker fee 0.05 USDC"]]);
    expect(after(later, [calm], [[94, 94, 94, 94]])).toEqual([["expired 1 after 0 trigger_already_crossed"]]);
  });

  it("are cancelled before an open that jumps over them", () => {
    const desk = long([calm, calm], [still, [90, 90, 90, 90]]);
    const number = desk.send(stop);
    desk.next();
    desk.cancel(number);
    expect(desk.next()).toEqual(["canceled 1 after 0"]);
  });
});

describe("a market without marks", () => {
  it("refuses a trigger by the mark", () => {
    const desk = new Desk({ bars: [calm], positions: [["NET", 1, 100]] });
    desk.send(stop);
    expect(desk.next()).toEqual(["reject 1 no_mark_price"]);
  });

  it("refuses it where the venue has no such trigger", () => {
    const desk = long([calm], [still], { profile: { triggerBy: ["last"] }, liquidation: "generic" });
    desk.send(stop);
    expect(desk.next()).toEqual(["reject 1 unsupported_order_type"]);
  });

  it("for some bars judges by the trades there, and counts them", () => {
    const desk = long([calm, spike], [still]);
    desk.send(stop);
    desk.next();
    expect(desk.next()).toEqual(["fill 1: 1 at 95 taker fee 0.0475 USDC"]);
    expect(desk.exchange.markets[0]?.unmarkedBars).toBe(1);
  });
});

describe("a saved exchange", () => {
  it("keeps orders that wait for the mark", () => {
    const setup: DeskSetup = { bars: [calm, [100, 100, 99, 99.5, 100]], marks: [still, [100, 100, 94, 99]], positions: [["NET", 1, 100]] };
    const desk = new Desk(setup);
    desk.send(stop);
    desk.next();
    const later: VirtualExchange = exchangeOf(setup);
    later.importState(JSON.parse(JSON.stringify(desk.exchange.exportState())) as ReturnType<VirtualExchange["exportState"]>);
    later.advanceBar(0 as Parameters<VirtualExchange["advanceBar"]>[0], 1);
    expect(later.events.shift()).toMatchObject({ type: "order_filled", price: 9_916 });
  });
});
