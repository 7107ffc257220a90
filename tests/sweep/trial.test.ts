// One trial: the same run as any simulation of the same settings, over shared memory, in windows; and failures that are rows.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { listScenarios, loadScenario } from "../../src/scenario/index.ts";
import { simulate, type SimulationPlan } from "../../src/session/index.ts";
import { runJob, shareScenarios, trialBaseOf, type Job, type TrialBase } from "../../src/sweep/index.ts";
import { withParameters } from "../../src/sweep/parameters.ts";
import { trialPlan } from "../../src/sweep/trial.ts";
import { loadedSweep, scenario, temporaryFolder } from "./sample.ts";

let folder = "";
let remove = async (): Promise<void> => undefined;
beforeEach(async () => {
  ({ folder, remove } = await temporaryFolder());
});
afterEach(() => remove());

const job = (changes: Partial<Job> = {}): Job => ({
  trial: 0,
  scenario: "waves.json",
  parameters: { fast: 4, slow: 15 },
  fill: { name: "as written", settings: {} },
  split: null,
  seed: 77,
  ...changes,
});

async function base(scenarioChanges: object = {}): Promise<TrialBase> {
  const { scenarios } = await loadedSweep(folder, {}, scenarioChanges);
  const [shared] = shareScenarios(scenarios);
  if (shared === undefined) throw new Error("no scenario");
  // As a thread gets it: a message that was cloned.
  return trialBaseOf(structuredClone(shared));
}

/** The plan of the sample scenario with other keys, loaded as simulate loads it. */
async function planOf(changes: object, options: Parameters<typeof loadScenario>[2] = {}): Promise<SimulationPlan> {
  const file = join(folder, "other.json");
  await writeFile(file, JSON.stringify({ ...scenario, ...changes }));
  const { plan } = await loadScenario(file, {}, options);
  if (plan === null) throw new Error("no plan");
  return plan;
}

describe("a trial", () => {
  it("is the run that simulate makes of the same parameters, fill and seed: equal run hash, equal books", async () => {
    const bars = scenario.markets[0]?.bars;
    const strategy = { use: "ema-cross", params: { fast: 4, slow: 15, quantity: 2 } };
    const plan = await planOf(
      { strategy, fill: { slippage: { kind: "ticks", ticks: 2 } }, markets: [{ ...scenario.markets[0], bars }] },
      { seed: 77 },
    );
    const record = simulate(plan);
    const row = runJob(job({ fill: { name: "worse", settings: { slippage: { kind: "ticks", ticks: 2 } } } }), await base());
    expect(row).toMatchObject({ status: "finished", error: null, runHash: record.runHash, equity: record.final.equity });
    expect(row.figures).toMatchObject({
      orders: record.metrics.orders,
      fills: record.metrics.fills,
      maxDrawdown: Number(record.metrics.maxDrawdown),
    });
    expect(row.figures?.profit).toBe(Number((Number(record.final.equity) - 1000).toFixed(8)));
  });

  it("takes a preset in place of the scenario's fill, and settings over it", async () => {
    const optimistic = await planOf({ fill: "optimistic" }, { seed: 77 });
    expect(trialPlan(job({ parameters: {}, fill: { name: "o", settings: "optimistic" } }), await base()).fill).toEqual(optimistic.fill);
    const written = await base({ fill: { preset: "optimistic", volumeCap: "0.3" } });
    const { fill } = trialPlan(job({ fill: { name: "t", settings: { limit: "through" } } }), written);
    expect(fill).toEqual({ ...optimistic.fill, volumeCap: "0.3", limit: "through" });
  });

  it("keeps the scenario's envelope, unless its fill says which path", async () => {
    const enveloped = await base({ fill: { path: "envelope", envelopeBudget: 5 } });
    expect(trialPlan(job({ fill: { name: "a", settings: { limit: "touch" } } }), enveloped).envelope).toEqual({ budget: 5 });
    expect(trialPlan(job({ fill: { name: "b", settings: { path: "ohlc" } } }), enveloped).envelope).toBeUndefined();
    const row = runJob(job({ fill: { name: "c", settings: { path: "envelope" } } }), await base());
    expect(row.figures?.worstEquity).toBeLessThanOrEqual(row.figures?.equity ?? Number.NaN);
  });

  it("in a window sees these bars alone, and is another run than the whole", async () => {
    const start = Date.UTC(2025, 0, 1);
    const split = { window: 0, part: "test" as const, warmFrom: start + 100 * 60_000, from: start + 100 * 60_000, to: start + 200 * 60_000 };
    const plan = trialPlan(job({ split }), await base());
    expect(plan.markets[0]?.series.map(({ length, time }) => [length, time[0], time[length - 1]])).toEqual([
      [100, start + 100 * 60_000, start + 199 * 60_000],
    ]);
    const [window, whole] = [runJob(job({ split }), await base()), runJob(job(), await base())];
    expect(window.status).toBe("finished");
    expect(window.runHash).not.toBe(whole.runHash);
  });

  it("orders nothing in its lead-in, and is warm afterwards", async () => {
    const start = Date.UTC(2025, 0, 1);
    const minute = (bar: number): number => start + bar * 60_000;
    const split = { window: 0, part: "train" as const, warmFrom: minute(0), from: minute(100), to: minute(300) };
    const plan = trialPlan(job({ split }), await base());
    const record = simulate(plan);
    const bars = record.rows.orders.map(({ bar }) => bar);
    expect(bars.length).toBeGreaterThan(5);
    expect(Math.min(...bars)).toBeGreaterThanOrEqual(100);
    // With warm averages the crosses of the window are those of the whole run.
    const whole = simulate(trialPlan(job(), await base())).rows.orders.filter(({ bar }) => bar > 140 && bar < 299);
    expect(record.rows.orders.filter(({ bar }) => bar > 140 && bar < 299).map(({ bar, side }) => [bar, side])).toEqual(
      whole.map(({ bar, side }) => [bar, side]),
    );
  });

  it("orders nothing in its lead-in in any market, whatever the length of its bars", async () => {
    const [first] = scenario.markets;
    const second = {
      ...first,
      symbol: "SOL/USDC:USDC",
      bars: { timeframe: "5m", start: "2025-01-01T00:00:00Z", synthetic: { seed: 3, count: 120, startPrice: "40" } },
    };
    const start = Date.UTC(2025, 0, 1);
    const split = { window: 0, part: "train" as const, warmFrom: start, from: start + 100 * 60_000, to: start + 500 * 60_000 };
    const plan = trialPlan(job({ split, parameters: { fast: 2, slow: 4 } }), await base({ markets: [second, first] }));
    // 100 minutes are 20 bars of five minutes and 100 of one.
    expect(plan.markets.map(({ leadIn }) => leadIn)).toEqual([20, 100]);
    const { orders } = simulate(plan).rows;
    expect(new Set(orders.map(({ symbol }) => symbol)).size).toBe(2);
    expect(Math.min(...orders.map(({ time }) => time))).toBeGreaterThanOrEqual(split.from);
  });

  it("is a row with the error where the strategy refuses the parameters", async () => {
    const row = runJob(job({ parameters: { fast: 9, slow: 9 } }), await base());
    expect(row).toMatchObject({ status: "error", error: { code: "bad_parameter" }, runHash: null, figures: null });
    expect(row.error?.reason).toContain("slow must be a whole number from 10");
  });

  it("is a row with the error where the strategy throws, with what it had until then", async () => {
    const thrower = join(folder, "thrower.mjs");
    await writeFile(
      thrower,
      `export default { name: "thrower", defaults: { at: 5 }, create: ({ at }) => ({
        name: "thrower", policy: { families: {}, fallback: { onReject: false, onTimeout: false }, sizing: "explicit", maxEntrySlipBp: 0, route: "plain" },
        onBar(ctx) { if (ctx.bar === at) throw new Error("I give up"); }, snapshot: () => null, restore() {},
      }) };`,
    );
    const own = await base({ strategy: { use: "./thrower.mjs", params: {} } }).catch((error: unknown) => error);
    expect(own).toMatchObject({ code: "unknown_parameter" });
    const { scenarios } = await loadedSweep(folder, { parameters: { at: [7, 9_999] } }, { strategy: { use: "./thrower.mjs", params: {} } });
    const [shared] = shareScenarios(scenarios);
    if (shared === undefined) throw new Error("no scenario");
    const ready = await trialBaseOf(shared);
    const row = runJob(job({ parameters: { at: 7 } }), ready);
    expect(row).toMatchObject({ status: "halted", error: { code: "strategy_error" }, figures: { orders: 0 } });
    expect(row.error?.reason).toContain("I give up");
    expect(runJob(job({ parameters: { at: 9_999 } }), ready)).toMatchObject({ status: "finished", error: null });
  });
});

