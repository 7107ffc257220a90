// The session journal and what can be read from it. What it does not do: decide anything.
export * from "./audit/index.ts";
export * from "./bar-at.ts";
export * from "./commits.ts";
export * from "./envelope-rows.ts";
export * from "./tape-read.ts";
export * from "./tape-write.ts";
export * from "./held-fills.ts";
export * from "./journal.ts";
export type { LateExit, LiveTime } from "./late-exits.ts";
export * from "./lifecycle.ts";
export * from "./low-water.ts";
export * from "./market-facts.ts";
export * from "./metrics.ts";
export * from "./projection.ts";
export * from "./rows.ts";
export * from "./state-diff.ts";
export * from "./tape.ts";
export * from "./windows.ts";
