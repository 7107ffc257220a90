// What the threads of a command have in common: where their code lies, the flags that they start with, and what is said of one
// that is gone. It must never start one.

import { ExitCode, SeatrialError } from "../domain/errors.ts";

/** The file of a thread beside this one. A compiled copy has .js there; the compiler rewrites import statements only, not a URL. */
export function threadUrl(name: string): URL {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  return new URL(`./${name}.${extension}`, import.meta.url);
}

/** In a thread too, a user's strategy that imports "seatrial/strategy" must get this very copy. */
export function threadFlags(): string[] {
  return [...process.execArgv, "--import", new URL("../../bin/own-copy.mjs", import.meta.url).href];
}

/** The thread of a simulation is gone and has left no result: a strategy's process.exit() ends its thread, and nothing else. */
export function endedEarly(cause?: unknown): SeatrialError {
  return new SeatrialError({
    code: "simulation_ended_early",
    reason: "the simulation ended without a result",
    hint: "a strategy must not call process.exit",
    exitCode: ExitCode.run,
    cause,
  });
}
