// The folder of a sweep, beside its log: results.arrow, summary.json, index.html. Each file appears complete or not at all, and equal
// results give equal bytes.

import { join } from "node:path";

import { writeWhole } from "../market/index.ts";
import type { Sweep } from "./load.ts";
import { renderSweepPage } from "./page/index.ts";
import { resultsArrow } from "./results-arrow.ts";
import type { SweepSummary } from "./summary.ts";
import type { TrialResult } from "./trial.ts";

/** @returns the page's path. @throws SeatrialError `file_unwritable` */
export async function writeResults(folder: string, sweep: Sweep, results: ReadonlyMap<number, TrialResult>, summary: SweepSummary): Promise<string> {
  const text = new TextEncoder();
  const page = join(folder, "index.html");
  await writeWhole(join(folder, "results.arrow"), await resultsArrow(sweep, results));
  await writeWhole(join(folder, "summary.json"), text.encode(`${JSON.stringify(summary, null, 2)}\n`));
  await writeWhole(page, text.encode(renderSweepPage(summary)));
  return page;
}
