// Maintenance tiers against the venues' published figures and against every market of the recorded table.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { SeatrialError, type Money } from "../../src/domain/index.ts";
import { approximate, compare, whole, zero } from "../../src/exchange/virtual/fraction.ts";
import { marginTiersOf, readMarginTiers } from "../../src/exchange/virtual/margin-tier-table.ts";
import { initialMargin, maintenanceAmount, MarginTiers } from "../../src/exchange/virtual/margin-tiers.ts";
import { instrument } from "../domain/rules.ts";
import { dataFolder } from "../market/bar-folder.ts";
import { btc, btcRows, eth, ethRows, fraction, money, tiersOf } from "./margin-setup.ts";

const row = (minNotional: number, maxNotional: number, maintenanceMarginRate: number, maxLeverage: number, more: object = {}) => ({
  minNotional,
  maxNotional,
  maintenanceMarginRate,
  maxLeverage,
  ...more,
});
const goodRows = [row(0, 5_000, 0.01, 50), row(5_000, 25_000, 0.02, 25), row(25_000, 100_000, 0.05, 10)];

function refusal(run: () => unknown): SeatrialError {
  try {
    run();
  } catch (error) {
    if (error instanceof SeatrialError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("maintenance amounts", () => {
  it("are Binance's published ones", () => {
    // floor × (rate - rate below) + amount below, in whole USDT:
    // 50,000 × 0.1 % = 50; 250,000 × 0.5 % + 50 = 1,300; 1,000,000 × 1.5 % + 1,300 = 16,300; 7,500,000 × 2.5 % + 16,300 = 203,800
    expect(amounts(tiersOf(btcRows, btc))).toEqual([0, 50, 1_300, 16_300, 203_800, 2_203_800]);
    // 10,000 × 0.15 % = 15; + 100,000 × 0.35 % = 365; + 500,000 × 1 % = 5,365; + 1,000,000 × 3 % = 35,365; + 2,000,000 × 5 % = 135,365
    expect(amounts(tiersOf(ethRows, eth))).toEqual([0, 15, 365, 5_365, 35_365, 135_365]);
  });

  it("follow the COIN-M example of Binance's support page: 50 BTC × (5 % - 2.5 %) + 0.56 BTC = 1.81 BTC", () => {
    const below = { rate: fraction(0.025), amount: fraction(0.56) };
    expect(compare(maintenanceAmount(fraction(50), fraction(0.05), below), fraction(1.81))).toBe(0);
  });

  it("are exact where no decimal is: Hyperliquid's DOGE tiers of 10x, 5x and 3x", () => {
    // Rates are half of 1 ÷ leverage: 1/20, 1/10, 1/6. Deductions: 20,000 × 1/20 = 1,000; 100,000 × (1/6 - 1/10) + 1,000 = 7,666 2/3.
    const rate = (denominator: bigint) => ({ numerator: 1n, denominator });
    const tiers = new MarginTiers([
      { floor: zero, rate: rate(20n), maxLeverage: whole(10) },
      { floor: whole(20_000), rate: rate(10n), maxLeverage: whole(5) },
      { floor: whole(100_000), rate: rate(6n), maxLeverage: whole(3) },
    ]);
    expect(compare(tiers.tiers[2]?.amount ?? zero, { numerator: 23_000n, denominator: 3n })).toBe(0);
    // 120,000 ÷ 6 - 7,666 2/3 = 12,333 1/3, rounded up.
    expect(tiers.maintenanceMargin(120_000 as Money)).toBe(12_334);
  });

  function amounts(tiers: MarginTiers): number[] {
    return tiers.tiers.map(({ amount }) => approximate(amount) / 1e6);
  }
});

describe("the tier of a value", () => {
  const tiers = tiersOf(btcRows, btc);

  it("starts at its floor", () => {
    const rateAt = (value: number) => approximate(tiers.tierOf(whole(money(btc, value))).rate);
    expect([0, 49_999.999999, 50_000, 7_500_000, 900_000_000].map(rateAt)).toEqual([0.004, 0.004, 0.005, 0.05, 0.1]);
  });

  it("gives the maintenance margin in whole units, rounded up", () => {
    // 2,056,045.59 × 2.5 % - 16,300 = 35,101.13975
    expect(tiers.maintenanceMargin(money(btc, 2_056_045.59))).toBe(35_101_139_750);
    // 0.000001 × 0.4 % is a part of a unit.
    expect(tiers.maintenanceMargin(1 as Money)).toBe(1);
    expect(tiers.maintenanceMargin(0 as Money)).toBe(0);
  });

  it("limits the leverage from its floor on", () => {
    expect(tiers.allows(money(btc, 49_999), 125)).toBe(true);
    expect(tiers.allows(money(btc, 50_000), 125)).toBe(false);
    expect(tiers.allows(money(btc, 50_000), 100)).toBe(true);
    expect(tiers.valueLimit(100)).toEqual(fraction(250_000, 6));
    expect(tiers.valueLimit(1)).toBeNull();
    expect(tiers.valueLimit(200)).toEqual(fraction(0, 6));
  });

  it("is in force up to the table's cap", () => {
    const capped = readMarginTiers(goodRows, btc);
    expect(capped.allows(money(btc, 100_000), 1)).toBe(true);
    expect(capped.allows(money(btc, 100_000.01), 1)).toBe(false);
    expect(capped.valueLimit(1)).toEqual(fraction(100_000, 6));
  });

  it("never makes the margin jump: one more unit of value never costs more than one unit of margin", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50_000_000_000_000 }), (value) => {
        const step = tiers.maintenanceMargin((value + 1) as Money) - tiers.maintenanceMargin(value as Money);
        expect(step === 0 || step === 1).toBe(true);
      }),
    );
    for (const [floor] of btcRows.slice(1)) {
      const at = money(btc, floor);
      expect(tiers.maintenanceMargin(at) - tiers.maintenanceMargin((at - 1) as Money)).toBeLessThanOrEqual(1);
    }
  });

  it("is estimated in float64 to within its noise", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 50_000_000_000_000 }), (value) => {
        const exact = approximate(tiers.maintenance(whole(value)));
        expect(Math.abs(tiers.estimate(value) - exact)).toBeLessThanOrEqual(1e-9 * value + 1e-6);
      }),
    );
  });
});

