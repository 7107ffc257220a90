// One worker of the measurement of scaling: runs a workload over columns that it shares with the others, as often as it is told.

import { parentPort, workerData } from "node:worker_threads";

import { BarSeries, type BarColumns } from "../domain/index.ts";
import { releaseMemory, setEngineFlags, SimulatedSession } from "../session/index.ts";
import { strategyOf, type WorkloadName } from "./measure.ts";
import { benchPlan } from "./workloads.ts";

/** What a worker is started with. The columns lie in shared memory. */
export interface ScalingWork {
  readonly workload: WorkloadName;
  readonly meta: ConstructorParameters<typeof BarSeries>[0];
  readonly columns: BarColumns;
}

setEngineFlags();

const { workload, meta, columns } = workerData as ScalingWork;
const plan = benchPlan(strategyOf(workload), new BarSeries(meta, columns));

/** Each message is a number of runs; the answer is the final equity of the last, in units. */
parentPort?.on("message", (runs: number) => {
  let equity = 0;
  for (let run = 0; run < runs; run += 1) {
    const session = new SimulatedSession(plan);
    session.run();
    equity = session.venue.equity();
    releaseMemory(session);
  }
  parentPort?.postMessage(equity);
});
