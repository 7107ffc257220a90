// Rows INT-4, 004-SC-7, failures I-35: the run hash. Equal input gives equal bytes in any process, time zone and language;
// any change of a bar, a parameter or the delivery gives others.

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import { BarSeries } from "../../src/domain/index.ts";
import { canonicalJson, simulate, type SimulationPlan } from "../../src/session/index.ts";
import { busyPlan, dcaParams, syntheticSeries } from "./busy-plan.ts";
import { plainRules } from "../domain/rules.ts";
import { workedPlan } from "./plans.ts";

/** The same series with one bar's close a tick higher (and its high, where the close stands at it). */
function nudged(series: BarSeries, bar: number): BarSeries {
  const close = series.close.slice();
  const high = series.high.slice();
  close[bar] = (close[bar] as number) + 1;
  high[bar] = Math.max(high[bar] as number, close[bar] as number);
  const { symbol, timeframe, interval, priceScale, quantityScale, time, open, low, volume } = series;
  return new BarSeries({ symbol, timeframe, interval, priceScale, quantityScale }, { time, open, high, low, close, volume });
}

function childHash(environment: Record<string, string>): string {
  const main = fileURLToPath(new URL("run-hash-main.ts", import.meta.url));
  const text = execFileSync(process.execPath, ["--conditions=seatrial-source", main], {
    encoding: "utf8",
    env: { ...process.env, NODE_OPTIONS: "", ...environment },
  });
  return text.trim();
}

describe("the run hash", () => {
  it("004-SC-7: two runs of one plan give the same hash, rows, journal and equity", () => {
    const [first, second] = [simulate(busyPlan()), simulate(busyPlan())];
    expect(first.rows.fills.length).toBeGreaterThan(20);
    expect(second.runHash).toBe(first.runHash);
    expect(second.rows).toEqual(first.rows);
    expect([...second.journalLines()]).toEqual([...first.journalLines()]);
    expect(second.equity).toEqual(first.equity);
  });

  it("INT-4: it is the same in another process, time zone and language", () => {
    const here = simulate(busyPlan()).runHash;
    expect(here).toMatch(/^[0-9a-f]{64}$/);
    expect(childHash({ TZ: "Pacific/Auckland", LANG: "de_DE.UTF-8", LC_ALL: "de_DE.UTF-8" })).toBe(here);
    expect(childHash({ TZ: "America/St_Johns", LANG: "C", LC_ALL: "C" })).toBe(here);
  });

  const series = syntheticSeries(600, 3);
  const changes: readonly [string, () => SimulationPlan][] = [
    ["a bar", () => busyPlan({}, nudged(series, 300))],
    ["a bar that nobody trades on", () => busyPlan({}, nudged(series, 599))],
    ["one bar more", () => busyPlan({}, syntheticSeries(601, 3))],
    ["a parameter", () => busyPlan({ params: { ...dcaParams, tpPercent: 0.23 } })],
    ["the seed of the delivery", () => busyPlan({ seed: 12, configuration: busyPlan().configuration })],
    ["the delivery itself", () => busyPlan({ fill: { delivery: "immediate" }, configuration: busyPlan().configuration })],
    ["the configuration", () => busyPlan({ configuration: { note: "another" } })],
    ["the fees", () => ({ ...busyPlan(), profile: { ...busyPlan().profile, takerFee: "0.0006" } })],
    ["the balance", () => busyPlan({ balance: "20001", configuration: { balance: "20001" } })],
  ];
  it.each(changes)("another one for %s", (_what, plan) => {
    expect(simulate(plan()).runHash).not.toBe(simulate(busyPlan()).runHash);
  });

  it("does not change with the order of keys in the configuration", () => {
    const hash = (configuration: unknown) => simulate({ ...workedPlan(), configuration }).runHash;
    expect(hash({ a: 1, b: [{ x: 1, y: null }], c: undefined })).toBe(hash({ b: [{ y: null, x: 1 }], a: 1 }));
    expect(hash({ a: [1, 2] })).not.toBe(hash({ a: [2, 1] }));
    expect(canonicalJson({ b: 1, a: "ü\n", c: [true, null, undefined] })).toBe('{"a":"ü\\n","b":1,"c":[true,null,null]}');
  });

  it("does not change with the road: a step far behind the end goes through the feed, and gives the same records", () => {
    const fast = busyPlan();
    const slow = busyPlan({ steps: [{ bar: 9_999, symbol: plainRules.symbol, action: { do: "resume", text: "" } }] });
    expect([...simulate(slow).journalLines()]).toEqual([...simulate(fast).journalLines()]);
    expect(simulate(slow).runHash).toBe(simulate(fast).runHash);
  });
});
