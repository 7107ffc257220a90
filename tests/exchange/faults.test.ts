// Injected faults: each kind, whom it hits, how often, and what the venue's books say afterwards.
import { describe, expect, it } from "vitest";

import type { Fault } from "../../src/exchange/virtual/index.ts";
import { Desk, type Bar, type DeskSetup, type Ticket } from "./desk.ts";

const calm: Bar = [100, 101, 99, 100, 1_000];
const dip: Bar = [100, 101, 97, 99, 1_000];
const rest: Ticket = { type: "limit", side: "buy", quantity: 1, price: 98 };
const any = { next: 1, family: null, symbol: null } as const;

function armed(fault: Fault, bars: readonly Bar[] = [calm, calm, dip], setup: Partial<DeskSetup> = {}): Desk {
  const desk = new Desk({ bars, ...setup });
  desk.exchange.arm(fault);
  return desk;
}

describe("reject", () => {
  it("hits the next n arriving orders with a code", () => {
    const desk = armed({ do: "reject", ...any, next: 2, code: "-1001" });
    for (let n = 0; n < 3; n += 1) desk.send(rest);
    expect(desk.next()).toEqual(["reject 1 injected_rejection -1001", "reject 2 injected_rejection -1001", "ack 3"]);
  });

  it("uses the venue's code when none is named", () => {
    const desk = armed({ do: "reject", ...any, code: null }, [calm], { venue: "binance-usdm" });
    desk.send(rest);
    expect(desk.next()).toEqual(["reject 1 injected_rejection -2010"]);
  });

  it("hits only its family and its symbol", () => {
    const desk = armed({ do: "reject", ...any, next: 9, family: "dca", code: null });
    desk.exchange.arm({ do: "reject", ...any, next: 9, symbol: "XYZ/USDC:USDC", code: null });
    desk.send(rest);
    desk.send({ ...rest, family: "dca" });
    expect(desk.next()).toEqual(["ack 1", "reject 2 injected_rejection"]);
  });
});

describe("reject_probability", () => {
  it("is drawn from the seed: never at 0, always at 1, the same twice", () => {
    const answers = (probability: number, seed: number): string => {
      const desk = armed({ do: "reject_probability", probability, code: null }, [calm], { seed, balances: { USDC: "100000" } });
      for (let n = 0; n < 40; n += 1) desk.send(rest);
      return desk.next().join();
    };
    expect(answers(0, 42)).not.toContain("reject");
    expect(answers(1, 42)).not.toContain("ack");
    const half = answers(0.5, 42);
    expect(half).toContain("reject");
    expect(half).toContain("ack");
    expect(answers(0.5, 42)).toBe(half);
    expect(answers(0.5, 43)).not.toBe(half);
  });
});

describe("lost replies and requests", () => {
  it("lose_reply: unknown, and the order lives", () => {
    const desk = armed({ do: "lose_reply", ...any });
    desk.send(rest);
    expect(desk.next()).toEqual(["unknown submit 1"]);
    desk.query(1);
    expect(desk.heard()).toEqual(["answer 1 SUBMITTED 0 0 fills"]);
    desk.next();
    expect(desk.next()[0]).toContain("fill 1: 1 at 98 maker");
  });

  it("lose_request: unknown, and the order never was", () => {
    const desk = armed({ do: "lose_request", ...any });
    desk.send(rest);
    expect(desk.next()).toEqual(["unknown submit 1"]);
    desk.query(1);
    expect(desk.heard()).toEqual(["answer 1 unknown 0 0 fills"]);
    expect([desk.openOrders, desk.held()]).toEqual([[], "0"]);
  });

  it.each([
    [true, "answer 1 CANCELED 0 0 fills"],
    [false, "answer 1 SUBMITTED 0 0 fills"],
  ])("lose_cancel_reply: unknown, canceled %s", (applied, answer) => {
    const desk = armed({ do: "lose_cancel_reply", ...any, applied });
    desk.send(rest);
    desk.next();
    desk.cancel(1);
    expect(desk.next()).toEqual(["unknown cancel 1"]);
    desk.query(1);
    expect(desk.heard()).toEqual([answer]);
  });
});

