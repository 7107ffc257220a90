// The crash explorer: a session dies at every commit in every phase, and in its recovery once more, and comes back. It must
// converge with the venue; and where nothing was lost, end as the session that never died.

import { describe, expect, it } from "vitest";

import type { MarketIndex } from "../../../src/domain/index.ts";
import type { CommitPhase } from "../../../src/session/process/process-plan.ts";
import { simulate } from "../../../src/session/index.ts";
import { atCommit, calmPlan, recordedReasons, runWith, venueEnd, type Ended } from "./crash-plans.ts";

const phases: readonly CommitPhase[] = ["planned", "journaled", "sent"];
const files = [
  "worked-example.json",
  "lost-reply.json",
  "cancel-lost-then-filled.json",
  "bracket-partial-fill.json",
  "dca-rungs-in-one-bar.json",
  "open-both-legs.json",
  "two-symbols.json",
  "route-limit-patience-three-stages.json",
  "limit-timeout-market-fallback.json",
  "funding-overnight.json",
  "liquidation-cross.json",
  "trailing-take-profit.json",
];

/** What a run that died has not brought to an end. */
function unsettled({ session, record }: Ended): string[] {
  const open = record.rows.orders.filter(({ status }) => status === "UNKNOWN" || status === "NEW");
  // A quarantine is an end: the venue contradicts itself, and a person has been called.
  const quarantined = record.rows.orders.some(({ status }) => status === "QUARANTINED");
  return [
    ...open.map(({ clientOrderId, status }) => `${clientOrderId} is ${status}`),
    ...(session.runner.divergent && !quarantined ? ["the book knows that it differs from the venue"] : []),
    ...record.rows.restarts.filter(({ reconciled }) => reconciled !== "done").map(({ epoch }) => `epoch ${epoch} has not compared itself`),
  ];
}

/** Something stands on the record of this run alone that explains why it may end otherwise. */
function excused(ended: Ended, whole: Ended): boolean {
  const usual = new Set(recordedReasons(whole.record));
  return recordedReasons(ended.record).some((reason) => !usual.has(reason));
}

describe.each(files)("%s", (file) => {
  it("runs as a plain session when its process lives", async () => {
    const plan = await calmPlan(file);
    expect(venueEnd(runWith(plan, []).record)).toEqual(venueEnd(simulate(plan)));
  });

  it.each(phases)("converges from a crash at each commit, %s", async (phase) => {
    const plan = await calmPlan(file);
    const whole = runWith(plan, []);
    let equal = 0;
    for (let commit = 2; commit <= whole.session.commits.last - 6; commit += 1) {
      const ended = runWith(plan, [atCommit(commit, phase)]);
      expect(ended.record.rows.restarts.length, `commit ${commit}`).toBe(1);
      expect(unsettled(ended), `commit ${commit}`).toEqual([]);
      // A fault that is armed meets the recovery's requests instead of those that it was meant for.
      if (plan.steps.length > 0 || excused(ended, whole)) continue;
      expect(venueEnd(ended.record), `commit ${commit}`).toEqual(venueEnd(whole.record));
      equal += 1;
    }
    if (phase === "sent" && plan.steps.length === 0) expect(equal).toBeGreaterThan(0);
  });
});

describe.each(["worked-example.json", "bracket-partial-fill.json", "lost-reply.json"])("%s, with a second crash while it recovers", (file) => {
  it.each(phases)("converges from each pair, the second one %s", async (second) => {
    const plan = await calmPlan(file);
    const whole = runWith(plan, []);
    for (let commit = 2; commit <= whole.session.commits.last - 6; commit += 1) {
      for (let again = 1; again <= 6; again += 1) {
        const ended = runWith(plan, [atCommit(commit, "sent"), atCommit(again, second, 1)]);
        expect(
          unsettled(ended).filter((one) => !one.startsWith("epoch 2")),
          `commit ${commit}, then ${again}`,
        ).toEqual([]);
        if (plan.steps.length > 0 || excused(ended, whole)) continue;
        expect(venueEnd(ended.record), `commit ${commit}, then ${again}`).toEqual(venueEnd(whole.record));
      }
    }
  });
});

describe("liquidation-cross.json, with answers that are on their way when it dies", () => {
  it.each([1, 2, 3, 4, 5])("finds the liquidation again after a crash at any commit in any phase, seed %i", async (seed) => {
    const plan = await calmPlan("liquidation-cross.json", { delivery: "seeded", seed });
    const whole = runWith(plan, []);
    for (const phase of phases)
      for (let commit = 2; commit <= whole.session.commits.last; commit += 1) {
        const { record, session } = runWith(plan, [atCommit(commit, phase)]);
        const reasons = record.rows.synced.map(({ reason }) => reason);
        expect(reasons, `commit ${commit}, ${phase}`).not.toContain("unexplained_divergence");
        expect(session.runner.positionOf(0, "NET"), `commit ${commit}, ${phase}`).toBe(session.venue.account.leg(0 as MarketIndex, "NET")?.quantity);
      }
  });
});
