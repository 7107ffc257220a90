// The folder for reports as a place to write to: whether it can be, what its refusal means, how half of a report is removed. Knows
// nothing of what a report holds, so that the command line can ask before anything heavy is loaded.

import { access, constants, rm, stat } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";

import { SeatrialError } from "../domain/errors.ts";

/**
 * Refuses an output folder that cannot be written before an hour of simulation, not after. Creates nothing.
 * @throws SeatrialError `output_not_writable`, exit code 3
 */
export async function assertWritable(out: string): Promise<void> {
  let folder = resolve(out);
  while (!(await exists(folder)) && dirname(folder) !== folder) folder = dirname(folder);
  try {
    if (!(await stat(folder)).isDirectory()) throw notWritable(out, `${basename(folder)} is a file`, null);
    await access(folder, constants.W_OK);
  } catch (error) {
    throw refusalOf(out, error);
  }
}

/** Removes a temporary folder, if it ever came to be. */
export async function discard(temporary: string): Promise<void> {
  if (await exists(temporary)) await rm(temporary, { recursive: true, force: true });
}

export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (isCode(error, "ENOENT", "ENOTDIR")) return false;
    throw error;
  }
}

export function isCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && "code" in error && codes.includes(String(error.code));
}

// Only the file system's own refusals are about the output folder; anything else is a defect and keeps its name.
export function refusalOf(out: string, error: unknown): unknown {
  const refused = error instanceof Error && "syscall" in error && "code" in error;
  return refused ? notWritable(out, String(error.code), error) : error;
}

function notWritable(out: string, detail: string, cause: unknown): SeatrialError {
  return new SeatrialError({
    code: "output_not_writable",
    reason: `the report folder ${out} cannot be written: ${detail}`,
    hint: "name another folder with --out, or write no report with --no-report",
    cause,
  });
}