describe("cancels that go wrong", () => {
  it("reject_cancel: an error, and the order stays", () => {
    const desk = armed({ do: "reject_cancel", ...any, code: "-1007" });
    desk.send(rest);
    desk.next();
    desk.cancel(1);
    expect(desk.next()).toEqual(["cancel rejected 1 injected_cancel_failure -1007"]);
    expect(desk.openOrders).toEqual([1]);
    desk.cancel(1);
    expect(desk.next()[0]).toBe("canceled 1 after 0");
  });

  it("fill_during_cancel: the order fills at its limit just before", () => {
    const desk = armed({ do: "fill_during_cancel", ...any }, [calm, calm, calm], { venue: "binance-usdm" });
    desk.send(rest);
    desk.next();
    desk.cancel(1);
    expect(desk.next()).toEqual(["fill 1: 1 at 98 maker fee 0.0196 USDC", "cancel rejected 1 order_already_filled -2011"]);
    expect(desk.position()).toBe(1);
  });

  it("fill_during_cancel moves no other order's market", () => {
    const desk = armed({ do: "fill_during_cancel", ...any });
    desk.send({ ...rest, price: 90 });
    desk.send({ ...rest, price: 95 });
    desk.next();
    desk.cancel(1);
    // The fill at 90 does not make the bar's low of 99 a low of 90.
    expect(desk.next()).toHaveLength(2);
    expect(desk.openOrders).toEqual([2]);
  });

  it("fill_during_cancel takes the whole order, and leaves the volume cap with nothing rather than less", () => {
    const desk = armed({ do: "fill_during_cancel", ...any }, [calm, [100, 101, 98, 99, 5]], { fill: { volumeCap: "0.1" } });
    desk.send(rest);
    desk.send({ ...rest, price: 98.5 });
    desk.next();
    desk.cancel(1);
    expect(desk.next()).toHaveLength(2);
    expect(desk.openOrders).toEqual([2]);
  });

  it("fill_during_cancel of a closing order fills what the position leaves and cancels the rest", () => {
    const desk = armed({ do: "fill_during_cancel", ...any }, [calm, calm], { positions: [["NET", 0.4, 100]] });
    desk.send({ type: "limit", side: "sell", quantity: 1, price: 102, reduceOnly: true });
    desk.next();
    desk.cancel(1);
    // 0.4 × 102 × 0.0002 = 0.00816
    expect(desk.next()).toEqual(["fill 1: 0.4 at 102 maker fee 0.00816 USDC", "canceled 1 after 0.4"]);
  });
});

describe("partial_fill", () => {
  it("bounds the next fill of a resting order; the rest stays and fills later", () => {
    const desk = armed({ do: "partial_fill", ...any, share: "0.25" }, [calm, dip, dip]);
    desk.send(rest);
    desk.next();
    expect(desk.next()).toEqual(["fill 1: 0.25 at 98 maker fee 0.0049 USDC"]);
    expect(desk.next()).toEqual(["fill 1: 0.75 at 98 maker fee 0.0147 USDC"]);
  });

  it("expires the rest of a market order", () => {
    const desk = armed({ do: "partial_fill", ...any, share: "0.25" });
    desk.send({ side: "buy", quantity: 1 });
    expect(desk.next().slice(1)).toEqual(["fill 1: 0.25 at 100 taker fee 0.0125 USDC", "expired 1 after 0.25 volume_cap"]);
  });

  it("takes at least one step", () => {
    const desk = armed({ do: "partial_fill", ...any, share: "0.5" }, [calm, dip]);
    desk.send({ ...rest, quantity: 0.01 });
    desk.next();
    expect(desk.next()).toEqual(["fill 1: 0.01 at 98 maker fee 0.000196 USDC"]);
  });

  it("leaves a rest that the market has passed at the market, not at its limit", () => {
    const desk = armed({ do: "partial_fill", ...any, share: "0.5" }, [calm, [95, 96, 93, 94, 1_000]]);
    desk.send(rest);
    desk.next();
    // Half at the open of 95; the high comes first (1 above, 2 below), and from there the fall takes the rest at 96.
    expect(desk.next()).toEqual(["fill 1: 0.5 at 95 maker fee 0.0095 USDC", "fill 1: 0.5 at 96 maker fee 0.0096 USDC"]);
  });
});

