// Faults of single requests at their edges: whose turn it is, what a fault finds nothing to do with, and prices of orders
// that have no limit. The plain cases are in faults.test.ts.
import { describe, expect, it } from "vitest";

import type { MarketIndex } from "../../src/domain/index.ts";
import { isDisturbance, type Disturbance, type Fault, type VirtualExchangeState } from "../../src/exchange/virtual/index.ts";
import { Desk, exchangeOf, type Bar, type DeskSetup, type Ticket } from "./desk.ts";

const calm: Bar = [100, 101, 99, 100, 1_000];
const dip: Bar = [100, 101, 97, 99, 1_000];
const rest: Ticket = { type: "limit", side: "buy", quantity: 1, price: 98 };
const any = { next: 1, family: null, symbol: null } as const;
const minute = 60_000;
const everywhere = { symbol: null, lengthMs: minute } as const;

function armed(fault: Fault, bars: readonly Bar[] = [calm, calm, calm, calm], setup: Partial<DeskSetup> = {}): Desk {
  const desk = new Desk({ bars, ...setup });
  desk.exchange.arm(fault);
  return desk;
}

/** Order 1 rests, then the venue is disturbed. */
function resting(step: Disturbance, setup: Partial<DeskSetup> = {}): Desk {
  const desk = new Desk({ bars: [calm, calm, dip, calm], ...setup });
  desk.send(rest);
  desk.next();
  desk.disturb(step);
  return desk;
}

describe("each fault of a request", () => {
  const perOrder: readonly Fault[] = [
    { do: "lose_request", ...any },
    { do: "late_accept", ...any, delayMs: 1 },
    { do: "repeat_request", ...any },
    { do: "partial_fill", ...any, share: "0.5" },
    { do: "lose_reply", ...any },
    { do: "accept_fill_lose_reply", ...any, fillTold: true },
    { do: "fill_before_ack", ...any },
    { do: "delay_reply", ...any, delayMs: 2, timeoutMs: 1 },
    { do: "renumber_on_trigger", ...any },
    { do: "reject_cancel", ...any, code: null },
    { do: "fill_during_cancel", ...any },
    { do: "lose_cancel_reply", ...any, applied: true },
    { do: "late_fill", ...any, share: "0.5", delayMs: 0 },
    { do: "keep_after_cancel", ...any },
    { do: "fail_amend", ...any, outcome: "lost" },
  ];

  it.each(perOrder.map((fault) => [fault.do, fault] as const))("%s hits no other family and no other market", (_, fault) => {
    const desk = armed({ ...fault, family: "sl" } as Fault, [calm, calm, dip, calm], { positions: [["NET", 1, 100]] });
    desk.exchange.arm({ ...fault, symbol: "XYZ/USDC:USDC" } as Fault);
    desk.send(rest);
    desk.send({ type: "stop_market", side: "sell", quantity: 1, trigger: 98.5 });
    expect(desk.next()).toEqual(["ack 1", "ack 2"]);
    desk.amend(1, { price: 97 });
    expect(desk.next()).toEqual(["amended 1 1 9700"]);
    expect(desk.next()).toEqual(["fill 2: 1 at 98.5 taker fee 0.04925 USDC"]);
    desk.cancel(1);
    expect([desk.next(), desk.openOrders]).toEqual([["canceled 1 after 0"], []]);
  });

  it("has its turn once with an order: what was held back, or came twice, is not hit again", () => {
    const held = armed({ do: "late_accept", ...any, next: 2, delayMs: minute });
    held.send(rest);
    expect([held.next(), held.next()]).toEqual([["unknown submit 1"], ["ack 1"]]);
    held.exchange.arm({ do: "lose_reply", ...any });
    // The one that was held had its luck; the next order has its own.
    held.send(rest);
    expect(held.next()).toEqual(["unknown submit 2"]);
    const twice = armed({ do: "repeat_request", ...any, next: 9 }, [calm], { profile: { idempotency: "I0" } });
    twice.exchange.arm({ do: "lose_reply", ...any, next: 2 });
    twice.send(rest);
    expect(twice.next()).toEqual(["unknown submit 1", "ack 1"]);
  });

  it("late_accept keeps two apart by their delays, in another process too", () => {
    const setup = { bars: [calm, calm, calm, calm] };
    const desk = new Desk(setup);
    desk.exchange.arm({ do: "late_accept", ...any, delayMs: 2 * minute });
    desk.exchange.arm({ do: "late_accept", ...any, delayMs: minute + 1 });
    desk.exchange.arm({ do: "late_accept", ...any, delayMs: minute });
    for (let n = 0; n < 3; n += 1) desk.send(rest);
    desk.next();
    const later = new Desk(setup);
    later.exchange.importState(JSON.parse(JSON.stringify(desk.exchange.exportState())) as VirtualExchangeState);
    later.exchange.arm({ do: "reject", ...any, code: null });
    later.exchange.advanceBar(0 as MarketIndex, 1);
    later.exchange.advanceBar(0 as MarketIndex, 2);
    expect(later.heard()).toEqual(["ack 3", "ack 1", "ack 2"]);
    expect([desk.next(), desk.next()]).toEqual([["ack 3"], ["ack 1", "ack 2"]]);
  });
});

