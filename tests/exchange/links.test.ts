// Orders that hang on others: OCO groups and brackets, through partial fills, gaps and bars that reach both sides.
import { describe, expect, it } from "vitest";

import { Desk, spotRules, type Bar, type DeskSetup, type Ticket } from "./desk.ts";

const calm: Bar = [100, 100.5, 99.5, 100, 100];
const entry: Ticket = { type: "limit", side: "buy", quantity: 1, price: 98 };
/** Numbers 2 and 3 behind an entry with number 1. */
const target: Ticket = { type: "limit", side: "sell", quantity: 1, price: 103, reduceOnly: true, terms: { parent: 1 } };
const stop: Ticket = { type: "stop_market", side: "sell", quantity: 1, trigger: 96, reduceOnly: true, terms: { parent: 1, group: 2 } };

function play(tickets: readonly Ticket[], bars: readonly Bar[], setup: Partial<DeskSetup> = {}): { desk: Desk; told: string[][] } {
  const desk = new Desk({ bars, ...setup });
  for (const ticket of tickets) desk.send(ticket);
  return { desk, told: bars.map(() => desk.next()) };
}

const told = (tickets: readonly Ticket[], bars: readonly Bar[], setup: Partial<DeskSetup> = {}): string[][] => play(tickets, bars, setup).told;

describe("one cancels the other", () => {
  const first: Ticket = { type: "limit", side: "sell", quantity: 1, price: 102, reduceOnly: true };
  const second: Ticket = { type: "stop_market", side: "sell", quantity: 1, trigger: 98, reduceOnly: true, terms: { group: 1 } };
  const held: Partial<DeskSetup> = { positions: [["NET", 5, 100]] };

  it("when one fills", () => {
    expect(told([first, second], [calm, [100, 102.01, 99.5, 101, 100]], held)[1]).toEqual([
      "fill 1: 1 at 102 maker fee 0.0204 USDC",
      "expired 2 after 0 one_cancels_other",
    ]);
    expect(told([first, second], [calm, [100, 101, 98, 99, 100]], held)[1]).toEqual([
      "fill 2: 1 at 98 taker fee 0.049 USDC",
      "expired 1 after 0 one_cancels_other",
    ]);
  });

  it("once, in a bar that reaches both: the path decides, and the bar counts as ambiguous", () => {
    const both: Bar = [100, 103, 97, 100, 100];
    const high = play([first, second], [calm, both], { ...held, fill: { path: "ohlc" } });
    expect(high.told[1]).toEqual(["fill 1: 1 at 102 maker fee 0.0204 USDC", "expired 2 after 0 one_cancels_other"]);
    const low = play([first, second], [calm, both], { ...held, fill: { path: "olhc" } });
    expect(low.told[1]).toEqual(["fill 2: 1 at 98 taker fee 0.049 USDC", "expired 1 after 0 one_cancels_other"]);
    expect([high.desk.position(), low.desk.position()]).toEqual([4, 4]);
    expect(high.desk.exchange.markets[0]?.choice.ambiguousBars).toBe(1);
  });

  it("in proportion to a partial fill", () => {
    // 10 % of 4 fills 0.4 of the target; the stop is left with 0.6.
    const bars: readonly Bar[] = [calm, [100, 102.01, 99.5, 101, 4], [100, 100, 97, 99, 100]];
    expect(told([first, second], bars, { ...held, fill: { volumeCap: "0.1" } })).toEqual([
      ["ack 1", "ack 2"],
      ["fill 1: 0.4 at 102 maker fee 0.00816 USDC"],
      ["fill 2: 0.6 at 98 taker fee 0.0294 USDC", "expired 2 after 0.6 one_cancels_other", "expired 1 after 0.4 one_cancels_other"],
    ]);
  });

  it("of entries on both sides", () => {
    const up: Ticket = { type: "stop_market", side: "buy", quantity: 1, trigger: 101 };
    const down: Ticket = { type: "stop_market", side: "sell", quantity: 1, trigger: 99, terms: { group: 1 } };
    const { desk, told: answers } = play([up, down], [calm, [100, 101, 99.5, 101, 100], [100, 100, 98, 98, 100]]);
    expect(answers.slice(1)).toEqual([["fill 1: 1 at 101 taker fee 0.0505 USDC", "expired 2 after 0 one_cancels_other"], []]);
    expect(desk.held()).toBe("0");
  });

  it("a cancel of one leaves the other alone", () => {
    const desk = new Desk({ bars: [calm, calm, [100, 100, 98, 99, 100]], ...held });
    desk.send(first);
    desk.send(second);
    desk.next();
    desk.cancel(1);
    expect(desk.next()).toEqual(["canceled 1 after 0"]);
    expect(desk.next()).toEqual(["fill 2: 1 at 98 taker fee 0.049 USDC"]);
  });

  it("one that comes after its sibling has filled is over at once", () => {
    const desk = new Desk({ bars: [calm, [100, 103, 100, 102, 100], calm], ...held });
    desk.send(first);
    desk.next();
    desk.next();
    desk.send(second);
    expect(desk.next()).toEqual(["ack 2", "expired 2 after 0 one_cancels_other"]);
  });

  it("holds a spot account's coins once", () => {
    const sells: readonly Ticket[] = [
      { type: "limit", side: "sell", quantity: 1, price: 102 },
      { type: "stop_market", side: "sell", quantity: 1, trigger: 98, terms: { group: 1 } },
    ];
    const desk = new Desk({ bars: [calm, calm, [100, 100, 98, 99, 100]], rules: spotRules, balances: { USDC: "0", ABC: "1" } });
    for (const ticket of sells) desk.send(ticket);
    expect(desk.next()).toEqual(["ack 1", "ack 2"]);
    expect(desk.held("ABC")).toBe("1");
    // What the first held is held for the second once the first is canceled.
    desk.cancel(1);
    desk.next();
    expect(desk.held("ABC")).toBe("1");
    desk.next();
    expect([desk.held("ABC"), desk.wallet("ABC")]).toEqual(["0", "0"]);
  });
});

