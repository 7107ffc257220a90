// Funding payments, their stamps on bars, and mark prices: worked by hand, and over the recorded series by an independent sum.
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { BarSeries, SeatrialError, type FundingSeries, type Millis, type Price, type Quantity } from "../../src/domain/index.ts";
import { FundingCursor, fundingPayment, type FundingStamp } from "../../src/exchange/virtual/funding.ts";
import { MarkPrices } from "../../src/exchange/virtual/mark-prices.ts";
import { readFunding, readMark, toSeries } from "../../src/market/index.ts";
import { instrument } from "../domain/rules.ts";
import { dataFolder, newYear } from "../market/bar-folder.ts";
import { btc, inverse, price } from "./margin-setup.ts";

const hour = 3_600_000;
const series = (...rows: readonly (readonly [time: number, rate: number])[]): FundingSeries => ({
  symbol: null,
  length: rows.length,
  time: Float64Array.from(rows, ([time]) => time),
  rate: Float64Array.from(rows, ([, rate]) => rate),
  rateScale: 6,
});
const rate = (units: number) => ({ rate: units, rateScale: 6 });
const drain = (cursor: FundingCursor, until: number): FundingStamp[] => {
  const taken: FundingStamp[] = [];
  for (let stamp = cursor.take(until); stamp !== null; stamp = cursor.take(until)) taken.push(stamp);
  return taken;
};

describe("a payment", () => {
  it("goes from long to short while the rate is positive, and back while it is negative", () => {
    // 10 × 8,000 × 0.01 % = 8
    expect(fundingPayment(btc, 10_000 as Quantity, price(btc, 8_000), rate(100))).toBe(-8_000_000);
    expect(fundingPayment(btc, -10_000 as Quantity, price(btc, 8_000), rate(100))).toBe(8_000_000);
    expect(fundingPayment(btc, 10_000 as Quantity, price(btc, 8_000), rate(-100))).toBe(8_000_000);
    expect(fundingPayment(btc, 0 as Quantity, price(btc, 8_000), rate(100))).toBe(0);
  });

  it("of an inverse contract is in the coin: 10,000 ÷ 8,000 × 0.01 % = 0.000125 BTC", () => {
    expect(fundingPayment(inverse, 10_000 as Quantity, price(inverse, 8_000), rate(100))).toBe(-12_500);
  });

  it("counts the contract size", () => {
    const small = instrument({ contractSize: "0.01", step: "1" }, { quantity: 0 });
    expect(fundingPayment(small, 100 as Quantity, price(small, 8_000), rate(100))).toBe(-800_000);
  });

  it("is rounded once, half away from zero", () => {
    // 0.001 × 0.05 × 1 % is half a unit; the value alone, 50 units, has no rest.
    expect(fundingPayment(btc, 1 as Quantity, 5 as Price, rate(10_000))).toBe(-1);
    expect(fundingPayment(btc, -1 as Quantity, 5 as Price, rate(10_000))).toBe(1);
    expect(fundingPayment(btc, 1 as Quantity, 4 as Price, rate(10_000))).toBe(0);
  });

  it("is zero-sum between a long and a short of one size", () => {
    // From 100 on, so that no value of an inverse contract is beyond exact numbers.
    const any = fc.tuple(fc.integer({ min: 1, max: 10 ** 9 }), fc.integer({ min: 1_000, max: 10 ** 7 }), fc.integer({ min: -20_000, max: 20_000 }));
    fc.assert(
      fc.property(any, fc.constantFrom(btc, inverse), ([size, mark, each], on) => {
        const [long, short] = [size, -size].map((quantity) => fundingPayment(on, quantity as Quantity, mark as Price, rate(each)));
        expect((long as number) + (short as number)).toBe(0);
      }),
    );
  });
});

