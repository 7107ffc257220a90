// `seatrial simulate`: replays scenarios and says which passed. Reads options and hosts the worker that runs them.

import { availableParallelism } from "node:os";
import { join } from "node:path";

import { InvalidArgumentError, Option, type Command } from "commander";

import { SeatrialError, type ExitCode } from "../domain/errors.ts";
import type { FillModel } from "../exchange/virtual/index.ts";
import type { Cli } from "./cli.ts";
import type { Io } from "./io.ts";
import { traitsOf } from "./io.ts";
import { wantsStack } from "./errors.ts";
import type { CostWish } from "../report/view/run-page.ts";
import type { KnownFile, SimulateRequest } from "./simulate-request.ts";
import { paramsOf } from "./params.ts";
import { isFolder } from "./targets.ts";

interface SimulateFlags {
  readonly json?: true;
  readonly quiet?: true;
  readonly coverage?: true;
  readonly watch?: true;
  readonly strict?: true;
  /** `--no-report` makes it false. */
  readonly report: boolean;
  /** `--no-html` makes it false. */
  readonly html: boolean;
  /** `--costs` and `--no-costs`; absent: as the command finds it sensible. */
  readonly costs?: boolean;
  readonly out: string;
  readonly seed?: number;
  readonly path?: FillModel["path"] | "envelope";
  readonly envelopeBudget?: number;
  readonly delivery?: FillModel["delivery"];
  readonly fill?: string;
  readonly strategy?: string;
  readonly params?: string;
  readonly journal?: string;
  readonly scenarios?: string;
  readonly jobs: number;
  readonly decisionTimeout?: number;
}

export function addSimulate(program: Command, cli: Cli): void {
  program
    .command("simulate")
    .summary("replay scenarios through the virtual exchange")
    .description("Replays scenario files (JSON or YAML), or every scenario in a folder, and checks their expectations.")
    .argument("[file|folder...]", "scenario files, or folders that hold them")
    .option("--scenarios <name|folder>", "catalogue = the shipped scenarios of what can go wrong; with --strategy it is put through them")
    .option("--json", "print JSON alone on stdout; tables go to stderr")
    .option("--seed <n>", "seed in place of the scenario's", seedOf)
    .addOption(new Option("--path <name>", "order of prices inside a bar").choices(["adaptive", "ohlc", "olhc", "worst", "best", "envelope"]))
    .option("--envelope-budget <bars>", "bars that the other worlds of --path envelope may take together", barsOf)
    .addOption(new Option("--delivery <kind>", "when the venue's answers arrive").choices(["immediate", "seeded"]))
    .addOption(new Option("--fill <preset>", "fill settings in place of the scenario's").choices(["default", "optimistic", "bench"]))
    .option("--strategy <name|file>", "strategy in place of the scenario's")
    .option("--params <json|file>", "parameters laid over the strategy's, as JSON or as a file of it")
    .option("--decision-timeout <ms>", "end a strategy whose hook takes longer, and run on without it", timeoutOf)
    .option("--strict", "a scenario whose data is absent is a failure (also: SEATRIAL_REQUIRE_DATA=1)")
    .option("--watch", "run again what has changed: scenarios, their strategies, their data")
    .option("--coverage", "print which steps of an order's life were taken under which errors")
    .option("--jobs <n>", "scenarios that run at once; auto = one for each core", jobsOf, 1)
    .option("--out <folder>", "folder for reports", "reports")
    .option("--journal <folder>", "of one scenario: keep its journal there, as a live session does, with the files beside it")
    .option("--no-report", "write no report")
    .option("--no-html", "write no report.html: no page for people")
    .option("--costs", "price every assumption of a run for its page, each by another run (default: for one file of modest size)")
    .option("--no-costs", "price none of them")
    .option("--quiet", "print only what went wrong")
    .action(async (targets: string[], flags: SimulateFlags) => {
      const request = await requestOf(targets, flags, cli.io);
      cli.finish(await (flags.watch === true ? watch(request, cli.io) : host(request, cli.io)));
    });
}

async function host(request: SimulateRequest, io: Io, remember?: (files: readonly KnownFile[]) => void): Promise<ExitCode> {
  const { hostSimulate } = await import("./simulate-host.ts");
  return hostSimulate(request, io, remember);
}

