// One scenario in a thread of a pool: runs it and sends back what is kept of it. It must never print.

import { parentPort } from "node:worker_threads";

import type { OutcomeMessage } from "../report/outcome-message.ts";
import type { SimulateRequest } from "./simulate-request.ts";

export interface SimulateTask {
  readonly file: string;
  readonly request: SimulateRequest;
}

export interface SimulatedFile {
  readonly outcome: OutcomeMessage;
  readonly machine: string | null;
}

/** What the pool calls by its name. */
export async function runTask({ file, request }: SimulateTask): Promise<SimulatedFile> {
  const [{ runOne }, { reportOf }, { packOutcome }] = await Promise.all([
    import("./simulate-file.ts"),
    import("./simulate-run.ts"),
    import("../report/outcome-message.ts"),
  ]);
  const whole = await runOne(file, request, (message) => parentPort?.postMessage(message));
  const { outcome, machine } = reportOf(whole, request);
  return { outcome: packOutcome(outcome), machine };
}