describe("a cursor", () => {
  it("hands a stamp at exactly the open to that bar, before its fills, and one a millisecond later to its path", () => {
    const cursor = new FundingCursor(series([newYear, 1], [newYear + hour + 5, 2]), newYear as Millis);
    expect(drain(cursor, newYear).map((stamp) => stamp.rate)).toEqual([1]);
    expect(drain(cursor, newYear + hour)).toEqual([]);
    expect(drain(cursor, newYear + hour + hour / 4)).toEqual([{ time: newYear + hour + 5, rate: 2, rateScale: 6 }]);
    expect(cursor.nextTime).toBe(Number.POSITIVE_INFINITY);
  });

  it("keeps the times of a series that turns from 8-hourly to hourly", () => {
    const rows = [0, 8, 16, 17, 18].map((at): [number, number] => [newYear + at * hour + 12, at]);
    const cursor = new FundingCursor(series(...rows), newYear as Millis);
    const perBar = Array.from({ length: 24 }, (_, bar) => drain(cursor, newYear + (bar + 1) * hour - 1).length);
    expect(perBar).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0]);
  });

  it("hands what fell into a gap of the bars to the next bar", () => {
    const cursor = new FundingCursor(series([newYear + hour, 1], [newYear + 2 * hour, 2], [newYear + 3 * hour, 3]), newYear as Millis);
    expect(drain(cursor, newYear + 2 * hour).map((stamp) => stamp.rate)).toEqual([1, 2]);
  });

  it("does not look back before the first bar", () => {
    const cursor = new FundingCursor(series([newYear - hour, 1], [newYear, 2]), newYear as Millis);
    expect(drain(cursor, newYear + hour).map((stamp) => stamp.rate)).toEqual([2]);
  });

  it("pays a row that a file has twice once", () => {
    const cursor = new FundingCursor(series([newYear, 1], [newYear, 1], [newYear + hour, 2]), newYear as Millis);
    expect(drain(cursor, newYear + hour).map((stamp) => stamp.rate)).toEqual([1, 2]);
  });

  it("refuses one time with two rates, and times that descend, with exit code 3", () => {
    for (const rows of [series([newYear, 1], [newYear, 2]), series([newYear, 1], [newYear - 1, 1])]) {
      let caught: unknown;
      try {
        caught = new FundingCursor(rows, newYear as Millis);
      } catch (error) {
        caught = error;
      }
      expect(caught).toBeInstanceOf(SeatrialError);
      expect(caught).toMatchObject({ code: "bad_funding", exitCode: 3 });
    }
  });

  it("pays every stamp once, wherever it is stopped and taken up again", () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(gaps, fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 8 }), (steps, stops) => {
        let time: number = newYear;
        const rows = steps.map((step): [number, number] => [(time += step), 7]);
        const given = series(...rows);
        let cursor = new FundingCursor(given, newYear as Millis);
        const taken: number[] = [];
        for (const stop of [...stops].sort((a, b) => a - b)) {
          taken.push(...drain(cursor, newYear + stop).map((stamp) => stamp.time));
          const next = new FundingCursor(given, newYear as Millis);
          next.resume(cursor.paidThrough);
          cursor = next;
        }
        taken.push(...drain(cursor, newYear + 1_000).map((stamp) => stamp.time));
        expect(taken).toEqual([...new Set(rows.map(([at]) => at))]);
      }),
    );
  });
});

describe("mark prices", () => {
  const bars = (
    interval: number,
    ...rows: readonly (readonly [time: number, open: number, high: number, low: number, close: number])[]
  ): BarSeries => {
    const column = (at: number) => Float64Array.from(rows, (row) => row[at] as number);
    const columns = { time: column(0), open: column(1), high: column(2), low: column(3), close: column(4), volume: column(0).fill(0) };
    return new BarSeries({ symbol: "M", timeframe: interval === hour ? "1h" : "1m", interval, priceScale: 1, quantityScale: 0 }, columns);
  };
  const last = 777 as Price;

  it("give a stamp the open of its bar, in the instrument's scale", () => {
    const marks = new MarkPrices(bars(hour, [newYear, 100, 120, 90, 110]), btc);
    expect(marks.at(newYear as Millis, last)).toEqual({ price: 1_000, source: "mark" });
    expect(marks.at((newYear + 19) as Millis, last)).toEqual({ price: 1_000, source: "mark" });
  });

  it("older than a minute give way to the last traded price, and say so", () => {
    const marks = new MarkPrices(bars(hour, [newYear, 100, 120, 90, 110]), btc);
    expect(marks.at((newYear + 60_001) as Millis, last)).toEqual({ price: 777, source: "last" });
    expect(marks.at((newYear - 1) as Millis, last)).toEqual({ price: 777, source: "last" });
    // Just after its end the close of a bar without a successor is the last known mark.
    expect(marks.at((newYear + hour + 5) as Millis, last)).toEqual({ price: 1_100, source: "mark" });
    expect(marks.at((newYear + hour + 60_001) as Millis, last)).toEqual({ price: 777, source: "last" });
  });

  it("have a range only where they cover exactly the asked time", () => {
    const minute = 60_000;
    const marks = new MarkPrices(
      bars(minute, [newYear, 100, 120, 90, 110], [newYear + minute, 110, 130, 95, 100], [newYear + 3 * minute, 1, 1, 1, 1]),
      btc,
    );
    const range = (from: number, to: number) => marks.range((newYear + from * minute) as Millis, (newYear + to * minute) as Millis);
    expect(range(0, 1)).toEqual({ low: 900, high: 1_200 });
    expect(range(0, 2)).toEqual({ low: 900, high: 1_300 });
    expect([range(-1, 1), range(0, 0.5), range(0, 3), range(1, 4), range(2, 3), range(9, 10)]).toEqual([null, null, null, null, null, null]);
  });

  it("with more decimals than the session's prices are refused", () => {
    const coarse = instrument({ tick: "1" }, { price: 0 });
    expect(() => new MarkPrices(bars(hour, [newYear, 100, 120, 90, 110]), coarse)).toThrow(/mark prices of TEST/);
  });
});

