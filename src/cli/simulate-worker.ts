// The worker thread of the simulate command. A simulation runs without a pause, so it runs here: the main thread stays
// free to hear Ctrl-C, even when a strategy never returns.

import { enableCompileCache } from "node:module";
import { parentPort, workerData } from "node:worker_threads";

import type { SimulateMessage, SimulateRequest } from "./simulate-run.ts";

// Before the heavy imports below, so that they come out of the cache.
enableCompileCache();

const port = parentPort;
if (port !== null) {
  const request = workerData as SimulateRequest;
  const send = (message: SimulateMessage): void => port.postMessage(message);
  const { setEngineFlags } = await import("../session/engine-flags.ts");
  setEngineFlags();
  const [{ runSimulate }, { simulateRooms }] = await Promise.all([import("./simulate-run.ts"), import("./simulate-rooms.ts")]);
  const exitCode = await runSimulate(request, simulateRooms(request.overrides, process.env), send);
  send({ kind: "finished", exitCode });
}
