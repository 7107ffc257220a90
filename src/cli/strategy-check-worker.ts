// The worker thread of the strategy check. A strategy that never returns blocks this thread alone: the host ends it.

import { parentPort, workerData } from "node:worker_threads";

import type { CheckMessage, CheckRequest } from "./strategy-check-run.ts";

const port = parentPort;
if (port !== null) {
  const { runCheck } = await import("./strategy-check-run.ts");
  await runCheck(workerData as CheckRequest, (message: CheckMessage) => port.postMessage(message));
}
