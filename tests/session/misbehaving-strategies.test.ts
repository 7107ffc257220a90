// Strategies that write where they must not, hang, or fail on purpose, in whole sessions: they act through intents alone.

import { resolve } from "node:path";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { loadStrategy, runPlan, simulate, type Step } from "../../src/session/index.ts";
import { isDispensable, newMarks, Watchdog, watchedPlan } from "../../src/session/watchdog.ts";
import { defaultExecutionPolicy, defineStrategy, resolveParams, type Context } from "../../src/strategy/index.ts";
import { planOf, quiet, type PlanOptions, type Row } from "./plans.ts";

const rising: Row[] = Array.from({ length: 8 }, (_, bar) => [100 + bar, 102 + bar, 99 + bar, 101 + bar, 1_000]);

async function fixture(name: string, params: Record<string, unknown>, options: PlanOptions = {}) {
  const definition = await loadStrategy(resolve(import.meta.dirname, `../../fixtures/strategies/${name}.ts`), import.meta.dirname);
  return planOf({ rows: rising, mode: "one_way", ...options, strategy: definition, params: resolveParams(definition, params) });
}

/** What a run did, without its configuration. */
function deedsOf(plan: Parameters<typeof simulate>[0]) {
  const record = simulate(plan);
  return { lines: [...record.journalLines()], final: record.final };
}

describe("I-33: a strategy acts through intents alone", () => {
  it("one that writes wherever it can reach trades like its honest twin, to the last record", async () => {
    const tampered = await fixture("tamperer", { tamper: true });
    const honest = await fixture("tamperer", { tamper: false });
    expect(deedsOf(tampered)).toEqual(deedsOf(honest));
    expect(simulate(tampered).rows.orders.map(({ family, quantity }) => [family, quantity])).toEqual([
      ["entry", "1"],
      ["tp", "1"],
    ]);
  });

  it("its parameters are one object for all markets and the run hash: they are frozen to the bottom", () => {
    const given = { list: [1, { deep: 2 }] };
    const definition = defineStrategy({ name: "x", defaults: { list: [] as unknown[] }, create: () => ({}) as never });
    const params = resolveParams(definition, given);
    expect(() => (params.list as unknown[]).push(3)).toThrow(TypeError);
    expect(() => Object.assign(params.list[1] as object, { deep: 3 })).toThrow(TypeError);
    // What the caller holds stays the caller's.
    given.list.push(3);
    expect(params.list).toHaveLength(2);
  });

  it("a view of the bars that it moves behind an order that it has asked for is found at that bar", () => {
    const moving = defineStrategy({
      name: "moving",
      defaults: {},
      create: () => ({
        name: "moving",
        policy: defaultExecutionPolicy,
        onBar(ctx: Context) {
          if (ctx.bar !== 2) return;
          ctx.open({ side: "LONG", quantity: 1 });
          (ctx.bars as { index: number }).index = 0;
        },
        snapshot: () => null,
        restore: () => undefined,
      }),
    });
    const { halt } = simulate(planOf({ rows: rising, strategy: moving, params: {} })).rows;
    expect(halt).toMatchObject({ reason: "strategy_error", bar: 2 });
    expect(halt?.text).toContain("away from bar 2");
  });
});

describe("a failure that a scenario plans", () => {
  const actions = [
    { bar: 1, do: "open", leg: "LONG", quantity: 1, order: { type: "market" } },
    { bar: 4, do: "close", leg: "LONG", order: { type: "market" } },
  ] as const;
  const throwsAt = (bar: number, times: number): Step => ({ bar, symbol: null, action: { do: "strategy_throws", hook: "onBar", times } });
  const run = (steps: readonly Step[], runner: PlanOptions["runner"]) =>
    simulate(planOf({ rows: rising, mode: "one_way", actions: [...actions], steps, ...(runner === undefined ? {} : { runner }) }));

  it("ends the session where errors end sessions", () => {
    expect(run([throwsAt(2, 1)], {}).rows.halt).toMatchObject({ reason: "strategy_error", bar: 2 });
  });

  it("never costs what a verdict has locked: whenever it comes, the close goes out and the entry does not twice", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 6 }), fc.integer({ min: 1, max: 5 }), (bar, times) => {
        const { rows, final } = run([throwsAt(bar, times)], { strategyErrors: "lock" });
        expect(rows.halt).toBeNull();
        const isCloseLost = bar <= 4 && 4 < bar + times;
        expect(rows.orders.map(({ family }) => family)).toEqual(isCloseLost ? ["entry"] : ["entry", "close"]);
        expect(final.positions).toHaveLength(isCloseLost ? 1 : 0);
        expect(rows.alerts.filter(({ text }) => text.includes("in a row"))).toHaveLength(Math.min(times, 8 - bar));
      }),
    );
  });

  it("a verdict of the watchdog is the same in each run", () => {
    const step: Step = { bar: 2, symbol: null, action: { do: "strategy_timed_out", hook: "onBar", call: 1 } };
    const [first, second] = [run([step], undefined), run([step], undefined)];
    expect(first.runHash).toBe(second.runHash);
    expect(first.rows.orders.map(({ family }) => family)).toEqual(["entry"]);
    expect(first.rows.halt).toBeNull();
  });
});

