// What a command module gets and gives: it adds itself to the program and says with which exit code it ended. Commands
// stand in the table of main.ts; adding one is one line there.

import type { Command } from "commander";

import type { ExitCode } from "../domain/errors.ts";
import type { Io } from "./io.ts";

export interface Cli {
  readonly io: Io;
  /** The exit code of the command that ran. */
  finish(code: ExitCode): void;
}

/** Adds one command, with its options, to the program. Heavy modules are imported inside its action, never at its top. */
export type AddCommand = (program: Command, cli: Cli) => void;
