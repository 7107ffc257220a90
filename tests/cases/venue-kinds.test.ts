// Kinds that the virtual exchange or a position answers alone, on hand-written cases: each with the arithmetic beside it,
// and each with an expectation that must be found wrong.

import { describe, expect, it } from "vitest";
import { expectChecked, verdict } from "./hand-cases.ts";

const quote = (bid: number, ask: number, size?: number) => ({ quote: { bid, ask, ...(size === undefined ? {} : { bidSize: size, askSize: size }) } });
const submit = (id: string, side: string, type: string, more: object = {}) => ({ submit: { id, side, type, qty: 10, tif: "GTC", ...more } });

describe("cases of quotes", () => {
  it("buys at the ask and sells at the bid", () => {
    const events = [quote(9, 10), submit("b", "buy", "market"), submit("s", "sell", "market", { qty: 15 })];
    const orders = { b: { status: "filled", avgPrice: 10, liquidity: "taker" }, s: { status: "filled", avgPrice: 9 } };
    expectChecked("quote_fill", { events, expected: { orders, position: -5 } }, { position: 5 }, "position is -5, not 5");
    expectChecked("quote_fill", { events, expected: { orders } }, { orders: { b: { avgPrice: 9 } } }, "avgPrice of b is 10, not 9");
    expectChecked("quote_fill", { events, expected: { orders, positionAtMost: -5 } }, { positionAtMost: -6 }, "at most -6");
  });

  it("takes no more from a quote than its size, however often it is asked", () => {
    const events = [
      quote(9, 10, 12),
      submit("a", "buy", "limit", { price: 10 }),
      submit("s", "sell", "market", { qty: 1 }),
      submit("b", "buy", "limit", { price: 10 }),
    ];
    // 10 of 12 for a; after the sale, 2 are left for b.
    const orders = { a: { filled: 10 }, b: { status: "partial", filled: 2 } };
    expectChecked("quote_fill", { events, expected: { orders } }, { orders: { b: { filled: 10 } } }, "filled of b is 2, not 10");
  });

  it("reads cancels, amendments and ends by the venue", () => {
    const rest = submit("o", "buy", "limit", { price: 8 });
    const gone = { events: [quote(9, 10), rest, { cancel: "o" }], expected: { orders: { o: { status: "canceled", filled: 0 } } } };
    expectChecked("quote_fill", gone, { orders: { o: { statusAnyOf: ["working", "filled"] } } }, 'status of o is "CANCELED"');
    const moved = {
      events: [quote(9, 10), rest, { amend: { id: "o", price: 8.5 } }],
      expected: { orders: { o: { status: "working", price: 8.5 } } },
    };
    expectChecked("quote_fill", moved, { orders: { o: { price: 8 } } }, "price of o is 8.5, not 8");
  });

  it("follows a trail from quote to quote", () => {
    const trail = { trail: { kind: "abs", offset: 1, activation: 11 } };
    const events = [
      quote(10, 11),
      submit("o", "sell", "trailing_stop", trail),
      { check: { o: { activated: false } } },
      quote(12, 13),
      { check: { o: { trigger: 11 } } },
    ];
    const body = { events, expected: { orders: { o: { status: "working", trigger: 11 } } } };
    expectChecked("quote_fill", body, { orders: { o: { trigger: 12 } } }, "trigger of o is 11, not 12");
    const early = [...events.slice(0, 2), { check: { o: { activated: true } } }];
    expect(verdict("quote_fill", { ...body, events: early, expected: { orders: {} } })).toEqual({
      verdict: "differ",
      why: "activation of o is false, not true",
    });
  });

  it("fills a resting limit at its own price where a conventional case says so, and never in a universal one", () => {
    const events = [quote(10, 11), submit("o", "buy", "limit", { price: 9 }), quote(7, 8)];
    const body = { events, expected: { orders: { o: { avgPrice: 9 } } } };
    expect(verdict("quote_fill", body, "conventional")).toEqual({ verdict: "agree" });
    expect(verdict("quote_fill", body)).toEqual({ verdict: "differ", why: "avgPrice of o is 8, not 9" });
    expect(verdict("quote_fill", { ...body, expected: { orders: { o: { avgPrice: 8.5 } } } }, "conventional").verdict).toBe("differ");
  });

  it("says what one price a bar cannot express", () => {
    const both = [quote(9, 10), submit("b", "buy", "limit", { price: 8 }), submit("s", "sell", "limit", { price: 12 }), quote(9, 10)];
    const outcome = verdict("quote_fill", { events: both, expected: { orders: {} } });
    expect(outcome).toEqual({ verdict: "notApplicable", reason: "orders of both sides are at work under one quote: a bar has one price" });
  });
});

