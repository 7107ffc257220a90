// Bars behind a split in the units before it: every figure by hand.
import { describe, expect, it } from "vitest";

import { adjustSplits, checkBars, type Split } from "../../src/market/index.ts";
import { newYear, rawOf, rowsOf } from "./bar-folder.ts";

const day = 86_400_000;
const at = (n: number) => newYear + n * day;

/** Two days in old units, two in new ones after a split of 1 to 7. */
const apple = () => ({ ...bare(), priceDecimals: 2 });
const bare = () =>
  rawOf([
    [at(0), 647.35, 649.35, 642.61, 645.57, 100],
    [at(1), 650, 651.25, 644.48, 645.57, 101],
    [at(4), 92.69, 93.88, 91.75, 93.7, 72],
    [at(5), 94.64, 95.05, 93.57, 94.25, 70],
  ]);

const adjusted = (splits: readonly Split[]) => rowsOf(adjustSplits(apple(), splits)).map((row) => row.slice(1));

describe("bars adjusted for a split", () => {
  it("go on in the old units: prices times seven, volumes a seventh, rounded down", () => {
    const [, friday, monday, tuesday] = adjusted([{ at: at(4), ratio: "7" }]);
    expect(friday).toEqual([650, 651.25, 644.48, 645.57, 101]);
    // 92.69 × 7 = 648.83, 93.88 × 7 = 657.16, 91.75 × 7 = 642.25, 93.7 × 7 = 655.9; 72 ÷ 7 = 10.28…
    expect(monday).toEqual([648.83, 657.16, 642.25, 655.9, 10]);
    expect(tuesday?.[4]).toBe(10);
  });

  it("count from the first bar in the new units, also where the split falls into a gap", () => {
    expect(adjusted([{ at: at(2), ratio: "7" }])).toEqual(adjusted([{ at: at(4), ratio: "7" }]));
  });

  it("keep every digit when ten become one", () => {
    const bars = adjustSplits(apple(), [{ at: at(4), ratio: "0.1" }]);
    expect(bars.priceDecimals).toBe(3);
    // 92.69 × 0.1 = 9.269; 72 ÷ 0.1 = 720
    expect(rowsOf(bars)[2]?.slice(1)).toEqual([9.269, 9.388, 9.175, 9.37, 720]);
  });

  it("take one split upon the other", () => {
    const rows = adjusted([
      { at: at(4), ratio: "7" },
      { at: at(5), ratio: "2" },
    ]);
    // 94.64 × 14 = 1324.96; 70 ÷ 7 ÷ 2 = 5
    expect([rows[2]?.[0], rows[3]?.[0], rows[3]?.[4]]).toEqual([648.83, 1_324.96, 5]);
  });

  it("are the same bars when the split is not among them", () => {
    const bars = apple();
    for (const outside of [at(0), at(6)]) expect(adjustSplits(bars, [{ at: outside, ratio: "7" }])).toBe(bars);
  });

  it("are refused when a price would lose digits", () => {
    expect(() => adjustSplits(apple(), [{ at: at(4), ratio: "0.000000001" }])).toThrow(expect.objectContaining({ code: "bad_split", exitCode: 3 }));
  });
});

describe("the check for splits", () => {
  const found = (rows: readonly (readonly number[])[]) =>
    checkBars(rawOf(rows))
      .findings.filter(({ kind }) => kind === "split")
      .flatMap(({ places }) => places.map(({ detail }) => detail));
  const flat = (n: number, price: number): number[] => [at(n), price, price, price, price, 1];

  it("names an open that is a whole fraction or multiple of the close before, give or take 3 %", () => {
    expect(found([flat(0, 645.57), flat(3, 92.69)])).toEqual(["open 92.69 after a close of 645.57, as after a split of 1 to 7"]);
    // 499.23 ÷ 127.67 = 3.91, 2.2 % off four; Apple on 2020-08-31.
    expect(found([flat(0, 499.23), flat(3, 127.67)])).toEqual(["open 127.67 after a close of 499.23, as after a split of 1 to 4"]);
    expect(found([flat(0, 0.5), flat(1, 5)])).toEqual(["open 5 after a close of 0.5, as after a split of 10 to 1"]);
  });

  it("lets a crash be a crash", () => {
    // 53.38 ÷ 28.06 = 1.902, 4.9 % off two: Apple's warning of 2000-09-29.
    expect(found([flat(0, 53.38), flat(1, 28.06)])).toEqual([]);
    // A fall inside a bar is none: its open stands beside the close before.
    expect(found([flat(0, 100), [at(1), 99, 99, 30, 33, 1]])).toEqual([]);
    expect(found([flat(0, 100), flat(1, 102)])).toEqual([]);
  });
});
