// What a printed journal says of the market beside its records, on three bars: closes 101, 102, 103; opens 100, 101, 102.

import { describe, expect, it } from "vitest";

import { Journal } from "../../src/journal/index.ts";
import { marketFacts, type MarketFacts } from "../../src/journal/market-facts.ts";
import type { TapeRecord } from "../../src/journal/tape-read.ts";
import { instrument } from "../domain/rules.ts";
import { barsOf } from "../session/plans.ts";

const minute = 60_000;
const series = barsOf([
  [100, 101, 99, 101, 7],
  [101, 102, 100, 102, 8],
  [102, 103, 101, 103, 9],
]);
const journal = new Journal([{ instrument: instrument(), series }], { tag: "abcdef", epoch: 1, session: "123456" });

function factsOf(bar: number, time: number, record: object): MarketFacts {
  return marketFacts(journal, { bar, time, record } as unknown as TapeRecord);
}

describe("beside an order that leaves stands the last close", () => {
  const leaving = (bar: number, time: number): MarketFacts => factsOf(bar, time, { type: "submit_order", request: { market: 0 } });

  it("of its bar when that has closed, else of the one before", () => {
    expect(leaving(1, 2 * minute)).toEqual({ lastClose: 10_200 });
    expect(leaving(1, 2 * minute - 1)).toEqual({ lastClose: 10_100 });
  });

  it("and nothing before the first", () => {
    expect([leaving(0, 1), leaving(-1, 0)]).toEqual([{}, {}]);
  });
});

describe("beside a fill stand range and volume of its bar", () => {
  const filled = (bar: number, time: number): MarketFacts => factsOf(bar, time, { type: "order_filled", market: 0, time });

  it("with the open, where the fill met it", () => {
    expect(filled(1, minute)).toEqual({ arrival: 10_100, barLow: 10_000, barHigh: 10_200, barVolume: 8_000 });
  });

  it("and no open inside the bar", () => {
    expect(filled(1, minute + 1)).toEqual({ barLow: 10_000, barHigh: 10_200, barVolume: 8_000 });
  });

  it("with the bar itself, where it is told later", () => {
    expect(filled(2, minute)).toEqual({ filledBar: 1, arrival: 10_100, barLow: 10_000, barHigh: 10_200, barVolume: 8_000 });
  });

  it("and at its very close not that of the bar that opens then", () => {
    expect(filled(1, 2 * minute)).toEqual({ barLow: 10_000, barHigh: 10_200, barVolume: 8_000 });
  });
});

it("other records stand alone", () => {
  expect(factsOf(1, minute, { type: "order_acknowledged", market: 0 })).toEqual({});
});
