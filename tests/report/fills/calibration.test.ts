// A fill model out of fills (row 004-SL-2), on fills that were made to a known model.

import { describe, expect, it } from "vitest";

import { calibrate, defaultCalibrationWindow as window, type Calibration } from "../../../src/report/fills/calibration.ts";
import type { FillFacts } from "../../../src/report/fills/facts.ts";
import type { SlippedFill } from "../../../src/report/fills/slippage.ts";
import { nothingAssumed, slipped } from "./samples.ts";

const minute = 60_000;
const hour = 3_600_000;

/** Fills asked for at 10,000, where a basis point is a whole price unit. */
function fills(count: number, of: (at: number) => Partial<FillFacts>): SlippedFill[] {
  return Array.from({ length: count }, (_, at) => slipped({ time: at * minute, requested: "10000", price: "10000", ...of(at) }));
}

const lossOf = (bp: number): string => String(10_000 + bp);

describe("actual losses against what was said", () => {
  // Said 0, 1, 2 … 9 bp; lost 1 + 2 × that.
  const seen = fills(40, (at) => ({ predicted: at % 10, price: lossOf(1 + 2 * (at % 10)) }));

  it("lie on a line", () => {
    const { line } = calibrate(seen, "0", window);
    expect(line?.intercept).toBeCloseTo(1, 9);
    expect(line?.slope).toBeCloseTo(2, 9);
    expect(line?.determination).toBeCloseTo(1, 9);
  });

  it("have their 90th and 95th percentiles: of 40 values, ranks 35.1 and 37.05, which are among the four of 17 and of 19", () => {
    const found = calibrate(seen, "0", window);
    expect(found.p90Bp).toBeCloseTo(17 + 0.1 * 2, 9);
    expect(found.p95Bp).toBeCloseTo(19, 9);
  });

  it("have no line where what was said does not vary", () => {
    expect(
      calibrate(
        fills(40, (at) => ({ price: lossOf(at % 3) })),
        "0",
        window,
      ).line,
    ).toBeNull();
  });
});

describe("what is looked at", () => {
  const sizes = (found: Calibration): (number | null)[] => [found.fills, found.from];

  it("are the newest 500", () => {
    expect(
      sizes(
        calibrate(
          fills(700, () => ({})),
          "0",
          window,
        ),
      ),
    ).toEqual([500, 200 * minute]);
  });

  it("and none that is 72 hours older than the newest", () => {
    const seen = fills(100, (at) => ({ time: at * hour }));
    expect(sizes(calibrate(seen, "0", window))).toEqual([72, 28 * hour]);
  });

  it("are at least 30", () => {
    expect(
      calibrate(
        fills(29, () => ({})),
        "0",
        window,
      ),
    ).toMatchObject({ fill: null, refusal: "29 of at least 30 fills within 72 h of the newest" });
    expect(
      calibrate(
        fills(30, () => ({})),
        "0",
        window,
      ),
    ).toMatchObject({ fill: { halfSpreadBp: "0", slippage: { kind: "none" } }, refusal: null });
  });

  it("and of them 30 market orders that had room in their bar", () => {
    const seen = fills(60, (at) => (at % 3 === 0 ? { type: "stop_market" } : at % 3 === 1 ? { capped: true } : {}));
    expect(calibrate(seen, "0", window)).toMatchObject({ fills: 60, fitted: 20, capped: 20, fill: null });
  });

  it("is nothing where there is nothing", () => {
    expect(calibrate([], "0", window)).toMatchObject({ fills: 0, from: null, to: null, line: null, p90Bp: null, volumeRatio: null, fill: null });
  });
});