describe("accept_fill_lose_reply", () => {
  const hasty = (ticket: Ticket, setup: Partial<DeskSetup> = {}): Desk => {
    const desk = armed({ do: "accept_fill_lose_reply", ...any, fillTold: true }, [calm, dip], setup);
    desk.send(ticket);
    return desk;
  };

  it("fills a stop at the market, an order of the venue's open at its limit, and one that took at its arrival once", () => {
    const stop = hasty({ type: "stop_market", side: "buy", quantity: 1, trigger: 105 });
    expect(stop.next()).toEqual(["unknown submit 1", "fill 1: 1 at 100 taker fee 0.05 USDC"]);
    // The venue's cap took its half at the arrival and ended the rest: there is nothing left of it to fill.
    const capped = hasty({ side: "buy", quantity: 1 }, { bars: [[100, 100, 100, 100, 5]], fill: { volumeCap: "0.1" } });
    expect(capped.next()).toEqual(["unknown submit 1", "fill 1: 0.5 at 100 taker fee 0.025 USDC", "expired 1 after 0.5 volume_cap"]);
    const market = hasty({ side: "buy", quantity: 1 });
    expect([market.next(), market.position()]).toEqual([["unknown submit 1", "fill 1: 1 at 100 taker fee 0.05 USDC"], 1]);
  });

  it("fills nothing of a child whose parent has not filled", () => {
    const desk = armed({ do: "accept_fill_lose_reply", ...any, family: "tp", fillTold: true });
    desk.send(rest);
    desk.send({ type: "limit", side: "sell", quantity: 1, price: 103, reduceOnly: true, family: "tp", terms: { parent: 1 } });
    expect([desk.next(), desk.openOrders]).toEqual([
      ["ack 1", "unknown submit 2"],
      [1, 2],
    ]);
  });

  it("fills no more than a position leaves, and leaves the next order alone", () => {
    const desk = hasty({ type: "limit", side: "sell", quantity: 2, price: 105, reduceOnly: true }, { positions: [["NET", 0.5, 100]] });
    desk.send(rest);
    expect(desk.next()).toEqual(["unknown submit 1", "fill 1: 0.5 at 105 taker fee 0.02625 USDC", "ack 2"]);
    const gone = hasty({ type: "limit", side: "sell", quantity: 1, price: 105, reduceOnly: true }, { positions: [["NET", 1, 100]] });
    gone.send({ side: "sell", quantity: 1, reduceOnly: true });
    expect(gone.next().slice(0, 2)).toEqual(["unknown submit 1", "fill 1: 1 at 105 taker fee 0.0525 USDC"]);
  });
});

