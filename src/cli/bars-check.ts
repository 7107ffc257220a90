// `seatrial bars check`: what is wrong or odd in files of bars. Reads options; the rules stand in the market room, the telling in
// bars-check-run.ts.

import type { Command } from "commander";

import type { CheckFlags } from "./bars-check-run.ts";
import { addFormOptions, countOf, factorOf } from "./bars-options.ts";
import type { Cli } from "./cli.ts";

export function addBarsCheck(bars: Command, cli: Cli): void {
  addFormOptions(bars.command("check"))
    .summary("say what is wrong or odd in files of bars")
    .description(
      "Examines every bar: flaws for which Seatrial refuses a file (error), signs that bars are not what they seem (warning), facts of the market (note).\n" +
        "Exit code 0 when no error was found, 3 otherwise; with --strict 3 for any finding.",
    )
    .argument("<file|folder...>", "files of bars, or folders that hold some")
    .option("--strict", "any finding is a failure, notes too")
    .option("--ignore <kinds>", "kinds that are not told and do not count, with commas: gap,zero_volume", kindsOf)
    .option("--jump <factor>", "a jump is a move beyond so many times the median move (default: 50)", factorOf)
    .option("--places <count>", "places shown of each kind (default: 3)", countOf)
    .option("--json", "print JSON alone on stdout: one object for one file, else an array")
    .action(async (targets: string[], flags: CheckFlags) => {
      const { checkTargets } = await import("./bars-check-run.ts");
      cli.finish(await checkTargets(targets, flags, cli.io));
    });
}

function kindsOf(text: string): string[] {
  return text
    .split(",")
    .map((kind) => kind.trim())
    .filter((kind) => kind !== "");
}
