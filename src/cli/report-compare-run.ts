// Runs `seatrial report compare`: finds both runs and tells what differs. Holds no figure.

import { ExitCode } from "../domain/index.ts";
import { comparisonMarkdown } from "../report/compare/compare-markdown.ts";
import { compareRuns } from "../report/compare/compare-runs.ts";
import { findRun } from "../report/find-run.ts";
import { readRun } from "../report/read-run.ts";
import type { Io } from "./io.ts";
import { metricOptions, type MetricFlags } from "./report-run.ts";

export interface CompareFlags extends MetricFlags {
  readonly context: number;
  readonly exitCode?: true;
  readonly reports: string;
  readonly json?: true;
}

/** @returns 0 whether or not the runs differ; with --exit-code 2 when a record of their journals does */
export async function compareStored(a: string, b: string, flags: CompareFlags, io: Io): Promise<ExitCode> {
  const [left, right] = [await readRun(await findRun(a, flags.reports)), await readRun(await findRun(b, flags.reports))];
  const comparison = await compareRuns(left, right, { ...metricOptions(flags), context: flags.context });
  io.stdout.write(flags.json === true ? `${JSON.stringify(comparison)}\n` : comparisonMarkdown(comparison));
  return flags.exitCode === true && !comparison.same ? ExitCode.run : ExitCode.ok;
}
