// The row of a restart: how the comparison with the venue ended that it called for, and not another silence's.

import { describe, expect, it } from "vitest";

import { EffectQueue, type Effect, type Reason } from "../../src/domain/index.ts";
import { Journal, Projection } from "../../src/journal/index.ts";
import { flatSeries, instrumentOf, minute } from "../runner/harness.ts";
import type { TapeEvent } from "./arbitraries.ts";

const counts = { adopted: 0, fills: 0, synced: 0, foreign: 0 };

function told(phase: "begun" | "done" | "blocked", reason: Reason): Effect {
  return { type: "reconciled", phase, reason, ...counts };
}

/** A process that came back as epoch 2, and what it said of its comparisons after that. */
function restartsAfter(...effects: Effect[]): unknown {
  const journal = new Journal([{ instrument: instrumentOf(), series: flatSeries("TEST/USDC:USDC", [100, 100]) }], {
    tag: "abcdef",
    epoch: 1,
    session: "123456",
  });
  const queue = new EffectQueue();
  for (const effect of effects) queue.push(effect);
  journal.barOpened(0, 0 as never);
  journal.commit({ type: "session_resumed", time: minute, sequence: 1, epoch: 2, since: 0, changed: null } as unknown as TapeEvent, queue);
  return new Projection(journal).read().restarts;
}

const begun = told("begun", "restarted");

describe("the row of a restart", () => {
  it.each([
    ["is open while the comparison goes on", [begun], null],
    ["is done when it is", [begun, told("done", "restarted")], "done"],
    ["is blocked by whatever blocks it", [begun, told("blocked", "restart_guard_foreign_orders")], "blocked"],
    ["is done when what blocked it is gone", [begun, told("blocked", "restart_guard_foreign_orders"), told("done", "restarted")], "done"],
    ["is done with the comparison of a silence that came on top of it", [begun, told("begun", "stream_gap"), told("done", "stream_gap")], "done"],
    [
      "stays done when a later silence is blocked",
      [begun, told("done", "restarted"), told("begun", "stream_gap"), told("blocked", "restart_guard_no_answer")],
      "done",
    ],
  ])("%s", (_, effects, reconciled) => {
    expect(restartsAfter(...effects)).toMatchObject([{ epoch: 2, reconciled }]);
  });
});
