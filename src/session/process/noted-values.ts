// What a strategy hands over, as plain data that a journal holds, and back. It must never lose the difference between two things
// that the runner would answer differently.

import { InvariantError, SeatrialError, type MarketIndex } from "../../domain/index.ts";
import type { NotedThrow } from "../../journal/index.ts";
import { DecisionTimedOut, StrategyError } from "../../runner/index.ts";

/** Levels of a value that are noted: the terms of an intent have one. */
const deepest = 8;

/** What stands for a value that JSON does not have. */
interface Odd {
  readonly odd: string;
}

export function noted(value: unknown, depth = 0): unknown {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : { odd: String(value) };
  if (typeof value !== "object" || depth === deepest) return { odd: typeof value };
  if (Array.isArray(value)) return value.map((member) => noted(member, depth + 1));
  const fields = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(fields.map(([key, member]) => [key, noted(member, depth + 1)]));
}

/** What is neither a number nor plain data comes back as undefined: whoever asks for it is told that it is not there. */
export function asHandedOver(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(asHandedOver);
  if (isOdd(value)) return oddNumbers.has(value.odd) ? Number(value.odd) : undefined;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, asHandedOver(member)]));
}

const oddNumbers: ReadonlySet<string> = new Set(["NaN", "Infinity", "-Infinity"]);

function isOdd(value: object): value is Odd {
  return "odd" in value && typeof value.odd === "string" && Object.keys(value).length === 1;
}

/** @throws InvariantError one of ours is no answer of a strategy */
export function notedThrow(error: unknown): NotedThrow {
  if (error instanceof InvariantError) throw error;
  if (error instanceof DecisionTimedOut) return { kind: "timed_out", name: "", message: "", hint: "" };
  if (error instanceof SeatrialError)
    return { kind: error instanceof StrategyError ? "contract" : "refusal", name: error.code, message: error.reason, hint: error.hint ?? "" };
  if (error instanceof Error) return { kind: "error", name: error.name, message: error.message, hint: "" };
  return { kind: "value", name: "", message: String(error), hint: "" };
}

/** @param symbol and the others: where it was thrown */
export function asThrown({ kind, name, message, hint }: NotedThrow, market: MarketIndex, strategy: string, symbol: string, bar: number): unknown {
  switch (kind) {
    case "timed_out":
      return new DecisionTimedOut();
    case "contract":
      return new StrategyError({ market, strategy: { name: strategy }, instrument: { symbol }, bars: { index: bar } }, name, message, hint);
    case "refusal":
      return new SeatrialError({ code: name, reason: message, hint, exitCode: 2 });
    case "error":
      return Object.assign(new Error(message), { name });
    default:
      return message;
  }
}
