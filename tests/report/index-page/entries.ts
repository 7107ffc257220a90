// Scenarios of all kinds for the tests of the index page: passed, failed, in error with its place, two without data.

import { SeatrialError } from "../../../src/domain/index.ts";
import { lifecycleCoverage } from "../../../src/report/lifecycle/lifecycle.ts";
import { briefOutcome, outcomeNotRun, outcomeOfError, type Outcome, type RunFigures } from "../../../src/report/outcome.ts";
import type { IndexEntry, IndexView } from "../../../src/report/index-page/view.ts";
import { fails, holds, outcomeOf, record } from "../sample.ts";

export const hostile = '<img src=x onerror="alert(1)">';

function figured(scenario: string, realizedPnl: string, orders: number, elapsedMs: number): Outcome<RunFigures> {
  const told = { ...record, metrics: { ...record.metrics, realizedPnl, orders } };
  return briefOutcome(outcomeOf({ scenario, record: told, elapsedMs, labels: ["synthetic bars"] }));
}

const badJson = new SeatrialError({ code: "bad_json", reason: "a comma is missing", place: { file: "bad.json", line: 2, column: 3 } });
const lost = { reason: "SEATRIAL_DATA is not set", hint: "set SEATRIAL_DATA" };

const outcomes: readonly Outcome<RunFigures>[] = [
  figured("nine", "9", 9, 30),
  figured("hundred", "100.5", 2, 2_000),
  briefOutcome(outcomeNotRun("btc", 1, lost, false)),
  figured("minus", "-12.25", 40, 1),
  briefOutcome(outcomeOf({ scenario: hostile, expectations: [holds, fails] })),
  briefOutcome(outcomeNotRun("sol", 1, lost, false)),
  briefOutcome(outcomeOfError("bad", null, badJson, { line: 2, text: '  "a" 1', from: 6, to: 7 })),
];

export const entries: readonly IndexEntry[] = outcomes.map((outcome) => ({
  file: `all/${outcome.scenario}.json`,
  outcome,
  link: outcome.record === null ? null : `${encodeURIComponent(outcome.scenario)}/t/report.html`,
}));

export const view: IndexView = {
  entries,
  coverage: lifecycleCoverage([
    {
      scenario: "nine",
      steps: [
        { from: "SUBMITTED", to: "FILLED", error: "none", count: 3 },
        { from: "SUBMITTED", to: "REJECTED", error: "OrderNotFound", count: 1 },
      ],
    },
  ]),
  time: new Date(Date.UTC(2026, 10, 21, 2, 38, 12)),
  version: "0.1.0",
};
