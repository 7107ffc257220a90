// The auditor's door.
export { audit, Auditor, type AuditedRun, type VenueTapeRead } from "./auditor.ts";
export type { AuditedResult } from "./figures.ts";
export { auditedInvariants, findingText, type AuditedInvariant, type Finding } from "./findings.ts";
export type { AuditFrame } from "./frame.ts";
export type { AuditPart, AuditReport } from "./report.ts";
export { commitRecords, type AuditRecord } from "./records.ts";
