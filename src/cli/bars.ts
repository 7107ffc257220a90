// `seatrial bars info | convert | resample`: what is in a file of bars, and other forms of it; `check` and `fetch` stand in files of
// their own. The work is done by the market room; every file is checked before anything is said or written.

import type { Command } from "commander";

import { ExitCode } from "../domain/errors.ts";
import type { Timeframe } from "../domain/timeframe.ts";
import { addBarsCheck } from "./bars-check.ts";
import { addBarsFetch } from "./bars-fetch.ts";
import { addFormOptions, timeframeOf, type FormFlags } from "./bars-options.ts";
import type { Cli } from "./cli.ts";
import { traitsOf } from "./io.ts";

interface BarsFlags extends FormFlags {
  readonly json?: true;
}

interface WriteFlags extends BarsFlags {
  readonly force?: true;
}

const jsonFlag = ["--json", "print JSON alone on stdout"] as const;
const forceFlag = ["--force", "replace a file that is there"] as const;
const sourceFile = ["<in>", "CSV, JSON rows, Arrow, Feather or Parquet, gzipped or zipped or not"] as const;
const targetFile = ["<out>", "the file to write: .arrow, .feather, .parquet, .csv or .csv.gz"] as const;

export function addBars(program: Command, cli: Cli): void {
  const bars = program
    .command("bars")
    .summary("fetch bars, look into files of them, convert them")
    .description("Files of bars: CSV, JSON rows, Arrow, Feather, Parquet.");
  addFormOptions(bars.command("info"))
    .summary("check a file of bars and say what is in it")
    .description("Checks every bar of a file and prints rows, range, timeframe, gaps, bars without volume and decimals.")
    .argument("<file>", sourceFile[1])
    .option(...jsonFlag)
    .action(async (file: string, flags: BarsFlags) => {
      const { describeBars } = await import("./bars-run.ts");
      await printFacts(cli, flags, await describeBars(file, flags));
    });
  addFormOptions(bars.command("convert"))
    .summary("write a file of bars in another format")
    .description("Checks a file of bars and writes it in the format that the name of the new file ends in. Nothing is left half-written.")
    .argument(...sourceFile)
    .argument(...targetFile)
    .option(...forceFlag)
    .option(...jsonFlag)
    .action(async (source: string, target: string, flags: WriteFlags) => {
      const { convertBars } = await import("./bars-run.ts");
      await printFacts(cli, flags, await convertBars(source, target, flags));
    });
  addFormOptions(bars.command("resample"))
    .summary("write bars of a longer timeframe")
    .description("Makes bars of a longer timeframe, complete ones only, and writes them in the format that the name of the new file ends in.")
    .argument(...sourceFile)
    .argument("<timeframe>", "the longer timeframe: 5m, 1h, 1d …", timeframeOf)
    .argument(...targetFile)
    .option(...forceFlag)
    .option(...jsonFlag)
    .action(async (source: string, timeframe: Timeframe, target: string, flags: WriteFlags) => {
      const { resampleBars } = await import("./bars-run.ts");
      await printFacts(cli, flags, await resampleBars(source, timeframe, target, flags));
    });
  addBarsCheck(bars, cli);
  addBarsFetch(bars, cli);
}

async function printFacts(cli: Cli, flags: BarsFlags, facts: Readonly<Record<string, string | number | null>>): Promise<void> {
  if (flags.json === true) {
    cli.io.stdout.write(`${JSON.stringify(facts)}\n`);
  } else {
    const { tableText } = await import("../report/terminal/table.ts");
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
