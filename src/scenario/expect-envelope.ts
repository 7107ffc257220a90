// Expectations about the envelope of a run: its best and its worst end, and how many bars they rest on.

import type { EnvelopeEnd, RunRecord } from "../journal/index.ts";
import { decimalCheck, type Check } from "./expect-final.ts";
import { matchesInteger, printMatch, type ExpectationResult } from "./expect-match.ts";
import type { Expectation } from "./schema-expect.ts";
import type { IntegerMatch } from "./schema-values.ts";

type Wanted = NonNullable<Expectation["envelope"]>;

export function evaluateEnvelope(wanted: Wanted, { envelope }: RunRecord): ExpectationResult {
  if (envelope === undefined) {
    const actual = 'the run has no envelope: its path is not "envelope"';
    return { text: "an envelope", passed: false, actual, context: [], bar: null };
  }
  const checks = [
    ...endChecks("worst", wanted.worst, envelope.worst),
    ...endChecks("best", wanted.best, envelope.best),
    ...countChecks("bars", wanted.bars, envelope.bars.length),
    ...countChecks("worlds", wanted.worlds, envelope.worlds),
    ...countChecks("unexplored", wanted.unexplored, envelope.unexplored),
    ...flagChecks("exact", wanted.exact, envelope.exact),
  ];
  return {
    text: `envelope: ${checks.map((check) => check.wanted).join(", ")}`,
    passed: checks.every((check) => check.passed),
    actual: checks.map((check) => check.found).join(", "),
    context: [],
    bar: null,
  };
}

function endChecks(name: string, wanted: Wanted["worst"], found: EnvelopeEnd): Check[] {
  if (wanted === undefined) return [];
  return [
    ...(wanted.equity === undefined ? [] : [decimalCheck(`${name} equity`, wanted.equity, found.equity)]),
    ...countChecks(`${name} choices`, wanted.choices, found.choices.length),
    ...flagChecks(`${name} confirmed`, wanted.confirmed, found.confirmed),
  ];
}

function countChecks(name: string, wanted: IntegerMatch | undefined, found: number): Check[] {
  if (wanted === undefined) return [];
  return [{ wanted: `${name} ${printMatch(wanted)}`, found: `${name} ${found}`, passed: matchesInteger(wanted, found) }];
}

function flagChecks(name: string, wanted: boolean | undefined, found: boolean): Check[] {
  if (wanted === undefined) return [];
  const word = (value: boolean) => (value ? name : `not ${name}`);
  return [{ wanted: word(wanted), found: word(found), passed: wanted === found }];
}