describe("E5: a strategy that decides by chance", () => {
  const restart: Step = { bar: 4, symbol: null, action: { do: "restart", downtimeMs: 0, changed: null } };

  it("of the session's own stream comes back as it was", async () => {
    const { orders } = runPlan(await fixture("chance", { hidden: false }, { steps: [restart] })).record.rows;
    expect(orders.map(({ family, status }) => [family, status])).toEqual([
      ["entry", "FILLED"],
      ["close", "FILLED"],
    ]);
  });

  it("of its own is found by the replay, and what it had bought is what it sells", async () => {
    const { orders, alerts, halt } = runPlan(await fixture("chance", { hidden: true }, { steps: [restart] })).record.rows;
    expect(halt).toBeNull();
    expect(orders.map(({ family, status }) => [family, status])).toEqual([
      ["entry", "FILLED"],
      ["close", "FILLED"],
    ]);
    expect(orders[1]?.quantity).toBe(orders[0]?.quantity);
    expect(alerts.map(({ text }) => text)).toContainEqual(
      expect.stringMatching(/^strategy_differs: told again of commit 3, onBar of bar 1 said open/),
    );
  });
});

describe("the watch from another thread", () => {
  const watched = (plan: Parameters<typeof simulate>[0]) => {
    const marks = newMarks();
    return { plan: watchedPlan(plan, { marks, verdicts: [] }), dog: new Watchdog(marks, 100) };
  };

  it("changes nothing in a run", () => {
    const plan = planOf({ rows: rising, actions: [{ bar: 1, do: "open", leg: "LONG", quantity: 1, order: { type: "market" } }] });
    expect(deedsOf(watched(plan).plan)).toEqual(deedsOf(plan));
  });

  /** What the dog says while a hook runs, and again a while later. */
  function lookInside(hook: "onBar" | "onFill" | "canSubmit") {
    const said: unknown[] = [];
    const look = { now: () => undefined as unknown };
    const twice = () => void said.push(look.now(), look.now());
    const definition = defineStrategy({
      name: "slow",
      defaults: {},
      create: () => ({
        name: "slow",
        policy: defaultExecutionPolicy,
        onBar(ctx: Context) {
          if (ctx.bar === 3) ctx.open({ side: "LONG", quantity: 1 });
          if (hook === "onBar" && ctx.bar === 3) twice();
        },
        onFill: () => (hook === "onFill" ? twice() : undefined),
        canSubmit() {
          if (hook === "canSubmit") twice();
          return { allowed: true };
        },
        snapshot: () => null,
        restore: () => undefined,
      }),
    });
    const { plan, dog } = watched(planOf({ rows: rising, strategy: definition, params: {} }));
    let clock = 0;
    look.now = () => dog.look((clock += 100));
    simulate(plan);
    said.push(dog.look((clock += 100)), dog.look((clock += 100)));
    return said;
  }

  it("names the hook that does not come back, its market, bar and call, after the time that it may take", () => {
    const where = { market: 0, hook: "onBar", bar: 3, call: 1 };
    expect(lookInside("onBar")).toEqual([null, where, null, null]);
    // The fill is of bar 4, which has not closed.
    expect(lookInside("onFill")).toEqual([null, { ...where, hook: "onFill", bar: 4 }, null, null]);
    expect(lookInside("canSubmit")).toEqual([null, { ...where, hook: "canSubmit", bar: 4 }, null, null]);
  });

  it("a run can do without the hooks that a scenario can make fail, and without no other", () => {
    const where = { market: 0, bar: 0, call: 1 };
    expect(isDispensable({ ...where, hook: "onFill" })).toBe(true);
    expect(isDispensable({ ...where, hook: "setup" })).toBe(false);
  });

  it("the run that follows a verdict is that of a scenario with the step", () => {
    const plan = planOf({ rows: [...rising, quiet], actions: [{ bar: 1, do: "open", leg: "LONG", quantity: 1, order: { type: "market" } }] });
    const verdict = { market: 0, hook: "onBar", bar: 4, call: 1 } as const;
    const again = watchedPlan(plan, { marks: newMarks(), verdicts: [verdict] });
    const step: Step = { bar: 4, symbol: null, action: { do: "strategy_timed_out", hook: "onBar", call: 1 } };
    expect(deedsOf(again)).toEqual(deedsOf({ ...plan, steps: [step] }));
  });
});
