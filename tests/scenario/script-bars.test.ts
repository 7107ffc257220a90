// The grammar of scripted bars: every price worked out by hand.
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { printDecimal, SeatrialError, type Decimal } from "../../src/domain/index.ts";
import { scriptBars, scriptColumns, scriptDecimals, type ScriptRow } from "../../src/scenario/script-bars.ts";

const placeOf = (row: number) => ({ file: "f.json", line: row + 1, column: 1 });

function bars(rows: readonly ScriptRow[], options: { tick?: string; startPrice?: string | null; volume?: string } = {}): string[] {
  const made = scriptBars(rows, { tick: "0.01", startPrice: "100", volume: "1000", ...options }, placeOf);
  return made.map((bar) => [bar.open, bar.high, bar.low, bar.close, bar.volume].map(printDecimal).join(" "));
}

function problem(rows: readonly ScriptRow[], startPrice: string | null = "100"): SeatrialError {
  try {
    bars(rows, { startPrice });
  } catch (error) {
    if (error instanceof SeatrialError) return error;
    throw error;
  }
  throw new Error("the script was accepted");
}

describe("a move in words", () => {
  it("opens at the close before it and closes the percentage away", () => {
    // 100 × 1.005 = 100.5; 100.5 × 0.99 = 99.495 → half away from zero on 0.01: 99.5
    expect(bars(["+0.5%", "-1%"])).toEqual(["100 100.5 100 100.5 1000", "100.5 100.5 99.5 99.5 1000"]);
  });

  it("is flat when it says so", () => {
    expect(bars(["flat"])).toEqual(["100 100 100 100 1000"]);
  });

  it("gaps from the close before and moves from the open", () => {
    // open 100 × 0.98 = 98; close 98 × 1.005 = 98.49
    expect(bars(["gap -2% +0.5%"])).toEqual(["98 98.49 98 98.49 1000"]);
    expect(bars(["gap +1%"])).toEqual(["101 101 101 101 1000"]);
  });

  it("counts extremes from the open", () => {
    // open 100: close 101, high 102, low 99
    expect(bars(["+1% high +2% low -1%"])).toEqual(["100 102 99 101 1000"]);
    // open 90: high 90 × 1.1 = 99, low 90 × 0.9 = 81
    expect(bars(["gap -10% low -10% high +10%"])).toEqual(["90 99 81 90 1000"]);
  });

  it("takes a volume of its own, or none", () => {
    expect(bars(["+1% volume 12.5", "flat volume 0"])).toEqual(["100 101 100 101 12.5", "101 101 101 101 0"]);
  });

  it("repeats, each time from the close before", () => {
    // 100 → 110 → 121
    expect(bars(["+10% x2", "flat"])).toEqual(["100 110 100 110 1000", "110 121 110 121 1000", "121 121 121 121 1000"]);
  });

  it("leaves bars out, and the time goes on", () => {
    const made = scriptBars(
      ["flat", "missing", "+10%", "missing x3", ["5", "6", "4", "5", "1"]],
      { tick: "0.01", startPrice: "100", volume: "1" },
      placeOf,
    );
    expect(made.map(({ slot }) => slot)).toEqual([0, 2, 6]);
    expect([...scriptColumns(made, 1_000, 60, { price: 2, quantity: 0 }).time]).toEqual([1_000, 1_120, 1_360]);
    // The close before a hole is what a move after it counts from: 100 × 1.1 = 110
    expect(printDecimal(made[1]?.close as Decimal)).toBe("110");
  });

  it("takes a hole only between bars and in a row of its own", () => {
    expect(problem(["missing", "flat"])).toMatchObject({ code: "bad_move", place: { line: 1 } });
    expect(problem(["flat", "missing x2"])).toMatchObject({ code: "bad_move", place: { line: 2 } });
    expect(problem(["flat", "missing gap -2%", "flat"]).reason).toBe('the move "missing gap -2%": a missing bar has no prices');
    expect(problem(["flat", "missing x0", "flat"]).reason).toContain("it repeats 0 times");
    expect(problem(["flat", "missing x100000", "flat"]).reason).toContain("more than 100000 bars");
  });

  it("rounds to the tick, half away from zero", () => {
    // 100 × 1.00025 = 100.025 → 100.03 on 0.01; 100 × 1.0024 = 100.24 → 100 on 0.5; 100 × 1.0025 = 100.25 → 100.5 on 0.5
    expect(bars(["+0.025%"])).toEqual(["100 100.03 100 100.03 1000"]);
    expect(bars(["+0.24%"], { tick: "0.5" })).toEqual(["100 100 100 100 1000"]);
    expect(bars(["+0.25%"], { tick: "0.5" })).toEqual(["100 100.5 100 100.5 1000"]);
  });

  it("keeps an off-tick price that nothing has moved", () => {
    expect(bars([["1.005", "1.005", "1.005", "1.005", "1"], "flat"])).toEqual(["1.005 1.005 1.005 1.005 1", "1.005 1.005 1.005 1.005 1000"]);
  });

  it("follows a row of numbers", () => {
    expect(bars([["50", "51", "49", "50", "7"], "-10%"], { startPrice: null })).toEqual(["50 51 49 50 7", "50 50 45 45 1000"]);
  });
});

