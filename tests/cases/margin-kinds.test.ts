// The kinds of margin and funding on hand-written cases, with the arithmetic beside it: each can agree, differ and decline.

import { describe, expect, it } from "vitest";
import { judge, type Verdict } from "./kinds.ts";

function verdict(kind: string, body: object): Verdict["verdict"] {
  const whole = { id: "hand", kind, class: "universal", ...body };
  return judge({ id: "hand", kind, class: "universal", file: "hand.json", body: whole }, () => null).verdict;
}
const hour = 3_600_000;

/** Each row: the kind, its params, what it expects, and something else that it must not agree with. */
const table: readonly (readonly [what: string, kind: string, params: object, right: object, wrong: object])[] = [
  [
    "liquidation_price takes a wallet, a rate and an amount at the mark",
    "liquidation_price",
    // (20 + 1 - 100) ÷ (0.05 - 1) = 83.15…
    { model: "binance_usdm", side: "long", qty: 1, entry: 100, walletBalance: 20, mmr: 0.05, maintAmt: 1 },
    { value: 79 / 0.95 },
    { value: 80 },
  ],
  [
    "liquidation_price takes the margin of the value at entry",
    "liquidation_price",
    // 100 - (20 - 1)
    { model: "bybit_linear", side: "long", qty: 1, entry: 100, walletBalance: 20, mmr: 0.01, maintAmt: 5 },
    { value: 81 },
    { value: 80.8 },
  ],
  [
    "liquidation_price takes the fee of the close",
    "liquidation_price",
    // Short: 120 ÷ (1 + 0.01 + 0.001)
    { model: "gate_okx", side: "short", qty: 1, entry: 100, walletBalance: 20, mmr: 0.01, maintAmt: 5, takerFee: 0.001 },
    { value: 120 / 1.011 },
    { value: 120 / 1.01 },
  ],
  [
    "liquidation_price takes other positions of the wallet",
    "liquidation_price",
    // Other: 2 at 10, now 9: -2, margin 0.18. (20 - 2 - 0.18 - 100) ÷ -0.99 = 83.01…
    {
      model: "binance_usdm",
      side: "long",
      qty: 1,
      entry: 100,
      walletBalance: 20,
      mmr: 0.01,
      maintAmt: 0,
      others: [{ pair: "B", entry: 10, qty: 2, mark: 9, mmr: 0.01, maintAmt: 0 }],
    },
    { value: 82.18 / 0.99 },
    { value: 80 / 0.99 },
  ],
  [
    "maintenance_amount goes on from the tier below",
    "maintenance_amount",
    { floor: 10, mmr: 0.05, mmrPrev: 0.02, maintAmtPrev: 0.1 },
    { value: 0.4 },
    { value: 0.3 },
  ],
  [
    "maintenance_amount_table sums up",
    "maintenance_amount_table",
    { floors: [0, 10, 20], rates: [0.01, 0.02, 0.04] },
    { maintAmt: [0, 0.1, 0.5] },
    { maintAmt: [0, 0.1, 0.4] },
  ],
  [
    "margin_tier finds the tier of a notional",
    "margin_tier",
    {
      notional: 10,
      tiers: [
        { minNotional: 0, maxNotional: 10, maintenanceMarginRate: 0.01, maxLeverage: 20, maintAmt: 0 },
        { minNotional: 10, maxNotional: 20, maintenanceMarginRate: 0.02, maxLeverage: 10, maintAmt: 0.1 },
      ],
    },
    { mmr: 0.02, maintAmt: 0.1 },
    { mmr: 0.01, maintAmt: 0 },
  ],
  ["margin is a rate on value ÷ leverage", "margin", { model: "leveraged", notional: 1_000, rate: 0.03, leverage: 10 }, { value: 3 }, { value: 30 }],
  [
    "margin of an inverse contract is in the coin",
    "margin",
    { model: "leveraged", inverse: true, qty: 100, price: 50, rate: 0.1, leverage: 2 },
    { value: 0.1 },
    { value: 1 },
  ],
  ["funding is paid by a long", "funding", { side: "long", qty: 3, mark: 100, rate: 0.001 }, { payment: -0.3 }, { payment: 0.3 }],
  [
    "funding_window counts stamps at both ends",
    "funding_window",
    // 2 × (10 × 0.1 % + 12 × 0.2 %)
    {
      side: "short",
      qty: 2,
      openMs: hour,
      closeMs: 2 * hour,
      marks: [
        [0, 9],
        [hour, 10],
        [2 * hour, 12],
        [3 * hour, 14],
      ],
      rates: [
        [0, 0.1],
        [hour, 0.001],
        [2 * hour, 0.002],
        [3 * hour, 0.1],
      ],
      exchange: "gate",
    },
    { payment: 0.068 },
    { payment: 0.02 },
  ],
  [
    "trade_profit counts both fees and the funding",
    "trade_profit",
    // Open 100 + 1, close 110 - 2.2, funding 0.5: 7.3, of 101, three times
    { side: "long", qty: 1, open: 100, close: 110, feeOpen: 0.01, feeClose: 0.02, leverage: 3, funding: 0.5, mode: "futures" },
    { profit: 7.3, ratio: (7.3 / 101) * 3 },
    { profit: 7.3, ratio: 7.3 / 101 },
  ],
];

describe("cases of margin and funding", () => {
  it.each(table)("%s", (_, kind, params, right, wrong) => {
    expect(verdict(kind, { params, expected: right })).toBe("agree");
    expect(verdict(kind, { params, expected: wrong })).toBe("differ");
    expect(verdict(kind, { params: { ...params, surprise: 1 }, expected: right })).toBe("notApplicable");
  });

  it("declines a model without a rule and Binance's grace after a settlement", () => {
    expect(verdict("liquidation_price", { params: { model: "moonbase" }, expected: { value: 1 } })).toBe("notApplicable");
    const late = { side: "long", qty: 1, openMs: hour + 1_000, closeMs: 2 * hour, marks: [[hour, 10]], rates: [[hour, 0.001]], exchange: "binance" };
    expect(verdict("funding_window", { params: late, expected: { payment: 0 } })).toBe("notApplicable");
  });
});
