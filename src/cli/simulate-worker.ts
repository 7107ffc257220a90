// The worker thread of the simulate command. A simulation runs without a pause, so it runs here, or in the threads of a pool
// that belongs to this one: the main thread stays free to hear Ctrl-C, even when a strategy never returns.

import { parentPort, workerData } from "node:worker_threads";

import type { SimulateMessage, SimulateRequest } from "./simulate-request.ts";
import type { SimulateParts } from "./simulate-run.ts";

const port = parentPort;
if (port !== null) {
  const request = workerData as SimulateRequest;
  const send = (message: SimulateMessage): void => port.postMessage(message);
  const [{ runSimulate }, { listScenarios }] = await Promise.all([import("./simulate-run.ts"), import("../scenario/list.ts")]);
  const run = (told: typeof send) => {
    const parts: SimulateParts = {
      list: (target) => listScenarios([target]),
      run: async (file) => (await import("./simulate-file.ts")).runOne(file, request, told),
      openPool: async (threads) => (await import("./simulate-pool.ts")).openPool(threads, request, told),
    };
    return runSimulate(request, parts, told);
  };
  const exitCode = request.journal === null ? await run(send) : await (await import("./simulate-output.ts")).keepingOutput(send, run);
  send({ kind: "finished", exitCode });
}