describe("a bad script", () => {
  it.each([
    ["up", '"up" is no percentage'],
    ["1%", '"1%" is no signed percentage'],
    ["", "it is empty"],
    ["gap", '"" is no percentage'],
    ["+1% -1%", "it says the close twice"],
    ["flat flat", "it says the close twice"],
    ["gap +1% gap +1%", "it says gap twice"],
    ["volume -1", '"-1" is no volume'],
    ["flat x0", "it repeats 0 times"],
    ["flat x9999999", "it repeats 9999999 times"],
    ["-100%", "a price falls to zero"],
    ["gap -100%", "a price falls to zero"],
    ["+1% high +0.5%", "its high 100.5 is below its body"],
    ["-1% low -0.5%", "its low 99.5 is above its body"],
  ])("names what is wrong with the move %j", (move, reason) => {
    const error = problem(["flat", move]);
    expect(error.code).toBe("bad_move");
    expect(error.reason).toContain(reason);
    expect(error.place).toEqual({ file: "f.json", line: 2, column: 1 });
  });

  it("cannot begin with a move without a price", () => {
    expect(problem(["flat"], null).hint).toContain("startPrice");
  });

  it.each<[string, ScriptRow]>([
    ["the high 99 is below the low 101", ["100", "99", "101", "100", "1"]],
    ["the high 100 is below the open or the close", ["100", "100", "99", "101", "1"]],
    ["the low 100 is above the open or the close", ["100", "101", "100", "99", "1"]],
  ])("says that %s", (reason, row) => {
    const error = problem([row]);
    expect(error.code).toBe("bad_bar");
    expect(error.reason).toBe(reason);
  });

  it("refuses more bars than a script may make", () => {
    expect(problem(["flat x100000", "flat"]).reason).toContain("more than 100000 bars");
  });
});

describe("columns of a script", () => {
  it("hold units at the scales and times from the start", () => {
    const made = scriptBars([["100.5", "101", "99.25", "100", "7.5"], "flat"], { tick: "0.01", startPrice: null, volume: "3" }, placeOf);
    expect(scriptDecimals(made)).toEqual({ price: 2, volume: 1 });
    const columns = scriptColumns(made, 1000, 60_000, { price: 2, quantity: 3 });
    expect([...columns.time]).toEqual([1000, 61_000]);
    expect([...columns.open]).toEqual([10_050, 10_000]);
    expect([...columns.low]).toEqual([9_925, 10_000]);
    expect([...columns.volume]).toEqual([7_500, 3_000]);
  });
});

/** The bars of a move as floats; none for a move that is refused with a typed error. */
function acceptedBars(move: string): { open: number; high: number; low: number; close: number }[] {
  const float = (decimal: Decimal) => Number(printDecimal(decimal));
  try {
    const made = scriptBars([move], { tick: "0.01", startPrice: "100", volume: "1" }, placeOf);
    return made.map((bar) => ({ open: float(bar.open), high: float(bar.high), low: float(bar.low), close: float(bar.close) }));
  } catch (error) {
    if (error instanceof SeatrialError) return [];
    throw error;
  }
}

describe("any text as a move", () => {
  it("makes well-formed bars or a typed error", () => {
    const word = fc.oneof(
      fc.constantFrom("flat", "gap", "high", "low", "volume", "x3", "%"),
      fc.string({ maxLength: 6 }),
      fc.double({ min: -50, max: 50, noNaN: true }).map((n) => `${n >= 0 ? "+" : ""}${n.toFixed(2)}%`),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (words) => {
        const bad = acceptedBars(words.join(" ")).filter(
          ({ open, high, low, close }) => low <= 0 || high < Math.max(open, close) || low > Math.min(open, close),
        );
        expect(bad).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});
