// Hosts the worker of the simulate command: prints what it sends, draws the progress lines, and on Ctrl-C ends it and
// removes what it had half-written.

import type { EventEmitter } from "node:events";
import { Worker } from "node:worker_threads";

import { ExitCode } from "../domain/errors.ts";
import { progressLinesOn } from "../report/terminal/progress-lines.ts";
import { sweepPartials } from "../report/output-folder.ts";
import { ownModule } from "../session/own-files.ts";
import type { Io } from "./io.ts";
import type { KnownFile, SimulateMessage, SimulateRequest } from "./simulate-request.ts";
import { endedEarly, outOfMemory, simulationFlags } from "./threads.ts";

const interruptions = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Runs a request in a worker thread. @param remember told what a request with a memory has reported @returns its exit code, 130 when interrupted. @throws what the worker died of */
export async function hostSimulate(request: SimulateRequest, io: Io, remember?: (files: readonly KnownFile[]) => void): Promise<ExitCode> {
  const start = (asked: SimulateRequest): Worker => new Worker(ownModule("cli/simulate-worker"), { workerData: asked, execArgv: simulationFlags() });
  const { decisionTimeoutMs } = request;
  if (decisionTimeoutMs === undefined) return hostWorker(start(request), request, io, process, remember);
  const { guarded } = await import("./guard.ts");
  return guarded(decisionTimeoutMs, (watched) => {
    const worker = start({ ...request, watched });
    return { result: hostWorker(worker, request, io, process, remember), end: () => void worker.terminate() };
  });
}

/** @param worker sends `SimulateMessage`s and then exits @param signals where SIGINT and its like are heard */
export async function hostWorker(
  worker: EventEmitter & Pick<Worker, "terminate">,
  { out, tag }: Pick<SimulateRequest, "out" | "tag">,
  io: Io,
  signals: EventEmitter,
  remember: (files: readonly KnownFile[]) => void = () => undefined,
): Promise<ExitCode> {
  const progress = progressLinesOn(io.stderr, Date.now);
  const state: { exitCode: ExitCode | null; interrupted: boolean } = { exitCode: null, interrupted: false };
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
    if (message.kind === "files") return progress.files(message.count);
    if (message.kind === "progress") return progress.update(message.scenario, message.done, message.total);
    if (message.kind === "reported") return remember(message.files);
    if (message.kind === "ended") return progress.ended(message.scenario);
    if (message.kind === "kept") return;
    progress.clear();
    if (message.kind === "printed") io[message.stream].write(message.text);
    else state.exitCode = message.exitCode;
  };
  for (const signal of interruptions) signals.on(signal, interrupt);
  try {
    await new Promise<void>((resolve, reject) => {
      worker.on("message", receive);
      worker.on("error", (error: unknown) => reject(outOfMemory(error) ?? error));
      worker.on("exit", () => resolve());
    });
  } finally {
    deafen();
    progress.clear();
    // Its threads have ended with it: nobody writes there any more.
    if (state.exitCode === null && out !== null) await sweepPartials(out, tag);
  }
  if (state.interrupted) return ExitCode.interrupted;
  if (state.exitCode === null) throw endedEarly();
  return state.exitCode;
}
