// The strategy contract, its indicators and the built-in strategies.
export * from "./contract.ts";
export * from "./indicators.ts";
