// Measured workloads: how fast the whole house runs, as ratios to hand-written loops of the same run.
// What it does not do: compare machines.
export * from "./measure.ts";
export * from "./measure-envelope.ts";
export * from "./run.ts";
