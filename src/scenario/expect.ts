// Judges a run: each expectation against the rows of its journal, never against the runner's memory.

import type { RunRecord } from "../journal/rows.ts";
import { evaluateEnvelope } from "./expect-envelope.ts";
import { evaluateFinal, evaluateHalt, evaluateMetric } from "./expect-final.ts";
import type { ExpectationResult } from "./expect-match.ts";
import { evaluateNever, type RunContext } from "./expect-never.ts";
import { evaluateRows, type RowFormName } from "./expect-rows.ts";
import type { Expectation } from "./schema-expect.ts";

const rowForms: readonly RowFormName[] = [
  "order",
  "fill",
  "skipped",
  "synced",
  "alert",
  "ledger",
  "route",
  "funding",
  "liquidation",
  "unprotected",
  "restart",
];

/** One result an expectation, in the same order. */
export function evaluateExpectations(expectations: readonly Expectation[], record: RunRecord, context: RunContext): ExpectationResult[] {
  return expectations.map((expectation) => evaluate(expectation, record, context));
}

function evaluate(expectation: Expectation, record: RunRecord, context: RunContext): ExpectationResult {
  for (const name of rowForms) {
    const filter = expectation[name];
    if (filter !== undefined) return evaluateRows(name, filter, record.rows);
  }
  if (expectation.metric !== undefined) return evaluateMetric(expectation.metric, record);
  if (expectation.final !== undefined) return evaluateFinal(expectation.final, record);
  if (expectation.envelope !== undefined) return evaluateEnvelope(expectation.envelope, record);
  if (expectation.halt !== undefined) return evaluateHalt(expectation.halt, record);
  if (expectation.never !== undefined) return evaluateNever(expectation.never, record, context);
  // The schema lets no empty expectation in; one that a program builds says nothing and must not pass.
  return { text: "an expectation without a form", passed: false, actual: "nothing was expected", context: [], bar: null };
}

/** Whether an expectation looks at rows: figures and the final state stand beside them. */
export function expectsRows(expectations: readonly Expectation[]): boolean {
  return expectations.some(({ metric, final }) => metric === undefined && final === undefined);
}

/** True when the scenario says that a position is liquidated, so that it is no failure by itself. */
export function expectsLiquidation(expectations: readonly Expectation[]): boolean {
  return expectations.some((expectation) => expectation.liquidation !== undefined);
}

/** True when the scenario says that its session stops early, so that a halt is no failure by itself. */
export function expectsHalt(expectations: readonly Expectation[]): boolean {
  return expectations.some((expectation) => expectation.halt !== undefined);
}
