// Status and exit code of every way in which a scenario can end.

import { describe, expect, it } from "vitest";

import { InvariantError, SeatrialError, type ExitCode, type Reason } from "../../src/domain/index.ts";
import type { RunRecord } from "../../src/journal/rows.ts";
import { outcomeNotRun, oneLine, outcomeOfError, seatrialErrorOf, worstExitCode } from "../../src/report/outcome.ts";
import { fails, holds, outcomeOf, record } from "./sample.ts";

function halted(reason: Reason): RunRecord {
  return { ...record, rows: { ...record.rows, halt: { reason, text: "stopped", time: 60_000, bar: 4 } } };
}

const liquidated: RunRecord = {
  ...record,
  rows: {
    ...record.rows,
    liquidations: [
      {
        symbol: "HYPE/USDC:USDC",
        leg: "NET",
        side: "sell",
        quantity: "10",
        price: "90.45",
        fee: "0",
        insurance: "-5",
        left: "0",
        equity: "4.5",
        maintenance: "4.53",
        takeover: false,
        time: 60_000,
        bar: 4,
      },
    ],
  },
};

describe("a run that came to its end", () => {
  it.each([
    ["every expectation holds", { expectations: [holds] }, "passed", 0],
    ["nothing is expected", { expectations: [] }, "passed", 0],
    ["an expectation fails", { expectations: [holds, fails] }, "failed", 2],
    ["an invariant is violated", { record: { ...record, invariants: { checked: 5, violated: 1 } } }, "failed", 2],
    ["it ended insolvent", { record: halted("insolvent") }, "failed", 2],
    ["it ended insolvent as expected", { record: halted("insolvent"), haltExpected: true }, "passed", 0],
    ["a position was liquidated", { record: liquidated }, "failed", 2],
    ["a position was liquidated as expected", { record: liquidated, liquidationExpected: true }, "passed", 0],
    ["its strategy broke", { record: halted("strategy_error") }, "error", 2],
    ["its strategy broke as expected", { record: halted("strategy_error"), haltExpected: true }, "passed", 0],
    ["the operator stopped it, as scripted", { record: halted("operator_halt") }, "passed", 0],
    ["it halted as expected and something else fails", { record: halted("insolvent"), haltExpected: true, expectations: [fails] }, "failed", 2],
  ] as const)("when %s is judged", (_when, change, status, exitCode) => {
    const outcome = outcomeOf(change);
    expect([outcome.status, outcome.exitCode]).toEqual([status, exitCode]);
  });

  it("names the halt and its bar in the error", () => {
    expect(outcomeOf({ record: halted("insolvent") }).error?.reason).toBe("stopped (bar 4)");
    const { code, reason } = outcomeOf({ record: liquidated }).error ?? {};
    expect([code, reason]).toEqual(["liquidated", "the venue closed 10 of HYPE/USDC:USDC NET at 90.45 for want of margin (bar 4)"]);
  });
});

describe("a scenario that did not come to its end", () => {
  it("is bad input with exit code 3 by default, a failed run when an invariant broke", () => {
    const bad = outcomeOfError("a", null, new SeatrialError({ code: "bad_scenario", reason: "no" }));
    const broken = outcomeOfError("a", null, new InvariantError("I-1", "no"));
    expect([bad.status, bad.exitCode, broken.status, broken.exitCode]).toEqual(["error", 3, "failed", 2]);
  });

  it("is a note without its data, and a failed pre-check under --strict", () => {
    const notRun = { reason: "no data", hint: "get it" };
    expect([outcomeNotRun("a", 1, notRun, false).exitCode, outcomeNotRun("a", 1, notRun, true).exitCode]).toEqual([0, 1]);
  });

  it("turns anything thrown into one line and exit code 2", () => {
    const error = seatrialErrorOf(new TypeError("x is undefined\nat y"));
    expect([error.reason, error.exitCode, error.code]).toEqual(["x is undefined", 2, "unexpected_error"]);
    expect(seatrialErrorOf("text").reason).toBe("text");
  });
});

describe("a line of a terminal", () => {
  it("has no line break and no escape code of what was thrown", () => {
    expect(oneLine("boom\n  second\r\nthird \u001b[2Jwiped")).toBe("boom second third \ufffd[2Jwiped");
  });
});

describe("the exit code of several results", () => {
  it.each([
    [[], 0],
    [[0, 0], 0],
    [[0, 1], 1],
    [[2, 1, 0], 2],
    [[1, 3, 2], 3],
    [[3, 130, 2], 130],
  ] as const)("of %j is %i: 130 > 3 > 2 > 1 > 0", (codes: readonly ExitCode[], worst) => {
    expect(worstExitCode(codes)).toBe(worst);
  });
});
