// The result of a run over a folder: the fixed machine form, and a table for people. It judges nothing itself.

import Table from "cli-table3";
import type { Case } from "./case.ts";
import type { Verdict } from "./kinds.ts";

export interface KindCount {
  total: number;
  agree: number;
  differ: number;
  notApplicable: number;
}

export interface CasesReport {
  readonly total: number;
  readonly agree: number;
  readonly differ: readonly { readonly id: string; readonly kind: string; readonly class: string; readonly why: string }[];
  readonly notApplicable: readonly { readonly id: string; readonly kind: string; readonly reason: string }[];
  readonly byKind: Readonly<Record<string, KindCount>>;
}

export function reportOf(judged: readonly { readonly given: Case; readonly verdict: Verdict }[]): CasesReport {
  const counts = new Map<string, KindCount>();
  const differ: CasesReport["differ"][number][] = [];
  const notApplicable: CasesReport["notApplicable"][number][] = [];
  let agree = 0;
  for (const { given, verdict } of judged) {
    const { id, kind } = given;
    const count = counts.get(kind) ?? { total: 0, agree: 0, differ: 0, notApplicable: 0 };
    counts.set(kind, count);
    count.total += 1;
    count[verdict.verdict] += 1;
    if (verdict.verdict === "agree") agree += 1;
    else if (verdict.verdict === "differ") differ.push({ id, kind, class: given.class, why: verdict.why });
    else notApplicable.push({ id, kind, reason: verdict.reason });
  }
  const kinds = [...counts.keys()].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return {
    total: judged.length,
    agree,
    differ,
    notApplicable,
    byKind: Object.fromEntries(kinds.map((kind) => [kind, counts.get(kind) as KindCount])),
  };
}

/** True when no universal case differs. */
export function isConformant(report: CasesReport): boolean {
  return !report.differ.some((each) => each.class === "universal");
}

export function reportText(report: CasesReport): string {
  const kinds = new Table({
    head: ["kind", "total", "agree", "differ", "not applicable"],
    style: { head: [], border: [] },
    colAligns: ["left", "right", "right", "right", "right"],
  });
  for (const [kind, count] of Object.entries(report.byKind)) kinds.push([kind, count.total, count.agree, count.differ, count.notApplicable]);
  kinds.push(["all", report.total, report.agree, report.differ.length, report.notApplicable.length]);
  const parts = [kinds.toString()];
  if (report.differ.length > 0) {
    const differences = new Table({
      head: ["differs", "class", "why"],
      style: { head: [], border: [] },
      colWidths: [null, null, 90],
      wordWrap: true,
    });
    for (const each of report.differ) differences.push([each.id, each.class, each.why]);
    parts.push(differences.toString());
  }
  parts.push(isConformant(report) ? "Every universal case agrees." : "A universal case differs.");
  return parts.join("\n");
}
