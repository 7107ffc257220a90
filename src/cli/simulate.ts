// `seatrial simulate`: replays scenarios and says which passed. Reads options and hosts the worker that runs them.

import { InvalidArgumentError, Option, type Command } from "commander";

import type { FillModel } from "../exchange/virtual/index.ts";
import type { Cli } from "./cli.ts";
import type { Io } from "./io.ts";
import { traitsOf } from "./io.ts";
import { wantsStack } from "./errors.ts";
import type { SimulateRequest } from "./simulate-run.ts";
import { isFolder } from "./targets.ts";

interface SimulateFlags {
  readonly json?: true;
  readonly quiet?: true;
  readonly strict?: true;
  /** `--no-report` makes it false. */
  readonly report: boolean;
  readonly out: string;
  readonly seed?: number;
  readonly path?: FillModel["path"] | "envelope";
  readonly envelopeBudget?: number;
  readonly delivery?: FillModel["delivery"];
  readonly fill?: string;
  readonly strategy?: string;
}

export function addSimulate(program: Command, cli: Cli): void {
  program
    .command("simulate")
    .summary("replay scenarios through the virtual exchange")
    .description("Replays scenario files (JSON or YAML), or every scenario in a folder, and checks their expectations.")
    .argument("<file|folder...>", "scenario files, or folders that hold them")
    .option("--json", "print JSON alone on stdout; tables go to stderr")
    .option("--seed <n>", "seed in place of the scenario's", seedOf)
    .addOption(new Option("--path <name>", "order of prices inside a bar").choices(["adaptive", "ohlc", "olhc", "worst", "best", "envelope"]))
    .option("--envelope-budget <bars>", "bars that the other worlds of --path envelope may take together", barsOf)
    .addOption(new Option("--delivery <kind>", "when the venue's answers arrive").choices(["immediate", "seeded"]))
    .addOption(new Option("--fill <preset>", "fill settings in place of the scenario's").choices(["default", "optimistic", "bench"]))
    .option("--strategy <name|file>", "strategy in place of the scenario's")
    .option("--strict", "a scenario whose data is absent is a failure (also: SEATRIAL_REQUIRE_DATA=1)")
    .option("--out <folder>", "folder for reports", "reports")
    .option("--no-report", "write no report")
    .option("--quiet", "print only what went wrong")
    .action(async (targets: string[], flags: SimulateFlags) => {
      const { hostSimulate } = await import("./simulate-host.ts");
      cli.finish(await hostSimulate(await requestOf(targets, flags, cli.io), cli.io));
    });
}

/** The request that a command line stands for. @throws SeatrialError `output_not_writable` before anything runs */
export async function requestOf(targets: readonly string[], flags: SimulateFlags, io: Io): Promise<SimulateRequest> {
  const [{ assertWritable }, { ownVersion }] = await Promise.all([import("../report/run-folder.ts"), import("./version.ts")]);
  const { seed, path, envelopeBudget, delivery, fill, strategy } = flags;
  if (flags.report) await assertWritable(flags.out);
  return {
    targets,
    single: targets.length === 1 && !(await isFolder(targets[0] ?? "")),
    overrides: {
      ...(seed === undefined ? {} : { seed }),
      ...(path === undefined ? {} : { path }),
      ...(envelopeBudget === undefined ? {} : { envelopeBudget }),
      ...(delivery === undefined ? {} : { delivery }),
      ...(fill === undefined ? {} : { fill }),
      ...(strategy === undefined ? {} : { strategy }),
    },
    json: flags.json ?? false,
    quiet: flags.quiet ?? false,
    strict: flags.strict ?? io.env["SEATRIAL_REQUIRE_DATA"] === "1",
    stacks: wantsStack(io.env),
    out: flags.report ? flags.out : null,
    progress: flags.quiet !== true && io.stderr.isTTY === true,
    stdout: traitsOf(io.stdout),
    stderr: traitsOf(io.stderr),
    version: ownVersion(),
  };
}

function barsOf(text: string): number {
  const bars = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(bars)) throw new InvalidArgumentError("A budget is a whole number of bars, 0 or more.");
  return bars;
}

function seedOf(text: string): number {
  const seed = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(seed)) throw new InvalidArgumentError("A seed is a whole number from 0 to 9007199254740991.");
  return seed;
}
