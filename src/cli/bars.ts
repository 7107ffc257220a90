// `seatrial bars info | convert | resample`: what is in a file of bars, and other forms of it. The work is done by the
// market room; every file is checked before anything is said or written.

import { InvalidArgumentError, type Command } from "commander";

import { timeframeMillis, type Timeframe } from "../domain/timeframe.ts";
import { ExitCode } from "../domain/errors.ts";
import type { Cli } from "./cli.ts";
import { traitsOf } from "./io.ts";

interface BarsFlags {
  readonly json?: true;
  readonly timeframe?: Timeframe;
}

const timeframeFlag = ["--timeframe <name>", "timeframe of the file, where it cannot be told from its bars"] as const;
const jsonFlag = ["--json", "print JSON alone on stdout"] as const;

export function addBars(program: Command, cli: Cli): void {
  const bars = program.command("bars").summary("look into bar files and convert them").description("Files of bars: CSV, JSON rows, Arrow, Feather.");
  bars
    .command("info")
    .summary("check a file of bars and say what is in it")
    .description("Checks every bar of a file and prints rows, range, timeframe, gaps, bars without volume and decimals.")
    .argument("<file>", "CSV, JSON rows, Arrow or Feather, gzipped or not")
    .option(...timeframeFlag, timeframeOf)
    .option(...jsonFlag)
    .action(async (file: string, flags: BarsFlags) => {
      const { describeBars } = await import("./bars-run.ts");
      await printFacts(cli, flags, await describeBars(file, flags.timeframe));
    });
  bars
    .command("convert")
    .summary("write a file of bars as Arrow")
    .description("Checks a file of bars and writes it as an Arrow file (Feather v2).")
    .argument("<in>", "CSV, JSON rows, Arrow or Feather, gzipped or not")
    .argument("<out>", "the Arrow file to write")
    .option(...timeframeFlag, timeframeOf)
    .option(...jsonFlag)
    .action(async (source: string, target: string, flags: BarsFlags) => {
      const { convertBars } = await import("./bars-run.ts");
      await printFacts(cli, flags, await convertBars(source, target, flags.timeframe));
    });
  bars
    .command("resample")
    .summary("write bars of a longer timeframe as Arrow")
    .description("Makes bars of a longer timeframe, complete ones only, and writes them as an Arrow file (Feather v2).")
    .argument("<in>", "CSV, JSON rows, Arrow or Feather, gzipped or not")
    .argument("<timeframe>", "the longer timeframe: 5m, 1h, 1d …", timeframeOf)
    .argument("<out>", "the Arrow file to write")
    .option(...timeframeFlag, timeframeOf)
    .option(...jsonFlag)
    .action(async (source: string, timeframe: Timeframe, target: string, flags: BarsFlags) => {
      const { resampleBars } = await import("./bars-run.ts");
      await printFacts(cli, flags, await resampleBars(source, timeframe, target, flags.timeframe));
    });
}

async function printFacts(cli: Cli, flags: BarsFlags, facts: Readonly<Record<string, string | number | null>>): Promise<void> {
  if (flags.json === true) {
    cli.io.stdout.write(`${JSON.stringify(facts)}\n`);
  } else {
    const { tableText } = await import("../report/table.ts");
    const rows = Object.entries(facts).map(([name, value]) => [name, shown(name, value)]);
    cli.io.stdout.write(`${tableText([{ title: "" }, { title: "", flexible: true }], rows, traitsOf(cli.io.stdout).width)}\n`);
  }
  cli.finish(ExitCode.ok);
}

// A person reads an instant, a tool reads ms.
function shown(name: string, value: string | number | null): string {
  if (value === null) return "-";
  return (name === "from" || name === "to") && typeof value === "number" ? new Date(value).toISOString() : String(value);
}

function timeframeOf(text: string): Timeframe {
  try {
    timeframeMillis(text);
  } catch {
    throw new InvalidArgumentError("A timeframe is 1m, 5m, 1h, 1d …");
  }
  return text;
}
