// Shells around the runner core. What they do not do: contain trading policy.
export * from "./plan.ts";
export * from "./run-hash.ts";
export * from "./sha256.ts";
export * from "./simulate.ts";
export * from "./strategy-loader.ts";
