// The order_fill rules on hand-written cases: each expectation is worked out from the bars, none comes from a recorded
// file and none from the engine's own output.

import { describe, expect, it } from "vitest";
import { judge, type Verdict } from "./kinds.ts";

// Four flat-to-lively bars: [time, open, high, low, close, volume].
const bars = [
  [0, 100, 101, 99, 100, 40],
  [60_000, 100, 104, 98, 103, 40],
  [120_000, 103, 103, 95, 96, 40],
  [180_000, 94, 97, 90, 95, 40],
];

const none = () => {
  throw new Error("no series is needed");
};

function verdict(actions: unknown[], expected: object, setup: object = {}): Verdict {
  const body = { id: "hand", kind: "order_fill", class: "universal", setup, bars, actions, expected };
  return judge({ id: "hand", kind: "order_fill", class: "universal", file: "hand.json", body }, none);
}

const submit = (after: number, order: object) => ({
  after,
  do: "submit",
  order: { id: "o1", side: "buy", type: "market", qty: 10, tif: "GTC", ...order },
});
const agrees: Verdict = { verdict: "agree" };

describe("order_fill cases", () => {
  it("fill a market order at the next open with a percentage fee, and mark equity at each close", () => {
    // Bar 1 opens at 100: 10 × 100 = 1000, fee 0.1 % = 1. Cash 5000 - 1001 = 3999.
    // Closes 100 (before), 103, 96, 95: equity 5000, 3999 + 1030, 3999 + 960, 3999 + 950.
    const expected = {
      fills: [{ order: "o1", bar: 1, price: 100, qty: 10, fee: 1 }],
      orders: { o1: { status: "filled", filled: 10, avgPrice: 100 } },
      position: 10,
      cash: 3999,
      equityPerBar: [5000, 5029, 4959, 4949],
      cancels: [],
      totalFees: 1,
    };
    expect(verdict([submit(0, {})], expected, { cash: 5000, fee: { kind: "percent_of_notional", rate: 0.001 } })).toEqual(agrees);
  });

  it("take a fixed fee on the first fill of an order, and fixed plus percent on each", () => {
    const fills = (fee: number) => ({ fills: [{ order: "o1", bar: 0, price: 100, qty: 10, fee }] });
    expect(verdict([submit(-1, {})], fills(1.5), { fee: { kind: "fixed_per_order_first_fill", amount: 1.5 } })).toEqual(agrees);
    // 2 + 0.5 % of 1000 = 7
    expect(verdict([submit(-1, {})], fills(7), { fee: { kind: "fixed_plus_percent", fixed: 2, rate: 0.005 } })).toEqual(agrees);
  });

  it("cap fills at the share of a bar's volume, rounded down to the lot, and keep a limit's rest", () => {
    // 25 % of 40 = 10 a bar: a limit buy of 25 at 105 takes 10, 10 and 5.
    const expected = {
      fills: [
        { order: "o1", bar: 0, price: 100, qty: 10 },
        { order: "o1", bar: 1, price: 100, qty: 10 },
        { order: "o1", bar: 2, price: 103, qty: 5 },
      ],
      orders: { o1: { status: "filled", filled: 25, avgPrice: (100 * 10 + 100 * 10 + 103 * 5) / 25 } },
    };
    expect(verdict([submit(-1, { type: "limit", price: 105, qty: 25 })], expected, { volumeCap: 0.25, lot: 1 })).toEqual(agrees);
    // volumeCapKind "all": the whole 40 of a bar.
    const whole = { fills: [{ order: "o1", bar: 0, price: 100, qty: 25 }] };
    expect(verdict([submit(-1, { type: "limit", price: 105, qty: 25 })], whole, { volumeCap: 0.25, volumeCapKind: "all", lot: 1 })).toEqual(agrees);
  });

  it("cancel before the next bar, and move an order with an amendment", () => {
    const limit = submit(-1, { type: "limit", price: 97 });
    // 97 is first reached in bar 2 (low 95), which a cancel after bar 1 prevents.
    expect(
      verdict([limit, { after: 1, do: "cancel", order: "o1" }], {
        fills: [],
        orders: { o1: { status: "canceled", filled: 0, avgPrice: null } },
        cancels: [{ order: "o1", bar: 1 }],
      }),
    ).toEqual(agrees);
    // Moved to 92 after bar 1 and down to 4: filled in bar 3, whose low is 90 and open 94.
    const moved = { fills: [{ order: "o1", bar: 3, price: 92, qty: 4 }], orders: { o1: { status: "filled", filled: 4, avgPrice: 92 } } };
    expect(verdict([limit, { after: 1, do: "amend", order: "o1", set: { price: 92, qty: 4 } }], moved)).toEqual(agrees);
    // A stop moved from 110 to 103.5: reached in bar 1 (high 104).
    const stop = submit(-1, { type: "stop_market", stop: 110 });
    expect(
      verdict([stop, { after: 0, do: "amend", order: "o1", set: { stop: 103.5 } }], { fills: [{ order: "o1", bar: 1, price: 103.5, qty: 10 }] }),
    ).toEqual(agrees);
  });

  it("end IOC and FOK on arrival, and refuse a post-only order that would take", () => {
    const ended = (status: string) => ({ fills: [], orders: { o1: { status, filled: 0, avgPrice: null } } });
    expect(verdict([submit(0, { type: "limit", price: 99, tif: "IOC" })], { ...ended("canceled"), cancels: [{ order: "o1", bar: 1 }] })).toEqual(
      agrees,
    );
    expect(verdict([submit(0, { type: "limit", price: 101, tif: "IOC" })], { fills: [{ order: "o1", bar: 1, price: 100, qty: 10 }] })).toEqual(
      agrees,
    );
    // FOK for 50 when a whole bar has 40.
    expect(
      verdict([submit(0, { type: "limit", price: 101, qty: 50, tif: "FOK" })], ended("expired"), { volumeCap: 1, volumeCapKind: "all" }),
    ).toEqual(agrees);
    expect(verdict([submit(0, { type: "limit", price: 101, postOnly: true })], ended("denied"))).toEqual(agrees);
    expect(verdict([submit(0, { type: "limit", price: 99, postOnly: true })], { fills: [{ order: "o1", bar: 1, price: 99, qty: 10 }] })).toEqual(
      agrees,
    );
  });

  it("start from a position, and let a reduce-only order take no more than it", () => {
    // Long 3 from before; cash 100. Selling 10 reduce-only at the open of 100 sells 3: cash 400, flat.
    const expected = { fills: [{ order: "o1", bar: 0, price: 100, qty: 3 }], position: 0, cash: 400, equityPerBar: [400, 400, 400, 400] };
    expect(verdict([submit(-1, { side: "sell", reduceOnly: true })], expected, { cash: 100, position: 3 })).toEqual(agrees);
    // Without an order: 100 + 3 × close.
    expect(verdict([], { fills: [], position: 3, cash: 100, equityPerBar: [400, 409, 388, 385] }, { cash: 100, position: 3 })).toEqual(agrees);
  });

  it("refuse what the cash does not pay only when the case checks cash", () => {
    // 10 × 100 = 1000 against 999.
    const refused = { fills: [], orders: { o1: { status: "denied", filled: 0, avgPrice: null } }, cash: 999, position: 0 };
    expect(verdict([submit(-1, {})], refused, { cash: 999, cashCheck: true })).toEqual(agrees);
    expect(verdict([submit(-1, {})], { fills: [{ order: "o1", bar: 0, price: 100, qty: 10 }], cash: -1 }, { cash: 999, cashCheck: false })).toEqual(
      agrees,
    );
    expect(verdict([submit(-1, {})], { fills: [{ order: "o1", bar: 0, price: 100, qty: 10 }], cash: 0 }, { cash: 1000, cashCheck: true })).toEqual(
      agrees,
    );
  });

  it("cross zero, and count a short's cash and equity", () => {
    // Sell 10 at 100: cash 1000 + 1000; buy 15 at 103 (open of bar 2): 2000 - 1545 = 455, long 5. Closes 103, 96, 95.
    const expected = { position: 5, cash: 455, equityPerBar: [1000, 2000 - 1030, 455 + 480, 455 + 475] };
    expect(verdict([submit(0, { side: "sell" }), submit(1, { id: "o2", qty: 15 })], expected, { cash: 1000 })).toEqual(agrees);
  });

  it("keep an order that arrives after the last bar as sent", () => {
    expect(verdict([submit(3, {})], { fills: [], orders: { o1: { status: "accepted", filled: 0, avgPrice: null } } })).toEqual(agrees);
  });

  it("say what differs", () => {
    expect(verdict([submit(0, {})], { fills: [{ order: "o1", bar: 1, price: 101, qty: 10 }] })).toEqual({
      verdict: "differ",
      why: "price of fill 1 is 100, not 101",
    });
    expect(verdict([submit(0, {})], { fills: [] })).toEqual({ verdict: "differ", why: "number of fills is 1, not 0" });
  });

  it("leave what the exchange does not have aside, with the reason", () => {
    const reasonOf = (given: Verdict) => (given.verdict === "notApplicable" ? given.reason : given.verdict);
    const parts: readonly [object, RegExp][] = [
      [{ parent: "x" }, /parent/],
      [{ type: "trailing_stop", trail: { kind: "ticks", offset: 3, reference: 100 } }, /ticks/],
      [{ type: "iceberg" }, /iceberg/],
      [{ display: 1 }, /display/],
    ];
    for (const [order, reason] of parts) expect(reasonOf(verdict([submit(0, order)], { fills: [] }))).toMatch(reason);
    expect(reasonOf(verdict([], { fills: [] }, { fee: { kind: "tiered" } }))).toMatch(/tiered/);
    expect(reasonOf(verdict([], { fills: [], sharpe: 1 }))).toMatch(/sharpe/);
  });
});
