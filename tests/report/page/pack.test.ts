// The data of a page, packed and read again: every number comes back bit by bit, and long columns are small.

import { inflateRawSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { unpackPage } from "../../../src/report/page/browser/unpack.ts";
import { packPage } from "../../../src/report/page/pack.ts";
import type { RunView } from "../../../src/report/view/run-view.ts";
import { longView } from "./long-view.ts";
import { workedView } from "./worked-view.ts";

const notice = { attribution: ["a chart library"], licence: "its licence" };

function withVolume(volume: readonly number[]): RunView {
  return { ...workedView, markets: workedView.markets.map((market) => ({ ...market, volume })) };
}

async function volumeOf(view: RunView): Promise<readonly number[] | undefined> {
  return (await unpackPage(packPage(view, notice))).view.markets[0]?.volume;
}

describe("the packed data of a page", () => {
  it("comes back as it was given", async () => {
    expect(await unpackPage(packPage(workedView, notice))).toEqual({ view: workedView, notice });
    const long = longView({ bars: 500, orders: 40, quietSteps: 100 });
    expect((await unpackPage(packPage(long, notice))).view).toEqual(long);
  });

  it("keeps any column, whatever its numbers", async () => {
    const decimals = fc.tuple(fc.integer({ min: -1e9, max: 1e9 }), fc.integer({ min: 0, max: 10 })).map(([value, places]) => value / 10 ** places);
    const column = fc.array(fc.oneof(decimals, fc.double({ noNaN: true }), fc.maxSafeInteger()), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(column, async (values) => {
        const back = await volumeOf(withVolume(values));
        // a zero loses its sign, which no pixel shows
        expect(back?.map((value) => value + 0)).toEqual(values.map((value) => value + 0));
      }),
    );
  });

  it("lays a column out as decimals, length and zigzag deltas", () => {
    const bytes = inflateRawSync(Buffer.from(packPage(withVolume([1.5, 1.25, 101.25]), notice), "base64"));
    // two decimals: 150, 125, 10125: deltas 150, -25, 10000; doubled 300 = 0b10_0101100, 2×25-1 = 49, 20000 = 0b1_0011100_0100000
    expect(bytes.includes(Buffer.from([2, 3, 0b10101100, 0b10, 49, 0b10100000, 0b10011100, 0b1]))).toBe(true);
  });

  it("is small: 50,000 bars stay far below the two megabytes of a page", () => {
    const packed = packPage(longView({ bars: 50_000, orders: 300, quietSteps: 5000 }), notice);
    expect(packed.length).toBeLessThan(1_500_000);
  });
});
