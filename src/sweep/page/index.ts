// placeholder
import type { SweepSummary } from "../summary.ts";
export function renderSweepPage(summary: SweepSummary): string { return summary.sweep; }
