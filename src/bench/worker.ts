// The process of one workload: measures it and sends the figures home.

import { SeatrialError } from "../domain/index.ts";
import { setEngineFlags } from "../session/index.ts";
import { measureWorkload, workloadNames, type BenchSettings } from "./measure.ts";
import { envelopeNames, measureEnvelope } from "./measure-envelope.ts";
import type { WorkloadMessage } from "./run.ts";

const [, , name = "", settings = "{}"] = process.argv;

setEngineFlags();

function answer(): WorkloadMessage {
  try {
    const asked = JSON.parse(settings) as BenchSettings;
    const envelope = envelopeNames.find((candidate) => candidate === name);
    if (envelope !== undefined) return { figures: measureEnvelope(envelope, asked) };
    const workload = workloadNames.find((candidate) => candidate === name);
    if (workload === undefined) throw new SeatrialError({ code: "unknown_workload", reason: `there is no workload ${name}` });
    return { figures: measureWorkload(workload, asked) };
  } catch (error) {
    const { code, reason } = error instanceof SeatrialError ? error : { code: "bench_failed", reason: String(error) };
    return { error: { code, reason } };
  }
}

process.send?.(answer(), () => process.disconnect());
