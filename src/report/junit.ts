// A run as JUnit XML, so that any CI shows its expectations as tests: one suite a scenario, one case an expectation,
// one for the invariants, one for the end of the run.

import { findingText } from "../journal/index.ts";
import { auditCode, type Outcome } from "./outcome.ts";

interface Case {
  readonly name: string;
  /** Null = passed. */
  readonly failure: { readonly message: string; readonly text: string } | null;
}

/** One `<testsuite>`; a scenario that did not run is one skipped case, one that broke off is one case in error. */
export function junitXml(outcome: Outcome): string {
  const seconds = (outcome.elapsedMs / 1_000).toFixed(3);
  const cases = casesOf(outcome);
  const failures = cases.filter((entry) => entry.failure !== null).length;
  const broken = outcome.status === "error" && outcome.error !== null ? outcome.error : null;
  const extra = (broken === null ? 0 : 1) + (outcome.notRun === null ? 0 : 1);
  const counts =
    `tests="${cases.length + extra}" failures="${failures}" errors="${broken === null ? 0 : 1}" ` +
    `skipped="${outcome.notRun === null ? 0 : 1}" time="${seconds}"`;
  const suite = escapeXml(outcome.scenario);
  const lines = ['<?xml version="1.0" encoding="UTF-8"?>', `<testsuites ${counts}>`, `  <testsuite name="${suite}" ${counts}>`];
  for (const entry of cases) lines.push(...caseLines(suite, entry));
  if (broken !== null) {
    lines.push(`    <testcase classname="${suite}" name="the run ends without an error">`);
    lines.push(`      <error type="${escapeXml(broken.code)}" message="${escapeXml(broken.reason)}"/>`, "    </testcase>");
  }
  if (outcome.notRun !== null) {
    lines.push(`    <testcase classname="${suite}" name="the scenario runs">`);
    lines.push(`      <skipped message="${escapeXml(`${outcome.notRun.reason}; ${outcome.notRun.hint}`)}"/>`, "    </testcase>");
  }
  lines.push("  </testsuite>", "</testsuites>", "");
  return lines.join("\n");
}

function casesOf(outcome: Outcome): Case[] {
  const cases: Case[] = outcome.expectations.map((expectation) => ({
    name: expectation.text,
    failure: expectation.passed
      ? null
      : { message: `found: ${expectation.actual}`, text: [`found: ${expectation.actual}`, ...expectation.context].join("\n") },
  }));
  if (outcome.record !== null) {
    const { checked, violated } = outcome.record.invariants;
    const message = `${violated} of ${checked} checks violated`;
    cases.push({ name: "every invariant holds", failure: violated === 0 ? null : { message, text: message } });
  }
  const { audit } = outcome.record ?? {};
  if (audit !== undefined) {
    const text = audit.findings.map(findingText).join("\n");
    cases.push({ name: "the auditor finds nothing", failure: audit.count === 0 ? null : { message: `${audit.count} findings`, text } });
  }
  if (outcome.status === "failed" && outcome.error !== null && outcome.error.code !== auditCode) {
    cases.push({
      name: "the run is not stopped",
      failure: { message: outcome.error.reason, text: `${outcome.error.code}: ${outcome.error.reason}` },
    });
  }
  return cases;
}

function caseLines(suite: string, entry: Case): string[] {
  const open = `    <testcase classname="${suite}" name="${escapeXml(entry.name)}"`;
  if (entry.failure === null) return [`${open}/>`];
  return [`${open}>`, `      <failure message="${escapeXml(entry.failure.message)}">${escapeXml(entry.failure.text)}</failure>`, "    </testcase>"];
}

/** Text for an element or an attribute. Characters that XML 1.0 cannot hold become U+FFFD; line breaks survive attributes. */
export function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, "\u{fffd}")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("\n", "&#10;")
    .replaceAll("\r", "&#13;")
    .replaceAll("\t", "&#9;");
}
