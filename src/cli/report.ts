// `seatrial report`: what a run has left, as tables; two runs compared; the report of a day. Reads options; the work is in the report room.

import { InvalidArgumentError, Option, type Command } from "commander";

import type { Cli } from "./cli.ts";
import type { CompareFlags } from "./report-compare-run.ts";
import type { DailyFlags } from "./report-daily-run.ts";
import type { PageFlags } from "./report-page-run.ts";
import type { ShowFlags } from "./report-run.ts";

const runArgument = "<run>";
const runMeaning = "a run folder, a scenario (its newest run), the time of a run or the start of its hash";
const reportsFlag = ["--reports <folder>", "where runs are looked for", "reports"] as const;

export function addReport(program: Command, cli: Cli): void {
  const report = program
    .command("report")
    .summary("tables and metrics of a run, compared runs, daily reports")
    .description("Reads what `seatrial simulate` has written. `seatrial report <run>` is short for `seatrial report show <run>`.")
    .addHelpText("after", `\nA run is ${runMeaning}.`);
  addShow(report, cli);
  addCompare(report, cli);
  addDaily(report, cli);
  addTelemetry(report, cli);
}

function addShow(report: Command, cli: Cli): void {
  withMetricOptions(
    report
      .command("show", { isDefault: true })
      .summary("metrics and tables of a run")
      .description(
        "Prints metrics and tables of a run. Nothing is simulated again: the figures come from the run's journal.\n" +
          "With --format html the page of the run is written into its folder; for that alone the scenario is run again.",
      )
      .argument(runArgument, runMeaning)
      .addOption(new Option("--format <name>", "what is printed").choices(["md", "csv", "json", "html"]).default("md"))
      .option("--by <keys>", "groupings of the trades that are shown, with commas: day, month, symbol, leg, family, reason, tag", wordsOf)
      .addOption(new Option("--trades <unit>", "what a line of the groupings is").choices(["flat", "exit"]).default("flat"))
      .option("--table <name>", "csv: this table alone, on stdout")
      .option("--out <path>", "a file, or for csv a folder, instead of stdout")
      .option(...reportsFlag)
      .option("--scenario <file>", "html: where the scenario file of the run is now (default: where it was)")
      .option("--costs", "html: price every assumption of the run, each by another run (default: for a run of modest size)")
      .option("--no-costs", "html: price none of them")
      .option("--json", "the same as --format json; beside --format html the path of the page as JSON"),
  ).action(async (run: string, flags: Omit<ShowFlags, "format"> & PageFlags) => {
    const { format } = flags;
    if (format === "html") {
      const { remakeReportPage } = await import("./report-page-run.ts");
      return cli.finish(await remakeReportPage(run, flags, cli.io));
    }
    const { showRun } = await import("./report-run.ts");
    return cli.finish(await showRun(run, { ...flags, format }, cli.io));
  });
}

function addCompare(report: Command, cli: Cli): void {
  withMetricOptions(
    report
      .command("compare")
      .summary("where two runs part, and what it changed")
      .description("Finds the first record of the journals that differs, the differences of configuration and metrics, and how far equity parted.")
      .argument("<a>", runMeaning)
      .argument("<b>", "the other run")
      .option("--context <count>", "records shown before and after the first difference", countOf, 3)
      .option("--exit-code", "end with 2 when the runs differ")
      .option(...reportsFlag)
      .option("--json", "print JSON alone on stdout"),
  ).action(async (a: string, b: string, flags: CompareFlags) => {
    const { compareStored } = await import("./report-compare-run.ts");
    cli.finish(await compareStored(a, b, flags, cli.io));
  });
}

function addDaily(report: Command, cli: Cli): void {
  report
    .command("daily")
    .summary("the report of a day: JSON and Markdown")
    .description("Writes <out>/<date>/daily.json and daily.md: what was realised on a calendar day, by strategy and symbol.")
    .argument("<run>", `${runMeaning}; or a file orders.csv or fills.csv alone`)
    .option("--date <date>", "2025-01-31, or all (default: the last day of the run)")
    .option("--zone <name>", "time zone of the market: America/New_York", "UTC")
    .option("--out <folder>", "folder of daily reports", "reports/daily")
    .option(...reportsFlag)
    .option("--json", "print the reports as JSON alone on stdout too")
    .action(async (run: string, flags: DailyFlags) => {
      const { dailyReports } = await import("./report-daily-run.ts");
      cli.finish(await dailyReports(run, flags, cli.io));
    });
}

function addTelemetry(report: Command, cli: Cli): void {
  report
    .command("telemetry")
    .summary("what stands in a session's journal, and whether its files agree")
    .description("Counts the rows of each table of a session's journal, and holds the files beside it against them. Ends with 2 where one differs.")
    .argument("<journal>", "the journal's database file")
    .option("--json", "print JSON alone on stdout")
    .action(async (file: string, { json }: { json?: true }) => {
      const { runTelemetry } = await import("./report-telemetry-run.ts");
      cli.finish(runTelemetry(file, json === true, cli.io));
    });
}

function withMetricOptions(command: Command): Command {
  return command
    .option("--periods <count>", "days of trading a year, for yearly figures", positiveOf, 365)
    .option("--risk-free <rate>", "yearly risk-free rate: 0.04 is 4 %", rateOf, 0)
    .option("--min-days <count>", "runs shorter than this have no yearly figures", countOf, 7)
    .option("--zone <name>", "time zone of calendar days and months: America/New_York", "UTC");
}

function wordsOf(text: string): string[] {
  return text
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
}

function countOf(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError("It is a whole number, 0 or more.");
  return Number(text);
}

function positiveOf(text: string): number {
  const count = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || count <= 0) throw new InvalidArgumentError("It is a number above 0: 365, 252.");
  return count;
}

function rateOf(text: string): number {
  const rate = Number(text);
  if (!/^-?\d+(\.\d+)?$/.test(text) || rate <= -1) throw new InvalidArgumentError("It is a share: 0.04 for 4 %.");
  return rate;
}
