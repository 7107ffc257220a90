// Parameters of a strategy: what the user wrote, checked against the strategy's defaults. It must never guess: an unknown
// key, another type or a number that is none is an error that names the key.

import { nearestKey, SeatrialError } from "../domain/index.ts";
import type { Params, Strategy, StrategyDefinition } from "./contract.ts";
import { liveHooks } from "./contract.ts";

/** Exit code 3. `path` leads to the parameter inside `params`, for the place in the file. */
export class ParameterError extends SeatrialError {
  declare readonly path: readonly (string | number)[];

  constructor(code: "unknown_parameter" | "bad_parameter", path: readonly (string | number)[], reason: string, hint?: string) {
    super({ code, reason, ...(hint === undefined ? {} : { hint }) });
    this.name = "ParameterError";
    this.path = path;
  }
}

/**
 * The strategy's defaults with the user's parameters laid over them. The shape of the defaults is the schema: a number
 * takes a finite number, a list takes a list, an object is resolved key by key (an empty one takes any keys), and null
 * takes a plain value or null. Then the strategy's own `check` has its say.
 * @throws ParameterError `unknown_parameter` with the nearest known key, or `bad_parameter`
 */
export function resolveParams<P extends Params>(definition: StrategyDefinition<P>, params: Params): P {
  const resolved = overlay(definition.name, definition.defaults, params, []) as P;
  const problem = definition.check?.(resolved) ?? null;
  if (problem === null) return frozen(resolved);
  throw new ParameterError("bad_parameter", pathOf(problem.key), `${definition.name}: ${problem.key} ${problem.problem}`);
}

/**
 * A fresh, checked instance for one market.
 * @throws SeatrialError `bad_strategy`, exit code 2, when what `create` returned is no strategy
 */
export function createStrategy<P extends Params>(definition: StrategyDefinition<P>, params: Params): Strategy {
  const strategy: unknown = definition.create(resolveParams(definition, params));
  if (!isRecord(strategy)) throw badStrategy(definition.name, "create() returned no strategy object");
  if (typeof strategy["onBar"] !== "function") throw badStrategy(definition.name, "its strategy has no onBar()");
  if (!isRecord(strategy["policy"])) throw badStrategy(definition.name, "its strategy has no policy");
  return strategy as unknown as Strategy;
}

/** Names of the hooks that a live session requires and this strategy lacks (row 004-ST-1): live refuses, a simulation warns. */
export function missingHooks(strategy: Strategy): string[] {
  const known = strategy as unknown as Readonly<Record<string, unknown>>;
  return liveHooks.filter((hook) => typeof known[hook] !== "function");
}

/** One object serves every market of a session, and the run hash: no strategy may write into it. */
function frozen<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  for (const member of Object.values(value)) frozen(member);
  return Object.freeze(value);
}

function overlay(strategy: string, defaults: Params, given: Params, path: readonly string[]): Params {
  // Copies: the defaults of a strategy, and what the caller gave, stay theirs.
  const merged: Record<string, unknown> = structuredClone({ ...defaults });
  const keys = Object.keys(defaults);
  for (const [key, value] of Object.entries(given)) {
    const here = [...path, key];
    if (!Object.hasOwn(defaults, key)) throw unknownKey(strategy, here, keys);
    if (value !== undefined) merged[key] = structuredClone(accept(strategy, defaults[key], value, here));
  }
  return merged;
}

function accept(strategy: string, fallback: unknown, value: unknown, path: readonly string[]): unknown {
  const wrong = (wanted: string, hint?: string) =>
    new ParameterError("bad_parameter", path, `${strategy}: ${path.join(".")} must be ${wanted}, not ${describe(value)}`, hint);
  if (typeof value === "number" && !Number.isFinite(value)) throw wrong("a finite number");
  if (fallback === null || fallback === undefined) {
    if (value !== null && typeof value === "object") throw wrong("a plain value or null");
    return value;
  }
  if (Array.isArray(fallback)) {
    if (!Array.isArray(value)) throw wrong("a list");
    return value;
  }
  if (isRecord(fallback)) {
    if (!isRecord(value)) throw wrong("an object");
    return Object.keys(fallback).length === 0 ? value : overlay(strategy, fallback, value, path);
  }
  if (typeof value === typeof fallback) return value;
  const number = typeof fallback === "number" && typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value));
  throw wrong(`a ${typeof fallback}`, number ? `write ${value} without quotes` : undefined);
}

function unknownKey(strategy: string, path: readonly string[], known: readonly string[]): ParameterError {
  const key = path.at(-1) ?? "";
  const near = nearestKey(key, known);
  const shown = key.length > 40 ? `${key.slice(0, 40)}…` : key;
  const place = path.length > 1 ? ` in ${path.slice(0, -1).join(".")}` : "";
  const hint = near === null ? (known.length === 0 ? "it takes no parameters" : `known: ${known.join(", ")}`) : `did you mean "${near}"?`;
  return new ParameterError("unknown_parameter", path, `${strategy} has no parameter "${shown}"${place}`, hint);
}

function badStrategy(name: string, problem: string): SeatrialError {
  return new SeatrialError({ code: "bad_strategy", reason: `${name}: ${problem}`, hint: "see the strategy contract", exitCode: 2 });
}

/** "actions[2].do" → ["actions", 2, "do"]. */
function pathOf(key: string): (string | number)[] {
  return key
    .split(/[.[\]]/)
    .filter((part) => part !== "")
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

function describe(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value !== "string") return `a ${typeof value}`;
  return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