describe("requests that come late, or twice", () => {
  const minute = 60_000;

  it("late_accept: unknown at once, nothing at the venue, and the order comes to life when nobody waits for it any more", () => {
    const desk = armed({ do: "late_accept", ...any, delayMs: 2 * minute }, [calm, calm, calm, dip]);
    desk.send(rest);
    expect(desk.next()).toEqual(["unknown submit 1"]);
    desk.query(1);
    expect([desk.heard(), desk.openOrders, desk.held()]).toEqual([["answer 1 unknown 0 0 fills"], [], "0"]);
    expect(desk.next()).toEqual([]);
    // Held back at the open of bar 0, it is taken up at the open of bar 2 and traded through in bar 3.
    expect(desk.next()).toEqual(["ack 1"]);
    expect(desk.next()).toEqual(["fill 1: 1 at 98 maker fee 0.0196 USDC"]);
  });

  it("repeat_request is a second order where ids are not told apart, and a refusal of one that lives where they are", () => {
    const repeat = { do: "repeat_request", ...any } as const;
    const twice = armed(repeat, [calm, dip], { profile: { idempotency: "I0" } });
    twice.send(rest);
    expect(twice.next()).toEqual(["ack 1", "ack 1"]);
    expect(twice.next()).toHaveLength(2);
    expect(twice.position()).toBe(2);
    const once = armed(repeat, [calm, dip], { profile: { idempotency: "I1" } });
    once.send(rest);
    expect(once.next()).toEqual(["ack 1", "reject 1 duplicate_client_order_id"]);
    once.next();
    expect(once.position()).toBe(1);
  });

  it.each(["I2", "I3"] as const)(
    "repeat_request of an order that has filled at once is refused by a venue that remembers ids (%s)",
    (idempotency) => {
      const desk = armed({ do: "repeat_request", ...any }, [calm], { profile: { idempotency, idempotencyWindowMs: 600_000 } });
      desk.send({ side: "buy", quantity: 1 });
      expect(desk.next()).toEqual(["ack 1", "fill 1: 1 at 100 taker fee 0.05 USDC", "reject 1 duplicate_client_order_id"]);
    },
  );

  it("repeat_request of an order that has filled at once doubles it where only open ids are known (I1)", () => {
    const desk = armed({ do: "repeat_request", ...any });
    desk.send({ side: "buy", quantity: 1 });
    expect(desk.next()).toHaveLength(4);
    expect(desk.position()).toBe(2);
  });
});

describe("replies that come late, or behind what they are about", () => {
  it("delay_reply: the client gives up first where it does not wait that long", () => {
    const desk = armed({ do: "delay_reply", ...any, delayMs: 30_000, timeoutMs: 10_000 });
    desk.send(rest);
    desk.exchange.advanceBar(0 as never, 0);
    expect(desk.exchange.events.list().map(({ due, event }) => [due, event.type])).toEqual([
      [10_000, "order_unknown"],
      [30_000, "order_acknowledged"],
    ]);
    const patient = armed({ do: "delay_reply", ...any, delayMs: 30_000, timeoutMs: 30_000 });
    patient.send(rest);
    expect(patient.next()).toEqual(["ack 1"]);
  });

  it("fill_before_ack: the first fill is told, then the acknowledgement; or its end", () => {
    const desk = armed({ do: "fill_before_ack", ...any, next: 2 }, [calm, dip, calm]);
    desk.send(rest);
    desk.send({ ...rest, price: 90 });
    expect(desk.next()).toEqual([]);
    desk.cancel(2);
    expect(desk.next()).toEqual(["canceled 2 after 0", "ack 2", "fill 1: 1 at 98 maker fee 0.0196 USDC", "ack 1"]);
  });

  it.each([
    [true, ["unknown submit 1", "fill 1: 1 at 98 taker fee 0.049 USDC"]],
    [false, ["unknown submit 1"]],
  ] as const)("accept_fill_lose_reply: filled at the limit before anybody can look, and the fill is told: %s", (fillTold, lines) => {
    const desk = armed({ do: "accept_fill_lose_reply", ...any, fillTold });
    desk.send(rest);
    expect(desk.next()).toEqual(lines);
    expect([desk.position(), desk.openOrders]).toEqual([1, []]);
    desk.query(1);
    expect(desk.heard()).toEqual(["answer 1 FILLED 1 1 fills"]);
  });
});