it("initial margin is the value ÷ leverage, rounded up", () => {
  // 109.488 × 32,481.98 ÷ 20 and a rest that does not divide
  expect(initialMargin(100 as Money, 3)).toBe(34);
  expect(initialMargin(99 as Money, 3)).toBe(33);
});

describe("a table of tiers", () => {
  const refusals: readonly (readonly [what: string, rows: unknown, says: RegExp])[] = [
    ["is no list", {}, /list of at least one/],
    ["is empty", [], /list of at least one/],
    ["does not start at 0", [row(5, 10, 0.01, 5)], /must start at 0/],
    ["has a hole", [row(0, 10, 0.01, 5), row(11, 20, 0.02, 4)], /tier 2 does not start where/],
    ["overlaps", [row(0, 10, 0.01, 5), row(9, 20, 0.02, 4)], /tier 2 does not start where/],
    ["goes on after a tier without an end", [{ ...row(0, 10, 0.01, 5), maxNotional: null }, row(10, 20, 0.02, 4)], /tier 2 does not start where/],
    ["ends where it starts", [row(0, 0, 0.01, 5)], /ends where it starts/],
    ["has a rate that does not rise", [row(0, 10, 0.01, 5), row(10, 20, 0.01, 4)], /rate must be above/],
    ["has a leverage that rises", [row(0, 10, 0.01, 5), row(10, 20, 0.02, 6)], /more leverage/],
    ["has a rate of 0", [row(0, 10, 0, 5)], /above 0/],
    ["has a rate above 1", [row(0, 10, 1.5, 1)], /at most 1/],
    ["has a leverage below 1", [row(0, 10, 0.1, 0.5)], /at least 1/],
    ["would open below its maintenance margin", [row(0, 10, 0.1, 20)], /open below/],
    ["has no number", [{ ...row(0, 10, 0.1, 2), maintenanceMarginRate: "x" }], /maintenanceMarginRate is no number/],
    ["has NaN", [row(0, Number.NaN, 0.1, 2)], /maxNotional is no number/],
    ["is of another currency", [row(0, 10, 0.1, 2, { currency: "BTC" })], /settles in USDT/],
    ["contradicts its own amounts", [row(0, 10, 0.01, 5), row(10, 20, 0.02, 4, { info: { cum: "5" } })], /amount of 5/],
  ];
  for (const [what, rows, says] of refusals) {
    it(`that ${what} is refused with exit code 3`, () => {
      const error = refusal(() => readMarginTiers(rows, btc));
      expect(error).toMatchObject({ code: "bad_margin_tiers", exitCode: 3 });
      expect(error.message).toMatch(says);
      expect(error.message).toContain("BTC/USDT:USDT");
    });
  }

  it("may end without a cap and print its amounts rounded", () => {
    const rows = [row(0, 5_000, 0.012, 50), { ...row(5_000, 0, 0.02555, 25, { maintAmt: 67.8 }), maxNotional: undefined }];
    // 5,000 × 1.355 % = 67.75
    expect(approximate(readMarginTiers(rows, btc).tiers[1]?.amount ?? zero)).toBe(67_750_000);
  });

  it("without the symbol names the nearest one", () => {
    const error = refusal(() => marginTiersOf({ "BTC/USDC:USDC": goodRows, "XRP/USDT:USDT": goodRows }, btc));
    expect(error).toMatchObject({ code: "no_margin_tiers", exitCode: 3, hint: "did you mean BTC/USDC:USDC?" });
  });

  it("is read for every market of the recorded Binance table, amounts included (needs SEATRIAL_DATA)", (context) => {
    if (dataFolder === "") return context.skip();
    const file = gunzipSync(readFileSync(join(dataFolder, "freqtrade/binance_leverage_tiers.json.gz")));
    const table = JSON.parse(file.toString("utf8")) as Record<string, { info: { cum: string } }[]>;
    let markets = 0;
    for (const [symbol, rows] of Object.entries(table)) {
      const settle = (symbol.split(":")[1] ?? "").split("-")[0] ?? "";
      const on = instrument({ symbol, settle, quote: settle }, { money: 6 });
      const tiers = marginTiersOf(table, on);
      expect(tiers.tiers.length).toBe(rows.length);
      rows.forEach(({ info }, at) => expect(compare(tiers.tiers[at]?.amount ?? zero, fraction(Number(info.cum), 6))).toBe(0));
      markets += 1;
    }
    expect(markets).toBe(349);
  });
});
