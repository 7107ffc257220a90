// Scenarios in threads of their own, at most so many at once. A thread that dies takes its scenario with it and no other; what
// it had half-written is removed when the pool closes.

import { fileURLToPath } from "node:url";

import { Piscina } from "piscina";

import { SeatrialError } from "../domain/errors.ts";
import { fileTitle } from "../report/batch.ts";
import { outcomeOfError } from "../report/outcome.ts";
import { unpackOutcome } from "../report/outcome-message.ts";
import { sweepPartials } from "../report/output-folder.ts";
import { ownModule } from "../session/own-files.ts";
import type { Send, SimulateRequest } from "./simulate-request.ts";
import { reportOf, type FilePool, type FileReport } from "./simulate-run.ts";
import type { SimulatedFile, SimulateTask } from "./simulate-pool-worker.ts";
import { endedEarly, outOfMemory, simulationFlags } from "./threads.ts";

async function runOn(pool: Piscina<SimulateTask, SimulatedFile>, file: string, request: SimulateRequest): Promise<SimulatedFile> {
  const { decisionTimeoutMs } = request;
  if (decisionTimeoutMs === undefined) return pool.run({ file, request });
  const { guarded } = await import("./guard.ts");
  return guarded(decisionTimeoutMs, (watched) => {
    const ending = new AbortController();
    // The thread that works on it ends with it, and another one takes its place.
    return { result: pool.run({ file, request: { ...request, watched } }, { signal: ending.signal }), end: () => ending.abort() };
  });
}

/** @param threads scenarios that run at once */
export function openPool(threads: number, request: SimulateRequest, send: Send): FilePool {
  const pool = new Piscina<SimulateTask, SimulatedFile>({
    filename: fileURLToPath(ownModule("cli/simulate-pool-worker")),
    name: "runTask",
    minThreads: threads,
    maxThreads: threads,
    concurrentTasksPerWorker: 1,
    execArgv: simulationFlags(),
    // A thread that waits for its next task must stay able to end what a strategy has left running.
    atomics: "disabled",
  });
  let died = false;
  pool.on("message", send);
  return {
    run: async (file): Promise<FileReport> => {
      try {
        const { outcome, machine } = await runOn(pool, file, request);
        return { outcome: unpackOutcome(outcome), machine };
      } catch (cause) {
        died = true;
        const told = cause instanceof SeatrialError ? cause : (outOfMemory(cause) ?? endedEarly(cause));
        return reportOf(outcomeOfError(fileTitle(file), null, told), request);
      }
    },
    close: async () => {
      await pool.destroy();
      if (died && request.out !== null) await sweepPartials(request.out, request.tag);
    },
  };
}
