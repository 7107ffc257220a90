// The auditor's door.
export { audit, Auditor, type AuditedRun, type AuditPart, type AuditReport, type VenueTapeRead } from "./auditor.ts";
export { auditedInvariants, type AuditedInvariant, type Finding } from "./findings.ts";
export type { AuditFrame } from "./frame.ts";
export { commitRecords, type AuditRecord } from "./records.ts";
