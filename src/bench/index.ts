// Measured workloads and edges: how fast the whole house runs, as ratios to the same work by hand in the same run.
// What it does not do: compare rates of different machines.
export * from "./baseline.ts";
export * from "./compare.ts";
export * from "./measure.ts";
export * from "./measure-envelope.ts";
export * from "./run.ts";
export * from "./text.ts";
