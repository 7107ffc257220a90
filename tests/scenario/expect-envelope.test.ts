// Expectations about an envelope, on a hand-made one.

import { describe, expect, it } from "vitest";

import type { Envelope, RunRecord } from "../../src/journal/index.ts";
import { evaluateExpectations, type ExpectationResult } from "../../src/scenario/index.ts";
import { expectationSchema } from "../../src/scenario/schema-expect.ts";
import { worked } from "./records.ts";

const envelope: Envelope = {
  best: { equity: "1001.9296", choices: [], confirmed: true, halt: null },
  worst: { equity: "997.901", choices: [{ symbol: "HYPE/USDC:USDC", bar: 2, path: "olhc" }], confirmed: false, halt: null },
  bars: [],
  worlds: 2,
  unexplored: 1,
  moneyDecides: false,
  exact: false,
};

function judge(wanted: unknown, on: RunRecord = { ...worked, envelope }): ExpectationResult {
  const [result] = evaluateExpectations([expectationSchema.parse({ envelope: wanted })], on, { series: [], steps: [] });
  if (result === undefined) throw new Error("no result");
  return result;
}

describe("an envelope expectation", () => {
  it.each([
    [{ worst: { equity: "997.901" } }, { worst: { equity: "997.9" } }],
    [{ worst: { equity: { min: "990" } } }, { worst: { equity: { min: "998" } } }],
    [{ worst: { choices: 1 } }, { worst: { choices: 0 } }],
    [{ worst: { confirmed: false } }, { worst: { confirmed: true } }],
    [{ best: { equity: { max: "1001.9296" } } }, { best: { equity: { max: "1001" } } }],
    [{ bars: 0 }, { bars: { min: 1 } }],
    [{ worlds: { max: 2 } }, { worlds: 3 }],
    [{ unexplored: 1 }, { unexplored: 0 }],
    [{ exact: false }, { exact: true }],
  ])("%j holds, %j does not", (holds, fails) => {
    expect(judge(holds).passed).toBe(true);
    expect(judge(fails).passed).toBe(false);
  });

  it("names what was wanted and what was found; every key must hold", () => {
    expect(judge({ worst: { equity: "997.901", confirmed: true }, exact: false })).toEqual({
      text: "envelope: worst equity 997.901, worst confirmed, not exact",
      passed: false,
      actual: "worst equity 997.901, not worst confirmed, not exact",
      context: [],
      bar: null,
    });
  });

  it("of a run without an envelope fails, and says why", () => {
    expect(judge({ exact: true }, worked)).toMatchObject({ passed: false, actual: 'the run has no envelope: its path is not "envelope"' });
  });

  it("refuses a key that it does not know", () => {
    expect(() => expectationSchema.parse({ envelope: { wurst: {} } })).toThrow(/worst/);
  });
});
