// All that the bench measures, by name: what is started in a process of its own, and under which key of the report its figures stand.

import { edgeNames, measureEdge, type EdgeFigures } from "./measure-edges.ts";
import { envelopeNames, measureEnvelope, type EnvelopeFigures } from "./measure-envelope.ts";
import { measureScaling, scalingNames, type ScalingFigures } from "./measure-scaling.ts";
import { measureWorkload, workloadNames, type BenchSettings, type WorkloadFigures } from "./measure.ts";

export interface BenchFigures {
  readonly workloads: readonly WorkloadFigures[];
  readonly envelopes: readonly EnvelopeFigures[];
  readonly edges: readonly EdgeFigures[];
  readonly scaling: readonly ScalingFigures[];
}

export interface Measurement {
  readonly key: keyof BenchFigures;
  readonly name: string;
  readonly measure: (settings: BenchSettings) => BenchFigures[keyof BenchFigures][number] | Promise<BenchFigures[keyof BenchFigures][number]>;
}

/** In the order in which they are made and printed. */
export const measurements: readonly Measurement[] = [
  ...workloadNames.map((name): Measurement => ({ key: "workloads", name, measure: (settings) => measureWorkload(name, settings) })),
  ...envelopeNames.map((name): Measurement => ({ key: "envelopes", name, measure: (settings) => measureEnvelope(name, settings) })),
  ...edgeNames.map((name): Measurement => ({ key: "edges", name, measure: (settings) => measureEdge(name, settings) })),
  ...scalingNames.map((name): Measurement => ({ key: "scaling", name, measure: (settings) => measureScaling(name, settings) })),
];
