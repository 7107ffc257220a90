// What the threads of a simulation have in common: the flags that they start with, and what is said of one that is gone.
// It must never start one.

import { ExitCode, SeatrialError } from "../domain/errors.ts";
import { threadFlags } from "../session/own-files.ts";

/** Sizes of heaps and stacks belong to the process: Node refuses them for a thread. */
const processFlag = /^--(?:max|min|initial|semi|stack)-/;

export function simulationFlags(): string[] {
  return threadFlags(process.execArgv.filter((flag) => !processFlag.test(flag)));
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

/** What a thread is said to have died of that has filled its heap; null for every other end. */
export function outOfMemory(cause: unknown): SeatrialError | null {
  if (!(cause instanceof Error) || !("code" in cause) || cause.code !== "ERR_WORKER_OUT_OF_MEMORY") return null;
  return new SeatrialError({
    code: "out_of_memory",
    reason: "the simulation needs more memory than its thread may have",
    hint: "fewer bars or markets, or a larger heap: NODE_OPTIONS=--max-old-space-size=8192",
    exitCode: ExitCode.run,
    cause,
  });
}
