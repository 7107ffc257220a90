// `seatrial bench`: the measured workloads. The measuring stands in src/bench.

import type { Command } from "commander";

import { ExitCode, SeatrialError } from "../domain/errors.ts";
import type { EnvelopeFigures } from "../bench/index.ts";
import type { Cli } from "./cli.ts";
import { traitsOf } from "./io.ts";

interface BenchFlags {
  readonly json?: true;
  readonly bars: string;
  readonly rounds: string;
}

const megaBars = (rate: number): string => `${(rate / 1e6).toFixed(2)} M/s`;

export function addBench(program: Command, cli: Cli): void {
  program
    .command("bench")
    .summary("measure the speed of whole runs against hand-written loops")
    .description(
      "Runs the workloads W1 (EMA cross), W2 (DCA ladder) and 1,000 resting orders, each in a process of its own, beside hand-written limits; then W3, the cost of an envelope.",
    )
    .option("--json", "print JSON alone on stdout")
    .option("--bars <count>", "bars of each workload", "1000000")
    .option("--rounds <count>", "paired rounds that count", "15")
    .action(async (flags: BenchFlags) => {
      const settings = { bars: wholeNumber(flags.bars, "--bars"), rounds: wholeNumber(flags.rounds, "--rounds") };
      const [{ runBench }, { tableText }] = await Promise.all([import("../bench/index.ts"), import("../report/table.ts")]);
      const report = await runBench(settings, (name) => cli.io.stderr.write(`measuring ${name} …\n`));
      if (flags.json === true) cli.io.stdout.write(`${JSON.stringify(report)}\n`);
      else {
        const columns = ["workload", "warmed", "cold", "limit", "ratio", "p50", "p99", "p99.9", "bytes/bar"].map((title) =>
          title === "workload" ? { title } : { title, align: "right" as const },
        );
        const rows = report.workloads.map((w) => [
          w.name,
          megaBars(w.barsPerSecond),
          megaBars(w.coldBarsPerSecond),
          megaBars(w.limitBarsPerSecond),
          w.ratioToLimit.toFixed(3),
          `${w.p50Ns} ns`,
          `${w.p99Ns} ns`,
          `${w.p999Ns} ns`,
          String(w.bytesPerBar),
        ]);
        const { width } = traitsOf(cli.io.stdout);
        cli.io.stdout.write(
          `${report.machine.cpu}, ${report.machine.cores} cores, Node ${report.machine.node}\n${tableText(columns, rows, width)}\n${tableText(envelopeColumns, envelopeRows(report.envelopes), width)}\n`,
        );
      }
      cli.finish(ExitCode.ok);
    });
}

const envelopeColumns = ["envelope", "bars", "plain run", "with envelope", "times", "bars that matter", "worlds", "not tried"].map((title) =>
  title === "envelope" ? { title } : { title, align: "right" as const },
);

function envelopeRows(envelopes: readonly EnvelopeFigures[]): string[][] {
  return envelopes.map((e) => [
    e.name,
    String(e.bars),
    `${e.plainMs} ms`,
    `${e.envelopeMs} ms`,
    e.costRatio.toFixed(2),
    String(e.dependentBars),
    String(e.worlds),
    String(e.unexplored),
  ]);
}

function wholeNumber(text: string, option: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 100_000_000) return value;
  throw new SeatrialError({ code: "bad_option", reason: `${option} needs a whole number of at least 1, not "${text}"`, hint: `${option} 1000000` });
}
