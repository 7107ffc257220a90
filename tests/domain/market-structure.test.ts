// ccxt market structures → trading rules: step sizes and counts of decimals told apart by evidence, on small hand-written
// structures always and on recorded ones where they are at hand.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { rulesOfCcxtMarket, type MarketRules } from "../../src/domain/index.ts";
import { outcomeOf } from "./outcome.ts";

const spot = { symbol: "AAA/USD", base: "AAA", quote: "USD", spot: true, precision: { price: 0.01, amount: 0.001 }, limits: {} };
const swap = { ...spot, symbol: "AAA/USD:USD", settle: "USD", spot: false, swap: true, contractSize: 1, linear: true, inverse: false };
const grid = (rules: MarketRules) => [rules.tick, rules.step, rules.significantDigits];

describe("precision as step sizes or counts of decimals", () => {
  it("a fraction is a step size", () => {
    expect(grid(rulesOfCcxtMarket(spot))).toEqual(["0.01", "0.001", null]);
    expect(grid(rulesOfCcxtMarket({ ...spot, precision: { price: 1e-8, amount: 1 } }))).toEqual(["0.00000001", "1", null]);
  });

  it("a zero counts decimals, and so does its neighbour", () => {
    expect(grid(rulesOfCcxtMarket({ ...spot, precision: { price: 2, amount: 0 } }))).toEqual(["0.01", "1", null]);
  });

  it("whole numbers are counts when the smallest amount is below them", () => {
    // amount 5 as a step could not have a smallest amount of 0.00001
    const market = { ...spot, precision: { price: 2, amount: 5 }, limits: { amount: { min: 0.00001 } } };
    expect(grid(rulesOfCcxtMarket(market))).toEqual(["0.01", "0.00001", null]);
  });

  it("whole numbers are step sizes when the venue's own filters say so", () => {
    const market = { ...spot, precision: { price: 1, amount: 10 }, info: { priceFilter: { tickSize: "1" }, lotSizeFilter: { qtyStep: "10" } } };
    expect(grid(rulesOfCcxtMarket(market))).toEqual(["1", "10", null]);
  });

  it("a filter that is no power of ten wins over a count of decimals", () => {
    const filters = [
      { filterType: "PRICE_FILTER", tickSize: "0.0500" },
      { filterType: "LOT_SIZE", stepSize: "1.000", minQty: "2" },
    ];
    const rules = rulesOfCcxtMarket({ ...spot, precision: { price: 2, amount: 0 }, info: { filters } });
    expect([...grid(rules), rules.minQuantity]).toEqual(["0.05", "1", null, "2"]);
  });

  it("without evidence it asks, and believes the answer", () => {
    const market = { ...spot, precision: { price: 1, amount: 1 } };
    expect(() => rulesOfCcxtMarket(market)).toThrow(
      expect.objectContaining({ code: "ambiguous_precision", exitCode: 3, hint: expect.stringContaining("precisionMode") }),
    );
    expect(grid(rulesOfCcxtMarket(market, { precisionMode: "tick" }))).toEqual(["1", "1", null]);
    expect(grid(rulesOfCcxtMarket(market, { precisionMode: "decimals" }))).toEqual(["0.1", "0.1", null]);
  });

  it("refuses precisions that are impossible either way", () => {
    const impossible = [{ price: 0, amount: 0.5 }, { price: 0.01 }, {}, { price: -0.5, amount: 0.1 }];
    const outcomes = impossible.map((precision) => outcomeOf(() => rulesOfCcxtMarket({ ...spot, precision })));
    expect(outcomes).toEqual(impossible.map(() => "bad_market_structure"));
    expect(() => rulesOfCcxtMarket(spot, { precisionMode: "decimals" })).toThrow(expect.objectContaining({ code: "bad_market_structure" }));
  });
});

