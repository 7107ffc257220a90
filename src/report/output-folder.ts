// Folders for output: whether they can be written, made and removed again. Loaded before anything is run, so it must never load a
// room that it does not need.

import { access, constants, mkdir, readdir, rm, rmdir, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";

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

/** Node's own recursive mkdir never returns on a file system that answers ENOENT below a folder that exists, as /proc does. */
export async function makeFolders(folder: string): Promise<void> {
  const missing: string[] = [];
  for (let path = resolve(folder); !(await exists(path)); path = dirname(path)) missing.unshift(path);
  for (const path of missing) {
    await mkdir(path).catch((error: unknown) => {
      if (!isCode(error, "EEXIST")) throw error;
    });
  }
}

/** Removes a temporary folder, if it ever came to be. */
export async function discard(temporary: string): Promise<void> {
  if (await exists(temporary)) await rm(temporary, { recursive: true, force: true });
}

/** Removes what writers with a tag have left half-written, after the last of them has ended; a scenario's folder that held nothing else goes too. */
export async function sweepPartials(out: string, tag: string): Promise<void> {
  const isPartial = (name: string): boolean => name.startsWith(partialName(tag, ""));
  const removeFrom = async (folder: string): Promise<number> => {
    const partials = (await namesIn(folder)).filter(isPartial);
    for (const name of partials) await rm(join(folder, name), { recursive: true, force: true });
    return partials.length;
  };
  await removeFrom(out);
  for (const parent of await namesIn(out)) {
    if ((await removeFrom(join(out, parent))) > 0) {
      await rmdir(join(out, parent)).catch((error: unknown) => {
        if (!isCode(error, "ENOTEMPTY", "EEXIST")) throw error;
      });
    }
  }
}

/** What is half-written is called so until it is renamed. */
export function partialName(tag: string, name: string): string {
  return `.partial-${tag}-${name}`;
}

/** What is in a folder; nothing where it is not there, or is none. */
async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isCode(error, "ENOENT", "ENOTDIR")) return [];
    throw error;
  }
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
