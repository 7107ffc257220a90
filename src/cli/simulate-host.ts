// Hosts the worker of the simulate command: prints what it sends, draws the progress bar, and on Ctrl-C ends it and
// removes what it had half-written.

import type { EventEmitter } from "node:events";
import { Worker } from "node:worker_threads";

import { ExitCode, SeatrialError } from "../domain/errors.ts";
import { progressOn } from "../report/progress.ts";
import { discard } from "../report/output-folder.ts";
import type { Io } from "./io.ts";
import type { SimulateMessage, SimulateRequest } from "./simulate-run.ts";

const interruptions = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Runs a request in a worker thread. @returns its exit code, 130 when interrupted. @throws what the worker died of */
export async function hostSimulate(request: SimulateRequest, io: Io): Promise<ExitCode> {
  return hostWorker(new Worker(workerUrl(), { workerData: request, execArgv: workerFlags() }), io, process);
}

/** @param worker sends `SimulateMessage`s and then exits @param signals where SIGINT and its like are heard */
export async function hostWorker(worker: EventEmitter & Pick<Worker, "terminate">, io: Io, signals: EventEmitter): Promise<ExitCode> {
  const progress = progressOn(io.stderr, Date.now);
  const state: { temporary: string | null; exitCode: ExitCode | null; interrupted: boolean } = {
    temporary: null,
    exitCode: null,
    interrupted: false,
  };
  const deafen = (): void => {
    for (const signal of interruptions) signals.off(signal, interrupt);
  };
  const interrupt = (): void => {
    state.interrupted = true;
    // An impatient second Ctrl-C has its usual effect: the process dies at once.
    deafen();
    void worker.terminate();
  };
  const receive = (message: SimulateMessage): void => {
    if (message.kind === "progress") return progress.update(message.scenario, message.done, message.total);
    progress.clear();
    if (message.kind === "printed") io[message.stream].write(message.text);
    else if (message.kind === "temporary") state.temporary = message.path;
    else state.exitCode = message.exitCode;
  };
  for (const signal of interruptions) signals.on(signal, interrupt);
  try {
    await new Promise<void>((resolve, reject) => {
      worker.on("message", receive);
      worker.on("error", reject);
      worker.on("exit", () => resolve());
    });
  } finally {
    deafen();
    progress.clear();
    if (state.temporary !== null) await discard(state.temporary);
  }
  if (state.interrupted) return ExitCode.interrupted;
  if (state.exitCode === null) throw endedEarly();
  return state.exitCode;
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