describe("recorded series (needs SEATRIAL_DATA)", () => {
  const present = dataFolder !== "";
  const files: readonly (readonly [file: string, rows: number])[] = [
    ["binanceusdm/BTC_USDT_USDT-8h-funding_rate.csv.gz", 266],
    ["freqtrade/XRP_USDT_USDT-8h-funding_rate.csv.gz", 91],
    ["hyperliquid/HYPE_USDC_USDC-1h-funding_rate.csv.gz", 5_587],
    // 8-hourly until it turns hourly, with stamps up to 24 minutes late.
    ["hyperliquid/BTC_USDC_USDC-1h-funding_rate.csv.gz", 18_778],
  ];
  for (const [file, rows] of files) {
    it.runIf(present)(`${file}: hourly bars hand out each of its ${rows} stamps once, and the rates add up`, async () => {
      const funding = await readFunding(join(dataFolder, file));
      const first = funding.time[0] as number;
      const cursor = new FundingCursor(funding, first as Millis);
      let [count, sum] = [0, 0n];
      for (let bar = Math.floor(first / hour) * hour; Number.isFinite(cursor.nextTime); bar += hour) {
        for (const until of [bar, bar + hour / 4, bar + hour / 2, bar + (3 * hour) / 4, bar + hour - 1]) {
          for (const stamp of drain(cursor, until)) {
            expect(stamp.time >= bar && stamp.time < bar + hour).toBe(true);
            count += 1;
            sum += BigInt(stamp.rate);
          }
        }
      }
      expect(count).toBe(rows);
      expect(sum).toBe(funding.rate.reduce<bigint>((total, each) => total + BigInt(each), 0n));
    });
  }

  it.runIf(present)("Binance BTC: a long of 0.5 pays mark × rate at every stamp, to the unit", async () => {
    const funding = await readFunding(join(dataFolder, "binanceusdm/BTC_USDT_USDT-8h-funding_rate.csv.gz"));
    const raw = await readMark(join(dataFolder, "binanceusdm/BTC_USDT_USDT-8h-mark.csv.gz"));
    const on = instrument({ tick: "0.1", step: "0.001" }, { price: 8, quantity: 3, money: 6 });
    const series8h = toSeries(raw, { symbol: "BTC/USDT:USDT", timeframe: "8h", priceScale: 8, quantityScale: 3 });
    const marks = new MarkPrices(series8h, on);
    let paid = 0;
    let wanted = 0n;
    for (const stamp of drain(new FundingCursor(funding, funding.time[0] as Millis), Number.MAX_SAFE_INTEGER)) {
      const { price: mark, source } = marks.at(stamp.time, 1 as Price);
      expect(source).toBe("mark");
      paid += fundingPayment(on, 500 as Quantity, mark, stamp);
      // Independent: 0.5 × mark × rate in units of 10^-6, half away from zero, from the rows of both files.
      const row = series8h.time.findIndex((time) => Math.abs(time - stamp.time) < 1_000);
      const exact = 5n * BigInt(series8h.open[row] as number) * BigInt(-stamp.rate);
      const power = 10n ** BigInt(1 + 8 + stamp.rateScale - 6);
      wanted += (exact * 2n + (exact < 0n ? -power : power)) / (power * 2n);
    }
    expect(BigInt(paid)).toBe(wanted);
    // Decimal arithmetic over the two files outside of this house: -400.168408 USDT over 266 payments.
    expect(paid).toBe(-400_168_408);
  });
});
