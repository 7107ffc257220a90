// The command line: finds the command, turns everything thrown into one clean line and an exit code. Holds no command's
// logic; each stands in a file of its own.

import { Command, CommanderError } from "commander";

import { ExitCode, SeatrialError } from "../domain/errors.ts";
import { addAudit } from "./audit.ts";
import { addBars } from "./bars.ts";
import { addBench } from "./bench.ts";
import type { AddCommand } from "./cli.ts";
import { printError } from "./errors.ts";
import { processIo, type Io } from "./io.ts";
import { addFills } from "./fills.ts";
import { addJournal } from "./journal.ts";
import { addReport } from "./report.ts";
import { addScenario } from "./scenario.ts";
import { addSimulate } from "./simulate.ts";
import { addStrategy } from "./strategy.ts";
import { addSweep } from "./sweep.ts";
import { ownVersion } from "./version.ts";

const commands: readonly AddCommand[] = [
  addSimulate,
  addScenario,
  addBars,
  addStrategy,
  addReport,
  addFills,
  addAudit,
  addJournal,
  addSweep,
  addBench,
];

/** Runs one command line. @param argv the words after the program's name @returns the exit code; never throws */
export async function main(argv: readonly string[], io: Io = processIo()): Promise<number> {
  let exitCode: ExitCode = ExitCode.ok;
  try {
    const program = programOf(io, (code) => {
      exitCode = code;
    });
    await program.parseAsync(argv, { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return await finishParsing(error, argv, io);
    return await printError(error, { json: argv.includes("--json"), io });
  }
}

function programOf(io: Io, finish: (code: ExitCode) => void): Command {
  const program = new Command("seatrial")
    .description("Replays bars through a virtual exchange and the runner core that is built to trade live.")
    .version(ownVersion(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print help")
    .helpCommand("help [command]", "print help for a command")
    .showSuggestionAfterError(true)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      // Errors of the command line are printed once, in the same form as all others.
      outputError: () => undefined,
      getOutHelpWidth: () => io.stdout.columns ?? 80,
      getErrHelpWidth: () => io.stderr.columns ?? 80,
    });
  for (const add of commands) add(program, { io, finish });
  for (const command of program.commands) inheritSettings(command, program);
  return program;
}

// Commander hands its settings down only to commands that it creates itself.
function inheritSettings(command: Command, parent: Command): void {
  command.copyInheritedSettings(parent);
  for (const child of command.commands) inheritSettings(child, command);
}

async function finishParsing(error: CommanderError, argv: readonly string[], io: Io): Promise<number> {
  if (error.exitCode === 0) return ExitCode.ok;
  // A command that is missing has printed its help to stderr already.
  if (error.code === "commander.help") return ExitCode.input;
  const [first = "", ...rest] = error.message.split("\n");
  const suggestion = rest.join(" ").replace(/^\(|\)$/g, "");
  const problem = new SeatrialError({
    code: "bad_arguments",
    reason: first.replace(/^error: /, ""),
    hint: suggestion === "" ? "seatrial --help lists commands and options" : suggestion,
    exitCode: ExitCode.input,
  });
  return await printError(problem, { json: argv.includes("--json"), io });
}