async function watch(request: SimulateRequest, io: Io): Promise<ExitCode> {
  if (request.json) {
    const hint = "leave out one of the two";
    throw new SeatrialError({ code: "bad_arguments", reason: "--watch prints for people, --json for a program that waits for an end", hint });
  }
  const { watchSimulate, watchedFiles } = await import("./simulate-watch.ts");
  return watchSimulate(request, io, {
    run: (asked, remember) => host(asked, io, remember),
    filesOf: (scenario) => watchedFiles(scenario, request, io.env),
    signals: process,
    now: Date.now,
  });
}

/** The request that a command line stands for. @throws SeatrialError `output_not_writable` before anything runs */
export async function requestOf(given: readonly string[], flags: SimulateFlags, io: Io): Promise<SimulateRequest> {
  const [{ randomUUID }, { assertWritable }, { ownVersion, shippedScenarios }] = await Promise.all([
    import("node:crypto"),
    import("../report/output-folder.ts"),
    import("./version.ts"),
  ]);
  const { seed, path, envelopeBudget, delivery, fill, strategy, scenarios } = flags;
  const targets = scenarios === undefined ? given : [...given, scenarios === "catalogue" ? join(shippedScenarios(), "catalogue") : scenarios];
  if (targets.length === 0) throw noTargets();
  if (flags.report) await assertWritable(flags.out);
  const params = flags.params === undefined ? undefined : await paramsOf(flags.params);
  const single = targets.length === 1 && !(await isFolder(targets[0] ?? ""));
  if (flags.journal !== undefined && (!single || flags.watch === true)) {
    const reason = "a journal is of one session: --journal takes one scenario file, once";
    throw new SeatrialError({ code: "bad_arguments", reason, hint: "name one file, and leave out --watch" });
  }
  return {
    targets,
    single,
    overrides: {
      ...(seed === undefined ? {} : { seed }),
      ...(path === undefined ? {} : { path }),
      ...(envelopeBudget === undefined ? {} : { envelopeBudget }),
      ...(delivery === undefined ? {} : { delivery }),
      ...(fill === undefined ? {} : { fill }),
      ...(strategy === undefined ? {} : { strategy }),
      ...(params === undefined ? {} : { params }),
      ...(strategy === undefined || scenarios === undefined ? {} : { rehearse: true as const }),
    },
    json: flags.json ?? false,
    quiet: flags.quiet ?? false,
    coverage: flags.coverage ?? false,
    strict: flags.strict ?? io.env["SEATRIAL_REQUIRE_DATA"] === "1",
    stacks: wantsStack(io.env),
    out: flags.report ? flags.out : null,
    journal: flags.journal ?? null,
    page: flags.report && flags.html ? costWish(flags.costs, single) : null,
    tag: randomUUID().slice(0, 8),
    jobs: flags.jobs,
    memory: flags.watch === true ? [] : null,
    ...(flags.decisionTimeout === undefined ? {} : { decisionTimeoutMs: flags.decisionTimeout }),
    progress: flags.quiet !== true && io.stderr.isTTY === true,
    stdout: traitsOf(io.stdout),
    stderr: traitsOf(io.stderr),
    version: ownVersion(),
  };
}

function noTargets(): SeatrialError {
  const hint = "name scenario files or folders, or --scenarios catalogue";
  return new SeatrialError({ code: "bad_arguments", reason: "there is nothing to simulate", hint });
}

/** Many scenarios are run for their results, one is looked at. */
function costWish(asked: boolean | undefined, single: boolean): CostWish {
  if (asked === undefined) return single ? "modest" : "none";
  return asked ? "all" : "none";
}

/** More threads than this are a mistake, not a machine. */
const jobsMax = 256;

function jobsOf(text: string): number {
  const jobs = text === "auto" ? availableParallelism() : Number(text);
  if ((text !== "auto" && !/^\d+$/.test(text)) || jobs < 1 || jobs > jobsMax)
    throw new InvalidArgumentError(`Jobs are a whole number from 1 to ${jobsMax}, or auto.`);
  return jobs;
}

/** Less than this is the start of a thread, or another program's turn on the processor. */
const timeoutMinMs = 100;

function timeoutOf(text: string): number {
  const millis = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(millis) || millis < timeoutMinMs)
    throw new InvalidArgumentError(`A timeout is a whole number of ms, ${timeoutMinMs} or more.`);
  return millis;
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
