// `seatrial bench`: the measured workloads and edges, and their comparison with figures that were saved before. The measuring stands in
// src/bench.

import type { Command } from "commander";

import { ExitCode, SeatrialError } from "../domain/errors.ts";
import type { BenchReport } from "../bench/index.ts";
import type { Cli } from "./cli.ts";
import { traitsOf, type OutputStream } from "./io.ts";

interface BenchFlags {
  readonly json?: true;
  readonly bars?: string;
  readonly rounds: string;
  readonly only?: string[];
  readonly baseline?: string;
  readonly tolerance?: string;
}

const defaultBars = 1_000_000;

export function addBench(program: Command, cli: Cli): void {
  program
    .command("bench")
    .summary("measure the speed of whole runs against hand-written loops")
    .description(
      "Runs the workloads W1 (EMA cross), W2 (DCA ladder) and 1,000 resting orders, each in a process of its own, beside hand-written limits; then W3, the cost of an envelope; reading of files, the start of the program and whole processes; and two workers against one.",
    )
    .option("--json", "print JSON alone on stdout")
    .option("--bars <count>", "bars of each workload (default: 1000000, or as many as the baseline has)")
    .option("--rounds <count>", "paired rounds that count", "15")
    .option(
      "--only <names...>",
      "measure only these: W1, W2, idle-1000, W3, W3-5m, csv, arrow, start-up, process-csv, process-arrow, sweep-W1, sweep-W2",
    )
    .option("--baseline <file>", "compare with figures of `seatrial bench --json > file`; exit 2 when something is slower beyond noise")
    .option("--tolerance <percent>", "a change up to this is noise", "10")
    .action(async (flags: BenchFlags) => cli.finish(await bench(flags, cli)));
}

async function bench(flags: BenchFlags, { io }: Cli): Promise<ExitCode> {
  const rounds = wholeNumber(flags.rounds, "--rounds");
  const tolerance = percent(flags.tolerance ?? "");
  const asked = flags.bars === undefined ? null : wholeNumber(flags.bars, "--bars");
  const rooms = await import("../bench/index.ts");
  const chosen = rooms.chosenMeasurements(flags.only ?? []);
  const baseline = flags.baseline === undefined ? null : await rooms.readBaseline(flags.baseline);
  const series = rooms.benchSeries(asked ?? baseline?.series.count ?? defaultBars);
  if (baseline !== null) rooms.assertSameBars(baseline, series);
  const measured = await rooms.runBench({ bars: series.count, rounds }, series, chosen, (name) => io.stderr.write(`measuring ${name} …\n`));
  const comparison = baseline === null ? null : rooms.compareRounds(baseline.rounds, rooms.roundsOfReport(measured), tolerance);
  const report: BenchReport = comparison === null ? measured : { ...measured, comparison };
  if (baseline !== null && baseline.cpu !== measured.machine.cpu)
    io.stderr.write(`the baseline is of another machine (${baseline.cpu}): ratios depend less on it than rates do, but not nothing\n`);
  if (flags.json === true) io.stdout.write(`${JSON.stringify(report)}\n`);
  const tables = flags.json === true ? io.stderr : io.stdout;
  const screen = await screenOf(tables);
  if (flags.json !== true) tables.write(rooms.benchText(report, screen));
  if (comparison !== null) tables.write(rooms.comparisonText(comparison, screen));
  return comparison?.figures.some(({ verdict }) => verdict === "regression") === true ? ExitCode.run : ExitCode.ok;
}

async function screenOf(stream: OutputStream) {
  const { paintOf } = await import("../report/terminal/paint.ts");
  const { width, colours } = traitsOf(stream);
  return { width, paint: paintOf(colours) };
}

function wholeNumber(text: string, option: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 100_000_000) return value;
  throw new SeatrialError({ code: "bad_option", reason: `${option} needs a whole number of at least 1, not "${text}"`, hint: `${option} 1000000` });
}

/** @returns a share: 0.1 for "10" */
function percent(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= 0 && value < 100) return value / 100;
  throw new SeatrialError({
    code: "bad_option",
    reason: `--tolerance needs a percentage from 0 to below 100, not "${text}"`,
    hint: "--tolerance 10",
  });
}
