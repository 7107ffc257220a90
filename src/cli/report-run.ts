// Runs `seatrial report show`: finds the run, works out its report and prints or writes it. Holds no figure.

import { join } from "node:path";

import { ExitCode, nearestKey, SeatrialError } from "../domain/index.ts";
import { findRun } from "../report/find-run.ts";
import { readRun } from "../report/read-run.ts";
import { groupKeys, type GroupKey } from "../report/tables/grouped.ts";
import { RunReport } from "../report/tables/run-report.ts";
import { writeReports } from "../report/write-reports.ts";
import type { Io } from "./io.ts";

/** Options of yearly figures and calendar days. */
export interface MetricFlags {
  readonly periods: number;
  readonly riskFree: number;
  readonly minDays: number;
  readonly zone: string;
}

export interface ShowFlags extends MetricFlags {
  readonly format: "md" | "csv" | "json";
  readonly by?: readonly string[];
  readonly trades: "flat" | "exit";
  readonly table?: string;
  readonly out?: string;
  readonly reports: string;
  readonly json?: true;
}

/** What Markdown shows without `--by`. */
const groupsShown: readonly GroupKey[] = ["symbol", "reason", "month"];

/** What each format prints, or the files that it makes of the path after `--out`. */
const writers: Readonly<Record<ShowFlags["format"], (report: RunReport, flags: ShowFlags) => ReadonlyMap<string, string> | string>> = {
  md: (report) => report.markdown(),
  json: (report) => report.json(),
  csv: (report, { table, out }) => {
    if (table !== undefined) return report.csv(table);
    if (out !== undefined) return new Map(report.tables.map(({ name }) => [join(out, `${name}.csv`), report.csv(name)]));
    throw new SeatrialError({
      code: "bad_arguments",
      reason: "CSV is one table a file",
      hint: `name a folder with --out, or one table for stdout with --table: ${report.tables.map(({ name }) => name).join(", ")}`,
    });
  },
};

export async function showRun(wanted: string, flags: ShowFlags, io: Io): Promise<ExitCode> {
  const by = groupsOf(flags.by);
  const run = await readRun(await findRun(wanted, flags.reports));
  const report = await RunReport.of(run, { ...metricOptions(flags), unit: flags.trades, by });
  const written = writers[flags.json === true ? "json" : flags.format](report, flags);
  if (typeof written === "string" && flags.out === undefined) {
    io.stdout.write(written);
    return ExitCode.ok;
  }
  const files = typeof written === "string" ? new Map([[flags.out ?? "", written]]) : written;
  await writeReports(files);
  for (const file of files.keys()) io.stderr.write(`${file}\n`);
  return ExitCode.ok;
}

export function metricOptions({ periods, riskFree, minDays, zone }: MetricFlags): {
  readonly periods: number;
  readonly riskFree: number;
  readonly daysMin: number;
  readonly zone: string;
} {
  return { periods, riskFree, daysMin: minDays, zone };
}

function groupsOf(words: readonly string[] | undefined): readonly GroupKey[] {
  for (const word of words ?? []) {
    if ((groupKeys as readonly string[]).includes(word)) continue;
    const near = nearestKey(word, groupKeys);
    throw new SeatrialError({
      code: "bad_arguments",
      reason: `trades cannot be grouped by "${word}"`,
      hint: near === null ? `by ${groupKeys.join(", ")}` : `did you mean "${near}"?`,
    });
  }
  return (words as readonly GroupKey[] | undefined) ?? groupsShown;
}
