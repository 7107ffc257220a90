// What `simulate --json` prints: one object for one file, an array for a folder or several arguments, and the bare
// error object for one file that is no valid input.

import { ExitCode } from "../domain/index.ts";
import type { FileCheck } from "./check-files.ts";
import type { Outcome } from "./outcome.ts";
import { errorObject, resultObject } from "./result.ts";

/** One line of JSON with its line break, for exactly one argument that is not a folder. */
export function machineText(outcome: Outcome): string {
  const { error } = outcome;
  const inputError = error !== null && outcome.record === null && outcome.exitCode === ExitCode.input;
  return `${inputError ? JSON.stringify({ error: errorObject(error) }) : machineElement(outcome)}\n`;
}

/** The JSON of one outcome among several. */
export function machineElement(outcome: Outcome): string {
  return JSON.stringify(resultObject(outcome));
}

/** The array of several, in pieces: a batch of long runs may be too long for one string. */
export function* machineArray(elements: readonly string[]): Generator<string> {
  yield "[";
  for (const [at, element] of elements.entries()) yield at === 0 ? element : `,${element}`;
  yield "]\n";
}

/** What `scenario check --json` prints: `{file, valid, error}` for each file; the bare error object for one invalid file. */
export function checkMachineText(checks: readonly FileCheck[], single: boolean): string {
  const objects = checks.map(({ file, error }) => ({ file, valid: error === null, error: error === null ? null : errorObject(error) }));
  const [only] = objects;
  if (!single || only === undefined || objects.length > 1) return `${JSON.stringify(objects)}\n`;
  return `${JSON.stringify(only.error === null ? only : { error: only.error })}\n`;
}
