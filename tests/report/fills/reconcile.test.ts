// A reconciliation as a whole, on fills by hand: what is left out, by market and family, and where the losses came from.

import { describe, expect, it } from "vitest";

import { defaultCalibrationWindow } from "../../../src/report/fills/calibration.ts";
import type { FillFacts } from "../../../src/report/fills/facts.ts";
import { reconcile, type Reconciliation } from "../../../src/report/fills/reconcile.ts";
import { blockText, reconcileText } from "../../../src/report/fills/reconcile-text.ts";
import { fillOf, nothingAssumed } from "./samples.ts";

const plain = (_: string, text: string): string => text;

function reconciled(fills: readonly FillFacts[]): Promise<Reconciliation> {
  const source = { file: "here", scenario: null, fills, assumption: null };
  return reconcile(source, nothingAssumed, { unit: "bp", halfSpreadBp: null, window: defaultCalibrationWindow });
}

describe("a reconciliation", () => {
  it("counts what it leaves out by its reason", async () => {
    const found = await reconciled([fillOf(), fillOf({ requested: null }), fillOf({ type: "limit" }), fillOf({ liquidity: "maker" })]);
    expect(found).toMatchObject({ fills: 4, reconciled: 1, leftOut: { requested: 1, limit: 2, prediction: 0 } });
    expect(reconcileText(found, { width: 120, paint: plain })).toContain(
      "4 fills of here, 1 held against what was said\n  1 left out: nobody knows at which price it was asked for\n  2 left out: a limit order pays its own price or a better one\n",
    );
  });

  it("has figures for each market and family, in the order of their names", async () => {
    // Ten each: lost 1 bp on A, 3 bp on B; the entries are the first half of both.
    const fills = ["B", "A"].flatMap((symbol) =>
      Array.from({ length: 10 }, (_, at) =>
        fillOf({ symbol, family: at < 5 ? "entry" : "close", requested: "10000", price: symbol === "A" ? "10001" : "10003" }),
      ),
    );
    const { all, bySymbol, byFamily } = await reconciled(fills);
    expect(all.bp?.meanActual).toBeCloseTo(2, 9);
    expect(all.price).toBeNull();
    expect(bySymbol.map(({ symbol, fills: count, bp, price }) => [symbol, count, Math.round(bp?.bias ?? 0), price?.bias])).toEqual([
      ["A", 10, 1, 1],
      ["B", 10, 3, 3],
    ]);
    expect(byFamily.map(({ family, fills: count, bp }) => [family, count, Math.round(bp?.bias ?? 0)])).toEqual([
      ["close", 10, 2],
      ["entry", 10, 2],
    ]);
  });

  it("tells what the market did on the way from what spread and slippage took: asked for at 10000, met 10004, paid 10005", async () => {
    const found = await reconciled([fillOf(), fillOf({ requested: "10000", arrival: "10004", price: "10005.0004" })]);
    expect(found.parts?.fills).toBe(1);
    // 1.0004 of 10004 is 1 bp; in all it is 5.0004 bp.
    expect(found.parts?.takenBp).toBeCloseTo(1, 9);
    expect(found.parts?.movedBp).toBeCloseTo(4.0004, 9);
    expect(reconcileText(found, { width: 120, paint: plain })).toContain(
      "of 1 fill, on average: 4 bp by the market on the way, 1 bp by spread and slippage\n",
    );
  });

  it("of nothing says so and has no table", async () => {
    const text = reconcileText(await reconciled([]), { width: 120, paint: plain });
    expect(text).toBe(
      [
        "0 fills of here, 0 held against what was said",
        "",
        "○ no verdict: insufficient data: 0 of at least 10 fills",
        "",
        "calibration: the newest 0 fills of at most 500 within 72 h",
        "  no fill model: 0 of at least 30 fills within 72 h of the newest",
        "",
      ].join("\n"),
    );
  });

  it("shows its bias in the colour of its level, and the verdict in words beside its own", async () => {
    const fills = Array.from({ length: 10 }, (_, at) => fillOf({ requested: "10000", price: `1000${at % 2}`, predicted: at % 2 }));
    const marked = (ink: string, text: string): string => `<${ink}>${text}</${ink}>`;
    const text = reconcileText(await reconciled(fills), { width: 400, paint: marked });
    expect(text).toContain("<green>0</green>");
    expect(text).toContain("<green>✔</green> calibrated: the bias is within ±0.5, the correlation at least 0.3 (bias <green>green</green>)\n");
    const wrong = await reconciled(fills.map((fill) => ({ ...fill, price: "10002" })));
    expect(reconcileText(wrong, { width: 400, paint: marked })).toContain(
      "<yellow>!</yellow> optimistic paper fills: more than 1.5 times of what was said is lost\n",
    );
  });
});

it("a fill model is printed as it stands in a scenario", () => {
  const slippage = { kind: "volume_share", baseBps: "1", slopeBps: "35", limit: null } as const;
  expect(JSON.parse(`{${blockText({ halfSpreadBp: "2", slippage })}}`)).toEqual({ fill: { halfSpreadBp: "2", slippage } });
});

it("a model that says the same of every fill does not seem to vary because the tick is worth less at higher prices", async () => {
  const fills = Array.from({ length: 20 }, (_, at) => fillOf({ requested: String(10_000 + at * 100), price: String(10_002 + at * 101) }));
  const assumption = { halfSpreadBp: "2", slippage: { kind: "none" }, ticks: { "HYPE/USDC:USDC": { tick: "1", significantDigits: null } } } as const;
  const source = { file: "here", scenario: null, fills, assumption };
  const found = await reconcile(source, assumption, { unit: "bp", halfSpreadBp: null, window: defaultCalibrationWindow });
  expect(found.all.bp?.correlation).toBe(0);
  expect(found.calibration.line).toBeNull();
  // Half of a tick of 1 at the median price, 10950.
  expect(found.all.bp?.meanPredicted).toBeCloseTo(2 + 5_000 / 10_950, 2);
});
