// The bench: each workload in a process of its own, so that one's warm code and garbage are not another's.

import { fork } from "node:child_process";
import { cpus } from "node:os";

import { SeatrialError } from "../domain/index.ts";
import { workloadNames, type BenchSettings, type WorkloadFigures, type WorkloadName } from "./measure.ts";
import { envelopeNames, type EnvelopeFigures, type EnvelopeName } from "./measure-envelope.ts";

export interface BenchReport {
  readonly machine: { readonly cpu: string; readonly cores: number; readonly node: string; readonly platform: string };
  readonly workloads: readonly WorkloadFigures[];
  readonly envelopes: readonly EnvelopeFigures[];
}

/** Answer of a workload's process. */
export type WorkloadMessage =
  | { readonly figures: WorkloadFigures | EnvelopeFigures }
  | { readonly error: { readonly code: string; readonly reason: string } };

export async function runBench(settings: BenchSettings, onStart: (name: WorkloadName | EnvelopeName) => void): Promise<BenchReport> {
  const workloads: WorkloadFigures[] = [];
  for (const name of workloadNames) {
    onStart(name);
    workloads.push((await inOwnProcess(name, settings)) as WorkloadFigures);
  }
  const envelopes: EnvelopeFigures[] = [];
  for (const name of envelopeNames) {
    onStart(name);
    envelopes.push((await inOwnProcess(name, settings)) as EnvelopeFigures);
  }
  const processors = cpus();
  return {
    machine: {
      cpu: processors[0]?.model.trim() ?? "unknown",
      cores: processors.length,
      node: process.version,
      platform: `${process.platform}-${process.arch}`,
    },
    workloads,
    envelopes,
  };
}

function inOwnProcess(name: WorkloadName | EnvelopeName, settings: BenchSettings): Promise<WorkloadFigures | EnvelopeFigures> {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const child = fork(new URL(`./worker.${extension}`, import.meta.url), [name, JSON.stringify(settings)], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  return new Promise((resolve, reject) => {
    child.once("message", (message: WorkloadMessage) => {
      if ("figures" in message) resolve(message.figures);
      else reject(new SeatrialError({ ...message.error, exitCode: 2 }));
    });
    child.once("error", reject);
    child.once("exit", (code) => {
      reject(
        new SeatrialError({
          code: "bench_died",
          reason: `the process of ${name} ended with code ${code ?? "none"} before it had figures`,
          exitCode: 2,
        }),
      );
    });
  });
}
