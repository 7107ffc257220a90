// Account rules, called by the runner. Pure; no I/O.
export * from "./limits.ts";
export * from "./trading-day.ts";