describe("evidence", () => {
  const filters = (tickSize?: string, qtyStep?: string) => ({ priceFilter: { tickSize }, lotSizeFilter: { qtyStep } });
  const read = (changes: Record<string, unknown>) => outcomeOf(() => grid(rulesOfCcxtMarket({ ...spot, ...changes })));

  it("of one number is enough where the venue names the other step", () => {
    // A step of 5 could not have a smallest amount of 0.00001, nor a tick of 2 a smallest price of 0.01.
    expect(read({ precision: { amount: 5 }, limits: { amount: { min: 0.00001 } }, info: filters("0.01") })).toEqual(["0.01", "0.00001", null]);
    expect(read({ precision: { price: 2 }, limits: { price: { min: 0.01 } }, info: filters(undefined, "0.001") })).toEqual(["0.01", "0.001", null]);
  });

  it("is first what a number can be: a zero counts, whatever the smallest amount says", () => {
    expect(read({ precision: { price: 2, amount: 0 }, limits: { amount: { min: 0.5 } } })).toEqual(["0.01", "1", null]);
    expect(read({ precision: { price: 12, amount: 0 } })).toEqual(["0.000000000001", "1", null]);
    expect(read({ precision: { price: -3, amount: 0 } })).toEqual(["1000", "1", null]);
    // Nobody counts 19 decimals, and zero is no step: nonsense, even where filters name both steps.
    expect(read({ precision: { price: 19, amount: 0 } })).toBe("bad_market_structure");
    expect(read({ precision: { price: 0, amount: 0.5 }, info: filters("0.01", "0.5") })).toBe("bad_market_structure");
  });

  it("of a filter decides for both numbers: a step size is equal to it, a count of decimals divides it", () => {
    expect(read({ precision: { price: 2, amount: 1 }, info: filters("0.05") })).toEqual(["0.05", "0.1", null]);
    expect(read({ precision: { price: 1, amount: 1 }, info: filters("5") })).toEqual(["5", "0.1", null]);
  });

  it.each([
    ["both readings fit, and only one step is named", { precision: { price: 1, amount: 1 }, info: filters("1") }],
    ["both readings fit, and only the other step is named", { precision: { price: 1, amount: 1 }, info: filters(undefined, "1") }],
    ["a step of 5 is as possible as five decimals", { precision: { price: 5, amount: 1 }, info: filters("5") }],
    ["neither reading fits the filter", { precision: { price: 1, amount: 1 }, info: filters("0.25") }],
    ["one number contradicts the other", { precision: { price: 1, amount: 5 }, limits: { price: { min: 0.05 }, amount: { min: 0.00001 } } }],
  ])("is none where %s", (_what, changes) => {
    expect(read(changes)).toBe("ambiguous_precision");
  });

  it("that is missing is named: the other number, or none", () => {
    expect(() => rulesOfCcxtMarket({ ...spot, precision: { price: -0.5 } })).toThrow("price -0.5, amount none");
    expect(() => rulesOfCcxtMarket({ ...spot, precision: { amount: -0.5 } })).toThrow("price none, amount -0.5");
  });

  it("is not asked for when the reading is told, but a step size is above zero all the same", () => {
    for (const price of [0, -1]) {
      const market = { ...spot, precision: { price, amount: 1 } };
      expect(outcomeOf(() => rulesOfCcxtMarket(market, { precisionMode: "tick" }))).toBe("bad_market_structure");
    }
  });
});

describe("Hyperliquid", () => {
  it("has five significant digits and 6 - szDecimals decimals on swaps, whatever precision says", () => {
    const info = { szDecimals: "2", maxLeverage: "3" };
    for (const precision of [
      { price: 0.001, amount: 0.01 },
      { price: 4, amount: 2 },
      { price: 5, amount: 0.01 },
    ]) {
      const rules = rulesOfCcxtMarket({ ...swap, precision, info });
      expect([...grid(rules), rules.maxLeverage]).toEqual(["0.0001", "0.01", 5, 3]);
    }
  });

  it("has 8 - szDecimals decimals on spot; the two precisions explain each other", () => {
    const info = { name: "AAA/USD", tokens: [1, 0] };
    // amount 1 and price 8: a step of 1 (szDecimals 0), for one decimal would leave 7
    expect(grid(rulesOfCcxtMarket({ ...spot, precision: { price: 8, amount: 1 }, info }))).toEqual(["0.00000001", "1", 5]);
    expect(grid(rulesOfCcxtMarket({ ...spot, precision: { price: 7, amount: 1 }, info }))).toEqual(["0.0000001", "0.1", 5]);
    expect(() => rulesOfCcxtMarket({ ...spot, precision: { amount: 1 }, info })).toThrow(expect.objectContaining({ code: "ambiguous_precision" }));
    expect(() => rulesOfCcxtMarket({ ...spot, precision: {}, info: { szDecimals: "9" } })).toThrow(
      expect.objectContaining({ code: "bad_market_structure" }),
    );
  });
});

