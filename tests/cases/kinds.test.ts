// The kinds beside order_fill on hand-written cases, one a rule, with the arithmetic beside it.

import { describe, expect, it } from "vitest";
import { judge, type Verdict } from "./kinds.ts";

function verdict(kind: string, body: object): Verdict {
  const whole = { id: "hand", kind, class: "universal", ...body };
  return judge({ id: "hand", kind, class: "universal", file: "hand.json", body: whole }, () => null);
}
const value = (number: number) => ({ expected: { value: number } });
const agrees: Verdict = { verdict: "agree" };

describe("cases of positions and money", () => {
  it("position_pnl follows fills, fees and marks", () => {
    const fills = [
      { side: "buy", qty: 2, price: 10, fee: 0.5 },
      { side: "buy", qty: 1, price: 13 },
      { side: "sell", qty: 4, price: 12, feeRate: 0.01 },
    ];
    // Average 33 / 3 = 11; selling 4 at 12 realises 3 and opens short 1 at 12; fees 0.5 + 0.48.
    const steps = [
      {
        afterFills: 2,
        qty: 3,
        avg: 11,
        fees: 0.5,
        realizedGross: 0,
        realizedNet: -0.5,
        marks: [{ price: 12, unrealized: 3, total: 2.5, notional: 36 }],
      },
      { afterFills: 3, qty: -1, avg: 12, realizedGross: 3, realizedNet: 3 - 0.98, peakQty: 3, marks: [{ price: 14, unrealized: -2 }] },
    ];
    expect(verdict("position_pnl", { inputs: { fills }, expected: { steps } })).toEqual(agrees);
    const wrong = [{ afterFills: 2, qty: 2 }];
    expect(verdict("position_pnl", { inputs: { fills }, expected: { steps: wrong } })).toEqual({
      verdict: "differ",
      why: "qty after 2 fills is 3, not 2",
    });
  });

  it("average_entry and unrealized know linear and inverse contracts", () => {
    // 3 / (1/10 + 2/20) = 15
    expect(
      verdict("average_entry", {
        params: {
          fills: [
            [1, 10],
            [2, 20],
          ],
          inverse: true,
        },
        ...value(15),
      }),
    ).toEqual(agrees);
    // (10 + 40) / 3
    expect(
      verdict("average_entry", {
        params: {
          fills: [
            [1, 10],
            [2, 20],
          ],
        },
        decimals: 4,
        ...value(16.6667),
      }),
    ).toEqual(agrees);
    // short 100 contracts at 10, marked at 8: 100 × (1/8 - 1/10) = 2.5
    expect(verdict("unrealized", { params: { side: "short", qty: 100, entry: 10, price: 8, inverse: true }, ...value(2.5) })).toEqual(agrees);
    expect(verdict("unrealized", { params: { side: "long", qty: 100, entry: 10, price: 8 }, ...value(-200) })).toEqual(agrees);
  });

  it("account_balance is start + realised - fees", () => {
    // buy 2 at 10 (fee 0.2), sell 3 at 11 (fee 0.33): realised 2
    const fills = [
      { side: "buy", qty: 2, price: 10, feeRate: 0.01 },
      { side: "sell", qty: 3, price: 11, feeRate: 0.01 },
    ];
    expect(verdict("account_balance", { params: { start: 100, fills }, expected: { balance: 101.47, position: -1 } })).toEqual(agrees);
  });

  it("commission rounds to the currency, knows rebates and inverse contracts", () => {
    // 3 × 33.33 × 0.001 = 0.09999 → 0.1 at 2 decimals
    expect(verdict("commission", { params: { qty: 3, price: 33.33, rate: 0.001, inverse: false, decimals: 2 }, ...value(0.1) })).toEqual(agrees);
    expect(verdict("commission", { params: { qty: 10, price: 100, rate: -0.00025, inverse: false, decimals: 8 }, ...value(-0.25) })).toEqual(agrees);
    // 1000 / 8000 × 0.001
    expect(verdict("commission", { params: { qty: 1000, price: 8000, rate: 0.001, inverse: true, decimals: 8 }, ...value(0.000125) })).toEqual(
      agrees,
    );
  });

  it("trade_value is the cash that changes hands", () => {
    const params = { qty: 10, price: 5, feeRate: 0.01 };
    // notional 50, fee 0.5
    expect(verdict("trade_value", { params: { ...params, leg: "open", side: "long" }, ...value(50.5) })).toEqual(agrees);
    expect(verdict("trade_value", { params: { ...params, leg: "open", side: "short" }, ...value(49.5) })).toEqual(agrees);
    expect(verdict("trade_value", { params: { ...params, leg: "close", side: "long", funding: 2 }, ...value(51.5) })).toEqual(agrees);
    expect(verdict("trade_value", { params: { ...params, leg: "close", side: "short", funding: 2 }, ...value(48.5) })).toEqual(agrees);
  });

  it("position_mode nets in one-way mode and keeps two legs in hedge mode", () => {
    const fills = [
      { side: "buy", qty: 2 },
      { side: "sell", qty: 3 },
    ];
    expect(verdict("position_mode", { params: { mode: "one_way", fills }, expected: { net: -1 } })).toEqual(agrees);
    expect(verdict("position_mode", { params: { mode: "hedge", fills }, expected: { net: -1, long: 2, short: 3, open: 2 } })).toEqual(agrees);
  });

  it("margin_check refuses what the balance does not carry at a leverage", () => {
    const check = (notional: number, leverage: number, accepted: boolean) =>
      verdict("margin_check", { params: { balance: 100, notional, leverage }, expected: { accepted } });
    expect([check(100, 1, true), check(100.5, 1, false), check(500, 5, true), check(501, 5, false)]).toEqual([agrees, agrees, agrees, agrees]);
  });
});

describe("cases of decimals", () => {
  it("decimal_op is exact, and a division by zero has no result", () => {
    const op = (name: string, args: string[], result: unknown, decimals: number | null = null) =>
      verdict("decimal_op", { params: { op: name, args, decimals }, expected: { result } });
    expect(op("mod", ["57.123", "10"], "7.123")).toEqual(agrees);
    expect(op("div", ["1", "3"], "0.333333333333333333")).toEqual(agrees);
    expect(op("div", ["-1", "3"], "-0.33", 2)).toEqual(agrees);
    expect(op("div", ["1", "0"], null)).toEqual(agrees);
    expect(op("equals", ["1e3", "1000.0"], true)).toEqual(agrees);
    expect(op("pow", ["1", "2"], "1").verdict).toBe("notApplicable");
  });

  it("precision_contract truncates contracts, not base units", () => {
    // 1.17 / 0.01 = 117 contracts; 1.175 / 0.01 = 117.5 → 117 → 1.17
    const params = { counting: "K", precision: 1, contractSize: 0.01 };
    expect(verdict("precision_contract", { params: { ...params, value: 1.17 }, ...value(1.17) })).toEqual(agrees);
    expect(verdict("precision_contract", { params: { ...params, value: 1.175 }, ...value(1.17) })).toEqual(agrees);
  });
});
