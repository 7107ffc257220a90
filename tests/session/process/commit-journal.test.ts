// Commits of a session: writing them down changes nothing, and a new runner that hears their causes answers with their effects.

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { canonicalJson, type BarIndex, type Event } from "../../../src/domain/index.ts";
import { MemoryCommits, type Commit } from "../../../src/journal/index.ts";
import type { Runner } from "../../../src/runner/index.ts";
import { buildSession } from "../../../src/session/build.ts";
import { plainEffects } from "../../../src/session/process/commit-journal.ts";
import { simulate, type SimulationPlan } from "../../../src/session/index.ts";
import { keptSession } from "../../../src/session/process/kept-session.ts";
import { busyPlan } from "../busy-plan.ts";
import { crowded, crowdedPlan } from "../crowded-sessions.ts";
import { planOf, type Row } from "../plans.ts";

function kept(plan: SimulationPlan): { commits: Commit[]; runHash: string; state: string } {
  const store = new MemoryCommits();
  const session = keptSession(plan, store);
  session.run();
  const { runHash } = session.record();
  return { commits: [...store.read(1)], runHash, state: canonicalJson(session.runner.snapshot()) };
}

/** What a new runner answers to a cause. */
function answer(runner: Runner, { cause, notes }: Commit): string {
  if (notes?.equity !== undefined) runner.markEquity(notes.equity);
  if (cause.type === "instant_closed") {
    const { closings } = cause;
    closings.forEach(({ market, series, bar }, at) => runner.handleBar(market, series, bar, at === closings.length - 1));
  } else if (cause.type !== "session_started") runner.handle(cause as Event);
  const said = canonicalJson(plainEffects(runner.effects));
  runner.effects.clear();
  return said;
}

function expectReplays(plan: SimulationPlan): Commit[] {
  const { commits, runHash, state } = kept(plan);
  expect(runHash).toBe(simulate(plan).runHash);
  const { runner } = buildSession(plan);
  for (const commit of commits) expect(answer(runner, commit)).toBe(canonicalJson(commit.effects));
  // What is left of a run that has ended: everything that was told has been committed, but for the account's last mark.
  runner.markEquity((JSON.parse(state) as { equity: number }).equity);
  expect(canonicalJson(runner.snapshot())).toBe(state);
  return commits;
}

describe("commits of a session", () => {
  it("a quiet bar is a commit of its own, and the orders of a bar stand in the commit of its close", () => {
    const rows = Array.from({ length: 5 }, (): Row => [100, 101, 99, 100, 1_000]);
    const commits = expectReplays(planOf({ rows, actions: [{ bar: 2, do: "open", leg: "LONG", quantity: 1 }] }));
    expect(commits.map(({ cause, effects }) => [cause.type, ...effects.map(({ type }) => type)])).toEqual([
      ["session_started"],
      ["instant_closed"],
      ["instant_closed"],
      ["instant_closed", "submit_order"],
      ["order_acknowledged"],
      ["order_filled", "order_settled"],
      ["instant_closed"],
      ["instant_closed"],
    ]);
    const bars = commits.flatMap(({ cause }) => (cause.type === "instant_closed" ? cause.closings.map(({ bar }): BarIndex => bar) : []));
    expect(bars).toEqual([0, 1, 2, 3, 4]);
  });

  it("I-23: a busy session is told again to a new runner, and ends in the same state", () => {
    const commits = expectReplays(busyPlan());
    expect(commits.filter(({ cause }) => cause.type === "instant_closed")).toHaveLength(600);
    expect(commits.filter(({ cause }) => cause.type === "order_filled").length).toBeGreaterThan(20);
  });

  it("I-23: so are sessions in which many things of the venue meet", () => {
    fc.assert(
      fc.property(crowded, (drawn) => void expectReplays(crowdedPlan(drawn))),
      { numRuns: 60 },
    );
  });
});
