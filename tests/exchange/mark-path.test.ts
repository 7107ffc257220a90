// Marks beside a path of trades, and which bars of marks they come from: prices of each leg in proportion, worked by hand.
import { describe, expect, it } from "vitest";

import { BarSeries, type Millis } from "../../src/domain/index.ts";
import { MarkPath } from "../../src/exchange/virtual/mark-path.ts";
import { MarkPrices } from "../../src/exchange/virtual/mark-prices.ts";
import type { Path } from "../../src/exchange/virtual/path.ts";
import { instrumentOf, interval, price, priceScale } from "./desk.ts";

type Mark = readonly [open: number, high: number, low: number, close: number];

/** A bar of marks a minute from 0 on, without the minutes that are null. */
function marksOf(bars: readonly (Mark | null)[]): MarkPrices {
  const kept = bars.flatMap((bar, at) => (bar === null ? [] : [{ bar, time: at * interval }]));
  const column = (at: 0 | 1 | 2 | 3) => Float64Array.from(kept, ({ bar }) => price(bar[at]));
  const series = new BarSeries(
    { symbol: "ABC/USDC:USDC", timeframe: "1m", interval, priceScale, quantityScale: 0 },
    {
      time: Float64Array.from(kept, ({ time }) => time),
      open: column(0),
      high: column(1),
      low: column(2),
      close: column(3),
      volume: new Float64Array(kept.length),
    },
  );
  return new MarkPrices(series, instrumentOf());
}

const path = (...points: readonly [number, number, number, number]): Path => points.map(price) as unknown as Path;
const at = (time: number): Millis => time as Millis;

describe("the marks of a time", () => {
  const marks = marksOf([[100, 104, 98, 102], [102, 110, 101, 103], null, [90, 91, 80, 85]]);
  const range = (from: number, to: number) => marks.range(at(from), at(to));

  it("are its lowest and highest where bars cover exactly that time, one or several", () => {
    expect(range(0, interval)).toEqual({ low: 9_800, high: 10_400 });
    expect(range(0, 2 * interval)).toEqual({ low: 9_800, high: 11_000 });
    expect(range(interval, 2 * interval)).toEqual({ low: 10_100, high: 11_000 });
    expect(range(3 * interval, 4 * interval)).toEqual({ low: 8_000, high: 9_100 });
  });

  it.each<[what: string, from: number, to: number]>([
    ["a gap", interval, 4 * interval],
    ["a part of a bar", 0, interval - 1],
    ["more than the bars reach", 3 * interval, 5 * interval],
    ["a beginning inside a bar", 1, 2 * interval],
    ["a time before the first", -interval, 0],
    ["a time before the first, and the first", -interval, interval],
    ["nothing", interval, interval],
  ])("are unknown for %s", (_, from, to) => {
    expect(range(from, to)).toBe(null);
  });

  it("begin with the open of the first bar and end with the close of the last", () => {
    expect(marks.ends(at(0), at(2 * interval))).toEqual({ open: 10_000, close: 10_300 });
    expect(marks.ends(at(interval), at(2 * interval))).toEqual({ open: 10_200, close: 10_300 });
  });

  it("are the open of a bar up to a minute after it began, the close up to a minute after it ended, and else the last price", () => {
    const stamp = (time: number) => marks.at(at(time), price(77));
    expect([stamp(0), stamp(interval - 1), stamp(interval)]).toEqual([
      { price: 10_000, source: "mark" },
      { price: 10_000, source: "mark" },
      { price: 10_200, source: "mark" },
    ]);
    // The second bar began at 60 s: up to 120 s it is its open; it ended at 120 s: up to 180 s its close, of which the next bar is.
    expect([stamp(2 * interval), stamp(2 * interval + 1), stamp(3 * interval - 1), stamp(3 * interval)]).toEqual([
      { price: 10_200, source: "mark" },
      { price: 10_300, source: "mark" },
      { price: 10_300, source: "mark" },
      { price: 9_000, source: "mark" },
    ]);
    expect([stamp(5 * interval), stamp(5 * interval + 1), stamp(-1)]).toEqual([
      { price: 8_500, source: "mark" },
      { price: 7_700, source: "last" },
      { price: 7_700, source: "last" },
    ]);
  });

  it("of hours are not known in the middle of one", () => {
    const hour = 60 * interval;
    const one = (value: number) => Float64Array.from([price(value)]);
    const series = new BarSeries(
      { symbol: "ABC/USDC:USDC", timeframe: "1h", interval: hour, priceScale, quantityScale: 0 },
      { time: Float64Array.from([0]), open: one(100), high: one(110), low: one(90), close: one(105), volume: new Float64Array(1) },
    );
    const hourly = new MarkPrices(series, instrumentOf());
    expect([interval, interval + 1, hour - 1, hour].map((time) => hourly.at(at(time), price(77)).price)).toEqual([10_000, 7_700, 7_700, 10_500]);
  });
});

