// Hosts the worker of the simulate command: prints what it sends, draws the progress bar, and on Ctrl-C ends it and
// removes what it had half-written.

import { Worker } from "node:worker_threads";

import { ExitCode, SeatrialError } from "../domain/errors.ts";
import { progressOn } from "../report/progress.ts";
import { discard } from "../report/run-folder.ts";
import type { Io } from "./io.ts";
import type { SimulateMessage, SimulateRequest } from "./simulate-run.ts";

const interruptions = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Runs a request in a worker thread. @returns its exit code, 130 when interrupted. @throws what the worker died of */
export async function hostSimulate(request: SimulateRequest, io: Io): Promise<ExitCode> {
  const worker = new Worker(workerUrl(), { workerData: request, execArgv: workerFlags() });
  const progress = progressOn(io.stderr, Date.now);
  let temporary: string | null = null;
  let interrupted = false;
  const interrupt = (): void => {
    interrupted = true;
    void worker.terminate();
  };
  for (const signal of interruptions) process.on(signal, interrupt);
  try {
    const exitCode = await new Promise<ExitCode | null>((resolve, reject) => {
      let finished: ExitCode | null = null;
      worker.on("message", (message: SimulateMessage) => {
        if (message.kind === "progress") {
          progress.update(message.scenario, message.done, message.total);
          return;
        }
        progress.clear();
        if (message.kind === "printed") io[message.stream].write(message.text);
        else if (message.kind === "temporary") temporary = message.path;
        else finished = message.exitCode;
      });
      worker.on("error", reject);
      worker.on("exit", () => resolve(finished));
    });
    if (interrupted) return ExitCode.interrupted;
    if (exitCode === null) throw endedEarly();
    return exitCode;
  } finally {
    for (const signal of interruptions) process.off(signal, interrupt);
    progress.clear();
    if (temporary !== null) await discard(temporary);
  }
}

// A strategy's process.exit() ends the worker's thread, and nothing else.
function endedEarly(): SeatrialError {
  return new SeatrialError({
    code: "simulation_ended_early",
    reason: "the simulation ended without a result",
    hint: "a strategy must not call process.exit",
    exitCode: ExitCode.run,
  });
}

// A compiled copy has .js beside this file; the compiler rewrites import statements only, not a URL.
function workerUrl(): URL {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  return new URL(`./simulate-worker.${extension}`, import.meta.url);
}

// In a worker too, a user's strategy that imports "seatrial/strategy" must get this very copy.
function workerFlags(): string[] {
  return [...process.execArgv, "--import", new URL("../../bin/own-copy.mjs", import.meta.url).href];
}
