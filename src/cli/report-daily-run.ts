// Runs `seatrial report daily`: from a run or a file to the reports of its days. Holds no figure.

import { join } from "node:path";

import { ExitCode, SeatrialError } from "../domain/index.ts";
import { dailyMarkdown } from "../report/daily/daily-markdown.ts";
import { dailyReport, datesOf, type DailyReport } from "../report/daily/daily-report.ts";
import { daySourceOf, type DaySource } from "../report/daily/day-source.ts";
import { daySourceOfFile } from "../report/daily/file-trades.ts";
import { findRun } from "../report/find-run.ts";
import { Calendar } from "../report/metrics/time-words.ts";
import { readRun } from "../report/read-run.ts";
import { writeReports } from "../report/write-reports.ts";
import type { Io } from "./io.ts";

export interface DailyFlags {
  readonly date?: string;
  readonly zone: string;
  readonly out: string;
  readonly reports: string;
  readonly json?: true;
}

export async function dailyReports(wanted: string, flags: DailyFlags, io: Io): Promise<ExitCode> {
  const calendar = new Calendar(flags.zone);
  const source: DaySource = /\.csv$/i.test(wanted) ? await daySourceOfFile(wanted) : daySourceOf(await readRun(await findRun(wanted, flags.reports)));
  const generatedAt = new Date().toISOString();
  const reports = datesFor(flags.date, source, calendar).map((date) => dailyReport(source, date, calendar, generatedAt));
  const files = new Map(reports.flatMap((report) => filesOf(report, flags.out, calendar)));
  await writeReports(files);
  if (flags.json === true) io.stdout.write(`${JSON.stringify(reports.length === 1 && flags.date !== "all" ? reports[0] : reports)}\n`);
  else for (const report of reports) io.stdout.write(`${dailyMarkdown(report, calendar)}\n`);
  for (const file of files.keys()) io.stderr.write(`${file}\n`);
  return ExitCode.ok;
}

function datesFor(wanted: string | undefined, source: DaySource, calendar: Calendar): string[] {
  const dates = datesOf(source, calendar);
  if (wanted === "all") return dates;
  if (wanted === undefined) return dates.slice(-1);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(wanted)) {
    throw new SeatrialError({ code: "bad_arguments", reason: `"${wanted.slice(0, 40)}" is no date`, hint: "write it as 2025-01-31, or all" });
  }
  return [wanted];
}

function filesOf(report: DailyReport, out: string, calendar: Calendar): [string, string][] {
  const folder = join(out, report.date);
  return [
    [join(folder, "daily.json"), `${JSON.stringify(report, null, 2)}\n`],
    [join(folder, "daily.md"), dailyMarkdown(report, calendar)],
  ];
}