describe("a fault of a cancel", () => {
  const canceled = (fault: Fault, ticket: Ticket, setup: Partial<DeskSetup> = {}): string[] => {
    const desk = armed(fault, [calm, calm], setup);
    desk.send(ticket);
    desk.next();
    desk.cancel(1);
    return desk.next();
  };
  const stop: Ticket = { type: "stop_market", side: "buy", quantity: 1, trigger: 105 };
  const closing: Ticket = { type: "limit", side: "sell", quantity: 2, price: 105, reduceOnly: true };

  it("fill_during_cancel fills a stop at the last price, the open", () => {
    expect(canceled({ do: "fill_during_cancel", ...any }, stop)).toEqual([
      "fill 1: 1 at 100 maker fee 0.02 USDC",
      "cancel rejected 1 order_already_filled",
    ]);
  });

  it("fill_during_cancel told as a refusal is one only where the whole order fills", () => {
    const told = { do: "fill_during_cancel", ...any, told: "refusal" } as const;
    expect(canceled(told, closing, { positions: [["NET", 2, 100]] })).toEqual([
      "cancel rejected 1 order_already_filled",
      "fill 1: 2 at 105 maker fee 0.042 USDC",
    ]);
    expect(canceled(told, closing, { positions: [["NET", 1, 100]] })).toEqual(["fill 1: 1 at 105 maker fee 0.021 USDC", "canceled 1 after 1"]);
  });

  it("finds nothing to fill where the position is gone: a plain end", () => {
    for (const fault of [
      { do: "fill_during_cancel", ...any },
      { do: "late_fill", ...any, share: "1", delayMs: 0 },
    ] as const) {
      const desk = armed(fault, [calm, calm, calm], { positions: [["NET", 2, 100]] });
      desk.send(closing);
      desk.next();
      desk.disturb({ do: "trade", leg: "NET", side: "sell", quantity: "2", price: "100", notify: false });
      desk.cancel(1);
      expect([desk.next(), desk.position(), desk.openOrders]).toEqual([["canceled 1 after 0"], 0, []]);
    }
  });

  it("late_fill takes its share of the rest, one step at least, all of it at most, and confirms what was known", () => {
    const late = (share: string): Fault => ({ do: "late_fill", ...any, share, delayMs: 0 });
    expect(canceled(late("0.339"), rest)).toEqual(["fill 1: 0.33 at 98 maker fee 0.006468 USDC", "canceled 1 after 0"]);
    expect(canceled(late("0.001"), rest)).toEqual(["fill 1: 0.01 at 98 maker fee 0.000196 USDC", "canceled 1 after 0"]);
    expect(canceled(late("1"), rest)).toEqual(["fill 1: 1 at 98 maker fee 0.0196 USDC", "canceled 1 after 0"]);
    expect(canceled(late("0.5"), stop)).toEqual(["fill 1: 0.5 at 100 maker fee 0.01 USDC", "canceled 1 after 0"]);
    expect(canceled(late("1"), closing, { positions: [["NET", 1, 100]] })).toEqual(["fill 1: 1 at 105 maker fee 0.021 USDC", "canceled 1 after 0"]);
  });

  it("lose_cancel_reply gives back what the order held, where it was applied", () => {
    for (const [applied, held] of [
      [true, "0"],
      [false, "98"],
    ] as const) {
      const desk = armed({ do: "lose_cancel_reply", ...any, applied });
      desk.send(rest);
      desk.next();
      desk.cancel(1);
      desk.next();
      expect(desk.held()).toBe(held);
    }
  });
});

describe("an amendment whose answer was lost", () => {
  it("leaves the next one its answer", () => {
    const desk = armed({ do: "fail_amend", ...any, outcome: "lost" });
    desk.send(rest);
    desk.next();
    desk.amend(1, { price: 97 });
    desk.amend(1, { price: 96 });
    expect(desk.next()).toEqual(["unknown amend 1", "amended 1 1 9600"]);
  });
});

describe("a venue that cannot be reached, or does not know the key", () => {
  const unreachable = (arrives: boolean): Disturbance => ({ do: "unreachable", ...everywhere, arrives });

  it("leaves an order where its cancel or its amendment does not arrive", () => {
    const desk = resting(unreachable(false));
    desk.amend(1, { price: 97 });
    desk.cancel(1);
    expect(desk.next()).toEqual(["unknown amend 1", "unknown cancel 1"]);
    expect([desk.openOrders, desk.held(), desk.next()]).toEqual([[1], "98", ["fill 1: 1 at 98 maker fee 0.0196 USDC"]]);
  });

  it.each(["keep_id", "cancel_replace"] as const)("amends without a word where it arrives (%s), and refuses without one", (amend) => {
    const desk = resting(unreachable(true), { profile: { amend } });
    desk.amend(1, { price: 97.5 });
    desk.amend(1, { quantity: 0.001 });
    expect([desk.next(), desk.held()]).toEqual([["unknown amend 1"], "97.5"]);
    // What fills is told on the stream.
    expect(desk.next()).toEqual(["fill 1: 1 at 97.5 maker fee 0.0195 USDC"]);
  });

  it("refuses an order without a word where it arrives", () => {
    const desk = resting(unreachable(true));
    desk.send({ ...rest, quantity: 100 });
    expect([desk.next(), desk.openOrders]).toEqual([["unknown submit 2"], [1]]);
  });

  it("refuses cancels and amendments aloud where it does not know the key", () => {
    const desk = resting({ do: "lose_authentication", ...everywhere });
    desk.amend(1, { price: 97 });
    desk.cancel(1);
    expect(desk.next()).toEqual(["amend rejected 1 authentication_lost", "cancel rejected 1 authentication_lost"]);
    expect(desk.openOrders).toEqual([1]);
  });
});

