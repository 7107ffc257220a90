// `seatrial sweep`: tries parameters on scenarios and says which were best, and how much of that is luck. Reads options; the sweeping
// stands in src/sweep.

import { InvalidArgumentError, Option, type Command } from "commander";

import type { Objective } from "../sweep/schema.ts";
import type { Cli } from "./cli.ts";
import type { SweepFlags } from "./sweep-run.ts";

export function addSweep(program: Command, cli: Cli): void {
  program
    .command("sweep")
    .summary("try parameters on scenarios, and say what the best is worth")
    .description(
      "Runs every point of a sweep file (JSON or YAML) on its scenarios, fills and walk-forward windows. Results are kept as they come: the same command goes on where it was ended.",
    )
    .argument("[file]", "the sweep file")
    .option("--json", "print the summary as JSON alone on stdout; tables go to stderr")
    .option("--jobs <n|auto>", "trials side by side; auto: one a processor", threadsOf, "auto")
    .option("--objective <metric>", 'what counts as good, in place of the file\'s: "sharpe", "maxDrawdown:minimise"', objectiveOf)
    .addOption(
      new Option("--constraint <limit>", 'beside the file\'s, as often as wanted: "maxDrawdown<=100", "closes>=30"')
        .argParser(constraintOf)
        .default([], "none"),
    )
    .option("--limit <n>", "run at most so many trials now; the rest is left for the next call", limitOf)
    .option("--restart", "drop results that are there")
    .option("--list", "print the jobs as JSON and run none")
    .option("--schema", "print the JSON Schema of a sweep file")
    .option("--out <folder>", "folder for the results of sweeps", "reports/sweeps")
    .option("--quiet", "print only what went wrong")
    .action(async (file: string | undefined, flags: SweepFlags) => {
      const { sweepCommand } = await import("./sweep-run.ts");
      cli.finish(await sweepCommand(file, flags, cli.io, process));
    });
}

function threadsOf(text: string): number | "auto" {
  if (text === "auto") return "auto";
  const threads = Number(text);
  if (!/^\d+$/.test(text) || threads < 1 || threads > 256) throw new InvalidArgumentError("Jobs are a whole number from 1 to 256, or auto.");
  return threads;
}

function limitOf(text: string): number {
  const limit = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(limit)) throw new InvalidArgumentError("A limit is a whole number of trials, 0 or more.");
  return limit;
}

function objectiveOf(text: string): Pick<Objective, "metric" | "goal"> {
  const [metric = "", goal = "maximise", ...rest] = text.split(":");
  if (rest.length > 0 || (goal !== "maximise" && goal !== "minimise")) throw new InvalidArgumentError('Write "sharpe" or "maxDrawdown:minimise".');
  return { metric, goal };
}

function constraintOf(text: string, before: Objective["constraints"]): Objective["constraints"] {
  const match = /^\s*([A-Za-z]+)\s*(<=|>=)\s*(-?\d+(?:\.\d+)?)\s*$/.exec(text);
  if (match === null) throw new InvalidArgumentError('Write "maxDrawdown<=100" or "closes>=30".');
  const [, metric = "", sign, bound] = match;
  return [...before, sign === "<=" ? { metric, max: Number(bound) } : { metric, min: Number(bound) }];
}