describe("a bracket", () => {
  it("lives from its entry's fill on", () => {
    const bars: readonly Bar[] = [calm, [100, 104, 99, 100, 100], [100, 100, 97.9, 98, 100], [98, 103.01, 98, 102, 100]];
    expect(told([entry, target, stop], bars)).toEqual([
      ["ack 1", "ack 2", "ack 3"],
      // The target's price is passed while there is nothing to sell.
      [],
      ["fill 1: 1 at 98 maker fee 0.0196 USDC"],
      ["fill 2: 1 at 103 maker fee 0.0206 USDC", "expired 3 after 0 one_cancels_other"],
    ]);
  });

  it("acts in the entry's own bar only after the fill", () => {
    // 100 → 104 → 97 → 99: the high came before the fill at 98. Low first, 100 → 97 → 104 → 99, it comes after.
    const bars: readonly Bar[] = [calm, [100, 104, 97, 99, 100]];
    expect(told([entry, target, stop], bars, { fill: { path: "ohlc" } })[1]).toEqual(["fill 1: 1 at 98 maker fee 0.0196 USDC"]);
    const low = play([entry, target, stop], bars, { fill: { path: "olhc" } });
    expect(low.told[1]).toEqual([
      "fill 1: 1 at 98 maker fee 0.0196 USDC",
      "fill 2: 1 at 103 maker fee 0.0206 USDC",
      "expired 3 after 0 one_cancels_other",
    ]);
    expect(low.desk.exchange.markets[0]?.choice.ambiguousBars).toBe(1);
  });

  it("is stopped on the leg that filled its entry, further down", () => {
    expect(told([entry, target, stop], [calm, [100, 100.5, 95, 96, 100]])[1]).toEqual([
      "fill 1: 1 at 98 maker fee 0.0196 USDC",
      "fill 3: 1 at 96 taker fee 0.048 USDC",
      "expired 2 after 0 one_cancels_other",
    ]);
  });

  it("behind a market entry lives from the same open on", () => {
    const bars: readonly Bar[] = [[100, 103.5, 99.5, 103, 100]];
    expect(told([{ side: "buy", quantity: 1 }, target, stop], bars)[0]).toEqual([
      "ack 1",
      "fill 1: 1 at 100 taker fee 0.05 USDC",
      "ack 2",
      "ack 3",
      "fill 2: 1 at 103 maker fee 0.0206 USDC",
      "expired 3 after 0 one_cancels_other",
    ]);
  });

  it("survives partial fills: each part is protected, and what fills later too", () => {
    // 10 % of 4 = 0.4 a bar: 0.4 in, stopped out; 0.4 in again, stopped out; the last 0.2.
    const dip: Bar = [100, 100.5, 97.9, 98.5, 4];
    const crash: Bar = [98.5, 98.5, 95.9, 99, 100];
    const bars: readonly Bar[] = [calm, dip, [98.5, 98.6, 98.4, 98.5, 100], crash];
    const { desk, told: answers } = play([entry, target, stop], bars, { fill: { volumeCap: "0.1", path: "olhc" } });
    expect(answers[1]).toEqual(["fill 1: 0.4 at 98 maker fee 0.00784 USDC"]);
    // The rest of the entry fills on the way down, and the stop closes all of it at 96: 1 × 96 × 0.0005.
    expect(answers[3]).toEqual([
      "fill 1: 0.6 at 98 maker fee 0.01176 USDC",
      "fill 3: 1 at 96 taker fee 0.048 USDC",
      "expired 2 after 0 one_cancels_other",
    ]);
    expect(desk.position()).toBe(0);
  });

  it("whose stop fired for a part stands again for the next part", () => {
    const wide: Ticket = { ...entry, quantity: 1 };
    // Bar 1 fills 0.4 and leaves no volume for the stop; bar 2 opens beyond the stop: 0.4 out at 95, then 0.5 in at the limit's gap price.
    const bars: readonly Bar[] = [calm, [100, 100.5, 97.9, 98.5, 4], [97, 97, 95, 96, 9], [96, 96.5, 95.5, 96, 100]];
    const { desk, told: answers } = play([wide, target, stop], bars, { fill: { volumeCap: "0.1", gap: "limit" } });
    expect(answers[1]).toEqual(["fill 1: 0.4 at 98 maker fee 0.00784 USDC"]);
    // The open at 97 has passed the entry: 0.6 more at 98 and the whole allowance of 0.9 leaves 0.3 for the stop at 96.
    expect(answers[2]?.slice(0, 2)).toEqual(["fill 1: 0.6 at 98 maker fee 0.01176 USDC", "fill 3: 0.3 at 96 taker fee 0.0144 USDC"]);
    expect(desk.position()).toBe(0.7);
  });

  it("goes with an entry that ends unfilled", () => {
    const desk = new Desk({ bars: [calm, calm] });
    for (const ticket of [entry, target, stop]) desk.send(ticket);
    desk.next();
    desk.cancel(1);
    expect(desk.next()).toEqual(["canceled 1 after 0", "expired 2 after 0 parent_order_gone", "expired 3 after 0 parent_order_gone"]);
    expect(desk.openOrders).toEqual([]);
  });

  it("keeps its size when the entry ends with a part", () => {
    const bars: readonly Bar[] = [calm, [100, 100.5, 97.9, 98.5, 4], calm, [100, 103.01, 100, 102, 100]];
    const desk = new Desk({ bars, fill: { volumeCap: "0.1" } });
    for (const ticket of [entry, target, stop]) desk.send(ticket);
    desk.next();
    desk.next();
    desk.cancel(1);
    expect(desk.next()).toEqual(["canceled 1 after 0.4"]);
    expect(desk.next()).toEqual([
      "fill 2: 0.4 at 103 maker fee 0.00824 USDC",
      // Nothing is left to close; and what of the stop had come to life the target has filled.
      "expired 2 after 0.4 reduce_only_position_gone",
      "expired 3 after 0 parent_order_gone",
    ]);
    expect(desk.position()).toBe(0);
  });

  it("without its entry is refused", () => {
    expect(told([target], [calm])).toEqual([["reject 1 bad_order_terms"]]);
    expect(told([{ ...target, terms: { parent: 7 } }], [calm])).toEqual([["reject 1 parent_order_gone"]]);
  });

  it("whose stop is crossed when it comes to life is not kept as if it protected", () => {
    const near: Ticket = { ...stop, trigger: 98.5, terms: { parent: 1 } };
    expect(told([entry, near], [calm, [100, 100.5, 97.9, 98, 100]])[1]).toEqual([
      "fill 1: 1 at 98 maker fee 0.0196 USDC",
      "expired 2 after 0 trigger_already_crossed",
    ]);
    expect(told([entry, near], [calm, [100, 100.5, 97.9, 98, 100]], { fill: { crossedTrigger: "fire" } })[1]?.[1]).toBe(
      "fill 2: 1 at 97.99 taker fee 0.048995 USDC",
    );
  });

  it("may trail", () => {
    const trail: Ticket = { type: "trailing_stop", side: "sell", quantity: 1, reduceOnly: true, terms: { parent: 1, distance: 2 } };
    // In at 98 (97.99 on the path), low 97.9, then 102: the stop follows to 100 and is reached in the last bar.
    const bars: readonly Bar[] = [calm, [100, 100, 97.9, 98, 100], [98, 102, 98, 102, 100], [102, 102, 99, 99, 100]];
    expect(told([entry, trail], bars).slice(2)).toEqual([[], ["fill 2: 1 at 100 taker fee 0.05 USDC"]]);
  });

  it("in hedge mode closes its own leg", () => {
    const legs = (ticket: Ticket): Ticket => ({ ...ticket, leg: "LONG", reduceOnly: false });
    const bars: readonly Bar[] = [calm, [100, 100.5, 95, 96, 100]];
    const { desk } = play([legs(entry), legs(target), legs(stop)], bars, { mode: "hedge" });
    expect([desk.position("LONG"), desk.openOrders]).toEqual([0, []]);
  });

  it("is refused where the venue has none", () => {
    const { told: answers } = play([entry, target], [calm], { venue: "binance-usdm", rules: { tick: "0.05" } });
    expect(answers[0]?.[1]).toBe("reject 2 unsupported_order_type -1116");
  });
});
