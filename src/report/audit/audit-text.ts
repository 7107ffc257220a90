// What an audit has found, for people and for machines.

import { auditedInvariants, findingText } from "../../journal/index.ts";
import { auditObject, type AuditObject } from "../result.ts";
import type { Screen } from "../terminal/screen.ts";
import type { FolderAudit } from "./audit-folder.ts";

/** Findings that are printed; all that are kept stand in the JSON. */
const shownMost = 20;

export function auditText({ folder, report, withoutBars }: FolderAudit, { paint }: Screen): string {
  const { count, findings, checks, records, entries, unverified } = report;
  const tape = entries === null ? "" : ` and ${entries} entries of the venue's tape`;
  const made = `${checks} checks over ${records} records${tape}`;
  const lines = [
    count === 0
      ? `${paint("green", "✔ nothing found")} ${paint("bold", folder)}: ${made}`
      : `${paint("red", `✖ ${count} ${count === 1 ? "finding" : "findings"}`)} ${paint("bold", folder)}: ${made}`,
  ];
  for (const finding of findings.slice(0, shownMost)) lines.push(`  ${findingText(finding)}`);
  if (count > shownMost) lines.push(`  … and ${count - shownMost} more`);
  const broken = [...new Set(findings.map(({ invariant }) => invariant))].sort();
  for (const id of broken) lines.push(paint("dim", `  ${id}: ${auditedInvariants[id]}`));
  if (withoutBars !== null) lines.push(paint("yellow", `  equity was not followed from close to close: ${withoutBars}`));
  if (unverified > 0)
    lines.push(paint("yellow", `  ${unverified} lines of the ledger were taken as told: they close what was traded outside at a price nobody told`));
  return `${lines.join("\n")}\n`;
}

export interface AuditJson extends AuditObject {
  readonly folder: string;
  readonly leftOut: readonly string[];
  readonly unverified: number;
}

export function auditJson({ folder, report, withoutBars }: FolderAudit): AuditJson & { readonly withoutBars: string | null } {
  return { folder, ...auditObject(report), leftOut: report.leftOut, unverified: report.unverified, withoutBars };
}