describe("a venue that comes back from a restart", () => {
  it("has forgotten orders that it held back, and children of those that it had", () => {
    const desk = new Desk({ bars: [calm, calm, dip, calm] });
    desk.exchange.arm({ do: "late_accept", ...any, delayMs: minute });
    desk.send({ ...rest, price: 90 });
    desk.send(rest);
    desk.send({ type: "limit", side: "sell", quantity: 1, price: 103, reduceOnly: true, terms: { parent: 2 } });
    expect(desk.next()).toEqual(["unknown submit 1", "ack 2", "ack 3"]);
    desk.disturb({ do: "venue_restart", orders: "wiped", ids: "kept" });
    expect([desk.next(), desk.next()]).toEqual([["stream_gap", "stream_resynced"], []]);
    expect([desk.openOrders, desk.held(), desk.position()]).toEqual([[], "0", 0]);
    desk.send(rest);
    desk.next();
    // Ids go on: the two of before, and this.
    expect(desk.exchange.markets[0]?.orders.sorted()[0]?.venueOrderId).toBe(3);
  });

  it("or has all of them still", () => {
    const desk = resting({ do: "venue_restart", orders: "kept", ids: "kept" });
    expect([desk.heard(), desk.openOrders]).toEqual([["stream_gap", "stream_resynced"], [1]]);
  });
});

describe("what is told of a disturbance", () => {
  it("a status without an end is told once, one with an end at its end, and silent ones not at all", () => {
    const told = (lengthMs: number | null, notify: boolean): [number, string][] => {
      const desk = new Desk({ bars: [calm] });
      desk.disturb({ do: "venue_status", symbol: "ABC/USDC:USDC", status: "maintenance", lengthMs, notify });
      return desk.exchange.events.list().map(({ due, event }) => [due, "status" in event ? String(event.status) : event.type]);
    };
    expect(told(null, true)).toEqual([[0, "maintenance"]]);
    expect(told(500, true)).toEqual([
      [0, "maintenance"],
      [500, "trading"],
    ]);
    expect([told(500, false), told(null, false)]).toEqual([[], []]);
  });

  it("a gap that nobody tells of is none", () => {
    const desk = new Desk({ bars: [calm] });
    desk.disturb({ do: "stream_gap", symbol: null, lengthMs: 500, notify: false, pings: true });
    expect(desk.heard()).toEqual([]);
  });

  it("is nothing of a step that is about no venue", () => {
    const steps = ["stream_gap", "venue_status", "stale_reads", "void_fill", "set_leverage", "kill", "reject"].map((name) =>
      isDisturbance({ do: name }),
    );
    expect(steps).toEqual([true, true, true, true, true, false, false]);
  });

  it("a gap of one market names it, and one of all names none", () => {
    const markets = (symbol: string | null): unknown[] => {
      const desk = new Desk({ bars: [calm] });
      desk.disturb({ do: "stream_gap", symbol, lengthMs: 500, notify: true, pings: true });
      return desk.exchange.events.list().map(({ due, event }) => [due, event.type, "market" in event ? event.market : "?"]);
    };
    expect(markets("ABC/USDC:USDC")).toEqual([
      [0, "stream_gap", 0],
      [500, "stream_resynced", 0],
    ]);
    expect(markets(null)).toEqual([
      [0, "stream_gap", null],
      [500, "stream_resynced", null],
    ]);
  });

  it("other filters are told where it says so", () => {
    const told = (notify: boolean): string[] => {
      const desk = new Desk({ bars: [calm] });
      desk.disturb({ do: "change_filters", filters: { tick: "0.5" }, notify });
      return desk.heard();
    };
    expect([told(true), told(false)]).toEqual([["rules 0.5 0.01"], []]);
  });

  it("filters that changed twice keep what the second change does not name", () => {
    const desk = new Desk({ bars: [calm] });
    desk.disturb({ do: "change_filters", filters: { tick: "0.5" }, notify: false });
    desk.disturb({ do: "change_filters", filters: { step: "0.1" }, notify: true });
    expect(desk.heard()).toEqual(["rules 0.5 0.1"]);
    expect(exchangeOf({ bars: [calm] }).exportState().markets[0]?.filters).toBe(null);
  });
});