describe("the marks beside a path", () => {
  const drawn = (mark: Mark, trades: Path): MarkPath => {
    const way = new MarkPath(marksOf([mark]));
    way.draw(at(0), at(interval), trades);
    return way;
  };
  const lowFirst = path(100, 90, 110, 105);

  it("stand at their own open before the first leg, wherever the trades are", () => {
    const way = drawn([50, 56, 48, 52], lowFirst);
    expect([way.known, way.start, way.low, way.high, way.markAt(price(93)), way.tradeAt(price(49), price(95))]).toEqual([
      true,
      5_000,
      4_800,
      5_600,
      5_000,
      9_500,
    ]);
  });

  it("go from point to point in proportion to the trades, the low first where theirs is", () => {
    const way = drawn([50, 56, 48, 52], lowFirst);
    way.leg(1, lowFirst);
    // From 50 to 48 while the trades go from 100 to 90.
    expect([way.start, way.markAt(price(100)), way.markAt(price(95)), way.markAt(price(90))]).toEqual([5_000, 5_000, 4_900, 4_800]);
    expect(way.tradeAt(price(49), price(90))).toBe(9_500);
    way.leg(2, lowFirst);
    expect([way.start, way.markAt(price(100)), way.markAt(price(110))]).toEqual([4_800, 5_200, 5_600]);
    way.leg(3, lowFirst);
    expect([way.start, way.markAt(price(105))]).toEqual([5_600, 5_200]);
    const highFirst = path(100, 110, 90, 95);
    const other = drawn([50, 56, 48, 52], highFirst);
    other.leg(1, highFirst);
    expect([other.markAt(price(105)), other.markAt(price(110))]).toEqual([5_300, 5_600]);
    other.leg(2, highFirst);
    expect(other.markAt(price(90))).toBe(4_800);
  });

  it("are never beyond what the trades have reached: the mark is rounded towards where it came from", () => {
    const way = drawn([50, 56, 48, 52], lowFirst);
    way.leg(1, lowFirst);
    // 2 × 0.01 ÷ 10 of a fall is nothing yet; 2 × 3.34 ÷ 10 = 0.668.
    expect([way.markAt(price(99.99)), way.markAt(price(96.66))]).toEqual([5_000, 4_934]);
    // Trades that stand beside 49.99 would be at 99.95; they have come to 99.97 only.
    expect([way.tradeAt(price(49.99), price(99.97)), way.tradeAt(price(49.99), price(90))]).toEqual([9_997, 9_995]);
    way.leg(2, lowFirst);
    // From 48 to 56 while the trades go from 90 to 110: 48.01 is at 90.025.
    expect([
      way.tradeAt(price(48.01), price(110)),
      way.tradeAt(price(48.01), price(110), "ceil"),
      way.tradeAt(price(48.01), price(110), "floor"),
    ]).toEqual([9_003, 9_003, 9_002]);
    expect(way.tradeAt(price(56), price(100))).toBe(10_000);
  });

  it("move where the trades stand still, and stand still where only the trades move", () => {
    const still = path(100, 100, 100, 100);
    const way = drawn([50, 56, 48, 52], still);
    way.leg(1, still);
    expect([way.start, way.markAt(price(100)), way.tradeAt(price(49), price(100))]).toEqual([5_000, 4_800, 10_000]);
    const calm = drawn([50, 50, 50, 50], lowFirst);
    calm.leg(1, lowFirst);
    expect([calm.markAt(price(95)), calm.tradeAt(price(50), price(93))]).toEqual([5_000, 9_300]);
  });

  it("are the trades where no bar of marks covers the time, and where there are none", () => {
    for (const way of [new MarkPath(null), new MarkPath(marksOf([null, [50, 56, 48, 52]]))]) {
      way.draw(at(0), at(interval), lowFirst);
      way.leg(2, lowFirst);
      expect([way.known, way.start, way.low, way.high]).toEqual([false, 9_000, 9_000, 11_000]);
      expect([way.markAt(price(93)), way.tradeAt(price(94), price(100)), way.look(at(0), at(interval))]).toEqual([9_300, 9_400, null]);
    }
  });
});
