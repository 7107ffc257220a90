// Loops that gain nothing (failures A24, I-14), in small sessions by hand: what is one, what is none, and what it locks. Fees are
// 0.05 on each side of a trip of 1 at 100; a trip that closes 1 higher gains.

import { describe, expect, it } from "vitest";

import { simulate, type SimulationPlan, type Step } from "../../src/session/index.ts";
import { defaultRunnerSettings, type RunnerSettings } from "../../src/runner/index.ts";
import type { ScriptedAction } from "../../src/strategy/index.ts";
import { planOf, quiet, type PlanOptions, type Row } from "../session/plans.ts";

const churn = { roundTripsMax: 3, roundTripBars: 3, refusalsMax: 4 };
const market = { type: "market" } as const;
const level = (price: number): Row => [price, price, price, price, 1_000];

/** Buys at the close of each of these bars and sells at the next. */
function trips(...bars: readonly number[]): ScriptedAction[] {
  return bars.flatMap((bar): ScriptedAction[] => [
    { bar, do: "open", leg: "LONG", quantity: 1, order: market },
    { bar: bar + 1, do: "close", leg: "LONG" },
  ]);
}

function run(actions: readonly ScriptedAction[], options: PlanOptions & { settings?: Partial<RunnerSettings> } = {}) {
  const { settings, rows = Array.from({ length: 40 }, () => quiet), ...rest } = options;
  const plan: SimulationPlan = planOf({ mode: "one_way", rows, runner: { churn, ...settings }, ...rest, actions });
  return simulate(plan).rows;
}

const refusedFor = (rows: ReturnType<typeof run>) => rows.skipped.filter(({ reason }) => reason === "churn").map(({ bar }) => bar);

describe("round trips that gain nothing", () => {
  it("lock what increases risk after so many in a row, with the reason", () => {
    const rows = run(trips(0, 2, 4, 6));
    expect(rows.orders).toHaveLength(6);
    expect(refusedFor(rows)).toEqual([6]);
    expect(rows.alerts.filter(({ level: loud }) => loud === "error").map(({ text }) => text)).toEqual([
      expect.stringMatching(/^churn: .* NET was entered and reduced 3 times in a row within 240 s, and nothing was gained by it/),
    ]);
  });

  it("begin anew behind one that gained", () => {
    // The third trip is bought at 100 and sold at 101.
    const rows = Array.from({ length: 20 }, (_, bar) => (bar === 6 ? level(101) : quiet));
    const told = run(trips(0, 2, 4, 6, 8, 10, 12), { rows });
    // Behind it come those of bars 6, 8 and 10.
    expect(refusedFor(told)).toEqual([12]);
  });

  it("are no loop where each takes its time", () => {
    // 12 bars from one end to the next; three may take nine of them from the first end to the third.
    expect(refusedFor(run(trips(0, 12, 24, 36)))).toEqual([]);
    // Ends at bars 2, 6 and 11: nine bars.
    expect(refusedFor(run(trips(0, 4, 9, 12)))).toEqual([12]);
    // One bar more.
    expect(refusedFor(run(trips(0, 4, 10, 13)))).toEqual([]);
  });

  it("that are closed in several parts are one each", () => {
    const half = (bar: number): ScriptedAction => ({ bar, do: "reduce", leg: "LONG", quantity: 0.25 });
    const actions = [trips(0)[0] as ScriptedAction, half(1), half(2), half(3), { bar: 4, do: "close", leg: "LONG" } as const, ...trips(5, 7)];
    // One loss in four parts, and one more: two trips; that of bar 7 is the third.
    expect(refusedFor(run([...actions, ...trips(9)]))).toEqual([9]);
    expect(run(actions).skipped).toEqual([]);
  });

  it("are found where a position only grows and shrinks, and its rest can be closed", () => {
    const add = (bar: number): ScriptedAction => ({ bar, do: "add", leg: "LONG", quantity: 1, order: market });
    const reduce = (bar: number): ScriptedAction => ({ bar, do: "reduce", leg: "LONG", quantity: 1 });
    const loop = [trips(0)[0] as ScriptedAction, add(1), reduce(2), add(3), reduce(4), add(5), reduce(6), add(7)];
    const rows = run([...loop, { bar: 8, do: "close", leg: "LONG" }]);
    expect(rows.skipped.map(({ family, reason, bar }) => [family, reason, bar])).toEqual([["dca", "churn", 7]]);
    expect(rows.orders.at(-1)).toMatchObject({ family: "close", status: "FILLED" });
  });

  it("of one leg say nothing of the other", () => {
    const short = (bar: number): ScriptedAction[] => [
      { bar, do: "open", leg: "SHORT", quantity: 1, order: market },
      { bar: bar + 1, do: "close", leg: "SHORT" },
    ];
    expect(run([...trips(0, 2), ...short(4), ...short(6)], { mode: "hedge" }).skipped).toEqual([]);
    expect(refusedFor(run([...trips(0, 2, 4), ...short(8)], { mode: "hedge" }))).toEqual([8]);
  });

  it("are counted over a restart", () => {
    const restart: Step = { bar: 5, symbol: null, action: { do: "restart", downtimeMs: 0, changed: null } };
    expect(refusedFor(run(trips(0, 2, 6, 8), { steps: [restart] }))).toEqual([8]);
  });

  it("are forgiven by the operator, and counted anew", () => {
    const resume: Step = { bar: 7, symbol: null, action: { do: "resume", text: "" } };
    expect(refusedFor(run(trips(0, 2, 4, 6, 8, 10, 12, 14), { steps: [{ ...resume, bar: 8 }] }))).toEqual([6, 14]);
  });

  it("are 20 of three bars each unless the operator says otherwise, and none where he says null", () => {
    const eager = trips(...Array.from({ length: 22 }, (_, at) => 2 * at));
    const rows = Array.from({ length: 46 }, () => quiet);
    const { churn: _none, ...plain } = { ...defaultRunnerSettings, churn: undefined };
    const plan = planOf({ mode: "one_way", rows, actions: eager });
    expect(refusedFor(simulate({ ...plan, runner: plain }).rows)).toEqual([40, 42]);
    expect(refusedFor(run(eager, { rows, settings: { churn: null } }))).toEqual([]);
  });
});

describe("entries that are turned away", () => {
  const refuse = (bar: number, times: number): Step => ({
    bar,
    symbol: null,
    action: { do: "reject", next: times, family: null, symbol: null, code: "-2010" },
  });
  const opens = (...bars: readonly number[]): ScriptedAction[] => bars.map((bar) => ({ bar, do: "open", leg: "LONG", quantity: 1, order: market }));
  const patient = { backoff: { maxFailures: 1_000, cooldownMs: 1 } };

  it("lock the market after so many in a row, none taken in between", () => {
    const rows = run(opens(0, 1, 2, 3, 4), { steps: [refuse(0, 9)], script: patient });
    expect(rows.orders.map(({ status }) => status)).toEqual(["REJECTED", "REJECTED", "REJECTED", "REJECTED"]);
    expect(refusedFor(rows)).toEqual([4]);
    expect(rows.alerts.some(({ text }) => text.includes("turned 4 orders in a row away"))).toBe(true);
  });

  it("begin anew behind one that was taken", () => {
    const actions = [...opens(0, 1, 2, 3), { bar: 4, do: "close", leg: "LONG" } as const, ...opens(5, 6, 7, 8)];
    expect(refusedFor(run(actions, { steps: [refuse(0, 3), refuse(5, 3)], script: patient }))).toEqual([]);
  });
});