describe("Hyperliquid without szDecimals", () => {
  const info = { name: "AAA/USD", tokens: [1, 0] };
  const read = (precision: unknown, precisionMode: "tick" | "decimals" | "auto" = "auto", facts: unknown = info) =>
    outcomeOf(() => grid(rulesOfCcxtMarket({ ...spot, precision, info: facts }, { precisionMode })));

  it("takes an amount that is a step or a count, as it is told or as it can only be", () => {
    expect(read({ amount: 0.01 })).toEqual(["0.000001", "0.01", 5]);
    expect(read({ amount: 1 }, "decimals")).toEqual(["0.0000001", "0.1", 5]);
    expect(read({ amount: 1 }, "tick")).toEqual(["0.00000001", "1", 5]);
  });

  it("refuses an amount that is neither, and none at all", () => {
    expect([read({ amount: 0.5 }), read({ price: 8 })]).toEqual(["bad_market_structure", "bad_market_structure"]);
  });

  it("reads szDecimals that count nothing as if they were not there", () => {
    expect(read({ amount: 0.01 }, "auto", { ...info, szDecimals: "2.5" })).toEqual(["0.000001", "0.01", 5]);
  });

  it("is known by its tokens and its name together", () => {
    for (const facts of [{ name: "AAA/USD" }, { tokens: [1, 0] }])
      expect(read({ price: 0.01, amount: 0.001 }, "auto", facts)).toEqual(["0.01", "0.001", null]);
  });

  it("may leave no decimals to the price: whole prices are always allowed", () => {
    expect(read({}, "auto", { szDecimals: "8" })).toEqual(["1", "0.00000001", 5]);
  });
});

describe("the rest of a structure", () => {
  it("limits become decimal text; absent, null and zero limits are none", () => {
    const limits = {
      amount: { min: 1e-5, max: 9000 },
      price: { min: 0, max: null },
      cost: { min: 5 },
      market: { max: 120.5 },
      leverage: { max: 50 },
    };
    expect(rulesOfCcxtMarket({ ...swap, limits })).toMatchObject({
      minQuantity: "0.00001",
      maxQuantity: "9000",
      minPrice: null,
      maxPrice: null,
      minNotional: "5",
      maxMarketQuantity: "120.5",
      maxLeverage: 50,
    });
    expect(rulesOfCcxtMarket(spot)).toMatchObject({ kind: "spot", settle: "USD", contractSize: "1", minQuantity: null, maxLeverage: null });
  });

  it("an inverse swap settles in its base and has its contract size", () => {
    const market = { ...swap, symbol: "AAA/USD:AAA", settle: "AAA", linear: false, inverse: true, contractSize: 100 };
    expect(rulesOfCcxtMarket(market)).toMatchObject({ kind: "swap", inverse: true, settle: "AAA", contractSize: "100" });
  });

  it("a swap that is linear is not inverse, and a type alone says what a market is", () => {
    expect(rulesOfCcxtMarket(swap)).toMatchObject({ kind: "swap", inverse: false });
    expect(rulesOfCcxtMarket({ ...swap, swap: undefined, type: "swap" }).kind).toBe("swap");
    expect(rulesOfCcxtMarket({ ...spot, spot: undefined, type: "spot" }).kind).toBe("spot");
  });

  it("each venue's own names for its filters are read", () => {
    const binance = [
      { filterType: "LOT_SIZE", maxQty: "9000" },
      { filterType: "NOTIONAL", minNotional: "5" },
    ];
    const read = (info: unknown) => {
      const { maxQuantity, minNotional, maxLeverage } = rulesOfCcxtMarket({ ...spot, info });
      return [maxQuantity, minNotional, maxLeverage];
    };
    expect(read({ filters: binance })).toEqual(["9000", "5", null]);
    expect(read({ filters: [{ filterType: "MIN_NOTIONAL", notional: "7" }] })).toEqual([null, "7", null]);
    expect(read({ lotSizeFilter: { maxOrderQty: "100", minNotionalValue: "6" }, leverageFilter: { maxLeverage: "50" } })).toEqual(["100", "6", 50]);
    expect(read({ lotSizeFilter: { minOrderAmt: "8" } })).toEqual([null, "8", null]);
    expect(read({ maxLmtSz: "300", lever: "75" })).toEqual(["300", null, 75]);
    expect(read({ maxLeverage: "3" })).toEqual([null, null, 3]);
  });

  it("text may stand in spaces; what is blank or no finite number is not there", () => {
    const limits = { amount: { min: " ", max: Number.NaN } };
    expect(rulesOfCcxtMarket({ ...spot, precision: { price: " 0.01 ", amount: "0.0010" }, limits })).toMatchObject({
      tick: "0.01",
      step: "0.001",
      minQuantity: null,
      maxQuantity: null,
    });
    expect(outcomeOf(() => rulesOfCcxtMarket({ ...spot, base: "" }))).toBe("bad_market_structure");
  });

  it("futures and options are unsupported, half a structure is refused", () => {
    expect(() => rulesOfCcxtMarket({ ...spot, spot: false, type: "future" })).toThrow(expect.objectContaining({ code: "unsupported_market" }));
    for (const market of [null, [], "AAA/USD", { ...spot, base: undefined }, { ...swap, contractSize: undefined }]) {
      expect(() => rulesOfCcxtMarket(market)).toThrow(expect.objectContaining({ code: "bad_market_structure" }));
    }
    expect(() => rulesOfCcxtMarket({ ...spot, precision: { price: "abc", amount: 1 } })).toThrow(expect.objectContaining({ code: "bad_number" }));
  });
});