describe("a market that has become another one", () => {
  const seen = (newer: string): SlippedFill[] => fills(40, (at) => ({ volume: at < 20 ? "100" : newer }));

  it.each(["200", "1000", "50", "10"])("with a volume of %s after 100 is no ground for a model", (newer) => {
    const found = calibrate(seen(newer), "0", window);
    expect(found.volumeRatio).toBeCloseTo(Number(newer) / 100, 12);
    expect(found.fill).toBeNull();
    expect(found.refusal).toContain(`${(Number(newer) / 100).toFixed(2)} times`);
  });

  it.each(["199", "100", "51"])("is not one with %s after 100", (newer) => {
    expect(calibrate(seen(newer), "0", window).fill).not.toBeNull();
  });

  it("is told of each market by its own volume: two of a thousandfold difference, one in each half", () => {
    const mixed = fills(40, (at) => (at < 20 ? { volume: "100" } : { volume: "100000", symbol: "BTC/USDC:USDC" }));
    expect(calibrate(mixed, "0", window).volumeRatio).toBe(1);
  });

  it("is not known where a volume is not", () => {
    expect(
      calibrate(
        fills(40, (at) => (at === 7 ? {} : { volume: "100" })),
        "0",
        window,
      ),
    ).toMatchObject({ volumeRatio: null, refusal: null });
  });
});

describe("the model", () => {
  const modelOf = (seen: readonly SlippedFill[], halfSpreadBp: string) => calibrate(seen, halfSpreadBp, window).fill;

  it("is the half spread that is known, and the mean of the rest", () => {
    // 4 and 6 by turns.
    const seen = fills(40, (at) => ({ price: lossOf(4 + 2 * (at % 2)) }));
    expect(modelOf(seen, "2")).toEqual({ halfSpreadBp: "2", slippage: { kind: "bps", bps: "3" } });
    expect(modelOf(seen, "0")).toEqual({ halfSpreadBp: "0", slippage: { kind: "bps", bps: "5" } });
  });

  it("has no slippage where the half spread is all of it, and less half spread where it is more", () => {
    const seen = fills(40, () => ({ price: lossOf(2) }));
    expect(modelOf(seen, "2")).toEqual({ halfSpreadBp: "2", slippage: { kind: "none" } });
    expect(modelOf(seen, "2.5")).toEqual({ halfSpreadBp: "2", slippage: { kind: "none" } });
  });

  it("costs nothing where nothing was lost", () => {
    expect(
      modelOf(
        fills(40, () => ({ price: lossOf(-3) })),
        "1",
      ),
    ).toEqual({ halfSpreadBp: "0", slippage: { kind: "none" } });
  });

  it("grows with the share of the bar where the fills do: 1 half spread, 2, and 50 × the share", () => {
    const seen = fills(40, (at) => ({ quantity: String(at % 10), volume: "100", price: lossOf(3 + (50 * (at % 10)) / 100) }));
    expect(modelOf(seen, "1")).toEqual({
      halfSpreadBp: "1",
      slippage: { kind: "volume_share", baseBps: "2", slopeBps: "50", limit: null },
    });
  });

  it("does not grow where the losses have nothing to do with the share", () => {
    const seen = fills(40, (at) => ({ quantity: String(1 + (at % 5)), volume: "100", price: lossOf(3 + (at % 2)) }));
    expect(modelOf(seen, "0")).toEqual({ halfSpreadBp: "0", slippage: { kind: "bps", bps: "3.5" } });
  });

  it("is about what spread and slippage took, and not about the way of the price before: asked for at 10000, met 10020, paid 10025", () => {
    const seen = fills(40, () => ({ arrival: "10020", price: "10025.01" }));
    expect(modelOf(seen, "0")).toEqual({ halfSpreadBp: "0", slippage: { kind: "bps", bps: "5" } });
  });

  it("leaves out what the scenario's ticks will add: 6 seen are 5 and two halves of a tick of 1 bp", () => {
    const ticks = { "HYPE/USDC:USDC": { tick: "1", significantDigits: null } };
    const seen = Array.from({ length: 40 }, (_, at) =>
      slipped({ time: at * minute, requested: "10000", price: lossOf(6) }, { ...nothingAssumed, ticks }),
    );
    expect(modelOf(seen, "2")).toEqual({ halfSpreadBp: "2", slippage: { kind: "bps", bps: "3" } });
    // Without a spread only the slippage is rounded.
    expect(modelOf(seen, "0")).toEqual({ halfSpreadBp: "0", slippage: { kind: "bps", bps: "5.5" } });
  });
});
