// Two runs compared: where they part, in which state, what was set otherwise and what that changed.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { comparisonMarkdown } from "../../src/report/compare/compare-markdown.ts";
import { compareRuns, type RunComparison } from "../../src/report/compare/compare-runs.ts";
import { equityParting, valueDifferences } from "../../src/report/compare/differences.ts";
import { defaultMetricOptions } from "../../src/report/metrics/run-metrics.ts";
import { readRun, type StoredRun } from "../../src/report/read-run.ts";
import { simulateTo, writeScenario } from "./stored.ts";

let root = "";
let plain: StoredRun;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "seatrial-compare-"));
  plain = await readRun(await simulateTo(join(root, "a"), await writeScenario(root)));
});
afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

async function changed(change: Readonly<Record<string, unknown>>): Promise<StoredRun> {
  return await readRun(await simulateTo(join(root, `b-${Math.random()}`), await writeScenario(root, change)));
}

async function compared(other: StoredRun, context = 2): Promise<RunComparison> {
  return await compareRuns(plain, other, { ...defaultMetricOptions, context });
}

describe("two runs", () => {
  it("of one hash are the same", async () => {
    const comparison = await compared(await changed({}));
    expect(comparison).toMatchObject({ same: true, firstDifference: null, state: null, firstDecision: null, configuration: [], metrics: [] });
    expect(comparison.equity).toEqual({ marks: 10, differing: 0, firstTime: null, largest: 0, largestTime: null, last: 0 });
    const text = comparisonMarkdown(comparison);
    expect(text).toContain("# The runs are the same");
    expect(text).toContain("No difference in 10 marks.");
  });

  it("with other fees decide the same, and part at the first fill", async () => {
    const comparison = await compared(await changed({ venue: "bybit-linear" }));
    expect(comparison.firstDecision).toBeNull();
    // The order was sent and acknowledged in both.
    expect(comparison.firstDifference).toMatchObject({
      common: 2,
      a: [{ line: 3, bar: 1, text: "order 256 filled: 1 at 100 as taker, fee 0.05 USDC" }, {}, {}],
      b: [{ line: 3, text: "order 256 filled: 1 at 100 as taker, fee 0.055 USDC" }, {}, {}],
    });
    expect(comparison.firstDifference?.before.map(({ text }) => text)).toEqual([
      "order 256 sent: buy 1 TEST/USDC:USDC NET entry market, because scripted",
      "order 256 acknowledged",
    ]);
    expect(comparison.state).toEqual({ positions: [], openOrders: ["order 256: buy 1 TEST/USDC:USDC NET entry market, because scripted"] });
    expect(comparison.configuration).toContainEqual({ path: "profile.takerFee", a: "0.0005", b: "0.00055" });
    // 0.00005 of 624 more: 0.0312.
    expect(comparison.metrics).toContainEqual({ figure: "profit_total_abs", a: "-4.312", b: "-4.3432", delta: "-0.0312" });
    expect(comparison.equity).toMatchObject({ marks: 10, differing: 9, last: expect.closeTo(-0.0312, 9) as number });
    expect(comparisonMarkdown(comparison)).toContain("None: both runs decided the same.");
  });

  it("that decide otherwise part at the order that the other did not send, with what was open then", async () => {
    const { configuration } = plain.manifest as {
      readonly configuration: { readonly strategy: { readonly params: { readonly actions: readonly unknown[] } } };
    };
    const actions = configuration.strategy.params.actions.slice(0, 5);
    const comparison = await compared(await changed({ strategy: { use: "scripted", params: { actions } } }));
    // Five orders of four records and two ledger lines; the sixth order is never sent.
    expect(comparison.firstDifference).toMatchObject({ common: 22, b: [] });
    expect(comparison.firstDifference?.a[0]).toMatchObject({
      line: 23,
      bar: 6,
      text: "order 1536 sent: buy 1 TEST/USDC:USDC NET close market, because scripted",
    });
    expect(comparison.state).toMatchObject({ positions: [{ side: "SHORT", quantity: "1", since: Date.UTC(2025, 0, 7) }], openOrders: [] });
    expect(comparison.firstDecision).toMatchObject({ common: 5, b: [] });
    expect(comparison.metrics).toContainEqual({ figure: "total_trades", a: 3, b: 2, delta: -1 });
    const text = comparisonMarkdown(comparison);
    expect(text).toContain("B (the journal has ended)");
    expect(text).toContain("Until then: SHORT 1 TEST/USDC:USDC since 2025-01-07 00:00:00; no open order.");
    expect(text).toContain("The same one.");
  });
});

describe("differences of values", () => {
  it("are told by their path, and an absent one is null", () => {
    expect(valueDifferences({ a: 1, b: { c: [1, 2], d: null } }, { a: 1, b: { c: [1, 3, 4], d: null, e: 5 } })).toEqual([
      { path: "b.c.1", a: 2, b: 3 },
      { path: "b.c.2", a: null, b: 4 },
      { path: "b.e", a: null, b: 5 },
    ]);
    expect(valueDifferences({ a: null }, { a: {} })).toEqual([{ path: "a", a: null, b: {} }]);
  });

  it("of equity are those at marks that both have", () => {
    const a = { time: [1, 2, 4, 5], value: [10, 10, 10, 10] };
    const b = { time: [2, 3, 4, 5], value: [10, 99, 7, 12] };
    expect(equityParting(a, b)).toEqual({ marks: 3, differing: 2, firstTime: 4, largest: -3, largestTime: 4, last: 2 });
    expect(equityParting(a, { time: [], value: [] })).toEqual({ marks: 0, differing: 0, firstTime: null, largest: 0, largestTime: null, last: null });
  });
});
