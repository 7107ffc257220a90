// A scenario that another strategy is put through: whose parameters it runs with, what is judged of it, on which bars.
import { resolve } from "node:path";

import { describe, expect, it } from "vitest";

import { evaluateExpectations, loadScenario, runContextOf, type Scenario } from "../../src/scenario/index.ts";
import { simulate } from "../../src/session/index.ts";
import { workspace } from "./workspace.ts";

const { write } = workspace();
const catalogue = resolve(import.meta.dirname, "../../scenarios/catalogue");

function rehearsed(name: string, strategy: string, seed?: number): Promise<Scenario> {
  return loadScenario(resolve(catalogue, `${name}.json`), {}, { strategy, rehearse: true, ...(seed === undefined ? {} : { seed }) });
}

function planOf({ plan }: Scenario) {
  if (plan === null) throw new Error("it has no plan");
  return plan;
}

describe("a rehearsal", () => {
  it("puts 240 generated bars on each side of those by hand, which it leaves as they are", async () => {
    const own = planOf(await loadScenario(resolve(catalogue, "d10-frozen-process.json"), {}));
    const plan = planOf(await rehearsed("d10-frozen-process", "ema-cross"));
    const [series, script] = [plan.markets[0]?.series[0], own.markets[0]?.series[0]];
    if (series === undefined || script === undefined) throw new Error("there are no bars");
    expect(series.length).toBe(240 + script.length + 240);
    expect(series.close.slice(240, 240 + script.length)).toEqual(script.close);
    expect(series.time.slice(240, 240 + script.length)).toEqual(script.time);
    // They end and begin at its prices, and time goes on without a hole.
    expect(series.closeAt(239)).toBe(script.openAt(0));
    expect(series.openAt(240 + script.length)).toBe(script.closeAt(script.length - 1));
    expect(new Set(series.time.slice(1).map((time, at) => time - series.timeAt(at)))).toEqual(new Set([60_000]));
    expect(plan.steps.map(({ bar }) => bar)).toEqual(own.steps.map(({ bar }) => bar + 240));
  });

  it("runs with the parameters of the command line over the strategy's own", async () => {
    const file = resolve(catalogue, "d2-restart-with-a-half-filled-dca.json");
    const scenario = await loadScenario(file, {}, { strategy: "ema-cross", rehearse: true, params: { fast: 4 } });
    // The file's parameters are another strategy's; ema-cross's own slow average is of 20 bars.
    expect(scenario.plan?.strategy.params).toMatchObject({ fast: 4, slow: 20 });
  });

  it("runs with the strategy's own parameters and judges what holds for every one", async () => {
    const scenario = await rehearsed("d2-restart-with-a-half-filled-dca", "ema-cross");
    expect(scenario.plan?.strategy.params).not.toHaveProperty("actions");
    expect(scenario.expectations.every(({ never }) => never !== undefined)).toBe(true);
    expect(scenario.expectations.map(({ never }) => never)).toContain("unsettled-end");
  });

  it.each([1, 7])("of a shipped strategy finds nothing, seed %i", async (seed) => {
    for (const name of ["d2-restart-with-a-lost-acknowledgement", "d4-killed-again-while-it-recovers", "d8-restart-with-other-code"]) {
      const scenario = await rehearsed(name, "ema-cross", seed);
      const plan = planOf(scenario);
      const results = evaluateExpectations(scenario.expectations, simulate(plan), runContextOf(plan));
      expect(results.filter(({ passed }) => !passed)).toEqual([]);
    }
  });

  it("finds a strategy that keeps what it knows where no journal sees it", async () => {
    const file = write(
      "forgetful.ts",
      `let bars = 0;
export default {
  name: "forgetful", description: "counts bars in the module", defaults: {},
  create: () => ({
    name: "forgetful",
    policy: { families: {}, fallback: { onReject: false, onTimeout: false }, sizing: "explicit", maxEntrySlipBp: 0, route: "plain" },
    snapshot: () => null, restore: () => undefined,
    onBar: (ctx) => { bars += 1; if (bars % 50 === 0) ctx.open({ side: "LONG", quantity: 0.2, orderType: "market", reason: "signal" }); },
  }),
};
`,
    );
    const scenario = await rehearsed("d4-restarted-twice-in-a-row", file);
    const plan = planOf(scenario);
    const failed = evaluateExpectations(scenario.expectations, simulate(plan), runContextOf(plan)).filter(({ passed }) => !passed);
    expect(failed.map(({ text, actual }) => [text, actual])).toEqual([
      [
        "never strategy-differs",
        expect.stringMatching(/onBar of bar 15 said open LONG, quantity 0.2, orderType market; it had said nothing, and that stands/) as string,
      ],
    ]);
  });
});
