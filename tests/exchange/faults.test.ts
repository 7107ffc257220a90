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