describe("shared scenarios", () => {
  it("keep every column in one buffer that a message does not copy", async () => {
    const { scenarios } = await loadedSweep(folder);
    const [shared] = shareScenarios(scenarios);
    const { columns } = shared?.markets[0]?.series[0] ?? { columns: null };
    const cloned = structuredClone(shared)?.markets[0]?.series[0]?.columns ?? null;
    if (columns === null || cloned === null) throw new Error("no columns");
    expect(columns.close.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(columns.open.buffer).toBe(columns.close.buffer);
    expect(Array.from(columns.close)).toEqual(Array.from(scenarios[0]?.plan.markets[0]?.series[0]?.close ?? []));
    columns.close[0] = -1;
    expect(cloned.close[0]).toBe(-1);
  });

  it("can be made of every shipped scenario, and run to the same hash", async () => {
    const folders = new URL("../../scenarios/", import.meta.url).pathname;
    for (const file of await listScenarios([folders])) {
      const loaded = await loadScenario(file, {});
      if (loaded.plan === null) continue;
      const [shared] = shareScenarios([{ file, strategy: loaded.strategy, plan: loaded.plan }]);
      const { plan } = await trialBaseOf(structuredClone(shared) as NonNullable<typeof shared>);
      expect([file, simulate(plan).runHash]).toEqual([file, simulate(loaded.plan).runHash]);
    }
  });
});

describe("parameters", () => {
  it("are laid into objects and lists by a path", () => {
    const params = { fast: 3, exits: { stop: 1, take: 2 }, steps: [1, 2, 3] };
    expect(withParameters(params, { fast: 4, "exits.stop": 9, "steps.1": 8 })).toEqual({ fast: 4, exits: { stop: 9, take: 2 }, steps: [1, 8, 3] });
    expect(params).toEqual({ fast: 3, exits: { stop: 1, take: 2 }, steps: [1, 2, 3] });
  });

  it("lead somewhere, or are an error", () => {
    for (const path of ["steps.3", "steps.x", "fast.deep"]) {
      expect(() => withParameters({ fast: 3, steps: [1, 2, 3] }, { [path]: 1 })).toThrow(/leads nowhere/);
    }
  });
});
