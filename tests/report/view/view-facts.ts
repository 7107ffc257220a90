// The view of a run of a plan, for tests: simulated, judged by no expectation, looked at.

import { createSha256, simulate, type CostRow, type SimulationPlan } from "../../../src/session/index.ts";
import { seriesDigest } from "../../../src/market/index.ts";
import type { RunRecord } from "../../../src/journal/index.ts";
import { manifestOf } from "../../../src/report/manifest.ts";
import { judgeRun } from "../../../src/report/judge-run.ts";
import type { Json, RunView, StateChange } from "../../../src/report/view/run-view.ts";
import { viewOf } from "../../../src/report/view/view-of.ts";

export function viewOfPlan(plan: SimulationPlan, costs: readonly CostRow[] = []): { readonly view: RunView; readonly record: RunRecord } {
  const record = simulate(plan);
  const { name: scenario, seed } = plan;
  const judged = { haltExpected: true, liquidationExpected: true, labels: ["scripted bars"], elapsedMs: 1 };
  const outcome = judgeRun({ scenario, seed, record, expectations: [], ...judged });
  const manifest = manifestOf(plan, {
    digests: plan.markets.flatMap(({ series }) => series.map((bars) => seriesDigest(bars, createSha256))),
    moneyScales: {},
    file: "scenario.json",
    scenarioFileHash: "",
    runHash: record.runHash,
    assumptions: record.assumptions,
    labels: outcome.labels,
    startedAt: new Date(0),
    versions: { seatrial: "0", node: "0", ccxt: null },
  });
  return { view: viewOf({ plan, record, outcome, manifest, why: "a test", costs }), record };
}

type Tree = Record<string, unknown> | unknown[];

/** A state with changes made to it one by one, as naively as a reader of the page would. */
export function withChanges(state: Json, root: string, changes: readonly StateChange[]): Json {
  const whole = { [root]: structuredClone(state) } as Record<string, unknown>;
  for (const { path, after, kind } of changes) {
    const parts = path.split(/(?<!\\)\./).map((part) => part.replaceAll("\\.", "."));
    if (parts[0] !== root) continue;
    const last = parts.pop() as string;
    const parent = parts.reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], whole) as Tree;
    if (kind !== "removed") (parent as Record<string, unknown>)[last] = structuredClone(after);
    else if (Array.isArray(parent)) parent.splice(Number(last), 1);
    else delete parent[last];
  }
  return whole[root] as Json;
}
