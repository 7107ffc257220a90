// Tables of maintenance tiers as they come from outside: what is taken, what is refused and which tier the refusal names.
import { describe, expect, it } from "vitest";

import { SeatrialError } from "../../src/domain/index.ts";
import { approximate, whole, zero } from "../../src/exchange/virtual/fraction.ts";
import { marginTiersOf, readMarginTiers } from "../../src/exchange/virtual/margin-tier-table.ts";
import { MarginTiers } from "../../src/exchange/virtual/margin-tiers.ts";
import { outcomeOf } from "../domain/outcome.ts";
import { btc, fraction } from "./margin-setup.ts";

interface Row {
  readonly minNotional: unknown;
  readonly maxNotional: unknown;
  readonly maintenanceMarginRate: unknown;
  readonly maxLeverage: unknown;
  readonly [more: string]: unknown;
}

const row = (minNotional: unknown, maxNotional: unknown, rate: unknown, maxLeverage: unknown, more: object = {}): Row => {
  return { minNotional, maxNotional, maintenanceMarginRate: rate, maxLeverage, ...more };
};
/** Above 10,000: 10,000 × (2 % - 1.5 %) = 50. */
const two = (more: object): Row[] => [row(0, 10_000, 0.015, 50), row(10_000, 20_000, 0.02, 25, more)];

/** What is said against it; null: it is taken. */
function said(run: () => unknown): string | null {
  try {
    run();
    return null;
  } catch (error) {
    if (!(error instanceof SeatrialError)) throw error;
    expect([error.code, error.exitCode]).toEqual(["bad_margin_tiers", 3]);
    return error.reason;
  }
}
const read = (rows: unknown) => said(() => readMarginTiers(rows, btc));

describe("a table of tiers", () => {
  it.each([[null], [5], ["BTC/USDT:USDT"], [[]], [undefined]])("that is %j is no object by symbol", (table) => {
    expect(said(() => marginTiersOf(table, btc))).toContain("an object, symbol by symbol");
  });

  it.each([[null], [5], ["tier"], [[0, 10, 0.01, 5]], [undefined]])("with a tier that is %j names that tier", (bad) => {
    expect(read([row(0, 10, 0.01, 5), bad])).toContain("tier 2 is no object");
  });

  it.each<[value: unknown]>([[-5], [Number.POSITIVE_INFINITY], [Number.NaN], ["x5"], ["-5"], [""], [true], [null], [undefined], [[7]]])(
    "takes %j for no number",
    (value) => {
      expect(read([row(0, 10, 0.01, 5), row(10, 20, 0.02, value)])).toContain("tier 2: maxLeverage is no number of at least 0");
      expect(read([row(value, 10, 0.01, 5)])).toContain("tier 1: minNotional is no number");
    },
  );

  it("takes numbers as text, a rate of all of the value, and one leverage for two tiers", () => {
    expect(read([row("0", "10.5", "0.01", "5"), row("10.5", null, "1", "1")])).toBe(null);
    expect(read([row(0, 10, 0.01, 5), row(10, 20, 0.02, 5)])).toBe(null);
    expect(read([row(0, 10, 0.01, 5), row(10, 20, 0.02, 5.01)])).toContain("tier 2 allows more leverage");
  });

  it("names its currency, or none", () => {
    for (const currency of ["USDT", "USDT-250328", null, undefined]) expect(read([row(0, 10, 0.01, 5, { currency })])).toBe(null);
    for (const currency of ["BTC", "BUSDT-", "250328-USDT-", 5, {}])
      expect(read([row(0, 10, 0.01, 5, { currency })])).toContain("but the market settles in USDT");
  });
});

describe("the printed maintenance amount of a tier", () => {
  it("is ccxt's own, or Binance's beside the row, or none", () => {
    for (const more of [
      { maintAmt: 50 },
      { info: { cum: "50.0" } },
      { info: null },
      { info: {} },
      { info: { cum: null } },
      { maintAmt: null },
      { info: 5 },
    ])
      expect(read(two(more))).toBe(null);
    expect(read(two({ maintAmt: null, info: { cum: "40" } }))).toContain("tier 2 has a maintenance amount of 40, but the tiers make it 50");
    expect(read(two({ maintAmt: 40, info: { cum: "50" } }))).toContain("amount of 40");
    expect(read(two({ info: { cum: "x" } }))).toContain("tier 2: cum is no number");
  });

  it("may be less than one of its own last decimals away, on either side", () => {
    const off = ["49.01", "49", "50.9", "51", "49.9", "50.1", "50.09", "49.95"];
    expect(off.map((cum) => [cum, read(two({ info: { cum } })) === null])).toEqual([
      ["49.01", false],
      ["49", false],
      ["50.9", false],
      ["51", false],
      ["49.9", false],
      ["50.1", false],
      ["50.09", false],
      ["49.95", false],
    ]);
    // 10,005 × 0.5 % = 50.025 may be printed as 50, 51 or 50.0, and is not 49, 49.9 or 52.
    const rows = (cum: string): Row[] => [row(0, 10_005, 0.015, 50), row(10_005, 20_000, 0.02, 25, { info: { cum } })];
    expect(["50", "51", "50.0", "50.1", "50.02", "49", "49.9", "52"].map((cum) => read(rows(cum)) === null)).toEqual([
      true,
      true,
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});

describe("tiers that are built", () => {
  const tier = (floor: number, rate: number) => ({ floor: whole(floor), rate: fraction(rate), maxLeverage: whole(5) });

  it("start at 0 and rise; a rate may stay", () => {
    const built = (...tiers: readonly ReturnType<typeof tier>[]) => outcomeOf(() => new MarginTiers(tiers).tiers.length);
    expect([built(tier(0, 0.01), tier(10, 0.01)), built(tier(0, 0.01), tier(10, 0.02), tier(20, 0.03))]).toEqual([2, 3]);
    expect([built(), built(tier(1, 0.01)), built(tier(0, 0.01), tier(0, 0.02)), built(tier(0, 0.02), tier(10, 0.01))]).toEqual([
      "I-37",
      "I-37",
      "I-37",
      "I-37",
    ]);
    expect(built(tier(0, 0.01), tier(20, 0.02), tier(10, 0.03))).toBe("I-37");
  });

  it("bound no position where no tier and no cap refuses its leverage", () => {
    const open = new MarginTiers([tier(0, 0.01), tier(10, 0.02)]);
    expect([open.largestValue(5), open.largestValue(6)]).toEqual([null, 0]);
    expect(new MarginTiers([tier(0, 0.01)], whole(100)).largestValue(5)).toBe(100);
    // Taken out of a table a tier keeps its amount, and the margin below it is what it is there.
    const kept = new MarginTiers([tier(0, 0.01)], null, whole(5));
    expect(approximate(kept.maintenance(whole(100)))).toBe(-4);
    expect(approximate(new MarginTiers([tier(0, 0.01)]).maintenance(zero))).toBe(0);
  });
});