describe("cancels that are confirmed and are not what they say", () => {
  it("keep_after_cancel: confirmed, and the order fills when the price comes", () => {
    const desk = armed({ do: "keep_after_cancel", ...any }, [calm, calm, dip]);
    desk.send(rest);
    desk.next();
    desk.cancel(1);
    expect(desk.next()).toEqual(["canceled 1 after 0"]);
    desk.query(1);
    expect(desk.heard()).toEqual(["answer 1 SUBMITTED 0 0 fills"]);
    expect(desk.next()).toEqual(["fill 1: 1 at 98 maker fee 0.0196 USDC"]);
  });

  it("late_fill: the position has changed when the cancel is confirmed, and the fill is told later", () => {
    const desk = armed({ do: "late_fill", ...any, share: "0.4", delayMs: 45_000 }, [calm, calm]);
    desk.send(rest);
    desk.next();
    desk.cancel(1);
    desk.exchange.advanceBar(0 as never, 1);
    expect(desk.position()).toBe(0.4);
    expect(desk.exchange.events.list().map(({ due, event }) => [due - 60_000, event.type])).toEqual([
      [0, "order_canceled"],
      [45_000, "order_filled"],
    ]);
    expect(desk.heard()).toEqual(["canceled 1 after 0", "fill 1: 0.4 at 98 maker fee 0.00784 USDC"]);
    expect(desk.held()).toBe("0");
  });

  it("fill_during_cancel may be told with the refusal first", () => {
    const desk = armed({ do: "fill_during_cancel", ...any, told: "refusal" });
    desk.send(rest);
    desk.next();
    desk.cancel(1);
    expect(desk.next()).toEqual(["cancel rejected 1 order_already_filled", "fill 1: 1 at 98 maker fee 0.0196 USDC"]);
  });
});

describe("amendments that go wrong", () => {
  it.each([
    ["rejected", ["amend rejected 1 amend_rejected"], [1], "98"],
    ["half", ["canceled 1 after 0", "amend rejected 1 amend_rejected"], [], "0"],
    ["lost", ["unknown amend 1"], [1], "98"],
    ["lost_applied", ["unknown amend 1"], [1], "97"],
  ] as const)("%s", (outcome, lines, open, held) => {
    const desk = armed({ do: "fail_amend", ...any, outcome });
    desk.send(rest);
    desk.next();
    desk.amend(1, { price: 97 });
    expect(desk.next()).toEqual(lines);
    // What is held is the value at the limit that holds.
    expect([desk.openOrders, desk.held()]).toEqual([open, held]);
  });

  it("are told nothing of where the venue replaces the order", () => {
    const desk = armed({ do: "fail_amend", ...any, outcome: "lost_applied" }, [calm, calm], { profile: { amend: "cancel_replace" } });
    desk.send(rest);
    desk.next();
    desk.amend(1, { price: 97 });
    expect(desk.next()).toEqual(["unknown amend 1"]);
  });
});

describe("a stop that is triggered under another id", () => {
  it("is acknowledged anew before it fills", () => {
    const desk = armed({ do: "renumber_on_trigger", ...any }, [calm, [100, 100, 96, 97, 1_000]], { positions: [["NET", 1, 100]] });
    desk.send({ type: "stop_market", side: "sell", quantity: 1, trigger: 98, reduceOnly: true, family: "sl" });
    desk.next();
    expect(desk.exchange.markets[0]?.orders.sorted()[0]?.venueOrderId).toBe(1);
    expect(desk.next()).toEqual(["ack 1", "fill 1: 1 at 98 taker fee 0.049 USDC"]);
  });
});

