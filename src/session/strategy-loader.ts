// The loader of strategies: a built-in by name, or the user's own file. It imports that file once and checks what it exports;
// it must never run a strategy, and never let a broken file end in anything but a typed error.

import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { registerHooks } from "node:module";
import { basename, extname, isAbsolute, resolve } from "node:path";
import { pathToFileURL } from "node:url";

import { nearestKey, SeatrialError, type Place } from "../domain/index.ts";
import { ownConditions, ownFile } from "./own-files.ts";
import { builtinStrategies, type Params, type Strategy, type StrategyDefinition } from "../strategy/index.ts";

const extensions: ReadonlySet<string> = new Set([".ts", ".mts", ".cts", ".js", ".mjs", ".cjs"]);

/**
 * The strategy that a scenario's `use` means: the name of a built-in, or the path of a .ts, .js or .mjs file, relative to
 * `baseDir`. The file's default export is a StrategyDefinition, or a class or factory of strategies; its static `defaults`
 * are then the parameters that it takes.
 * @throws SeatrialError, exit code 3: `unknown_strategy` with the nearest name, `strategy_not_found`, `strategy_load_failed`
 * (syntax, a missing import, an error at its top level), `bad_strategy_export`
 */
export async function loadStrategy(use: string, baseDir: string): Promise<StrategyDefinition> {
  const builtin = Object.hasOwn(builtinStrategies, use) ? builtinStrategies[use] : undefined;
  if (builtin !== undefined) return builtin;
  if (!isPath(use)) throw unknownStrategy(use);
  const file = resolve(baseDir, use);
  await checkFile(file);
  return definitionOf(await importFile(file), file);
}

function isPath(use: string): boolean {
  return isAbsolute(use) || use.includes("/") || use.includes("\\") || extensions.has(extname(use));
}

function unknownStrategy(use: string): SeatrialError {
  const names = Object.keys(builtinStrategies);
  const near = nearestKey(use, names);
  const shown = use.length > 60 ? `${use.slice(0, 60)}…` : use;
  return new SeatrialError({
    code: "unknown_strategy",
    reason: `there is no strategy "${shown}"`,
    hint: near === null ? `built in: ${names.join(", ")}; or give the path of a .ts or .js file` : `did you mean "${near}"?`,
  });
}

async function checkFile(file: string): Promise<void> {
  let found;
  try {
    found = await stat(file);
  } catch (cause) {
    throw new SeatrialError({
      code: "strategy_not_found",
      reason: "the strategy file cannot be read",
      hint: "paths are relative to the scenario file",
      place: { file },
      cause,
    });
  }
  if (!found.isFile()) throw failed(file, "it is not a file");
  if (!extensions.has(extname(file))) throw failed(file, "a strategy is a .ts, .js or .mjs file");
}

async function importFile(file: string): Promise<Readonly<Record<string, unknown>>> {
  answerForSeatrial();
  const url = pathToFileURL(file).href;
  try {
    return (await import(url)) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    if (cause instanceof SeatrialError) throw cause.at({ file });
    throw failed(file, messageOf(cause), await placeOf(cause, file), cause);
  }
}

// A strategy file may stand anywhere, also where no seatrial is installed; and it must get the very modules that run it, not
// a second copy. So its imports of `seatrial` and `seatrial/…` are resolved as if this package itself had asked: by its own
// `exports`, which in a checkout mean `src`. Only a thread that loads such a file pays for the hook.
let answering = false;

function answerForSeatrial(): void {
  if (answering) return;
  answering = true;
  const parentURL = ownFile("package.json").href;
  registerHooks({
    resolve: (specifier, context, nextResolve) => {
      if (specifier !== "seatrial" && !specifier.startsWith("seatrial/")) return nextResolve(specifier, context);
      return nextResolve(specifier, { ...context, parentURL, conditions: [...context.conditions, ...ownConditions] });
    },
  });
}

function definitionOf(module: Readonly<Record<string, unknown>>, file: string): StrategyDefinition {
  const exported = module["default"];
  if (exported === undefined) {
    const names = Object.keys(module);
    throw badExport(file, names.length === 0 ? "it exports nothing" : `it has no default export, only ${names.join(", ")}`);
  }
  if (typeof exported === "function") return definitionOfFunction(exported as FunctionExport, file);
  if (!isRecord(exported)) throw badExport(file, `its default export is ${exported === null ? "null" : `a ${typeof exported}`}`);
  const { name, defaults, create, check } = exported;
  if (typeof name !== "string" || name === "") throw badExport(file, "its definition has no name");
  if (!isRecord(defaults)) throw badExport(file, "its definition has no defaults: an object of parameters, {} for none");
  if (typeof create !== "function") throw badExport(file, "its definition has no create(params)");
  if (check !== undefined && typeof check !== "function") throw badExport(file, "its definition's check is no function");
  return exported as unknown as StrategyDefinition;
}

/** A class or a factory, with what it may carry as static properties. */
type FunctionExport = ((params: Params) => Strategy) & (new (params: Params) => Strategy) & { readonly defaults?: unknown };

function definitionOfFunction(exported: FunctionExport, file: string): StrategyDefinition {
  const { defaults = {} } = exported;
  if (!isRecord(defaults)) throw badExport(file, "the static defaults of its default export are no object");
  const isClass = /^class\b/.test(Function.prototype.toString.call(exported));
  const name = exported.name === "" || exported.name === "default" ? basename(file, extname(file)) : exported.name;
  return { name, defaults, create: (params) => (isClass ? new exported(params) : exported(params)) };
}

function badExport(file: string, problem: string): SeatrialError {
  return new SeatrialError({
    code: "bad_strategy_export",
    reason: `not a strategy: ${problem}`,
    hint: "export default defineStrategy({ name, defaults, create })",
    place: { file },
  });
}

function failed(file: string, problem: string, place: Partial<Place> = {}, cause?: unknown): SeatrialError {
  return new SeatrialError({ code: "strategy_load_failed", reason: `the strategy cannot be loaded: ${problem}`, place: { file, ...place }, cause });
}

function messageOf(cause: unknown): string {
  const text = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  const line = text.split("\n", 1)[0] ?? "";
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}

// A thrown error has its place in the first frame of the file. A module that does not parse has no frame; Node tells the
// line of it only on its own stderr, so a syntax check of the file is asked.
async function placeOf(cause: unknown, file: string): Promise<Partial<Place>> {
  const stack = cause instanceof Error ? (cause.stack ?? "") : "";
  const place = placeIn(stack, file);
  if (place !== null || !(cause instanceof SyntaxError)) return place ?? {};
  return placeIn(await syntaxCheck(file), file) ?? {};
}

function placeIn(text: string, file: string): Partial<Place> | null {
  for (const name of [pathToFileURL(file).href, file]) {
    const at = text.indexOf(`${name}:`);
    const match = at < 0 ? null : /^:(\d+)(?::(\d+))?/.exec(text.slice(at + name.length, at + name.length + 24));
    if (match !== null) return { line: Number(match[1]), column: match[2] === undefined ? null : Number(match[2]) };
  }
  return null;
}

/** What `node --check` says about a file; nothing of it is executed. */
function syntaxCheck(file: string): Promise<string> {
  return new Promise((done) => {
    execFile(process.execPath, ["--check", file], { timeout: 10_000 }, (_error, _stdout, stderr) => done(stderr));
  });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
