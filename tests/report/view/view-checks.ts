// What must hold of every view of a run. It must never know the figures of one.

import { expect } from "vitest";

import { StateWalk } from "../../../src/report/page/browser/state.ts";
import type { Json, RunView } from "../../../src/report/view/run-view.ts";
import { RunNames } from "../../../src/report/view/names.ts";
import { playerState } from "../../../src/report/view/state.ts";
import { openSession, type SimulationPlan } from "../../../src/session/index.ts";
import { withChanges } from "./view-facts.ts";

const isOpen = (status: string): boolean => ["NEW", "SUBMITTED", "PARTIAL"].includes(status);

/** The runner's verdict in a stage: it has a status and its reason; a venue's answer has no reason. */
function verdictOf(data: Json): string | null {
  const { status, reason } = (data ?? {}) as { readonly status?: string; readonly reason?: string };
  return reason === undefined ? null : (status ?? null);
}

/** Every order has its life, from the wish to the verdict of its row. */
export function expectWhole(view: RunView, rows: readonly unknown[]): void {
  expect(view.orders.map(({ row }) => row)).toEqual(rows);
  for (const { row, stages } of view.orders) {
    expect(stages[0]?.stage).toBe("intent");
    const verdict = stages.map(({ data }) => verdictOf(data)).findLast((status) => status !== null) ?? "SUBMITTED";
    expect(isOpen(verdict) ? "open" : verdict).toBe(isOpen(row.status) ? "open" : row.status);
    const filled = stages.filter(({ stage }) => stage === "fill").length;
    expect(filled).toBe(view.fills.filter(({ clientOrderId }) => clientOrderId === row.clientOrderId).length);
  }
}

/** The venue's lists are about many orders, the end of a silence about all that are out. */
const ofMany = /^(fills_reported|open_orders_reported|session_resumed|stream_resynced|clock_checked|data_checked)$/;

/** Stages, silences and refused intents point at the steps that tell them. */
export function expectSteps({ orders, player, skipped, silences }: RunView): void {
  for (const [at, { stages }] of orders.entries()) {
    for (const { stage, step } of stages) {
      const shown = step === null ? undefined : player.steps[step];
      if (shown?.order === null) expect(shown.type).toMatch(ofMany);
      else expect(shown?.order).toBe(at);
      if (stage === "fill") expect(shown?.type).toMatch(/^(order_filled|query_answered|fills_reported)$/);
      if (stage === "silence") expect(silences.map((silence) => silence.step)).toContain(step);
    }
  }
  for (const { step, until } of silences) {
    const type = player.steps[step ?? -1]?.type;
    expect(type).toMatch(until === null ? /^(stream_gap|data_checked)$/ : /^(session_resumed|stream_resynced|clock_checked|data_checked)$/);
  }
  for (const { step } of skipped) expect(player.steps[step ?? -1]?.type).toBe("intent_skipped");
}

/** The state of a session that has ended, translated as the page shows it. */
function finalState(plan: SimulationPlan, view: RunView): { runner: Json; strategy: Json } {
  const session = openSession(plan);
  session.run();
  return playerState(
    session.runner.outline(),
    new RunNames(
      session.journal.markets,
      view.orders.map(({ row }) => row),
    ),
  );
}

/** All changes, one by one, lead to the state in which the run ends. */
export function expectFolds(plan: SimulationPlan, view: RunView): void {
  const { initial, steps } = view.player;
  const changes = steps.flatMap((step) => step.changes);
  const end = finalState(plan, view);
  expect(withChanges(initial.runner, "runner", changes)).toEqual(end.runner);
  expect(withChanges(initial.strategy, "strategy", changes)).toEqual(end.strategy);
  // The page's own walk comes to the same end, and back to the start.
  const walk = new StateWalk(view.player);
  expect(walk.stateAt(steps.length - 1)).toEqual(end);
  expect(walk.stateAt(-1)).toEqual(initial);
}
