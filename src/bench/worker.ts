// The process of one measurement: makes it and sends the figures home.

import { SeatrialError } from "../domain/index.ts";
import { setEngineFlags } from "../session/index.ts";
import type { BenchSettings } from "./measure.ts";
import { measurements } from "./measurements.ts";
import type { MeasurementMessage } from "./run.ts";

const [, , name = "", settings = "{}"] = process.argv;

setEngineFlags();

async function answer(): Promise<MeasurementMessage> {
  try {
    const measurement = measurements.find((one) => one.name === name);
    if (measurement === undefined) throw new SeatrialError({ code: "unknown_workload", reason: `there is no workload ${name}` });
    return { figures: await measurement.measure(JSON.parse(settings) as BenchSettings) };
  } catch (error) {
    const { code, reason } = error instanceof SeatrialError ? error : { code: "bench_failed", reason: String(error) };
    return { error: { code, reason } };
  }
}

process.send?.(await answer(), () => process.disconnect());
