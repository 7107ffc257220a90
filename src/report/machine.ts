// What `simulate --json` prints: one object for one file, an array for a folder or several arguments, and the bare
// error object for one file that is no valid input.

import { ExitCode } from "../domain/index.ts";
import type { FileCheck } from "./batch.ts";
import type { Outcome } from "./outcome.ts";
import { errorObject, resultObject } from "./result.ts";

/** @param single true for exactly one argument that is not a folder @returns one line of JSON with its line break */
export function machineText(outcomes: readonly Outcome[], single: boolean): string {
  const [first] = outcomes;
  const inputError = first?.error !== null && first?.record === null && first.exitCode === ExitCode.input;
  if (single && first !== undefined && inputError && first.error !== null) {
    return `${JSON.stringify({ error: errorObject(first.error) })}\n`;
  }
  const objects = outcomes.map(resultObject);
  return `${JSON.stringify(single && objects.length === 1 ? objects[0] : objects)}\n`;
}

/** What `scenario check --json` prints: `{file, valid, error}` for each file; the bare error object for one invalid file. */
export function checkMachineText(checks: readonly FileCheck[], single: boolean): string {
  const objects = checks.map(({ file, error }) => ({ file, valid: error === null, error: error === null ? null : errorObject(error) }));
  const [only] = objects;
  if (!single || only === undefined || objects.length > 1) return `${JSON.stringify(objects)}\n`;
  return `${JSON.stringify(only.error === null ? only : { error: only.error })}\n`;
}