describe("messages on their way", () => {
  it("drop_message loses only the kinds that it names, and counts what the book then lacks", () => {
    const desk = armed({ do: "drop_message", ...any, messages: ["fill"] }, [calm, dip]);
    desk.send(rest);
    expect(desk.next()).toEqual(["ack 1"]);
    expect(desk.next()).toEqual([]);
    expect([desk.position(), desk.exchange.trouble?.wire.untold]).toEqual([1, 1]);
  });

  it("duplicate_message tells again, under the same trade or another", () => {
    const copies = (newTradeIds: boolean) => {
      const desk = armed({ do: "duplicate_message", ...any, messages: ["fill"], copies: 2, delayMs: 10, newTradeIds }, [calm, dip]);
      desk.send(rest);
      desk.next();
      desk.exchange.advanceBar(0 as never, 1);
      return desk.exchange.events.list().map(({ due, event }) => [due, event.type === "order_filled" ? event.trade : event.type]);
    };
    const [first] = copies(false)[0] as [number];
    expect(copies(false)).toEqual([
      [first, 1],
      [first + 10, 1],
      [first + 20, 1],
    ]);
    expect(copies(true).map(([, trade]) => trade)).toEqual([1, 2, 3]);
  });

  it("delay_message and blank_trade_id", () => {
    const desk = armed({ do: "delay_message", ...any, messages: ["ack"], delayMs: 90_000 }, [calm, dip]);
    desk.exchange.arm({ do: "blank_trade_id", ...any });
    desk.send(rest);
    desk.exchange.advanceBar(0 as never, 0);
    desk.exchange.advanceBar(0 as never, 1);
    const told = desk.exchange.events.list().map(({ due, event }) => [due, event.type === "order_filled" ? event.trade : event.type]);
    // The fill of bar 1 comes behind the acknowledgement of bar 0 only when it happens after 90 s.
    expect(told).toContainEqual([90_000, "order_acknowledged"]);
    expect(told.map(([, what]) => what)).toContain("");
  });

  it("reorder_messages makes them overtake each other, alike for one seed and unlike for another", () => {
    const order = (seed: number): string => {
      const desk = armed({ do: "reorder_messages", ...any, next: 20, messages: null, withinMs: 1_000 }, [calm], { seed, balances: { USDC: "9999" } });
      for (let n = 0; n < 8; n += 1) desk.send(rest);
      return desk.next().join();
    };
    const straight = "ack 1,ack 2,ack 3,ack 4,ack 5,ack 6,ack 7,ack 8";
    expect(order(3)).not.toBe(straight);
    expect(order(3)).toBe(order(3));
    expect(order(4)).not.toBe(order(3));
    expect(order(3).split(",").sort().join()).toBe(straight);
  });

  it("hit with a probability from a stream of their own: another fault's draws do not move it", () => {
    const lost = (before: readonly Fault[]): string => {
      const desk = new Desk({ bars: [calm], balances: { USDC: "9999" }, seed: 5 });
      desk.exchange.arm({ do: "lose_request", ...any, next: 1_000, probability: 0.5 });
      for (const fault of before) desk.exchange.arm(fault);
      for (let n = 0; n < 20; n += 1) desk.send(rest);
      return desk
        .next()
        .filter((one) => one.startsWith("unknown"))
        .join();
    };
    const alone = lost([]);
    const hits = alone.split(",").length;
    expect(hits).toBeGreaterThan(3);
    expect(hits).toBeLessThan(17);
    expect(lost([{ do: "reject_cancel", ...any, next: 9, code: null, probability: 0.3 }])).toBe(alone);
    expect(
      lost([{ do: "delay_message", ...any, next: 99, messages: null, delayMs: 1, probability: 0.3 }])
        .split(",")
        .sort(),
    ).toEqual(alone.split(",").sort());
  });
});