const data = process.env["SEATRIAL_DATA"] ?? "";

function recorded(...path: string[]): Record<string, unknown> {
  const file = join(data, ...path);
  const bytes = readFileSync(file);
  return JSON.parse((file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8")) as Record<string, unknown>;
}

describe.runIf(data !== "" && existsSync(join(data, "ccxt_static")))("recorded structures", () => {
  const of = (file: string, symbol: string) => rulesOfCcxtMarket(recorded("ccxt_static", file)[symbol]);

  it("Binance's counts of decimals: BTC spot 0.01/0.00001, perp 0.1/0.001, coin-margined 0.1/1", () => {
    expect(of("binance.markets.subset.json", "BTC/USDT")).toMatchObject({
      tick: "0.01",
      step: "0.00001",
      minNotional: "5",
      maxMarketQuantity: "128.52621715",
    });
    expect(of("binance.markets.subset.json", "BTC/USDT:USDT")).toMatchObject({
      tick: "0.1",
      step: "0.001",
      minPrice: "556.8",
      minNotional: "5",
      maxMarketQuantity: "120",
    });
    expect(of("binance.markets.subset.json", "BTC/USD:BTC")).toMatchObject({
      tick: "0.1",
      step: "1",
      inverse: true,
      settle: "BTC",
      contractSize: "100",
    });
    // amount 1 is a count here: ADA's step is 0.1, its smallest amount too
    expect(of("binance.markets.subset.json", "ADA/USDT")).toMatchObject({ tick: "0.0001", step: "0.1", minQuantity: "0.1" });
  });

  it("Bybit's and OKX's step sizes", () => {
    expect(of("bybit.markets.subset.json", "BTC/USDT")).toMatchObject({ tick: "0.1", step: "0.000001", minQuantity: "0.000011", minNotional: "5" });
    expect(of("bybit.markets.subset.json", "ADA/USDT:USDT")).toMatchObject({
      tick: "0.0001",
      step: "1",
      maxMarketQuantity: "1109600",
      maxLeverage: 75,
    });
    expect(of("bybit.markets.subset.json", "BTC/USD:BTC")).toMatchObject({ inverse: true, step: "1", maxLeverage: 100 });
    expect(of("okx.markets.subset.json", "BTC/USDT:USDT")).toMatchObject({ tick: "0.1", step: "0.1", contractSize: "0.01", maxLeverage: 100 });
  });

  it("Hyperliquid's two stored versions say the same, though one counts and one steps", () => {
    const [old, recent] = [recorded("ccxt_static", "hyperliquid.markets.v1.json"), recorded("ccxt_static", "hyperliquid.markets.v2.json")];
    const grids = (markets: Record<string, unknown>) => Object.keys(old).map((symbol) => [symbol, ...grid(rulesOfCcxtMarket(markets[symbol]))]);
    expect(grids(old)).toEqual(grids(recent));
    expect(of("hyperliquid.markets.v1.json", "BTC/USDC:USDC")).toMatchObject({ tick: "0.1", step: "0.00001", significantDigits: 5 });
  });

  it("HYPE has szDecimals 2: step 0.01, four price decimals, five digits, at least 10 USDC", () => {
    const rules = rulesOfCcxtMarket(recorded("ccxt_derived", "hyperliquid.HYPE.market.ccxt-4.5.84.json")["HYPE/USDC:USDC"]);
    expect(rules).toMatchObject({ symbol: "HYPE/USDC:USDC", tick: "0.0001", step: "0.01", significantDigits: 5, minNotional: "10", maxLeverage: 3 });
  });

  it("live ccxt gives step sizes: auto never reads one as a count, and asks for the few that nothing decides", () => {
    const [asked, misread]: [string[], string[]] = [[], []];
    for (const file of ["binanceusdm", "binance.spot", "okx"]) {
      for (const market of Object.values(recorded("ccxt_derived", `${file}.markets.ccxt-4.5.84.json.gz`))) {
        const { symbol, spot: isSpot, swap: isSwap } = market as { symbol: string; spot: boolean; swap: boolean };
        if (!isSpot && !isSwap) continue;
        const told = rulesOfCcxtMarket(market, { precisionMode: "tick" });
        const read = outcomeOf(() => rulesOfCcxtMarket(market));
        if (read === "ambiguous_precision") asked.push(symbol);
        else if (JSON.stringify(read) !== JSON.stringify(told)) misread.push(symbol);
      }
    }
    expect(misread).toEqual([]);
    // Tick 1, step 1, smallest amount 1 contract: one decimal each would be as possible.
    expect(asked.toSorted()).toEqual(["YFI/USD:YFI", "YFI/USDT:USDT"]);
  });
});
