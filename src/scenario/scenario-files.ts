// Which files a scenario is made of: itself, its strategy, the data that it names. For whoever wants to know when it has changed;
// none of them is opened but the scenario, and one that is broken is made of itself alone.

import { dirname, resolve } from "node:path";

import { dataFile, type Environment } from "./data-path.ts";
import { readInput } from "./input.ts";
import type { ScenarioInput } from "./schema.ts";

/** Keys of a market that name a file: `file`, `marketFile`, `tradesFile`, … */
const fileKey = /^(?:file|[a-z]+File)$/;
const strategyPath = /[/\\]|\.[cm]?[jt]s$/;

export interface ScenarioFiles {
  /** Absolute; the scenario first. Whether they exist is not looked at. */
  readonly files: readonly string[];
  /** The strategy's file among them; null where it is a built-in. */
  readonly strategy: string | null;
}

/** @param env where `${SEATRIAL_…}` comes from; a path whose variable is not set is left out */
export async function scenarioFiles(file: string, env: Environment): Promise<ScenarioFiles> {
  const own = resolve(file);
  const input = await readInput(file).then(
    (read): ScenarioInput | null => read.input,
    () => null,
  );
  if (input === null) return { files: [own], strategy: null };
  const folder = dirname(own);
  const { use } = input.strategy;
  const strategy = strategyPath.test(use) ? resolve(folder, use) : null;
  const data = namedFiles(input.markets).flatMap((text) => dataFile(text, folder, env) ?? []);
  return { files: [...new Set([own, ...(strategy === null ? [] : [strategy]), ...data])], strategy };
}

function namedFiles(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => (typeof part === "string" && fileKey.test(key) ? [part] : namedFiles(part)));
}
