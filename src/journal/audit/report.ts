// What an audit says. Plain data: results and pages carry it.

import type { Finding } from "./findings.ts";

/** Parts of an audit that need more than the records. */
export type AuditPart = "venue" | "equity" | "result";

export interface AuditReport {
  readonly records: number;
  /** Of the venue's tape; null: it was not read. */
  readonly entries: number | null;
  /** Single comparisons. */
  readonly checks: number;
  /** All of them; the list has the first ones. */
  readonly count: number;
  readonly findings: readonly Finding[];
  readonly leftOut: readonly AuditPart[];
  /** Lines of the P&L ledger whose amounts were taken as told, because a trade outside had no price in the records. */
  readonly unverified: number;
}
