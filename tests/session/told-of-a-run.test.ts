// What of a run is told decides what is made and audited of its record, never what the run is.

import { describe, expect, it } from "vitest";

import { runAudited, simulate } from "../../src/session/index.ts";
import { busyPlan } from "./busy-plan.ts";

const plan = () => busyPlan({ fill: { delivery: "immediate" }, configuration: "a busy session" });

describe("a run of which only the figures are told", () => {
  it("has the figures, the end and the hash of the same run with its rows, and the same rows for whoever asks after all", () => {
    const [lean, whole, plain] = [runAudited(plan(), {}, "figures").record, runAudited(plan()).record, simulate(plan())];
    expect([lean.metrics, lean.final, lean.runHash]).toEqual([whole.metrics, whole.final, whole.runHash]);
    expect([lean.audit?.count, whole.audit?.count]).toEqual([0, 0]);
    expect(lean.audit?.records).toBe(whole.audit?.records);
    expect(lean.rows).toEqual(whole.rows);
    expect(plain.rows).toEqual(whole.rows);
    expect(whole.metrics).toMatchObject({ orders: whole.rows.orders.length, fills: whole.rows.fills.length });
  });
});