/** Time, open, high, low, close, volume. */
const bar = (at: number, ...cells: readonly number[]) => [at * 60_000, ...cells];

describe("cases of one convention", () => {
  const market = { after: 0, do: "submit", order: { id: "o", side: "buy", type: "market", qty: 2 } };

  it("order_fill_divergent needs one peer's whole answer", () => {
    const bars = [bar(0, 10, 10, 10, 10, 5), bar(1, 11, 12, 10, 12, 5)];
    const at = (price: number) => [{ order: "o", bar: 1, price, qty: 2 }];
    const body = { bars, actions: [market], expected: { fillsByPeer: { one: at(12), other: at(11) } } };
    expect(verdict("order_fill_divergent", body)).toEqual({ verdict: "agree" });
    const none = verdict("order_fill_divergent", { ...body, expected: { fillsByPeer: { one: at(12), other: [] } } });
    expect(none).toEqual({
      verdict: "differ",
      why: expect.stringContaining("price of fill 1 is 11, not 12 / other: number of fills is 1, not 0") as string,
    });
  });

  it("order_fill_slippage moves the price by its share, up to the bar's extreme", () => {
    const bars = [bar(0, 10, 10, 10, 10, 5), bar(1, 11, 12, 10, 12, 5)];
    const body = {
      bars,
      setup: { slippagePct: 0.01, clipToBar: true },
      actions: [market],
      expected: { fills: [{ order: "o", bar: 1, price: 11.11, qty: 2 }], withoutSlippage: [{ order: "o", bar: 1, price: 11, qty: 2 }] },
    };
    expectChecked("order_fill_slippage", body, { fills: [{ order: "o", bar: 1, price: 11, qty: 2 }] }, "price of fill 1 is 11.11, not 11");
    expectChecked("order_fill_slippage", body, { withoutSlippage: [] }, "number of fills is 1, not 0");
    expect(verdict("order_fill_slippage", { ...body, setup: { slippagePct: 0.01, clipToBar: false } }).verdict).toBe("notApplicable");
  });

  it("slippage grows with the share of the volume", () => {
    // Half of the volume, a tenth: 20 × (1 − 0.05)
    const params = { side: "sell", price: 20, qty: 50, barVolume: 100, volumeUsedBefore: 0, priceImpact: 0.1 };
    expectChecked("slippage", { params, expected: { price: 19 } }, { price: 19.5 }, "price is 19, not 19.5");
  });

  it("bar_sequence stops at the bar's volume", () => {
    const order = { ...market, after: -1, order: { ...market.order, qty: 9 } };
    expectChecked(
      "bar_sequence",
      { bars: [bar(0, 10, 11, 9, 10, 4)], actions: [order], expected: { filledQty: 4 } },
      { filledQty: 9 },
      "filledQty is 4, not 9",
    );
  });

  it("split_candle cuts a bar where its path first reaches a price", () => {
    // Rising: 10 → 8 → 14 → 12. 13 comes on the second leg.
    const params = { ohlc: [10, 14, 8, 12], price: 13 };
    const expected = { before: [10, 13, 8, 13], after: [13, 14, 12, 12] };
    expectChecked("split_candle", { params, expected }, { after: [13, 14, 8, 12] }, "low after is 12, not 8");
    expect(verdict("split_candle", { params: { ...params, price: 15 }, expected }).verdict).toBe("notApplicable");
  });

  it("margin_account holds a share of each working order", () => {
    const params = { wallet: 1000, leverage: 5, workingOrders: [500, 250] };
    const expected = { wallet: 1000, availableMargin: 850, leveragedAvailable: 4250 };
    expectChecked("margin_account", { params, expected }, { availableMargin: 1000 }, "availableMargin is 850, not 1000");
  });

  it("position_spot_fee takes the fee out of what was bought", () => {
    const fills = [
      { side: "buy", qty: 2, price: 10, feeBase: 0.5 },
      { side: "buy", qty: 1, price: 20, feeBase: 0.25 },
    ];
    expectChecked(
      "position_spot_fee",
      { inputs: { fills }, expected: { qtyAfter: [1.5, 2.25] } },
      { qtyAfter: [1.5, 2.5] },
      "quantity after fill 2 is 2.25",
    );
  });

  it("says which kinds have no counterpart", () => {
    expect(verdict("interest", {})).toEqual({ verdict: "notApplicable", reason: "borrowed money and its interest are not simulated" });
  });
});
